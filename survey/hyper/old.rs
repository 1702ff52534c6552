//! hyper 0.14: what 1.0 resolved.

/// A connection that answers with `hello`.
macro_rules! hello {
    ($socket:ident) => {
        hyper::server::conn::Http::new()
            .http1_only(true)
            .serve_connection(
                tokio_util::compat::FuturesAsyncReadCompatExt::compat($socket),
                hyper::service::service_fn(|_request| async {
                    let response = hyper::Response::builder().header("date", "x");
                    Ok::<_, std::convert::Infallible>(
                        response.body(hyper::Body::from("hello")).unwrap(),
                    )
                }),
            )
    };
}

mod graceful;
#[path = "../kit.rs"]
mod kit;

survey!("the HTTP/1 server", graceful::families());
