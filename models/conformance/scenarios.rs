//! The scenario families that both sides are put into.

use bytes::Bytes;
use lastbyte::environment::{Faults, FlushMode, UnreadInput};
use lastbyte::{Reader, Scenario, Script, ScriptStep};

use crate::hyper_h1::{Answer, Client, DATE, Handler, Outgoing, Server, Source};

/// Capacity of the kernel's buffer in bytes, and bytes that the reader takes at most; one that
/// takes none stops at once.
pub type KernelAndReader = (usize, Option<usize>);

const ALL: &[KernelAndReader] = &[
    (32, None),
    (64, None),
    (64, Some(48)),
    (128, None),
    (1024, None),
];
const WITHOUT_SMALLEST: &[KernelAndReader] = ALL.split_at(1).1;
const PROMPT: &[KernelAndReader] = &[(64, None), (128, None), (1024, None)];
const ROOMY: &[KernelAndReader] = &[(1024, None)];
const LARGE: &[KernelAndReader] = ALL.split_at(3).1;
const UNREAD: &[KernelAndReader] = &[(64, Some(0)), (1024, Some(0))];
const HUGE: &[KernelAndReader] = &[(1 << 16, Some(0))];

/// Scenarios that a scenario family could have and has not are left out because a side would take
/// more executions than this.
pub const TOO_LARGE: u64 = 20_000;

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const LAST_GET: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
const TWO_GETS: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n";
const GET_AND_HALF: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\n";
const LAST_GET_AND_MORE: &str =
    "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n";
const NO_REQUEST: &str = "no request\r\n\r\n";
const GET_AND_NO_REQUEST: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\nno request\r\n\r\n";
const HALF_A_BODY: &str = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello";
const REST: &str = "world";
const REST_AND_GET: &str = "worldGET / HTTP/1.1\r\nhost: a\r\n\r\n";
const HALF_A_LAST_BODY: &str =
    "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 10\r\n\r\nhello";
const CHUNK: &str = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello";
const NO_CHUNK: &str = "X\r\n";
const BAD_CHUNK: &str =
    "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhelloX\r\n";
const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const LAST_ANSWER: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
const ANSWER_WITH_BODY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
const HALF_AN_ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello";
const UPGRADE: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: words\r\n\r\n";
const UPGRADE_AND_EARLY: &str =
    "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: words\r\n\r\nearly";
const CONNECT: &str = "CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n";
const CONNECT_AND_EARLY: &str = "CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\nearly";

/// The head of a response, as far as its length depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// With the length of the body.
    Length(usize),
    /// The same, behind a request that closes.
    LastLength(usize),
    /// With chunks.
    Chunked,
    /// An upgrade.
    Switching,
    /// The answer to CONNECT.
    Tunnel,
    /// hyper's own answer to what is no request.
    BadRequest,
}

impl Head {
    /// How many bytes hyper writes.
    pub fn bytes(self, is_0_14: bool) -> usize {
        let ok = "HTTP/1.1 200 OK\r\n";
        // hyper 1 repeats it.
        let close = if is_0_14 { "" } else { "connection: close\r\n" };
        let text = match self {
            Head::Length(bytes) => format!("{ok}content-length: {bytes}\r\n"),
            Head::LastLength(bytes) => format!("{ok}{close}content-length: {bytes}\r\n"),
            Head::Chunked => format!("{ok}transfer-encoding: chunked\r\n"),
            Head::Switching => {
                "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: words\r\n"
                    .into()
            }
            Head::Tunnel => ok.into(),
            Head::BadRequest => {
                format!("HTTP/1.1 400 Bad Request\r\n{close}content-length: 0\r\n")
            }
        };
        text.len() + format!("date: {DATE}\r\n\r\n").len()
    }
}

