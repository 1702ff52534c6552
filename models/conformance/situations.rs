//! The situations that both sides are put into.

use lastbyte::{FlushMode, Reader, Scenario, Script, ScriptStep};

use crate::hyper_h1::{DATE, Handler, Server, Source};

/// Capacity of the kernel's buffer in bytes, and bytes that the reader takes at most; one that
/// takes none stops at once.
pub type Environment = (usize, Option<usize>);

const ALL: &[Environment] = &[
    (32, None),
    (64, None),
    (64, Some(48)),
    (128, None),
    (1024, None),
];
const WITHOUT_SMALLEST: &[Environment] = ALL.split_at(1).1;
const PROMPT: &[Environment] = &[(64, None), (128, None), (1024, None)];
const ROOMY: &[Environment] = &[(1024, None)];
const LARGE: &[Environment] = ALL.split_at(3).1;
const HUGE: &[Environment] = &[(1 << 16, Some(0))];

/// Environments that a situation could have and has not are left out because a side would take
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
const BAD_CHUNK: &str =
    "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhelloX\r\n";
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
                "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n".into()
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
    /// A flush takes two calls, this many times.
    TwoPhaseFlush(usize),
    /// The reader stops behind the first byte.
    ReaderStops,
    /// The reader resets the connection behind the first byte.
    ReaderResets,
    /// The body's end comes from another thread, with a wake-up behind it.
    BodyEnds,
}

