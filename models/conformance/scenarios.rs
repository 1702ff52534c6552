//! What a scenario family is, and how it becomes a scenario. `servers.rs`, `clients.rs` and others list them.

use lastbyte::environment::{Faults, FlushMode, UnreadInput};
use lastbyte::{Reader, Scenario, Script, ScriptStep};

use crate::hyper_h1::{Client, DATE, Server, Source};

/// Capacity of the kernel's buffer, and bytes the reader takes per read at most; with 0 it stops at once.
pub type KernelAndReader = (usize, Option<usize>);

pub(super) const ALL: &[KernelAndReader] = &[
    (32, None),
    (64, None),
    (64, Some(48)),
    (128, None),
    (1024, None),
];
pub(super) const PROMPT: &[KernelAndReader] = &[(64, None), (128, None), (1024, None)];
/// A reader of one byte at a time, behind kernel buffers of 1 to 8 bytes and one that holds everything.
pub(super) const SMALL: &[KernelAndReader] = &[
    (1, Some(1)),
    (2, Some(1)),
    (3, Some(1)),
    (4, Some(1)),
    (5, Some(1)),
    (6, Some(1)),
    (7, Some(1)),
    (8, Some(1)),
    (128, Some(1)),
];
/// A few of those.
pub(super) const FEW: &[KernelAndReader] = &[(1, Some(1)), (4, Some(1)), (8, Some(1))];
pub(super) const UNREAD: &[KernelAndReader] = &[(64, Some(0)), (1024, Some(0))];
pub(super) const HUGE: &[KernelAndReader] = &[(1 << 16, Some(0))];

/// A side that takes more executions than this in one scenario is no longer explored.
pub const TOO_LARGE: u64 = 20_000;

/// The head of a response, as far as it decides how many bytes the head has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// With the length of the body.
    Length(usize),
    /// With chunks.
    Chunked,
    /// Of HTTP/1.0, with the length of the body.
    Old {
        /// The length.
        length: usize,
        /// hyper says `connection: keep-alive`.
        keeps: bool,
    },
    /// Of HTTP/1.0, with a body that ends with the connection.
    OldOpen,
    /// With chunks, and trailers after them.
    Trailers,
    /// 204.
    NoContent,
    /// 304.
    NotModified,
    /// An upgrade.
    Switching,
    /// Without a length, as the answer to CONNECT.
    Bare,
    /// hyper's own answer to a malformed request.
    BadRequest,
}

impl Head {
    /// How many bytes this version writes. `is_last`: the connection closes after the response.
    pub fn bytes(self, version: &str, is_last: bool) -> usize {
        let ok = "HTTP/1.1 200 OK\r\n";
        let switching = "HTTP/1.1 101 Switching Protocols\r\nupgrade: words\r\n";
        let upgrade = "connection: upgrade\r\n";
        // hyper 1 writes it; 0.14 does not.
        let close = match is_last && !version.starts_with("0.14.") {
            true => "connection: close\r\n",
            false => "",
        };
        let text = match self {
            Head::Length(bytes) => format!("{ok}{close}content-length: {bytes}\r\n"),
            Head::Old { length, keeps } => {
                let keeps = if keeps {
                    "connection: keep-alive\r\n"
                } else {
                    ""
                };
                format!("{ok}{keeps}content-length: {length}\r\n")
            }
            Head::OldOpen => ok.into(),
            Head::Trailers => {
                format!("{ok}{close}transfer-encoding: chunked\r\ntrailer: x\r\n")
            }
            Head::NoContent => format!("HTTP/1.1 204 No Content\r\n{close}"),
            Head::NotModified => format!("HTTP/1.1 304 Not Modified\r\n{close}"),
            Head::Chunked => format!("{ok}{close}transfer-encoding: chunked\r\n"),
            // Before 1.12.0, hyper's `connection: close` replaces the user's header.
            Head::Switching if close.is_empty() => format!("{switching}{upgrade}"),
            Head::Switching if version == "1.12.0" => format!("{switching}{upgrade}{close}"),
            Head::Switching => format!("{switching}{close}"),
            Head::Bare => format!("{ok}{close}"),
            Head::BadRequest => {
                format!("HTTP/1.1 400 Bad Request\r\n{close}content-length: 0\r\n")
            }
        };
        text.len() + format!("date: {DATE}\r\n\r\n").len()
    }
}

/// What happens beside the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    #[default]
    Nothing,
    /// FIN lies after the request.
    Fin,
    /// FIN comes at any time.
    LaterFin,
    /// FIN comes when the response is being flushed.
    FinDuringFlush,
    /// The rest of the request comes at any time.
    Rest,
    /// `graceful_shutdown` comes at any time.
    Graceful,
    /// The user drops the connection at any time.
    Dropped,
    /// A client's user gives its request up at any time.
    GivenUp,
    /// The same, and its peer answers at any time.
    AnswersAndGivenUp,
    /// The rest of the request comes at any time, and the user drops the connection at any time.
    RestAndDropped,
    /// The rest of the request comes, and then `graceful_shutdown`.
    RestThenGraceful,
    /// `graceful_shutdown` comes, and then the rest of the request.
    GracefulThenRest,
    /// Closing with unread input resets the connection, as in TCP, and more input comes.
    UnreadInputResets,
    /// A flush takes two calls, this many times.
    DeferredFlush(usize),
    /// The reader stops after the first byte.
    ReaderStops,
    /// The reader resets the connection after the first byte.
    ReaderResets,
    /// The body's end comes from another thread, with a wake-up after it.
    BodyEnds,
    /// A spurious wake-up of the connection.
    WokenForNothing,
    /// `graceful_shutdown` comes at any time, and the reader stops after the first byte.
    GracefulReaderStops,
    /// `graceful_shutdown` comes at any time, and the reader resets after the first byte.
    GracefulReaderResets,
    /// FIN and `graceful_shutdown` come at any time.
    LaterFinAndGraceful,
    /// The rest of the request comes at any time, and the reader stops after the first byte.
    RestReaderStops,
    /// The rest of the request comes, and then FIN.
    RestThenFin,
    /// A client's peer answers when it has seen the first byte.
    Answers,
    /// A client's peer answers when it has seen the first byte, and sends FIN.
    AnswersThenFin,
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
    /// What happens beside the connection.
    pub beside: Beside,
    /// Which system calls fail.
    pub faults: Faults,
    /// The kernel buffers and readers with which it is compared.
    pub scenarios: &'static [KernelAndReader],
    /// The releases in which it is left out, because a busy loop makes it too large.
    pub too_large_in: &'static [&'static str],
    /// The releases that lack what the family is about.
    pub not_in: &'static [&'static str],
}