/// What happens besides the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    #[default]
    Nothing,
    /// FIN lies behind the request.
    Fin,
    /// FIN comes at any time.
    LaterFin,
    /// FIN comes when the response is being flushed.
    FinDuringFlush,
    /// The rest of the request comes at any time.
    Rest,
    /// `graceful_shutdown` comes at any time.
    Graceful,
    /// The rest of the request comes, and then `graceful_shutdown`.
    RestThenGraceful,
    /// Closing with unread input resets the connection, as TCP's does, and more input comes.
    UnreadInputResets,
    /// A flush takes two calls, this many times.
    DeferredFlush(usize),
    /// The reader stops behind the first byte.
    ReaderStops,
    /// The reader resets the connection behind the first byte.
    ReaderResets,
    /// The body's end comes from another thread, with a wake-up behind it.
    BodyEnds,
    /// The connection is woken for no reason.
    WokenForNothing,
    /// A client's peer answers when it has seen the first byte.
    Answers,
    /// A client's peer answers at any time.
    AnswersAtOnce,
    /// A client's peer answers both requests, each when it has seen its first byte.
    AnswersBoth,
}

/// Which side of HTTP the connection is.
#[derive(Clone, Debug)]
pub enum Side {
    /// A server, with the heads of its responses; the last one repeats.
    Server(Server, Vec<Head>),
    /// A client.
    Client(Client),
}

/// One scenario family, for hyper and for the model.
#[derive(Clone, Debug)]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// What hyper's peer sends, at the start and later.
    pub real: [&'static [u8]; 2],
    /// What the model's peer sends.
    pub abstracted: [&'static [u8]; 2],
    /// The connection.
    pub side: Side,
    /// What happens besides.
    pub beside: Beside,
    /// What fails.
    pub faults: Faults,
    /// Where it is compared.
    pub scenarios: &'static [KernelAndReader],
    /// The releases in which a busy loop makes it too large.
    pub too_large_in: &'static [&'static str],
}

const NOTHING_FAILS: Faults = Faults {
    write_error_after: None,
    write_zero_after: None,
    shutdown_error: false,
    spurious_input: false,
    reset_told_once: false,
};
const SHUTDOWN_FAILS: Faults = Faults {
    shutdown_error: true,
    ..NOTHING_FAILS
};
const SPURIOUS_INPUT: Faults = Faults {
    spurious_input: true,
    ..NOTHING_FAILS
};
const RESET_TOLD_ONCE: Faults = Faults {
    reset_told_once: true,
    ..NOTHING_FAILS
};

const BODY: usize = 63;
const LIMITED: usize = 4 * 4096;

/// A write fails when so many bytes are accepted.
fn write_fails(after: usize) -> Faults {
    Faults {
        write_error_after: Some(after),
        ..NOTHING_FAILS
    }
}

/// A write takes nothing when so many bytes are accepted.
fn write_takes_nothing(after: usize) -> Faults {
    Faults {
        write_zero_after: Some(after),
        ..NOTHING_FAILS
    }
}

