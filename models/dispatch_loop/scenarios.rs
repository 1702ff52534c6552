//! The named scenarios, each with its connection.

use bytes::Bytes;
use lastbyte::environment::{FlushMode, UnreadInput};
use lastbyte::{Reader, Scenario, Script, ScriptStep};

use super::message::{self, Body};
use super::{Connection, GivesUp, Owed, UserBody, WriteStrategy};

/// A scenario and its connection. Set [`Connection::revision`] before it is explored.
#[derive(Clone, Debug)]
pub struct LoopScenario {
    /// What happens, as a sentence.
    pub about: &'static str,
    /// The connection.
    pub connection: Connection,
    /// The connection's surroundings: kernel, reader and scripts.
    pub outside: Scenario,
}

impl LoopScenario {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.outside.name
    }
}

/// The head of the first message.
const FIRST_HEAD: &[u8] = b"A";

pub(super) fn peer(steps: impl Into<Vec<ScriptStep>>) -> Script {
    Script::new("peer", steps)
}

pub(super) fn send(bytes: &'static [u8]) -> ScriptStep {
    ScriptStep::Send(Bytes::from_static(bytes))
}

/// Feeds the body of message `n` piece by piece, each wake-up a step after its data.
pub(super) fn feeder(message: usize, pieces: usize) -> Script {
    let feed = message::BODY_FEED;
    let piece = || ScriptStep::Feed(feed, message::body(message, 1));
    let mut steps: Vec<_> = (0..pieces)
        .flat_map(|_| [piece(), ScriptStep::WakeFeed(feed)])
        .collect();
    steps.extend([ScriptStep::EndFeed(feed), ScriptStep::WakeFeed(feed)]);
    Script::new("body", steps)
}

pub(super) fn device(flushes: usize) -> Script {
    Script::new("device", vec![ScriptStep::FinishFlush; flushes])
}

pub(super) fn on(name: &str, capacity: usize, input: &'static [u8]) -> Scenario {
    let scenario = Scenario::new(name, capacity, Reader::PROMPT);
    if input.is_empty() {
        scenario
    } else {
        scenario.with_input(input)
    }
}

fn fed(scenario: Scenario, pieces: usize) -> Scenario {
    Scenario {
        feeds: 1,
        ..scenario
    }
    .with_script(feeder(0, pieces))
}

fn deferred_flush(scenario: Scenario, flushes: usize) -> Scenario {
    Scenario {
        flush: FlushMode::Deferred,
        ..scenario
    }
    .with_script(device(flushes))
}

pub(super) fn owing(connection: Connection, owed: &[&[u8]]) -> Connection {
    Connection {
        owed: Owed::AtStart(owed.concat().into()),
        ..connection
    }
}

/// Raises the user's signal at any point, or at any point after the step `first`.
pub(super) fn told_to_stop(mut scenario: Scenario, first: Option<ScriptStep>) -> Scenario {
    let steps: Vec<_> = first.into_iter().chain([ScriptStep::Raise(0)]).collect();
    scenario.signals = 1;
    scenario.with_script(Script::new("user", steps))
}

