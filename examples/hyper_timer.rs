//! hyper's timer for reading a request's head, on virtual time: with it a server comes to its end although
//! the client has sent half of a head; without it the connection waits for ever. `VirtualTime` and `Io` are
//! what a test of one's own needs.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::body::Incoming;
use hyper::rt::{Read, ReadBufCursor, Sleep, Timer, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use lastbyte::{Checker, Handle, Outcome, Property, Report, Socket, Verdict};

/// hyper's timer on the time of `Checker::clock()`.
#[derive(Debug)]
struct VirtualTime {
    handle: Handle,
    /// What hyper takes for the start. Nothing depends on it but sums and differences.
    start: Instant,
}

impl VirtualTime {
    fn new(handle: Handle) -> VirtualTime {
        let start = Instant::now();
        VirtualTime { handle, start }
    }
}

/// A sleep that is hyper's.
struct Asleep(lastbyte::run::Sleep);

impl Future for Asleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl Sleep for Asleep {}

impl Timer for VirtualTime {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        Box::pin(Asleep(self.handle.sleep(duration)))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        self.sleep(deadline.saturating_duration_since(self.now()))
    }

    fn now(&self) -> Instant {
        self.start + self.handle.now()
    }
}

/// The socket as hyper wants it.
struct Io(Socket);

impl Read for Io {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let received = self.0.poll_recv(cx, buffer.remaining());
        received.map_ok(|bytes| buffer.put_slice(&bytes))
    }
}

impl Write for Io {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.poll_send(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_flush_socket(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_shut(cx)
    }
}

async fn answer(_request: Request<Incoming>) -> Result<Response<String>, Infallible> {
    Ok(Response::new(String::new()))
}

async fn serve(socket: Socket, timeout: Option<Duration>) -> hyper::Result<()> {
    let mut builder = http1::Builder::new();
    builder.timer(VirtualTime::new(socket.handle()));
    builder.header_read_timeout(timeout);
    builder
        .serve_connection(Io(socket), service_fn(answer))
        .await
}

/// How the connection can end.
fn endings(report: &Report) -> Vec<String> {
    let instances = report.explored().iter();
    let outcomes = instances.flat_map(|explored| explored.exploration.histogram.keys());
    let endings = outcomes.map(|outcome: &Outcome| outcome.subject.to_string());
    endings.collect()
}

fn main() {
    let checker = Checker::new()
        .kernel_buffer([64])
        .input("GET / HT")
        .error_is_proper()
        .clock();
    let timed = checker.run(|socket: Socket| serve(socket, Some(Duration::from_secs(30))));
    for property in [Property::NoStall, Property::NoSpin, Property::NoPanic] {
        assert_eq!(timed.verdict(property), Verdict::Proved);
    }
    let endings_of_timed = endings(&timed);
    println!("with a timeout: {endings_of_timed:?}");
    assert!(
        endings_of_timed
            .iter()
            .all(|ending| ending.contains("timeout"))
    );
    let untimed = endings(&checker.run(|socket: Socket| serve(socket, None)));
    println!("without: {untimed:?}");
    assert!(untimed.iter().all(|ending| ending == "waits"));
}