pub(super) const NOTHING_FAILS: Faults = Faults {
    write_error_after: None,
    write_zero_after: None,
    shutdown_error: false,
    spurious_input: false,
    reset_told_once: false,
    budget: None,
    joined_input: false,
};
pub(super) const SHUTDOWN_FAILS: Faults = Faults {
    shutdown_error: true,
    ..NOTHING_FAILS
};
pub(super) const SPURIOUS_INPUT: Faults = Faults {
    spurious_input: true,
    ..NOTHING_FAILS
};
pub(super) const RESET_TOLD_ONCE: Faults = Faults {
    reset_told_once: true,
    ..NOTHING_FAILS
};

pub(super) const BODY: usize = 63;
pub(super) const LIMITED: usize = 4 * 4096;

/// A write fails when this many bytes are accepted.
pub(super) fn write_fails(after: usize) -> Faults {
    Faults {
        write_error_after: Some(after),
        ..NOTHING_FAILS
    }
}

/// A write takes nothing when this many bytes are accepted.
pub(super) fn write_takes_nothing(after: usize) -> Faults {
    Faults {
        write_zero_after: Some(after),
        ..NOTHING_FAILS
    }
}

/// Left out in hyper 1.8.0, whose loop spins while the body of such a family is not ready.
pub(super) fn busy(family: Family) -> Family {
    Family {
        too_large_in: &["1.8.0"],
        ..family
    }
}

impl Family {
    /// The kernel buffers and readers of other families that this one leaves out, since they take longest.
    pub fn left_out(&self) -> Vec<KernelAndReader> {
        let usual = ALL
            .iter()
            .filter(|_| ![HUGE, UNREAD, SMALL, FEW].contains(&self.scenarios));
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

    fn has_timer(&self) -> bool {
        matches!(&self.side, Side::Server(server, _) if server.header_read_timeout)
    }

    fn feeds(&self) -> usize {
        let is_fed = |source: &Source| matches!(source, Source::Feed(_) | Source::Fed { .. });
        let fed = match &self.side {
            Side::Server(server, _) => is_fed(&server.source),
            Side::Client(client) => client.requests.iter().any(|r| is_fed(&r.source)),
        };
        usize::from(fed)
    }

    /// The scenario for one kernel buffer and reader, with what the peer sends at the start and later.
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
            // A feed that nobody fills is a body that never ends.
            feeds: self.feeds(),
            faults: self.faults.clone(),
            clock: self.has_timer(),
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
            Beside::Graceful | Beside::Dropped | Beside::GivenUp => Scenario {
                signals: 1,
                ..scenario.with_script(Script::new("user", [ScriptStep::Raise(0)]))
            },
            Beside::RestAndDropped | Beside::AnswersAndGivenUp => Scenario {
                signals: 1,
                ..scenario
                    .with_script(peer(&[sends_rest()]))
                    .with_script(Script::new("user", [ScriptStep::Raise(0)]))
            },
            Beside::RestThenGraceful => Scenario {
                signals: 1,
                ..scenario.with_script(peer(&[sends_rest(), ScriptStep::Raise(0)]))
            },
            Beside::GracefulThenRest => Scenario {
                signals: 1,
                ..scenario.with_script(peer(&[ScriptStep::Raise(0), sends_rest()]))
            },
            Beside::GracefulReaderStops => Scenario {
                signals: 1,
                reader: reader.stops_after(1),
                ..scenario.with_script(Script::new("user", [ScriptStep::Raise(0)]))
            },
            Beside::GracefulReaderResets => Scenario {
                signals: 1,
                reader: reader.resets_after(1),
                ..scenario.with_script(Script::new("user", [ScriptStep::Raise(0)]))
            },
            Beside::LaterFinAndGraceful => Scenario {
                signals: 1,
                ..scenario
                    .with_script(peer(&[ScriptStep::FinishInput]))
                    .with_script(Script::new("user", [ScriptStep::Raise(0)]))
            },
            Beside::RestReaderStops => Scenario {
                reader: reader.stops_after(1),
                ..scenario.with_script(peer(&[sends_rest()]))
            },
            Beside::RestThenFin => {
                scenario.with_script(peer(&[sends_rest(), ScriptStep::FinishInput]))
            }
            Beside::BodyEnds => scenario.with_script(Script::new(
                "body",
                [ScriptStep::EndFeed(0), ScriptStep::WakeFeed(0)],
            )),
            Beside::Answers => {
                scenario.with_script(peer(&[ScriptStep::AwaitReceived(1), sends_rest()]))
            }
            Beside::AnswersThenFin => scenario.with_script(peer(&[
                ScriptStep::AwaitReceived(1),
                sends_rest(),
                ScriptStep::FinishInput,
            ])),
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