/// One situation, for hyper and for the model.
#[derive(Clone, Debug)]
pub struct Situation {
    /// Its name.
    pub name: &'static str,
    /// What hyper's peer sends, at the start and later.
    pub real: [&'static [u8]; 2],
    /// What the model's peer sends.
    pub abstracted: [&'static [u8]; 2],
    /// The server.
    pub server: Server,
    /// The heads of its responses; the last one repeats.
    pub heads: Vec<Head>,
    /// What happens besides.
    pub beside: Beside,
    /// Where it is compared.
    pub environments: &'static [Environment],
}

const BODY: usize = 63;

/// Every situation.
pub fn situations() -> Vec<Situation> {
    use Handler::{AnswersFirst, Ignores, Reads};
    let with = |name, request: &'static str, abstracted: &'static [u8], handler| Situation {
        name,
        real: [request.as_bytes(), REST.as_bytes()],
        abstracted: [abstracted, b"xxxx"],
        server: Server {
            handler,
            ..Server::answering(BODY)
        },
        heads: vec![Head::Length(BODY)],
        beside: Beside::Nothing,
        environments: ALL,
    };
    let get = |name| with(name, GET, b"G", Ignores);
    let last_get = |name| Situation {
        heads: vec![Head::LastLength(BODY)],
        ..with(name, LAST_GET, b"C", Ignores)
    };
    let ignored = |name| with(name, HALF_A_BODY, b"P9xxxxx", Ignores);
    let at = |environments, situation| Situation {
        environments,
        ..situation
    };
    let beside = |beside, situation| Situation {
        beside,
        ..situation
    };
    let half_closing = |situation: Situation| Situation {
        server: Server {
            half_close: true,
            ..situation.server
        },
        ..situation
    };
    let pipeline_flushing = |situation: Situation| Situation {
        server: Server {
            pipeline_flush: true,
            ..situation.server
        },
        ..situation
    };
    let vectored = |situation: Situation| Situation {
        server: Server {
            vectored: true,
            ..situation.server
        },
        ..situation
    };
    let streaming = |source, situation: Situation| Situation {
        heads: match source {
            Source::Chunks(_) => vec![Head::Chunked],
            Source::Feed(_) => vec![Head::Chunked, Head::Length(BODY)],
            _ => situation.heads,
        },
        server: Server {
            source,
            ..situation.server
        },
        ..situation
    };
    // hyper polls a body until so many bytes are buffered.
    let limited = |source, situation: Situation| {
        let situation = streaming(source, situation);
        let heads = match source {
            Source::Pieces(size) => vec![Head::Length(6 * size)],
            _ => situation.heads,
        };
        Situation {
            heads,
            server: Server {
                max_buf_size: Some(8192),
                body: Server::answering(6 * 4096).body,
                ..situation.server
            },
            environments: HUGE,
            ..situation
        }
    };
    let switching = |situation: Situation, connect| Situation {
        heads: vec![if connect {
            Head::Tunnel
        } else {
            Head::Switching
        }],
        server: Server {
            upgrade: Some(bytes::Bytes::from_static(b"uv")),
            connect,
            ..situation.server
        },
        ..situation
    };
    let then = |later: &'static str, abstracted, situation: Situation| Situation {
        real: [situation.real[0], later.as_bytes()],
        abstracted: [situation.abstracted[0], abstracted],
        beside: Beside::Rest,
        ..situation
    };
    let graceful = |situation: Situation| Situation {
        server: Server {
            graceful: Some(0),
            ..situation.server
        },
        ..situation
    };
    let bad_chunk = |name, handler| with(name, BAD_CHUNK, b"P3x!", handler);
    vec![
        get("request-complete"),
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
            LARGE,
            beside(Beside::FinDuringFlush, get("fin-during-flush")),
        ),
        at(
            LARGE,
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
        pipeline_flushing(Situation {
            heads: vec![Head::LastLength(BODY)],
            ..with("pipeline-flush-close", LAST_GET_AND_MORE, b"CG", Ignores)
        }),
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
            WITHOUT_SMALLEST,
            with("bad-second-request", GET_AND_NO_REQUEST, b"G!", Ignores),
        ),
        at(
            LARGE,
            beside(Beside::TwoPhaseFlush(4), get("two-phase-flush")),
        ),
        at(
            ROOMY,
            beside(
                Beside::TwoPhaseFlush(4),
                ignored("two-phase-flush-body-ignored"),
            ),
        ),
        beside(
            Beside::TwoPhaseFlush(8),
            limited(Source::Pieces(4096), get("two-phase-flush-pieces")),
        ),
        beside(
            Beside::TwoPhaseFlush(8),
            limited(Source::Chunks(4096), get("two-phase-flush-chunks")),
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
        at(
            LARGE,
            beside(
                Beside::BodyEnds,
                streaming(Source::Feed(0), get("fed-body")),
            ),
        ),
        at(
            ROOMY,
            beside(
                Beside::BodyEnds,
                streaming(
                    Source::Feed(0),
                    with("fed-body-pipelined", TWO_GETS, b"GG", Ignores),
                ),
            ),
        ),
        switching(with("upgrade", UPGRADE, b"U", Ignores), false),
        switching(
            with("upgrade-early-data", UPGRADE_AND_EARLY, b"Uxxxxx", Ignores),
            false,
        ),
        pipeline_flushing(switching(
            with(
                "pipeline-flush-upgrade",
                UPGRADE_AND_EARLY,
                b"Uxxxxx",
                Ignores,
            ),
            false,
        )),
        switching(with("connect", CONNECT, b"U", Ignores), true),
        switching(
            with("connect-early-data", CONNECT_AND_EARLY, b"Uxxxxx", Ignores),
            true,
        ),
        at(
            LARGE,
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
            LARGE,
            vectored(then(
                REST_AND_GET,
                b"xxxxG",
                with("queue-next-request", HALF_A_BODY, b"P9xxxxx", AnswersFirst),
            )),
        ),
        vectored(get("queue-request-complete")),
        vectored(ignored("queue-body-ignored")),
        at(
            PROMPT,
            vectored(with("queue-pipelined", TWO_GETS, b"GG", Ignores)),
        ),
        at(
            PROMPT,
            vectored(streaming(Source::Chunks(21), get("queue-chunks"))),
        ),
    ]
}

impl Situation {
    /// The environments that the others have and this one has not.
    pub fn left_out(&self) -> Vec<Environment> {
        let usual = ALL.iter().filter(|_| self.environments != HUGE);
        usual
            .filter(|e| !self.environments.contains(e))
            .copied()
            .collect()
    }

    /// The scenario in one environment, with what the peer sends at the start and later.
    pub fn scenario(
        &self,
        (capacity, slow): Environment,
        input: &'static [u8],
        rest: &'static [u8],
    ) -> Scenario {
        let reader = match slow {
            None => Reader::PROMPT,
            Some(0) => Reader::PROMPT.stops_after(0),
            Some(bytes) => Reader::slow(bytes),
        };
        let name = format!("{} K={capacity} {reader}", self.name);
        let scenario = Scenario::new(name, capacity, reader).with_input(input);
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
            Beside::TwoPhaseFlush(times) => Scenario {
                flush: FlushMode::TwoPhase,
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
            Beside::Graceful => Scenario {
                signals: 1,
                ..scenario.with_script(Script::new("user", [ScriptStep::Raise(0)]))
            },
            Beside::RestThenGraceful => Scenario {
                signals: 1,
                ..scenario.with_script(peer(&[sends_rest(), ScriptStep::Raise(0)]))
            },
            Beside::BodyEnds => Scenario {
                feeds: 1,
                ..scenario.with_script(Script::new(
                    "body",
                    [ScriptStep::EndFeed(0), ScriptStep::WakeFeed(0)],
                ))
            },
        }
    }
}
