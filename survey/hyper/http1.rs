//! hyper's HTTP/1 side, in the situations of public reports about its dispatch loop. All releases and all
//! scenarios of it are in `conformance/`.

use futures::future::{join, ready};
use futures::stream::{self, Stream, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use lastbyte::environment::Responses;

use super::*;

type Body = UnsyncBoxBody<Bytes, Infallible>;

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const UNFINISHED: &[u8] = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello";

fn streamed(pieces: impl Stream<Item = Bytes> + Send + 'static) -> Body {
    StreamBody::new(pieces.map(|piece| Ok(Frame::data(piece)))).boxed_unsync()
}

/// `hello`, and an end that comes when the scenario's feed ends.
fn fed(handle: Handle) -> Body {
    let rest = stream::poll_fn(move |cx| handle.poll_feed(0, cx));
    streamed(stream::iter([Bytes::from_static(b"hello")]).chain(rest))
}

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

/// A client whose request body does not end.
async fn asks(socket: Socket) -> Ended {
    let handle = socket.handle();
    let io = TokioIo::new(socket.compat());
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
    let request = hyper::Request::post("/").header("host", "a");
    let request = request.body(fed(handle))?;
    let user = async {
        let answered = sender.send_request(request).await.is_ok();
        (answered, sender)
    };
    let (ended, _user) = join(connection, user).await;
    Ok(ended?)
}

/// A client that has its answer, and drops everything but the connection while its request body goes on.
async fn asks_and_leaves(socket: Socket) -> Ended {
    let handle = socket.handle();
    let io = TokioIo::new(socket.compat());
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
    let request = hyper::Request::post("/").header("host", "a");
    let request = request.body(fed(handle.clone()))?;
    let user = async {
        let response = sender.send_request(request).await?;
        response.into_body().collect().await?;
        drop(sender);
        handle.told_to_stop();
        Ok(())
    };
    let (ended, left) = join(connection, user).await;
    Ok(ended.and(left)?)
}

fn serving(checker: Checker, request: &[u8]) -> Checker {
    let checker = checker.input(request).stack_bytes(1 << 20);
    checker.framing(|| Responses::new(1, false))
}

fn chunks(bytes: &Bytes) -> Vec<Bytes> {
    bytes.chunks(4_096).map(Bytes::copy_from_slice).collect()
}

fn letters(length: usize) -> Bytes {
    vec![b'x'; length].into()
}

/// The situations of the reports.
pub fn families() -> Vec<Family> {
    let pieces_of = |_, promise: Bytes| streamed(stream::iter(chunks(&promise)));
    let ends = Script::new("feeder", [ScriptStep::EndFeed(0), ScriptStep::WakeFeed(0)]);
    let fin = [ScriptStep::AwaitReceived(1), ScriptStep::FinishInput];
    let answer = [
        ScriptStep::AwaitReceived(1),
        ScriptStep::Send(ANSWER.into()),
    ];
    let of_client = |peer: [ScriptStep; 2]| {
        over(&[1024])
            .feeds(1)
            .script(Script::new("peer", peer))
            .stack_bytes(1 << 20)
    };
    let device = Script::new("device", vec![ScriptStep::FinishFlush; 8]);
    let deferred = over(&[1 << 16]).flush(FlushMode::Deferred).script(device);
    let mut families = vec![
        family(
            "HTTP/1: a request body that the handler drops",
            "The request body is not whole when the handler drops it.",
            serving(over(&[64]), UNFINISHED),
            move |s| answers(s, letters(63), true, pieces_of),
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
            |s| {
                answers(s, Bytes::from_static(b"hello"), false, |handle, _| {
                    fed(handle)
                })
            },
        )
        .only(&[NoPanic])
        .between("hyperium/hyper#3976", ("1.8.0", "1.8.1"), &[NoSpin]),
        family(
            "HTTP/1: the last chunk",
            "The body's end comes at any point.",
            serving(over(&[1024]).feeds(1).script(ends), GET),
            |s| {
                answers(s, Bytes::from_static(b"hello"), false, |handle, _| {
                    fed(handle)
                })
            },
        )
        .only(&[NoPanic])
        .between("hyperium/hyper#4143", ("1.10.0", "1.12.0"), &[NoStall]),
        family(
            "HTTP/1: a flush that is pending",
            "A socket whose flush takes its time; more to write than hyper's buffer holds.",
            serving(deferred, GET),
            move |s| answers(s, letters(6 * 4_096), true, pieces_of),
        )
        .only(&[NoPanic])
        .between("hyperium/hyper#3952", ("1.8.1", "1.10.0"), &[NoStall]),
        family(
            "HTTP/1: half-close of the client's peer",
            "The peer sends FIN while the request body is not at its end.",
            of_client(fin),
            asks,
        )
        .only(&[NoPanic])
        .between("hyperium/hyper#3976", ("1.8.0", "1.8.1"), &[NoSpin])
        .between("hyperium/hyper#4085", ("1.10.0", "1.10.1"), &[NoSpin]),
    ];
    // 1.8.0 spins there, as hyper#3976 says.
    if env!("CARGO_PKG_VERSION") != "1.8.0" {
        families.push(
            family(
                "HTTP/1: the client leaves while its request body goes on",
                "The answer is complete before the request body is, and nobody needs more.",
                of_client(answer),
                asks_and_leaves,
            )
            .only(&[NoPanic])
            .open("hyperium/hyper#4176", &[Ends]),
        );
    }
    families
}