/// Every scenario family.
pub fn families() -> Vec<Family> {
    use Handler::{AnswersFirst, Ignores, Reads};
    let with = |name, request: &'static str, abstracted: &'static [u8], handler| Family {
        name,
        real: [request.as_bytes(), REST.as_bytes()],
        abstracted: [abstracted, b"xxxx"],
        side: Side::Server(
            Server {
                handler,
                ..Server::answering(BODY)
            },
            vec![Head::Length(BODY)],
        ),
        beside: Beside::Nothing,
        faults: Faults::default(),
        scenarios: ALL,
        too_large_in: &[],
    };
    let get = |name| with(name, GET, b"G", Ignores);
    let heads = |heads: Vec<Head>, family: Family| Family {
        side: match family.side {
            Side::Server(server, _) => Side::Server(server, heads),
            client => client,
        },
        ..family
    };
    let last_get = |name| {
        heads(
            vec![Head::LastLength(BODY)],
            with(name, LAST_GET, b"C", Ignores),
        )
    };
    let server = |change: &dyn Fn(&mut Server), mut family: Family| {
        if let Side::Server(server, _) = &mut family.side {
            change(server);
        }
        family
    };
    let ignored = |name| with(name, HALF_A_BODY, b"P9xxxxx", Ignores);
    let at = |scenarios, family| Family {
        scenarios,
        ..family
    };
    let beside = |beside, family| Family { beside, ..family };
    let half_closing = |family| server(&|server| server.half_close = true, family);
    let pipeline_flushing = |family| server(&|server| server.pipeline_flush = true, family);
    let vectored = |family| server(&|server| server.vectored = true, family);
    let graceful = |family| server(&|server| server.graceful = Some(0), family);
    let streaming = |source, family| {
        let head = match source {
            Source::Chunks(_) | Source::Feed(_) => Head::Chunked,
            _ => Head::Length(BODY),
        };
        // What follows a body from a feed is whole.
        let family = heads(vec![head, Head::Length(BODY)], family);
        server(&|server| server.source = source, family)
    };
    // hyper polls a body until so many bytes are buffered.
    let limited = |source, family| {
        let head = match source {
            Source::Chunks(_) => Head::Chunked,
            _ => Head::Length(LIMITED),
        };
        let family = heads(vec![head], at(HUGE, family));
        let change = |server: &mut Server| {
            server.source = source;
            server.max_buf_size = Some(8192);
            server.body = Server::answering(LIMITED).body;
        };
        server(&change, family)
    };
    let switching = |connect, family| {
        let head = if connect {
            Head::Tunnel
        } else {
            Head::Switching
        };
        let change = |server: &mut Server| {
            server.upgrade = Some(Bytes::from_static(b"uv"));
            server.connect = connect;
        };
        server(&change, heads(vec![head], family))
    };
    let then = |later: &'static str, abstracted, family: Family| Family {
        real: [family.real[0], later.as_bytes()],
        abstracted: [family.abstracted[0], abstracted],
        beside: Beside::Rest,
        ..family
    };
    let bad_chunk = |name, handler| with(name, BAD_CHUNK, b"P3x!", handler);
    let failing = |faults: Faults, family| Family { faults, ..family };
    let mut all = vec![
        get("request-complete"),
        at(
            LARGE,
            heads(
                vec![Head::LastLength(BODY)],
                then(
                    REST,
                    b"xxxx",
                    with(
                        "body-ends-during-flush",
                        HALF_A_LAST_BODY,
                        b"p9xxxxx",
                        AnswersFirst,
                    ),
                ),
            ),
        ),
        at(
            LARGE,
            then(
                NO_CHUNK,
                b"!",
                with("body-does-not-decode", CHUNK, b"P9xxxxx", AnswersFirst),
            ),
        ),
        at(UNREAD, then(GET, b"G", get("request-during-flush"))),
        server(&|server| server.taken_out = true, ignored("taken-out")),
        last_get("connection-close"),
        ignored("body-ignored"),
        at(WITHOUT_SMALLEST, bad_chunk("malformed-chunk", Reads)),
        at(
            WITHOUT_SMALLEST,
            bad_chunk("malformed-chunk-beside", AnswersFirst),
        ),
        at(
            WITHOUT_SMALLEST,
            bad_chunk("malformed-chunk-ignored", Ignores),
        ),
        at(
            WITHOUT_SMALLEST,
            beside(
                Beside::Fin,
                with("early-eof", HALF_A_BODY, b"P9xxxxx", Reads),
            ),
        ),
        at(
            WITHOUT_SMALLEST,
            beside(Beside::Fin, ignored("early-eof-ignored")),
        ),
        at(
            LARGE,
            beside(
                Beside::Rest,
                with("body-read-beside", HALF_A_BODY, b"P9xxxxx", AnswersFirst),
            ),
        ),
        beside(Beside::Fin, get("fin-behind-request")),
        at(PROMPT, beside(Beside::LaterFin, get("fin-any-time"))),
        at(
            ROOMY,
            beside(Beside::FinDuringFlush, get("fin-during-flush")),
        ),
        at(
            ROOMY,
            half_closing(beside(
                Beside::FinDuringFlush,
                get("fin-during-flush-half-close"),
            )),
        ),
        at(PROMPT, with("pipelined", TWO_GETS, b"GG", Ignores)),
        at(PROMPT, graceful(beside(Beside::Graceful, get("graceful")))),
        at(
            ROOMY,
            graceful(beside(
                Beside::RestThenGraceful,
                with("graceful-body", HALF_A_BODY, b"P9xxxxx", AnswersFirst),
            )),
        ),
        pipeline_flushing(heads(
            vec![Head::LastLength(BODY)],
            with("pipeline-flush-close", LAST_GET_AND_MORE, b"CG", Ignores),
        )),
        at(
            PROMPT,
            pipeline_flushing(with("pipeline-flush-two", TWO_GETS, b"GG", Ignores)),
        ),
        pipeline_flushing(with("pipeline-flush-partial", GET_AND_HALF, b"GP", Ignores)),
        pipeline_flushing(with(
            "pipeline-flush-bad-request",
            NO_REQUEST,
            b"!",
            Ignores,
        )),
        with("bad-request", NO_REQUEST, b"!", Ignores),
        at(
            PROMPT,
            with("bad-second-request", GET_AND_NO_REQUEST, b"G!", Ignores),
        ),
        at(
            LARGE,
            beside(Beside::DeferredFlush(4), get("deferred-flush")),
        ),
        at(
            ROOMY,
            beside(
                Beside::DeferredFlush(4),
                ignored("deferred-flush-body-ignored"),
            ),
        ),
        beside(
            Beside::DeferredFlush(5),
            limited(Source::Pieces(4096), get("deferred-flush-pieces")),
        ),
        beside(
            Beside::DeferredFlush(5),
            limited(Source::Chunks(4096), get("deferred-flush-chunks")),
        ),
        beside(
            Beside::UnreadInputResets,
            at(UNREAD, ignored("unread-input")),
        ),
        limited(Source::Pieces(4096), get("limited-pieces")),
        limited(Source::Chunks(4096), get("limited-chunks")),
        beside(Beside::ReaderStops, ignored("reader-stops")),
        at(
            PROMPT,
            beside(Beside::ReaderResets, ignored("reader-resets")),
        ),
        at(PROMPT, streaming(Source::Pieces(21), get("pieces"))),
        at(PROMPT, streaming(Source::Chunks(21), get("chunks"))),
        at(
            PROMPT,
            streaming(Source::Pieces(21), ignored("pieces-body-ignored")),
        ),
        at(
            PROMPT,
            streaming(Source::Chunks(21), ignored("chunks-body-ignored")),
        ),
        busy(at(
            LARGE,
            beside(
                Beside::BodyEnds,
                streaming(Source::Feed(0), get("fed-body")),
            ),
        )),
        at(
            UNREAD,
            beside(
                Beside::BodyEnds,
                streaming(Source::Feed(0), get("fed-body-unread")),
            ),
        ),
        busy(at(
            ROOMY,
            beside(
                Beside::BodyEnds,
                streaming(
                    Source::Feed(0),
                    with("fed-body-pipelined", TWO_GETS, b"GG", Ignores),
                ),
            ),
        )),
        switching(false, with("upgrade", UPGRADE, b"U", Ignores)),
        switching(
            false,
            with("upgrade-early-data", UPGRADE_AND_EARLY, b"Uxxxxx", Ignores),
        ),
        pipeline_flushing(switching(
            false,
            with(
                "pipeline-flush-upgrade",
                UPGRADE_AND_EARLY,
                b"Uxxxxx",
                Ignores,
            ),
        )),
        switching(true, with("connect", CONNECT, b"U", Ignores)),
        switching(
            true,
            with("connect-early-data", CONNECT_AND_EARLY, b"Uxxxxx", Ignores),
        ),
        at(
            UNREAD,
            then(
                REST_AND_GET,
                b"xxxxG",
                with(
                    "flatten-next-request",
                    HALF_A_BODY,
                    b"P9xxxxx",
                    AnswersFirst,
                ),
            ),
        ),
        at(
            UNREAD,
            vectored(then(
                REST_AND_GET,
                b"xxxxG",
                with("queue-next-request", HALF_A_BODY, b"P9xxxxx", AnswersFirst),
            )),
        ),
        vectored(get("queue-request-complete")),
        at(PROMPT, vectored(ignored("queue-body-ignored"))),
        at(
            PROMPT,
            vectored(with("queue-pipelined", TWO_GETS, b"GG", Ignores)),
        ),
        at(
            PROMPT,
            vectored(streaming(Source::Chunks(21), get("queue-chunks"))),
        ),
        failing(write_fails(70), get("write-fails")),
        at(
            PROMPT,
            failing(write_fails(70), ignored("write-fails-body-ignored")),
        ),
        at(
            PROMPT,
            failing(
                write_fails(110),
                streaming(Source::Chunks(21), get("write-fails-chunks")),
            ),
        ),
        failing(write_takes_nothing(70), get("write-takes-nothing")),
        at(
            PROMPT,
            failing(
                write_takes_nothing(70),
                vectored(ignored("queue-write-takes-nothing")),
            ),
        ),
        failing(SHUTDOWN_FAILS, last_get("shutdown-fails")),
        at(
            PROMPT,
            failing(SHUTDOWN_FAILS, ignored("shutdown-fails-body-ignored")),
        ),
        failing(SPURIOUS_INPUT, get("spurious-input")),
        failing(
            SPURIOUS_INPUT,
            with("spurious-input-bad-request", NO_REQUEST, b"!", Ignores),
        ),
        at(LARGE, beside(Beside::WokenForNothing, get("woken"))),
        at(
            ROOMY,
            beside(Beside::WokenForNothing, ignored("woken-body-ignored")),
        ),
        at(
            PROMPT,
            beside(Beside::ReaderResets, get("reader-resets-idle")),
        ),
        at(
            PROMPT,
            failing(
                RESET_TOLD_ONCE,
                beside(Beside::ReaderResets, get("reset-told-once-idle")),
            ),
        ),
        at(
            PROMPT,
            failing(
                RESET_TOLD_ONCE,
                beside(Beside::ReaderResets, ignored("reset-told-once")),
            ),
        ),
    ];
    all.extend(of_clients());
    all
}

