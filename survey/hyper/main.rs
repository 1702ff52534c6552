//! hyper: the HTTP/2 server. Its HTTP/1 side is in `conformance/`.

#[path = "../kit.rs"]
mod kit;
use futures::future::poll_fn;
use http_body_util::Full;
use hyper::service::service_fn;
use kit::*;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

/// hyper's traits for a socket.
struct Io(Socket);

impl hyper::rt::Read for Io {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, mut buf: hyper::rt::ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        self.0.poll_recv(cx, buf.remaining()).map_ok(|bytes| buf.put_slice(&bytes))
    }
}

impl hyper::rt::Write for Io {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.0.poll_send(cx, buf)
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_flush_socket(cx)
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_shut(cx)
    }
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs what hyper spawns beside the connection, under its waker.
#[derive(Clone, Default)]
struct Beside(Arc<Mutex<Vec<Task>>>);

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Beside {
    fn execute(&self, task: F) {
        self.0.lock().unwrap().push(Box::pin(task));
    }
}

/// Answers with 16 bytes; is told to be graceful by a signal.
async fn serves(socket: Socket) -> io::Result<()> {
    let (handle, beside) = (socket.handle(), Beside::default());
    let service = service_fn(|_| async {
        let response = hyper::Response::builder().header("date", "x");
        Ok::<_, Infallible>(response.body(Full::new(Bytes::from_static(&[b'x'; 16]))).unwrap())
    });
    let mut builder = hyper::server::conn::http2::Builder::new(beside.clone());
    builder.auto_date_header(false);
    let mut connection = std::pin::pin!(builder.serve_connection(Io(socket), service));
    let (mut graceful, mut running, mut ended) = (false, Vec::<Task>::new(), None);
    poll_fn(|cx| {
        if !graceful && handle.poll_signal(0, cx).is_ready() {
            graceful = true;
            connection.as_mut().graceful_shutdown();
        }
        if ended.is_none() && let Poll::Ready(result) = connection.as_mut().poll(cx) {
            ended = Some(result.map_err(failed));
        }
        loop {
            running.append(&mut beside.0.lock().unwrap());
            running.retain_mut(|task| task.as_mut().poll(cx).is_pending());
            if beside.0.lock().unwrap().is_empty() {
                break;
            }
        }
        ended.take().map_or(Poll::Pending, Poll::Ready)
    })
    .await
}

/// Whole frames alone, GOAWAY and so many bytes of DATA among them.
fn whole(stream: &[u8], data: usize) -> Parse {
    let mut rest = stream.strip_prefix(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap_or(stream);
    let (mut goes_away, mut sum) = (false, 0);
    while let [a, b, c, kind, _, _, _, _, _, body @ ..] = rest {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        let Some(behind) = body.get(length..) else { return Parse::Incomplete };
        goes_away |= *kind == 7 && body[0] != 0x7f;
        sum += if *kind == 0 { length } else { 0 };
        rest = behind;
    }
    if rest.is_empty() && goes_away && sum == data { Parse::Complete } else { Parse::Incomplete }
}

const ACK: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";
const REQUEST: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x03\x01\x05\0\0\0\x01\x82\x84\x86";

/// The client behind its request: acknowledges settings and pings, and ends when it has the response and
/// the last GOAWAY.
async fn client(mut peer: Peer) -> io::Result<()> {
    peer.send(ACK).await?;
    let (mut read, mut answered, mut last) = (Vec::new(), false, false);
    loop {
        let piece = peer.read(usize::MAX).await?;
        if piece.is_empty() {
            return Ok(());
        }
        read.extend_from_slice(&piece);
        while read.len() >= 9 && read.len() >= 9 + usize::from(read[2]) {
            let frame: Vec<u8> = read.drain(..9 + usize::from(read[2])).collect();
            if frame[3] == 6 {
                peer.send([b"\0\0\x08\x06\x01\0\0\0\0", &frame[9..]].concat()).await?;
            }
            answered |= frame[3] == 0 && frame[4] & 1 == 1;
            last |= frame[3] == 7 && frame[9] != 0x7f;
            if answered && last {
                return peer.finish().await;
            }
        }
    }
}

/// A client that follows, and a signal at any point.
fn serving(checker: Checker) -> Checker {
    let checker = checker.input(REQUEST).signals(1).stops([0]).stack_bytes(1 << 20);
    let checker = checker.script(Script::new("operator", [ScriptStep::Raise(0)])).ends(lastbyte::trace::Ends::WhenTold);
    checker.framing(|| Parsed::new(|stream: &[u8], _: &[Bytes]| whole(stream, 16)))
}

survey!("the HTTP/2 server", vec![
    family("graceful shutdown", "A response of 16 bytes; graceful_shutdown at any point.",
        serving(over(&[512]).peer(client)), serves),
    family("slow reader", "The same.", serving(slowly(&[512], 128).peer(client)), serves),
    family("error in the middle", "The same; the client resets behind the first 40 bytes.",
        serving(over(&[512]).readers([Reader::PROMPT.resets_after(40)])), serves).without(&[NoNeedlessError]),
]);
