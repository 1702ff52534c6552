//! hyper's HTTP/1 server, in the situations of public reports about its dispatch loop. All releases and all
//! scenarios of it are in `conformance/`.

use crate::kit::*;
use crate::service::{Body, fed, streamed};
use futures::{future::ready, stream};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use lastbyte::environment::Responses;
use tokio_util::compat::FuturesAsyncReadCompatExt;

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const UNFINISHED: &[u8] = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello";

/// Drops the request's body, and answers with this one.
async fn answers(
    socket: Socket,
    promise: Bytes,
    states_length: bool,
    body: fn(Handle, Bytes) -> Body,
) -> Ended {
    let handle = socket.handle();
    handle.expect_delivery(promise.clone());
    let service = service_fn(move |_request| {
        let mut response = hyper::Response::builder().header("date", "x");
        if states_length {
            response = response.header("content-length", promise.len());
        }
        ready(response.body(body(handle.clone(), promise.clone())))
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.max_buf_size(8_192);
    let io = TokioIo::new(socket.compat());
    Ok(builder.serve_connection(io, service).await?)
}

/// Answers with `hello` and an end that comes later.
async fn answers_slowly(socket: Socket) -> Ended {
    let promise = Bytes::from_static(b"hello");
    answers(socket, promise, false, |handle, _| fed(handle)).await
}

/// Answers with so many bytes, in pieces.
async fn answers_at_length(socket: Socket, length: usize) -> Ended {
    let pieces = |_, promise: Bytes| {
        let pieces: Vec<_> = promise.chunks(4_096).map(Bytes::copy_from_slice).collect();
        streamed(stream::iter(pieces))
    };
    answers(socket, vec![b'x'; length].into(), true, pieces).await
}

fn serving(checker: Checker, request: &[u8]) -> Checker {
    let checker = checker.input(request).stack_bytes(1 << 20);
    checker.framing(|| Responses::new(1, false))
}

/// The situations of the reports.
pub fn families() -> Vec<Family> {
    let ends = Script::new("feeder", [ScriptStep::EndFeed(0), ScriptStep::WakeFeed(0)]);
    let device = Script::new("device", vec![ScriptStep::FinishFlush; 8]);
    let deferred = over(&[1 << 16]).flush(FlushMode::Deferred).script(device);
    vec![
        family(
            "HTTP/1: a request body that the handler drops",
            "The request body is not whole when the handler drops it.",
            serving(over(&[64]), UNFINISHED),
            |s| answers_at_length(s, 63),
        )
        .reported(
            "hyperium/hyper#4022",
            "1.11.0",
            &[NothingTruncated, NoSilentLoss],
        ),
        family(
            "HTTP/1: a response body that is pending",
            "The body's end does not come.",
            serving(over(&[1024]).feeds(1), GET),
            answers_slowly,
        )
        .only(&[NoPanic])
        .between("hyperium/hyper#3976", ("1.8.0", "1.8.1"), &[NoSpin]),
        family(
            "HTTP/1: the last chunk",
            "The body's end comes at any point.",
            serving(over(&[1024]).feeds(1).script(ends), GET),
            answers_slowly,
        )
        .only(&[NoPanic])
        .between("hyperium/hyper#4143", ("1.10.0", "1.12.0"), &[NoStall]),
        family(
            "HTTP/1: a flush that is pending",
            "A socket whose flush takes its time; more to write than hyper's buffer holds.",
            serving(deferred, GET),
            |s| answers_at_length(s, 6 * 4_096),
        )
        .only(&[NoPanic])
        .between("hyperium/hyper#3952", ("1.8.1", "1.10.0"), &[NoStall]),
    ]
}
