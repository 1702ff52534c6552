//! hyper 0.14: what 1.0 resolved.

#[path = "../kit.rs"]
mod kit;
mod told;
use futures::future::ready;
use hyper::server::conn::Http;
use hyper::service::service_fn;
use hyper::{Body, Response};
use kit::*;
use tokio_util::compat::FuturesAsyncReadCompatExt;

/// Is told to be graceful by a signal; answers with `hello`, or is not asked.
async fn serves(socket: Socket, asked: bool) -> Ended {
    let handle = socket.handle();
    if asked {
        handle.expect_delivery(Bytes::from_static(b"hello"));
    }
    let service = service_fn(|_request| {
        let response = Response::builder().header("date", "x");
        ready(response.body(Body::from("hello")))
    });
    let mut builder = Http::new();
    builder.http1_only(true);
    let connection = builder.serve_connection(socket.compat(), service);
    Ok(until_told(handle, connection, |connection| {
        connection.graceful_shutdown()
    })
    .await?)
}

survey!("the HTTP/1 server", told::families());
