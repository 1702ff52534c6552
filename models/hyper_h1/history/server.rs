//! The scenarios of the server.

use bytes::Bytes;
use lastbyte::check::Meaning;
use lastbyte::environment::{Budget, Faults, FlushMode};
use lastbyte::trace::Ends;
use lastbyte::{Property, Reader, Scenario, Script, ScriptStep};

use super::super::scenarios::Family;
use super::super::{Handler, Server, Source};
use super::{ALL, ALL_AND_PROPOSED, DefectScenario, Side, TIMED, UNFLUSHED, WAITING, WAITS};

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const OLD_GET: &str = "GET / HTTP/1.0\r\nhost: a\r\n\r\n";
const POST: &str = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n";
const UPGRADE: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: words\r\n\r\n";

fn over(capacity: usize, request: impl Into<Bytes>) -> Scenario {
    Scenario::new("", capacity, Reader::PROMPT).with_input(request)
}

/// The same, and the body of the first response ends at any time, with a wake-up after it.
fn ending(scenario: Scenario) -> Scenario {
    let feeder = Script::new("feeder", [ScriptStep::EndFeed(0), ScriptStep::WakeFeed(0)]);
    Scenario {
        feeds: 1,
        ..scenario.with_script(feeder)
    }
}

/// Every scenario of the server.
pub(super) fn scenarios() -> Vec<DefectScenario> {
    let mut scenarios = Vec::new();
    let mut add = |name: &'static str, about, property, broken, server, scenario: Scenario| {
        scenarios.push(DefectScenario {
            name,
            about,
            property,
            broken,
            meaning: Meaning::Defect,
            reason: "",
            side: Side::Server(server),
            scenario: Scenario {
                name: name.to_owned(),
                ..scenario
            },
        });
    };
    use Property::{
        EndsWithoutReader, NoSilentLoss, NoSpin, NoStall, NothingTruncated, ReadsDuringFlush,
    };

    let dropped = Family::named("body-ignored");
    add(
        "body-dropped",
        "The handler drops the request body: the response is flushed before the shutdown (#4018).",
        NothingTruncated,
        UNFLUSHED,
        dropped.server.clone(),
        dropped.scenario(64, Reader::PROMPT),
    );

    add(
        "body-dropped-budget-spent",
        "Where tokio's cooperative budget is spent, a response that the kernel has room for is flushed before \
         the shutdown (#4018).",
        NoSilentLoss,
        UNFLUSHED,
        dropped.server.clone(),
        Scenario {
            faults: Faults {
                // Spent after the read of the request, and again when the read side is closed.
                budget: Some(Budget {
                    behind: 1,
                    polls: 2,
                }),
                ..Faults::default()
            },
            ..dropped.scenario(1024, Reader::PROMPT)
        },
    );

    let server = Server {
        handler: Handler::AnswersFirst,
        ..Server::answering(44)
    };
    let last_half = Script::new("client", [ScriptStep::Send("world".into())]);
    let scenario = over(64, format!("{POST}connection: close\r\n\r\nhello")).with_script(last_half);
    add(
        "body-ends-during-flush",
        "The request body ends while the flush is pending: the response is still flushed (#4018).",
        NothingTruncated,
        UNFLUSHED,
        server.clone(),
        scenario.clone(),
    );
    add(
        "reads-during-flush",
        "The request body is read while the flush of the response is pending.",
        ReadsDuringFlush,
        &[],
        server,
        scenario,
    );

    // The end of the request body makes the connection idle although it is not flushed.
    let server = Server {
        handler: Handler::AnswersFirst,
        graceful: Some(0),
        // The signal may come before the request is read, and then nothing is answered.
        expected: 0,
        ..Server::answering(63)
    };
    let then_signal = Script::new(
        "client and operator",
        [ScriptStep::Send("world".into()), ScriptStep::Raise(0)],
    );
    add(
        "graceful-shutdown",
        "A graceful shutdown of an idle connection waits for the flush (#4018).",
        NothingTruncated,
        UNFLUSHED,
        server,
        Scenario {
            signals: 1,
            ..over(64, format!("{POST}\r\nhello")).with_script(then_signal)
        },
    );

    let server = Server {
        expected: 2,
        ..Server::answering(20)
    };
    add(
        "bad-second-request",
        "The 400 for an invalid second request arrives (#4018).",
        NothingTruncated,
        UNFLUSHED,
        server,
        over(64, format!("{GET}no request\r\n\r\n")),
    );

    let server = Server {
        source: Source::Pieces(4096),
        max_buf_size: Some(8192),
        ..Server::answering(6 * 4096)
    };
    let device = Script::new("device", vec![ScriptStep::FinishFlush; 8]);
    let scenario = Scenario {
        flush: FlushMode::Deferred,
        ..over(1 << 16, GET).with_script(device)
    };
    add(
        "deferred-flush",
        "A write that waits for a flush is tried again when the flush is complete (#3952, reverted by #3977, \
         again as #3988).",
        NoStall,
        &["0.14.32", "1.7.0", "1.8.1", "1.9.0"],
        server.clone(),
        scenario.clone(),
    );
    add(
        "deferred-flush-chunked",
        "A write that waits for a flush is tried again, and the terminating chunk is flushed, too (#4143, by \
         #3988).",
        NoStall,
        &[
            "0.14.32", "1.7.0", "1.8.1", "1.9.0", "1.10.0", "1.10.1", "1.11.0",
        ],
        Server {
            source: Source::Chunks(4096),
            ..server
        },
        scenario,
    );

    let server = Server {
        source: Source::Feed(0),
        ..Server::answering(5)
    };
    add(
        "pending-body",
        "A connection whose body is not ready waits for it and does not spin (#3976, by #3952).",
        NoSpin,
        &["1.8.0"],
        server.clone(),
        Scenario {
            feeds: 1,
            ..over(1024, GET)
        },
    );
    add(
        "terminating-chunk",
        "The terminating chunk of a body without a stated length is flushed (#4143, by #3988).",
        NoStall,
        &["1.10.0", "1.10.1", "1.11.0"],
        server.clone(),
        ending(over(1024, GET)),
    );

    add(
        "ends-with-the-connection",
        "An HTTP/1.0 response whose body ends with the connection is ended, by a shutdown, after its last piece.",
        Property::Ends,
        &["1.10.0", "1.10.1", "1.11.0", "1.12.0"],
        server.clone(),
        Scenario {
            ends: Ends::WhenDelivered,
            ..ending(over(1024, OLD_GET))
        },
    );

    let server = Server {
        expected: 2,
        ..server
    };
    let scenario = ending(over(1024, [GET, GET].concat()));
    add(
        "pipelined-request",
        "A second request that was already received is answered after the first response.",
        NoStall,
        &["1.10.0", "1.10.1", "1.11.0", "1.12.0"],
        server,
        scenario,
    );

    let server = Server {
        handler: Handler::AnswersFirst,
        expected: 2,
        ..Server::answering(63)
    };
    let rest = Script::new("client", [ScriptStep::Send(format!("world{GET}").into())]);
    let scenario = over(64, format!("{POST}\r\nhello")).with_script(rest);
    add(
        "queue-next-request",
        "Vectored writes: a request that follows while the response to the one before is being \
         flushed is answered.",
        NoStall,
        ALL,
        Server {
            vectored: true,
            ..server.clone()
        },
        scenario.clone(),
    );
    add(
        "flatten-next-request",
        "One flat buffer: a request that follows while the response to the one before is being \
         flushed is answered.",
        NoStall,
        &[],
        server,
        scenario,
    );

    let server = Server {
        pipeline_flush: true,
        ..Server::answering(5)
    };
    let last = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    add(
        "pipeline-flush-close",
        "With pipeline_flush, the last response is flushed although more input is there.",
        NothingTruncated,
        ALL,
        server.clone(),
        over(1024, [last, GET].concat()),
    );
    add(
        "pipeline-flush-bad-request",
        "With pipeline_flush, the 400 for an invalid request arrives.",
        NothingTruncated,
        ALL,
        server.clone(),
        over(1024, "no request\r\n\r\n"),
    );
    add(
        "pipeline-flush-partial",
        "With pipeline_flush, a response is not withheld until the next request is whole.",
        NoStall,
        ALL,
        server.clone(),
        over(1024, [GET, "GET"].concat()),
    );
    let server = Server {
        upgrade: Some(server.body.bytes()),
        ..server
    };
    add(
        "pipeline-flush-upgrade",
        "With pipeline_flush, the head of an upgrade is flushed although early data is there.",
        NothingTruncated,
        ALL,
        server,
        over(1024, [UPGRADE, "early"].concat()),
    );

    add(
        "taken-out",
        "The response is flushed before poll_without_shutdown is ready.",
        NoSilentLoss,
        ALL,
        Server {
            taken_out: true,
            ..dropped.server.clone()
        },
        dropped.scenario(64, Reader::PROMPT),
    );

    let rest = Script::new("client", [ScriptStep::Send("world".into())]);
    add(
        "timeout-unflushed",
        "The timer for the next head does not end a connection whose response is not flushed.",
        NothingTruncated,
        TIMED,
        Server {
            handler: Handler::AnswersFirst,
            header_read_timeout: true,
            ..Server::answering(63)
        },
        Scenario {
            clock: true,
            ..over(128, format!("{POST}\r\nhello")).with_script(rest)
        },
    );

    let asks_for_h2c = "POST / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\
                        content-length: 10\r\n\r\nhello";
    add(
        "upgrade-refused",
        "An ordinary answer to a request for an upgrade is flushed, although its body is dropped.",
        NoSilentLoss,
        ALL,
        dropped.server.clone(),
        over(64, asks_for_h2c.to_owned()),
    );

    let fin = Family::named("fin-any-time");
    add(
        "fin-during-response",
        "Without half_close, a response stays whole although the peer sends FIN (it does not, by design).",
        NothingTruncated,
        ALL_AND_PROPOSED,
        fin.server.clone(),
        fin.scenario(64, Reader::PROMPT),
    );
    add(
        "reader-never-reads",
        "The connection ends although nobody reads (since #4018 it does not: the price of the repair).",
        EndsWithoutReader,
        WAITING,
        dropped.server.clone(),
        dropped.scenario(64, Reader::PROMPT.stops_after(0)),
    );
    for defect in &mut scenarios {
        (defect.meaning, defect.reason) = match defect.name {
            "fin-during-response" => (
                Meaning::Accepted,
                "By design: without half_close, hyper takes a peer that sends FIN to be gone.",
            ),
            "reader-never-reads" => (Meaning::PriceOfRepair, WAITS),
            _ => continue,
        };
    }
    scenarios
}