/// hyper 1.8.0 goes round as long as the body of such a scenario family is not there.
fn busy(family: Family) -> Family {
    Family {
        too_large_in: &["1.8.0"],
        ..family
    }
}

/// The same for a client: its peer answers when it has seen the beginning of the request.
fn of_clients() -> Vec<Family> {
    let sending = |name, requests: Vec<Outgoing>, real: &'static str, abstracted| Family {
        name,
        real: [b"", real.as_bytes()],
        abstracted: [b"", abstracted],
        side: Side::Client(Client::sending(requests)),
        beside: Beside::Answers,
        faults: Faults::default(),
        scenarios: PROMPT,
        too_large_in: &[],
    };
    let client = |change: &dyn Fn(&mut Client), mut family: Family| {
        if let Side::Client(client) = &mut family.side {
            change(client);
        }
        family
    };
    let vectored = |family| client(&|client| client.vectored = true, family);
    let beside = |beside, family| Family { beside, ..family };
    let at = |scenarios, family| Family {
        scenarios,
        ..family
    };
    let failing = |faults: Faults, family| Family { faults, ..family };
    let get = || Outgoing::GET;
    let post = |source| Outgoing::post(BODY, source);
    let whole = || post(Source::Whole);
    vec![
        sending("client-get", vec![get()], ANSWER, b"G"),
        sending("client-early-answer", vec![whole()], ANSWER, b"G"),
        sending("client-early-close", vec![whole()], LAST_ANSWER, b"C"),
        vectored(sending(
            "client-queue-early-close",
            vec![whole()],
            LAST_ANSWER,
            b"C",
        )),
        sending("client-malformed-answer", vec![whole()], NO_REQUEST, b"!"),
        at(
            ROOMY,
            sending(
                "client-pieces",
                vec![post(Source::Pieces(21))],
                ANSWER,
                b"G",
            ),
        ),
        at(
            ROOMY,
            sending(
                "client-chunks",
                vec![post(Source::Chunks(21))],
                ANSWER,
                b"G",
            ),
        ),
        client(
            &|client| client.answer = Answer::Read,
            sending(
                "client-reads-answer",
                vec![get()],
                ANSWER_WITH_BODY,
                b"P5xxxxx",
            ),
        ),
        sending(
            "client-drops-answer",
            vec![get()],
            HALF_AN_ANSWER,
            b"P9xxxxx",
        ),
        beside(
            Beside::FinDuringFlush,
            sending("client-fin-without-answer", vec![whole()], "", b""),
        ),
        busy(at(
            LARGE,
            beside(
                Beside::FinDuringFlush,
                sending("client-fin-open-body", vec![post(Source::Feed(0))], "", b""),
            ),
        )),
        at(
            UNREAD,
            beside(
                Beside::LaterFin,
                sending(
                    "client-fin-open-body-unread",
                    vec![post(Source::Feed(0))],
                    "",
                    b"",
                ),
            ),
        ),
        busy(at(
            ROOMY,
            sending(
                "client-answer-open-body",
                vec![post(Source::Feed(0))],
                ANSWER,
                b"G",
            ),
        )),
        at(
            UNREAD,
            beside(
                Beside::AnswersAtOnce,
                sending("client-next-request", vec![whole(), get()], ANSWER, b"G"),
            ),
        ),
        at(
            UNREAD,
            beside(
                Beside::AnswersAtOnce,
                vectored(sending(
                    "client-queue-next-request",
                    vec![whole(), get()],
                    ANSWER,
                    b"G",
                )),
            ),
        ),
        at(
            ROOMY,
            beside(
                Beside::AnswersBoth,
                sending("client-two-requests", vec![whole(), get()], ANSWER, b"G"),
            ),
        ),
        at(
            UNREAD,
            sending("client-reader-stops", vec![whole()], ANSWER, b"G"),
        ),
        failing(
            write_fails(80),
            beside(
                Beside::Nothing,
                sending("client-write-fails", vec![whole()], "", b""),
            ),
        ),
        at(
            ROOMY,
            failing(
                write_fails(80),
                sending(
                    "client-write-fails-chunks",
                    vec![post(Source::Chunks(21))],
                    ANSWER,
                    b"G",
                ),
            ),
        ),
        failing(
            write_takes_nothing(80),
            beside(
                Beside::Nothing,
                sending("client-write-takes-nothing", vec![whole()], "", b""),
            ),
        ),
        failing(
            SHUTDOWN_FAILS,
            sending("client-shutdown-fails", vec![get()], LAST_ANSWER, b"C"),
        ),
        failing(
            SPURIOUS_INPUT,
            sending("client-spurious-input", vec![get()], ANSWER, b"G"),
        ),
        beside(
            Beside::ReaderResets,
            sending("client-reader-resets", vec![whole()], "", b""),
        ),
        failing(
            RESET_TOLD_ONCE,
            beside(
                Beside::ReaderResets,
                sending("client-reset-told-once", vec![whole()], "", b""),
            ),
        ),
        beside(
            Beside::WokenForNothing,
            at(ROOMY, sending("client-woken", vec![get()], "", b"")),
        ),
    ]
}

