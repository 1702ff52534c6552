//! Faults of the minimal model.

use std::sync::Arc;

use lastbyte::{Claim, Expected, Faults, Instance, Property, Reader, Scenario};

use super::{KEPT, NAME, faults, renamed, woken};
use crate::shutdown_ordering::{Connection, Ordering, ReadSide};

/// Payload and capacity in bytes.
const SIZES: [(usize, usize); 3] = [(3, 1), (4, 2), (3, 4)];

fn instance(ordering: Ordering, (n, k): (usize, usize), reader: Reader) -> Instance {
    Instance {
        model: NAME,
        subject: ordering.to_string(),
        version: None,
        scenario: Scenario::new(format!("N={n},K={k},reader={reader}"), k, reader).with_input("1"),
        caching: true,
        run: Arc::new(Connection {
            ordering,
            read_side: ReadSide::Closes,
            response: n,
        }),
    }
}

/// Every fault with every reader that reads to the end, with spurious wake-ups and without.
fn failing(ordering: Ordering) -> Vec<Instance> {
    let mut instances = Vec::new();
    for (n, k) in SIZES {
        for (name, faults) in faults(0..n) {
            for reader in [Reader::slow(1), Reader::PROMPT] {
                let mut quiet = instance(ordering, (n, k), reader);
                quiet.scenario = renamed(quiet.scenario, &name);
                quiet.scenario.faults = faults.clone();
                let woken = Instance {
                    scenario: woken(quiet.scenario.clone(), 2),
                    ..quiet.clone()
                };
                instances.extend([quiet, woken]);
            }
        }
    }
    instances
}

/// A reset after any number of bytes, with spurious wake-ups.
fn reset(ordering: Ordering) -> Vec<Instance> {
    let resets = SIZES.into_iter().flat_map(|(n, k)| {
        (0..=n).map(move |m| {
            let reader = Reader::slow(1).resets_after(m);
            let reset = instance(ordering, (n, k), reader);
            Instance {
                scenario: woken(reset.scenario, 2),
                ..reset
            }
        })
    });
    resets.collect()
}

pub(super) fn claims() -> Vec<Claim> {
    use Expected::{Proved, Refuted};
    use Ordering::{FlushBeforeShutdown, Original, ReadGatedFlush};
    use Property::{NoSilentLoss, NothingBufferedAtShutdown, ResetEndsWithError};
    let mut claims = Vec::new();
    for ordering in [ReadGatedFlush, FlushBeforeShutdown] {
        claims.extend(super::claims(
            &format!("{ordering}-survives-faults"),
            "Whatever system call fails, the connection delivers everything or ends with an error.",
            "write error or write of 0 after 0..N-1 bytes, shutdown error, spurious readiness and wake-ups",
            Proved,
            &KEPT,
            failing(ordering),
        ));
    }
    // The faults are no alibi: where nothing fails, spurious wake-ups alone hide no loss.
    let loses = failing(Original).into_iter().filter(|instance| {
        let larger = !instance.scenario.name.starts_with("N=3,K=4");
        larger && instance.scenario.faults == Faults::default()
    });
    claims.extend(super::claims(
        "original-loses-silently",
        "The original ordering loses bytes and reports Ok, with spurious wake-ups as without.",
        "N=3/4, K=1/2, N>K, reader 1/all",
        Refuted,
        &[NoSilentLoss, NothingBufferedAtShutdown],
        loses.collect(),
    ));
    for ordering in Ordering::ALL {
        claims.extend(super::claims(
            &format!("{ordering}-reports-reset"),
            "A reset before the shutdown ends the connection with an error, also among spurious wake-ups.",
            "N=3/4, K=1..4, reset after 0..N bytes, spurious wake-ups",
            Proved,
            &[ResetEndsWithError],
            reset(ordering),
        ));
    }
    claims.extend(super::claims(
        "fixed-keeps-nothing-from-who-listens",
        "Bytes are left inside only where the peer has reset the connection.",
        "N=3/4, K=1..4, reset after 0..N bytes, spurious wake-ups",
        Proved,
        &[NothingBufferedAtShutdown],
        reset(FlushBeforeShutdown),
    ));
    claims
}
