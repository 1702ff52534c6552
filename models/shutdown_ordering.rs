//! The minimal model: a dispatcher with a write buffer, and what it does first when it is done.
//!
//! hyper's HTTP/1 dispatcher reads a request, hands the response to its write buffer, flushes it
//! into the socket, and shuts the socket down once it is done. Until 1.11.0 the flush's result was
//! dropped on the way to the shutdown. State machine, scenarios and claims follow in this order.
//! The files in `shutdown_ordering/` are what an SMT solver proves of a lone request at every size.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use futures::io::{AsyncRead, AsyncWrite};
use lastbyte::{
    Claim, Expected, Handle, Instance, Model, NamedSubject, Property, Reader, Running, Scenario,
    Script, ScriptStep, Socket, Subject,
};

// ---- The state machine --------------------------------------------------------------------------

/// What happens between the last write and the shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ordering {
    /// Flush, drop the result, shut down: hyper from 0.11.8 to 1.10.1, `Dispatcher::poll_inner` in
    /// `src/proto/h1/dispatch.rs` since commit 60d0eaf8.
    Original,
    /// Do not read before everything is flushed: drains, but the next request has to wait. A
    /// repair inside the loop that suggests itself; no release had it.
    ReadGatedFlush,
    /// Flush to the end, then shut down: hyper from 1.11.0, `Buffered::poll_shutdown` in
    /// `src/proto/h1/io.rs` since commit 72046cc7.
    FlushBeforeShutdown,
}

impl Ordering {
    /// All of them.
    pub const ALL: [Ordering; 3] = [
        Ordering::Original,
        Ordering::ReadGatedFlush,
        Ordering::FlushBeforeShutdown,
    ];
}

impl fmt::Display for Ordering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Ordering::Original => "original",
            Ordering::ReadGatedFlush => "read-gated-flush",
            Ordering::FlushBeforeShutdown => "flush-before-shutdown",
        })
    }
}

/// What becomes of the read side when the request is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadSide {
    /// It closes at once, as when a handler drops the body of a request that is not finished
    /// (`Conn::poll_drain_or_close_read`). `is_done` is then independent of the flush.
    Closes,
    /// It stays open for the next request.
    StaysOpen,
}

/// All that the dispatcher knows.
#[derive(Clone, Debug, Hash)]
struct State {
    ordering: Ordering,
    read_side: ReadSide,
    /// Bytes of each response.
    response: usize,
    read_closed: bool,
    requests: usize,
    answered: usize,
    write_buf: BytesMut,
}