impl Family {
    /// The scenarios that the others have and this one has not.
    pub fn left_out(&self) -> Vec<KernelAndReader> {
        let usual = ALL
            .iter()
            .filter(|_| ![HUGE, UNREAD].contains(&self.scenarios));
        usual
            .filter(|e| !self.scenarios.contains(e))
            .copied()
            .collect()
    }

    /// Bytes of a client's first request.
    fn first_request(&self) -> usize {
        match &self.side {
            Side::Client(client) => client.requests[0].bytes().len(),
            Side::Server(..) => 0,
        }
    }

    fn feeds(&self) -> usize {
        let is_fed = |source: &Source| matches!(source, Source::Feed(_) | Source::Fed { .. });
        let fed = match &self.side {
            Side::Server(server, _) => is_fed(&server.source),
            Side::Client(client) => client.requests.iter().any(|r| is_fed(&r.source)),
        };
        usize::from(fed)
    }

    /// The scenario in one scenario, with what the peer sends at the start and later.
    pub fn scenario(
        &self,
        (capacity, slow): KernelAndReader,
        input: &'static [u8],
        rest: &'static [u8],
    ) -> Scenario {
        let reader = match slow {
            None => Reader::PROMPT,
            Some(0) => Reader::PROMPT.stops_after(0),
            Some(bytes) => Reader::slow(bytes),
        };
        let name = format!("{} K={capacity} {reader}", self.name);
        let scenario = Scenario {
            // Nobody need fill it: a body that does not come to its end.
            feeds: self.feeds(),
            faults: self.faults.clone(),
            ..Scenario::new(name, capacity, reader)
        };
        let scenario = match input {
            b"" => scenario,
            input => scenario.with_input(input),
        };
        let peer = |steps: &[ScriptStep]| Script::new("peer", steps);
        let sends_rest = || ScriptStep::Send(rest.into());
        match self.beside {
            Beside::Nothing => scenario,
            Beside::Fin => scenario.with_input_eof(),
            Beside::LaterFin => scenario.with_script(peer(&[ScriptStep::FinishInput])),
            Beside::FinDuringFlush => scenario.with_script(peer(&[
                ScriptStep::AwaitReceived(1),
                ScriptStep::FinishInput,
            ])),
            Beside::Rest => scenario.with_script(peer(&[sends_rest()])),
            Beside::UnreadInputResets => Scenario {
                unread_input: UnreadInput::Resets,
                ..scenario.with_script(peer(&[sends_rest()]))
            },
            Beside::DeferredFlush(times) => Scenario {
                flush: FlushMode::Deferred,
                ..scenario.with_script(Script::new("device", vec![ScriptStep::FinishFlush; times]))
            },
            Beside::ReaderStops => Scenario {
                reader: reader.stops_after(1),
                ..scenario
            },
            Beside::ReaderResets => Scenario {
                reader: reader.resets_after(1),
                ..scenario
            },
            Beside::WokenForNothing => {
                scenario.with_script(Script::new("nobody", [ScriptStep::WakeSubject]))
            }
            Beside::Graceful => Scenario {
                signals: 1,
                ..scenario.with_script(Script::new("user", [ScriptStep::Raise(0)]))
            },
            Beside::RestThenGraceful => Scenario {
                signals: 1,
                ..scenario.with_script(peer(&[sends_rest(), ScriptStep::Raise(0)]))
            },
            Beside::BodyEnds => scenario.with_script(Script::new(
                "body",
                [ScriptStep::EndFeed(0), ScriptStep::WakeFeed(0)],
            )),
            Beside::Answers => {
                scenario.with_script(peer(&[ScriptStep::AwaitReceived(1), sends_rest()]))
            }
            Beside::AnswersAtOnce => scenario.with_script(peer(&[sends_rest()])),
            Beside::AnswersBoth => scenario.with_script(peer(&[
                ScriptStep::AwaitReceived(1),
                sends_rest(),
                ScriptStep::AwaitReceived(self.first_request() + 1),
                sends_rest(),
            ])),
        }
    }
}