/// Every named scenario.
pub fn named_scenarios() -> Vec<LoopScenario> {
    let full = |owed| Connection::server([Body::Full(2)], owed);
    let reads = |connection| Connection {
        user_body: UserBody::Read,
        ..connection
    };
    let pipelined = |connection| Connection {
        pipeline_flush: true,
        ..connection
    };
    let queued = |connection| Connection {
        write_strategy: WriteStrategy::Queue,
        ..connection
    };
    let scenario = |about, connection, outside| LoopScenario {
        about,
        connection,
        outside,
    };
    let switching = || {
        let connection = message::switching();
        let head = connection.message(0);
        owing(connection, &[&head, message::UPGRADED])
    };
    let refusing = |connection| Connection {
        switches: false,
        ..connection
    };
    // The peer has seen the beginning of what the connection writes.
    let begun = ScriptStep::AwaitReceived(1);
    let mut all = vec![
        scenario(
            "A request closes the connection.",
            full(1),
            on("close", 1, b"C"),
        ),
        scenario(
            "The service drops an unfinished request body and answers.",
            full(1),
            on("dropped-body", 1, b"P2x"),
        ),
        scenario(
            "The service drops an unfinished request body, and its whole response fits the kernel's buffer.",
            full(1),
            on("dropped-body-fits", 4, b"P2x"),
        ),
        scenario(
            "Keep-alive is off, and the request body ends while the response is being flushed.",
            reads(full(1)),
            on("body-ends-during-flush", 1, b"p2x").with_script(peer([send(b"x")])),
        ),
        scenario(
            "The request body does not decode while the response is being flushed.",
            reads(full(1)),
            on("body-does-not-decode", 1, b"P2x").with_script(peer([send(b"!")])),
        ),
        scenario(
            "A malformed request follows the first one.",
            owing(full(1), &[&full(1).message(0), message::BAD_REQUEST]),
            on("bad-second-request", 1, b"G!"),
        ),
        scenario(
            "A streamed response over a socket whose flush takes two calls.",
            Connection {
                write_limit: 2,
                ..Connection::server([Body::Ready(3)], 1)
            },
            deferred_flush(on("deferred-flush", 8, b"G"), 6),
        ),
        scenario(
            "A streamed response whose last pieces find room after a flush that takes two calls.",
            Connection {
                write_limit: 3,
                ..Connection::server([Body::Ready(3)], 1)
            },
            deferred_flush(on("deferred-end", 8, b"G"), 6),
        ),
        scenario(
            "A streamed response over a socket whose flush takes two calls, and a second request is already \
             there.",
            Connection {
                write_limit: 3,
                ..Connection::server([Body::Ready(3), Body::Full(1)], 2)
            },
            deferred_flush(on("deferred-pipelined", 8, b"GG"), 6),
        ),
        scenario(
            "The response's body comes from another thread.",
            Connection::server([Body::Fed(1)], 1),
            fed(on("fed-body", 4, b"G"), 1),
        ),
        scenario(
            "The response's body comes from another thread, and a second request is already there.",
            Connection::server([Body::Fed(1), Body::Full(1)], 2),
            fed(on("fed-body-pipelined", 8, b"GG"), 1),
        ),
        scenario(
            "A client's peer sends FIN, and the request body is not finished.",
            owing(Connection::client([Body::Fed(1)]), &[FIRST_HEAD]),
            Scenario {
                feeds: 1,
                ..on("client-peer-fin", 4, b"")
            }
            .with_script(peer([begun.clone(), ScriptStep::FinishInput])),
        ),
        scenario(
            "The peer sends FIN while the response is being flushed.",
            full(1),
            on("fin-during-flush", 1, b"G")
                .with_script(peer([begun.clone(), ScriptStep::FinishInput])),
        ),
        scenario(
            "With half_close, the peer sends FIN while the response is being flushed.",
            Connection {
                half_close: true,
                ..full(1)
            },
            on("fin-during-flush-half-close", 1, b"G")
                .with_script(peer([begun.clone(), ScriptStep::FinishInput])),
        ),
        scenario(
            "More of the request body arrives while the response is being flushed.",
            reads(full(1)),
            on("body-during-flush", 1, b"P3x").with_script(peer([send(b"x"), send(b"x")])),
        ),
        scenario(
            "A second request arrives while the response to the first is being flushed.",
            full(2),
            on("request-during-flush", 1, b"G").with_script(peer([send(b"G")])),
        ),
        scenario(
            "The service drops an unfinished request body, and the reader stops.",
            full(1),
            Scenario {
                reader: Reader::PROMPT.stops_after(1),
                ..on("reader-stops", 1, b"P2x")
            },
        ),
        scenario(
            "The service drops an unfinished request body, and the reader resets.",
            full(1),
            Scenario {
                reader: Reader::PROMPT.resets_after(1),
                ..on("reader-resets", 1, b"P2x")
            },
        ),
        scenario(
            "graceful_shutdown comes at any point of an exchange.",
            Connection {
                graceful: Some(0),
                owed: Owed::AsServed,
                ..full(1)
            },
            told_to_stop(on("graceful", 1, b"G"), None),
        ),
        scenario(
            "graceful_shutdown comes at any point, and so does the rest of the request body.",
            reads(Connection {
                graceful: Some(0),
                owed: Owed::AsServed,
                ..full(1)
            }),
            told_to_stop(
                on("graceful-body", 1, b"P2x").with_script(peer([send(b"x")])),
                None,
            ),
        ),
        scenario(
            "The service drops an unfinished request body, and the user takes the socket out \
             when poll_without_shutdown is ready.",
            Connection {
                gives_up: GivesUp::WithoutShutdown,
                ..full(1)
            },
            on("taken-out", 1, b"P2x"),
        ),
        scenario(
            "An upgrade.",
            owing(
                Connection::server([Body::Empty], 0),
                &[FIRST_HEAD, message::UPGRADED],
            ),
            on("upgrade-alone", 1, b"U"),
        ),
        scenario(
            "An upgrade with early data after it.",
            owing(
                Connection::server([Body::Empty], 0),
                &[FIRST_HEAD, message::UPGRADED],
            ),
            on("upgrade", 1, b"Uxx"),
        ),
        scenario(
            "An upgrade whose request has an unfinished body, which the service drops.",
            switching(),
            on("upgrade-dropped-body", 1, b"V2x"),
        ),
        scenario(
            "An upgrade, and graceful_shutdown comes while the head of the answer is being flushed.",
            Connection {
                graceful: Some(0),
                ..switching()
            },
            told_to_stop(on("upgrade-graceful", 1, b"U"), Some(begun.clone())),
        ),
        scenario(
            "A request for an upgrade gets an ordinary answer, and the service drops its unfinished body.",
            refusing(full(1)),
            on("upgrade-refused-dropped-body", 1, b"V2x"),
        ),
        scenario(
            "A request for an upgrade gets an ordinary answer, and the next request closes.",
            refusing(full(2)),
            on("upgrade-refused-close", 1, b"UC"),
        ),
        scenario(
            "A request with its whole body, which the service reads before it answers.",
            Connection {
                user_body: UserBody::ReadFirst,
                ..full(1)
            },
            on("whole-body", 1, b"P2xx"),
        ),
        scenario(
            "A response ends with an error, after a piece that lies in the write buffer.",
            Connection::server([Body::Fails(1)], 1),
            on("body-fails", 8, b"G"),
        ),
        scenario(
            "With pipeline_flush, more bytes follow a request that closes.",
            pipelined(full(1)),
            on("pipeline-flush-close", 4, b"CG"),
        ),
        scenario(
            "With pipeline_flush, an upgrade with early data after it.",
            pipelined(owing(
                Connection::server([Body::Empty], 0),
                &[FIRST_HEAD, message::UPGRADED],
            )),
            on("pipeline-flush-upgrade", 4, b"Uxx"),
        ),
        scenario(
            "With pipeline_flush, a malformed request.",
            pipelined(owing(full(0), &[message::BAD_REQUEST])),
            on("pipeline-flush-bad-request", 4, b"!"),
        ),
        scenario(
            "With pipeline_flush, the beginning of a second request follows the first.",
            pipelined(full(1)),
            on("pipeline-flush-partial", 4, b"GP"),
        ),
        scenario(
            "With pipeline_flush, two requests.",
            pipelined(full(2)),
            on("pipeline-flush-two", 1, b"GG"),
        ),
        scenario(
            "Vectored writes: the request body ends while the response is being flushed, and the \
             next request follows it.",
            queued(reads(full(2))),
            on("queue-next-request", 1, b"P2x").with_script(peer([send(b"xG")])),
        ),
        scenario(
            "One flat buffer: the request body ends while the response is being flushed, and the next \
             request follows it.",
            reads(full(2)),
            on("flatten-next-request", 1, b"P2x").with_script(peer([send(b"xG")])),
        ),
        scenario(
            "Vectored writes: a client's response is there before its request is flushed, and a \
             second request is to follow.",
            queued(Connection::client([Body::Full(2), Body::Empty])),
            on("client-queue-early-response", 1, b"")
                .with_script(peer([begun.clone(), send(b"G")])),
        ),
        scenario(
            "One flat buffer: a client's response is there before its request is flushed, and a \
             second request is to follow.",
            Connection::client([Body::Full(2), Body::Empty]),
            on("client-flatten-early-response", 1, b"")
                .with_script(peer([begun.clone(), send(b"G")])),
        ),
        scenario(
            "A client's response that closes comes before its request is flushed.",
            Connection::client([Body::Full(2)]),
            on("client-early-close", 1, b"").with_script(peer([begun.clone(), send(b"C")])),
        ),
        scenario(
            "TCP: the service drops an unfinished request body, and more of it arrives.",
            full(1),
            Scenario {
                unread_input: UnreadInput::Resets,
                ..on("unread-input", 1, b"P3x")
            }
            .with_script(peer([send(b"x")])),
        ),
    ];
    all.extend(super::users::scenarios());
    all
}