/// The dispatcher, over any socket. Every byte of input is a request.
#[derive(Debug)]
pub struct Dispatcher<Io> {
    io: Io,
    /// Present in an exploration, absent over a real socket.
    handle: Option<Handle>,
    state: State,
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Dispatcher<Io> {
    /// A dispatcher that answers each request with `response` bytes.
    pub fn new(io: Io, ordering: Ordering, read_side: ReadSide, response: usize) -> Self {
        Dispatcher {
            io,
            handle: None,
            state: State {
                ordering,
                read_side,
                response,
                read_closed: false,
                requests: 0,
                answered: 0,
                write_buf: BytesMut::new(),
            },
        }
    }

    /// Tells the explorer where the dispatcher is: at this label, in this state.
    fn at(&self, label: &str) {
        if let Some(handle) = &self.handle {
            handle.at(&(label, &self.state));
        }
    }

    /// `Dispatcher::poll_read`.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.state.read_closed {
            self.at("read");
            let mut request = [0];
            let bytes = ready!(Pin::new(&mut self.io).poll_read(cx, &mut request))?;
            self.state.requests += bytes;
            self.state.read_closed = bytes == 0 || self.state.read_side == ReadSide::Closes;
        }
        Poll::Ready(Ok(()))
    }

    /// `Dispatcher::poll_write`: a whole response goes into the write buffer in one step, as
    /// `Conn::write_body_and_end` does with a `Full` body.
    fn write(&mut self) {
        while self.state.answered < self.state.requests {
            let body = response(self.state.answered, self.state.response);
            self.state.answered += 1;
            self.state.write_buf.extend_from_slice(&body);
            if let Some(handle) = &self.handle {
                handle.buffered(self.state.write_buf.len());
                handle.promise(body);
            }
        }
    }

    /// `Buffered::poll_flush`.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.state.write_buf.is_empty() {
            self.at("write");
            let bytes = ready!(Pin::new(&mut self.io).poll_write(cx, &self.state.write_buf))?;
            if bytes == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.state.write_buf.advance(bytes);
        }
        self.at("flush");
        Pin::new(&mut self.io).poll_flush(cx)
    }

    /// `Dispatcher::is_done`: the read side is closed and no response is outstanding. It does not
    /// ask whether the write buffer is empty.
    fn is_done(&self) -> bool {
        self.state.read_closed && self.state.answered == self.state.requests
    }

    /// `Dispatcher::poll_inner` with `poll_loop`.
    fn poll_inner(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ordering = self.state.ordering;
        if ordering == Ordering::ReadGatedFlush {
            ready!(self.poll_flush(cx))?;
        }
        if let Poll::Ready(Err(error)) = self.poll_read(cx) {
            return Poll::Ready(Err(error));
        }
        self.write();
        let flush = self.poll_flush(cx)?;
        if !self.is_done() {
            return Poll::Pending;
        }
        match ordering {
            // The defect: `flush` may be pending.
            Ordering::Original => {}
            Ordering::ReadGatedFlush | Ordering::FlushBeforeShutdown => ready!(flush),
        }
        self.at("shutdown");
        Pin::new(&mut self.io).poll_close(cx)
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Future for Dispatcher<Io> {
    type Output = io::Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_inner(cx)
    }
}

/// The bytes of the `n`th response.
pub fn response(n: usize, bytes: usize) -> Bytes {
    (0..bytes).map(|i| (31 * n + i) as u8).collect()
}

/// A dispatcher as a subject of explorations.
#[derive(Clone, Copy, Debug)]
pub struct Connection {
    /// What happens between the last write and the shutdown.
    pub ordering: Ordering,
    /// What becomes of the read side when the request is there.
    pub read_side: ReadSide,
    /// Bytes of each response.
    pub response: usize,
}

impl Subject for Connection {
    fn fingerprint(&self) -> Option<String> {
        lastbyte::fingerprint(self)
    }

    fn start(&self, socket: Socket) -> Running {
        let handle = socket.handle();
        let mut dispatcher = Dispatcher::new(socket, self.ordering, self.read_side, self.response);
        dispatcher.handle = Some(handle);
        Box::pin(async { dispatcher.await.map_err(|error| error.kind().to_string()) })
    }

    fn reads_while_writing(&self) -> bool {
        true
    }
}

// ---- Scenarios ----------------------------------------------------------------------------------

/// One request, N bytes of response, a kernel buffer of K bytes, a reader; the read side closes.
#[track_caller]
fn lone_request(ordering: Ordering, n: usize, k: usize, reader: Reader) -> Instance {
    let name = format!("N={n},K={k},reader={reader}");
    instance(
        Connection {
            ordering,
            read_side: ReadSide::Closes,
            response: n,
        },
        Scenario::new(name, k, reader).with_input("1"),
    )
}

/// The read side stays open, and the peer sends a second request at any time, then FIN.
#[track_caller]
fn next_request(ordering: Ordering, n: usize, k: usize, reader: Reader) -> Instance {
    let peer = Script::new(
        "peer",
        [ScriptStep::Send("2".into()), ScriptStep::FinishInput],
    );
    let name = format!("next-request,N={n},K={k},reader={reader}");
    instance(
        Connection {
            ordering,
            read_side: ReadSide::StaysOpen,
            response: n,
        },
        Scenario::new(name, k, reader)
            .with_input("1")
            .with_script(peer),
    )
    .with_parameter("next request", "at any time")
}

