//! The scenarios of the client. Its peer is a script that answers, and the reader.

use lastbyte::check::Meaning;
use lastbyte::{Property, Reader, Scenario, Script, ScriptStep};

use super::super::{Client, Outgoing, Source};
use super::{ALL, ALL_AND_PROPOSED, DefectScenario, Side, UNFLUSHED, WAITING, WAITS};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const OK_AND_CLOSE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A scenario whose peer does `then` when it has seen the beginning of the first request.
fn peer(capacity: usize, then: ScriptStep) -> Scenario {
    let steps = [ScriptStep::AwaitReceived(1), then];
    Scenario::new("", capacity, Reader::PROMPT).with_script(Script::new("peer", steps))
}

/// Every scenario of the client.
pub(super) fn scenarios() -> Vec<DefectScenario> {
    let mut scenarios = Vec::new();
    let mut add = |name: &'static str, about, property, broken, client, scenario: Scenario| {
        scenarios.push(DefectScenario {
            name,
            about,
            property,
            broken,
            meaning: Meaning::Defect,
            reason: "",
            side: Side::Client(client),
            scenario: Scenario {
                name: name.to_owned(),
                ..scenario
            },
        });
    };
    use Property::{EndsWithoutReader, NoSilentLoss, NoSpin, NoStall, ReceivedIsPrefix};

    let unfinished = Client::sending([Outgoing::post(2, Source::Feed(0))]);
    add(
        "client-peer-fin",
        "A client whose peer sends FIN before the end of the request body does not spin \
         (#4085, by #3988; in 1.8.0 with any body that is pending, #3976).",
        NoSpin,
        &["1.8.0", "1.10.0"],
        unfinished.clone(),
        Scenario {
            feeds: 1,
            ..peer(1024, ScriptStep::FinishInput)
        },
    );
    add(
        "client-early-close",
        "A client whose response closes the connection flushes its request, or reports that it did not (#4018).",
        NoSilentLoss,
        UNFLUSHED,
        Client::sending([Outgoing::post(63, Source::Whole)]),
        peer(32, ScriptStep::Send(OK_AND_CLOSE.into())),
    );

    let two = Client::sending([Outgoing::post(63, Source::Whole), Outgoing::GET]);
    // The kernel's buffer is full again after the byte that the peer waits for.
    let early = peer(32, ScriptStep::Send(OK.into()));
    let queued = Client {
        vectored: true,
        ..two.clone()
    };
    add(
        "client-queue-early-response",
        "Vectored writes: a client whose response is there before its request is flushed becomes \
         ready for the next request.",
        NoStall,
        ALL,
        queued.clone(),
        early.clone(),
    );
    add(
        "client-flatten-early-response",
        "One flat buffer: a client whose response is there before its request is flushed becomes \
         ready for the next request.",
        NoStall,
        &[],
        two.clone(),
        early.clone(),
    );
    add(
        "client-queue-order",
        "Vectored writes: the bytes of two requests do not interleave although the first is \
         answered before it is flushed (#2643, #2646).",
        ReceivedIsPrefix,
        &[],
        queued,
        early.clone(),
    );
    add(
        "client-flatten-order",
        "One flat buffer: the bytes of two requests do not interleave although the first is \
         answered before it is flushed (#2643).",
        ReceivedIsPrefix,
        &[],
        two,
        early,
    );

    let unread = Client {
        lets_go: true,
        ..Client::sending([Outgoing::post(63, Source::Whole)])
    };
    let scenario = Scenario {
        reader: Reader::PROMPT.stops_after(1),
        ..peer(32, ScriptStep::Send(OK.into()))
    };
    add(
        "client-answered-unread",
        "A client whose user is gone after the response ends although its peer reads no more of the request \
         (since #4018 it does not: the price of the repair).",
        EndsWithoutReader,
        WAITING,
        unread.clone(),
        scenario.clone(),
    );
    // With a peer that reads, no property is broken: the connection waits for the end of the body, and only
    // the user can end it.
    add(
        "client-answered-unfinished",
        "A client whose user is gone after the response ends although its request body has not ended and its \
         peer reads no more (#4176).",
        EndsWithoutReader,
        ALL_AND_PROPOSED,
        Client {
            requests: unfinished.requests,
            ..unread
        },
        Scenario {
            feeds: 1,
            ..scenario
        },
    );
    for defect in &mut scenarios {
        if defect.name == "client-answered-unread" {
            (defect.meaning, defect.reason) = (Meaning::PriceOfRepair, WAITS);
        }
    }
    scenarios
}
