//! hyper-util: the server that finds out by itself which version of HTTP a client speaks.

#[path = "../http.rs"]
mod http;
#[path = "../kit.rs"]
mod kit;
#[path = "../service.rs"]
mod service;
use self::http::{REQUEST, answering};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use kit::*;
use service::{Beside, answer};
use tokio_util::compat::FuturesAsyncReadCompatExt;

/// Answers with 16 bytes; is told to be graceful by a signal, where there is one.
async fn serves(socket: Socket, told: bool, promised: usize) -> io::Result<()> {
    let handle = socket.handle();
    if promised > 0 {
        handle.expect_delivery(Bytes::from_static(&[b'x'; 16]));
    }
    let service = service_fn(|request| answer(request, &[b'x'; 16]));
    let beside = Beside::default();
    let builder = auto::Builder::new(beside.clone());
    let connection = builder.serve_connection(TokioIo::new(socket.compat()), service);
    let ended = match told {
        true => {
            let connection = until_told(handle, connection, |connection| {
                connection.graceful_shutdown()
            });
            beside.run(connection).await
        }
        false => beside.run(connection).await,
    };
    ended.map_err(failed)
}

survey!("the server for HTTP/1 and HTTP/2 at once", vec![
    family("graceful shutdown before the first byte", "The client says nothing. An error at the end is by design.",
        told(answering(over(&[64]))), |s| serves(s, true, 0)).without(&[NoNeedlessError])
        .reported("hyperium/hyper-util#101", "0.1.4", &[Ends]),
    family("graceful shutdown", "A request; graceful_shutdown at any point. A request that was not read then may end in an error.",
        told(answering(over(&[64, 1024]).input(REQUEST))), |s| serves(s, true, 16)).without(&[NothingTruncated]),
    family("write and close", "A request that closes.", answering(over(&[64, 1024]).input(REQUEST)), |s| serves(s, false, 16)),
    family("slow reader", "The same.", answering(slowly(&[64], 32).input(REQUEST)), |s| serves(s, false, 16)),
    family("half-close", "The client has sent FIN after its request.",
        answering(over(&[1024]).input(REQUEST).input_eof()), |s| serves(s, false, 16))
        .accepted("hyper takes FIN for the end of the exchange, unless half_close is set, and says so with an error", &[NothingTruncated]),
    family("error in the middle", "The client resets after 10 bytes.",
        answering(over(&[64]).readers([Reader::PROMPT.resets_after(10)]).input(REQUEST)), |s| serves(s, false, 16)),
]);
