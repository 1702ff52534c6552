//! hyper's HTTP/1 server that an operator tells to be graceful.

use crate::kit::*;
use crate::service::answer;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio_util::compat::FuturesAsyncReadCompatExt;

/// Is told to be graceful by a signal; answers with `hello`, or is not asked.
pub async fn serves(socket: Socket, asked: bool) -> Ended {
    let handle = socket.handle();
    if asked {
        handle.expect_delivery(Bytes::from_static(b"hello"));
    }
    let service = service_fn(|request| answer(request, b"hello"));
    let connection = Builder::new().serve_connection(TokioIo::new(socket.compat()), service);
    Ok(until_told(handle, connection, |connection| {
        connection.graceful_shutdown()
    })
    .await?)
}
