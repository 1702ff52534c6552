//! Named scenarios about the user's code, the timer, and the answers that a client gets.

use lastbyte::{Scenario, Script, ScriptStep};

use super::message::{self, Body};
use super::scenarios::{on, owing, peer, send, told_to_stop};
use super::{Connection, GivesUp, LoopScenario, Owed, UserBody};

/// A peer that sends these bytes when it has seen the first byte, and then FIN if `fin` is set.
fn answers(bytes: &'static [u8], fin: bool) -> Script {
    let mut steps = vec![ScriptStep::AwaitReceived(1), send(bytes)];
    steps.extend(fin.then_some(ScriptStep::FinishInput));
    peer(steps)
}

/// All of these scenarios.
pub(super) fn scenarios() -> Vec<LoopScenario> {
    let then = |bytes, scenario: Scenario| scenario.with_script(peer([send(bytes)]));
    let full = |owed| Connection::server([Body::Full(2)], owed);
    let reads = |connection| Connection {
        user_body: UserBody::Read,
        ..connection
    };
    let client = |body| Connection::client([body]);
    let upgrading = |body| {
        let connection = client(body);
        let head = connection.message(0);
        owing(connection, &[&head, message::UPGRADED])
    };
    let timed = |about, connection, outside| LoopScenario {
        about,
        connection: Connection {
            header_read_timeout: true,
            ..connection
        },
        outside: Scenario {
            clock: true,
            ..outside
        },
    };
    let scenario = |about, connection, outside| LoopScenario {
        about,
        connection,
        outside,
    };
    vec![
        scenario(
            "The service panics at the second request, while the response to the first is not flushed.",
            Connection {
                panics: Some(1),
                ..reads(full(1))
            },
            then(b"xG", on("service-panics", 1, b"P2x")),
        ),
        scenario(
            "The user drops the connection at any point of an exchange.",
            Connection {
                dropped: Some(0),
                ..full(1)
            },
            told_to_stop(on("connection-dropped", 1, b"G"), None),
        ),
        timed(
            "With header_read_timeout, the peer sends only the beginning of a head.",
            full(0),
            on("timeout-half-a-head", 1, b"-"),
        ),
        timed(
            "With header_read_timeout, the rest of a head comes at any time.",
            Connection {
                owed: Owed::AsServed,
                ..full(0)
            },
            then(b"G", on("timeout-head-in-two", 1, b"-")),
        ),
        timed(
            "With header_read_timeout, no second request follows a response that is flushed.",
            full(1),
            on("timeout-idle", 1, b"G"),
        ),
        timed(
            "With header_read_timeout, the request body ends while the response is being flushed.",
            reads(full(1)),
            then(b"x", on("timeout-unflushed", 1, b"P2x")),
        ),
        timed(
            "With header_read_timeout and pipeline_flush, the beginning of a second request follows the first.",
            Connection {
                pipeline_flush: true,
                ..full(1)
            },
            on("timeout-pipeline-flush", 1, b"G-"),
        ),
        scenario(
            "A client's response has a body that ends with the connection.",
            Connection {
                user_body: UserBody::Read,
                ..client(Body::Full(2))
            },
            on("client-open-answer", 1, b"").with_script(answers(b"Rx", true)),
        ),
        scenario(
            "A client's user gives its request up at any point.",
            Connection {
                cancels: Some(0),
                ..client(Body::Full(2))
            },
            told_to_stop(on("client-gives-up", 1, b""), None),
        ),
        scenario(
            "A client gets the upgrade that it has asked for, and early data after it.",
            upgrading(Body::Empty),
            on("client-upgrade", 1, b"").with_script(answers(b"Ux", false)),
        ),
        scenario(
            "A client gets the upgrade that it has asked for before its request is flushed.",
            upgrading(Body::Full(2)),
            on("client-upgrade-early", 1, b"").with_script(answers(b"U", false)),
        ),
        scenario(
            "A client's response that closes comes before its request is flushed, and the user takes the \
             socket out when poll_without_shutdown is ready.",
            Connection {
                gives_up: GivesUp::WithoutShutdown,
                ..client(Body::Full(2))
            },
            on("client-taken-out", 1, b"").with_script(answers(b"C", false)),
        ),
    ]
}