#[track_caller]
fn instance(connection: Connection, scenario: Scenario) -> Instance {
    Instance::new(
        connection.ordering.to_string(),
        scenario,
        Arc::new(connection),
    )
    .with_parameter("N", connection.response)
    .with_capacity()
    .with_reader()
}

/// The readers that read to the end: one byte at a time, two, all there is.
fn readers() -> [Reader; 3] {
    [Reader::slow(1), Reader::slow(2), Reader::PROMPT]
}

/// Every payload up to `max` bytes with every capacity up to 8 bytes and every reader.
fn grid(max: usize) -> impl Iterator<Item = (usize, usize, Reader)> {
    let sizes = (1..=max).flat_map(|n| (1..=8).map(move |k| (n, k)));
    sizes.flat_map(|(n, k)| readers().map(|reader| (n, k, reader)))
}

// ---- Claims -------------------------------------------------------------------------------------

/// The largest payload of the proofs, in bytes.
const LARGEST: usize = 64;

/// A claim for each of the properties; a single one has the name alone.
#[track_caller]
fn claim(
    name: &str,
    sentence: &str,
    expected: Expected,
    properties: &[Property],
    instances: impl IntoIterator<Item = Instance>,
) -> Vec<Claim> {
    match properties {
        [property] => vec![Claim::new(name, sentence, *property, expected, instances)],
        _ => Claim::of_each(name, sentence, properties, expected, instances),
    }
}

