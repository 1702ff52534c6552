//! The kernel fails: the connection must deliver everything or say that it has not.

use std::sync::Arc;

use lastbyte::{
    Cell, Claim, Expected, Faults, Model, Property, Reader, Scenario, Script, ScriptStep,
};

use crate::shutdown_ordering::{Connection, Ordering, ReadSide};

/// What goes wrong, with a name: one fault at a time.
fn faults(response: usize) -> Vec<(String, Faults)> {
    let none = Faults::default;
    let mut faults = vec![
        ("none".to_owned(), none()),
        (
            "shutdown-error".to_owned(),
            Faults {
                shutdown_error: true,
                ..none()
            },
        ),
        (
            "spurious-input".to_owned(),
            Faults {
                spurious_input: true,
                ..none()
            },
        ),
    ];
    for m in 0..response {
        let write_error_after = Some(m);
        let write_zero_after = Some(m);
        faults.push((
            format!("write-error:{m}"),
            Faults {
                write_error_after,
                ..none()
            },
        ));
        faults.push((
            format!("write-zero:{m}"),
            Faults {
                write_zero_after,
                ..none()
            },
        ));
    }
    faults
}

/// Payload and capacity in bytes.
const SIZES: [(usize, usize); 3] = [(3, 1), (4, 2), (3, 4)];

/// Wakes the connection twice, at any two points, for no reason.
fn spurious_wake_ups() -> Script {
    Script::new("nobody", [ScriptStep::WakeSubject, ScriptStep::WakeSubject])
}

fn cell(ordering: Ordering, (n, k): (usize, usize), reader: Reader, what: &str) -> Cell {
    Cell {
        model: "fault",
        subject: ordering.to_string(),
        version: None,
        scenario: Scenario::new(format!("N={n},K={k},reader={reader},{what}"), k, reader)
            .with_input("1"),
        caching: true,
        run: Arc::new(Connection {
            ordering,
            read_side: ReadSide::Closes,
            response: n,
        }),
    }
}

/// Every fault with every reader that reads to the end, with spurious wake-ups and without.
fn failing(ordering: Ordering) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (n, k) in SIZES {
        for (name, faults) in faults(n) {
            for reader in [Reader::slow(1), Reader::PROMPT] {
                let mut quiet = cell(ordering, (n, k), reader, &name);
                quiet.scenario.faults = faults.clone();
                let mut woken = quiet.clone();
                woken.scenario.name.push_str(",woken");
                woken.scenario.scripts.push(spurious_wake_ups());
                cells.extend([quiet, woken]);
            }
        }
    }
    cells
}

/// A reset after any number of bytes, with spurious wake-ups.
fn reset(ordering: Ordering) -> Vec<Cell> {
    let resets = SIZES.into_iter().flat_map(|(n, k)| {
        (0..=n).map(move |m| {
            let reader = Reader::slow(1).resets_after(m);
            let mut reset = cell(ordering, (n, k), reader, "woken");
            reset.scenario.scripts.push(spurious_wake_ups());
            reset
        })
    });
    resets.collect()
}

fn claims() -> Vec<Claim> {
    use Ordering::{FlushBeforeShutdown, Original, ReadGatedFlush};
    use Property::{
        NoPanic, NoSilentLoss, NoSpin, NoStall, NothingBufferedAtShutdown, ReceivedIsPrefix,
        ResetEndsWithError,
    };
    let mut claims = Vec::new();
    let mut claim = |name: String, sentence: &str, scenarios: &str, property, expected, cells| {
        claims.push(Claim {
            name: format!("{name}/{property}"),
            sentence: sentence.to_owned(),
            scenarios: scenarios.to_owned(),
            property,
            expected,
            cells,
        });
    };
    for ordering in [ReadGatedFlush, FlushBeforeShutdown] {
        for property in [NoSilentLoss, ReceivedIsPrefix, NoStall, NoSpin, NoPanic] {
            claim(
                format!("{ordering}-survives-faults"),
                "Whatever system call fails, the connection delivers everything or ends with an error.",
                "write error or write of 0 after 0..N-1 bytes, shutdown error, spurious readiness and wake-ups",
                property,
                Expected::Proved,
                failing(ordering),
            );
        }
    }
    // The faults are no alibi: where nothing fails, spurious wake-ups alone hide no loss.
    let loses = failing(Original).into_iter().filter(|cell| {
        let larger = !cell.scenario.name.starts_with("N=3,K=4");
        larger && cell.scenario.faults == Faults::default()
    });
    claim(
        "original-loses-silently".to_owned(),
        "The original ordering loses bytes and reports Ok, with spurious wake-ups as without.",
        "N=3/4, K=1/2, N>K, reader 1/all",
        NoSilentLoss,
        Expected::Refuted,
        loses.collect(),
    );
    for ordering in Ordering::ALL {
        claim(
            format!("{ordering}-reports-reset"),
            "A reset before the shutdown ends the connection with an error, also among spurious wake-ups.",
            "N=3/4, K=1..4, reset after 0..N bytes, spurious wake-ups",
            ResetEndsWithError,
            Expected::Proved,
            reset(ordering),
        );
    }
    claim(
        "fixed-keeps-nothing-from-who-listens".to_owned(),
        "Bytes are left inside only where the peer has reset the connection.",
        "N=3/4, K=1..4, reset after 0..N bytes, spurious wake-ups",
        NothingBufferedAtShutdown,
        Expected::Proved,
        reset(FlushBeforeShutdown),
    );
    claims
}

/// What `cargo verify` knows about this model.
pub fn model() -> Model {
    Model {
        name: "fault",
        about: "system calls that fail, a peer that resets, wake-ups for no reason",
        claims,
        ..Model::default()
    }
}
