//! The scenarios: one request, or two, with a kernel buffer of K bytes and a reader.

use std::sync::Arc;

use lastbyte::{Instance, Reader, Scenario, Script, ScriptStep};

use super::Connection;
use super::machine::{Ordering, ReadSide};

// ---- The requests -------------------------------------------------------------------------------

/// One request, N bytes of response, a kernel buffer of K bytes, a reader; the read side closes.
#[track_caller]
pub fn lone_request(ordering: Ordering, n: usize, k: usize, reader: Reader) -> Instance {
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
pub(super) fn next_request(ordering: Ordering, n: usize, k: usize, reader: Reader) -> Instance {
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

/// The ordering is the subject; the claims list N, K and the reader.
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

// ---- What varies --------------------------------------------------------------------------------

/// The readers that read to the end: one byte at a time, two, all there is.
pub(super) fn readers() -> [Reader; 3] {
    [Reader::slow(1), Reader::slow(2), Reader::PROMPT]
}

/// Every payload up to `max` bytes with every capacity up to 8 bytes and every reader.
pub(super) fn grid(max: usize) -> impl Iterator<Item = (usize, usize, Reader)> {
    let sizes = (1..=max).flat_map(|n| (1..=8).map(move |k| (n, k)));
    sizes.flat_map(|(n, k)| readers().map(|reader| (n, k, reader)))
}