fn claims() -> Vec<Claim> {
    let mut claims = Vec::new();
    use Expected::{Proved, Refuted};
    use Ordering::{FlushBeforeShutdown, Original, ReadGatedFlush};
    use Property::{
        AcceptedArrives, EndsWithoutReader, NoPanic, NoSilentLoss, NoSpin, NoStall,
        NothingBufferedAtShutdown, NothingTruncated, OneShutdown, ReadsDuringFlush,
        ReceivedIsPrefix, ResetEndsWithError,
    };

    let larger: Vec<_> = grid(LARGEST / 2)
        .filter(|(n, k, _)| n > k)
        .map(|(n, k, reader)| lone_request(Original, n, k, reader))
        .collect();
    claims.extend(claim(
        "original-loses",
        "The original ordering loses bytes as soon as the response is \
         larger than the kernel's buffer.",
        Refuted,
        &[NothingTruncated],
        larger.clone(),
    ));
    claims.extend(claim(
        "original-loses-silently",
        "The original ordering reports Ok when it has lost bytes.",
        Refuted,
        &[NoSilentLoss, NothingBufferedAtShutdown],
        larger.clone(),
    ));
    claims.extend(claim(
        "original-delivers-what-was-accepted",
        "What arrives under the original ordering is exactly what the kernel had accepted.",
        Proved,
        &[AcceptedArrives, ReceivedIsPrefix],
        larger,
    ));
    claims.extend(claim(
        "original-small-is-fine",
        "The original ordering loses nothing when the whole response fits the kernel's buffer.",
        Proved,
        &[NothingTruncated, NoSilentLoss, NoStall],
        grid(LARGEST)
            .filter(|(n, k, _)| n <= k)
            .map(|(n, k, reader)| lone_request(Original, n, k, reader)),
    ));
    claims.extend(claim(
        "fixed-never-loses",
        "Flushing before the shutdown never loses a byte, never stalls and never spins.",
        Proved,
        &[
            NothingTruncated,
            NoSilentLoss,
            ReceivedIsPrefix,
            AcceptedArrives,
            NothingBufferedAtShutdown,
            NoStall,
            NoSpin,
            OneShutdown,
            NoPanic,
        ],
        grid(LARGEST).map(|(n, k, reader)| lone_request(FlushBeforeShutdown, n, k, reader)),
    ));
    for n in [8, 16, 32, 64, 128] {
        claims.extend(claim(
            &format!("fixed-grows-linearly-{n}"),
            "Executions grow linearly with the payload.",
            Proved,
            &[NothingTruncated],
            vec![lone_request(FlushBeforeShutdown, n, 4, Reader::slow(1))],
        ));
    }
    let every_interleaving = lone_request(FlushBeforeShutdown, 8, 1, Reader::PROMPT)
        .with_scenario(|scenario| scenario.name += ",uncached")
        .without_caching();
    claims.extend(claim(
        "fixed-without-caching",
        "The same without state caching: every interleaving on its own.",
        Proved,
        &[NothingTruncated],
        vec![every_interleaving],
    ));

    let read_gated = |n| grid(n).map(|(n, k, reader)| lone_request(ReadGatedFlush, n, k, reader));
    claims.extend(claim(
        "read-gated-never-loses",
        "A flush gate before the reads drains the buffer, too.",
        Proved,
        &[NothingTruncated, NoStall],
        read_gated(16),
    ));
    let next = |ordering| -> Vec<Instance> {
        [(3, 1), (4, 2), (6, 3)]
            .into_iter()
            .flat_map(|(n, k)| readers().map(|reader| next_request(ordering, n, k, reader)))
            .collect()
    };
    claims.extend(claim(
        "read-gated-blocks-next-request",
        "A flush gate before the reads leaves the next request unread while the flush is pending.",
        Refuted,
        &[ReadsDuringFlush],
        next(ReadGatedFlush),
    ));
    claims.extend(claim(
        "fixed-reads-next-request",
        "Flushing before the shutdown reads the next request while the \
         flush is pending, and answers it.",
        Proved,
        &[ReadsDuringFlush, NothingTruncated, NoStall],
        next(FlushBeforeShutdown),
    ));

    for ordering in Ordering::ALL {
        let resets = [(4, 2), (6, 3), (3, 4)].into_iter().flat_map(|(n, k)| {
            (0..n).flat_map(move |m| {
                [Reader::slow(1), Reader::PROMPT]
                    .map(|reader| lone_request(ordering, n, k, reader.resets_after(m)))
            })
        });
        claims.extend(claim(
            &format!("{ordering}-reports-reset"),
            "A reader that resets before the shutdown ends the connection with an error.",
            Proved,
            &[ResetEndsWithError],
            resets,
        ));
    }
    let stops = |ordering| -> Vec<Instance> {
        [(4, 2), (6, 3)]
            .into_iter()
            .flat_map(|(n, k)| {
                (0..n - k)
                    .map(move |m| lone_request(ordering, n, k, Reader::slow(1).stops_after(m)))
            })
            .collect()
    };
    claims.extend(claim(
        "original-ends-without-reader",
        "The original ordering ends although the reader has stopped.",
        Proved,
        &[EndsWithoutReader],
        stops(Original),
    ));
    claims.extend(claim(
        "fixed-waits-for-reader",
        "The price of the fix: it waits for ever for a reader that has stopped for ever.",
        Refuted,
        &[EndsWithoutReader],
        stops(FlushBeforeShutdown),
    ));
    claims
}

fn subjects() -> Vec<NamedSubject> {
    Ordering::ALL
        .map(|ordering| NamedSubject {
            name: format!("shutdown_ordering:{ordering}"),
            about: format!("the minimal dispatcher with the ordering {ordering}"),
            version: None,
            settings: Vec::new(),
            make: Arc::new(move |query| {
                Ok(Arc::new(Connection {
                    ordering,
                    read_side: ReadSide::Closes,
                    response: query.response_bytes as usize,
                }) as Arc<dyn Subject>)
            }),
        })
        .into()
}

/// What `cargo verify` knows about this model.
pub fn model() -> Model {
    Model {
        claims,
        subjects,
        ..Model::new(
            "shutdown_ordering",
            "a dispatcher with a write buffer, and what it does first when it is done",
        )
    }
}
