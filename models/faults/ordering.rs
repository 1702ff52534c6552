//! Faults of the minimal model.

use std::sync::Arc;

use lastbyte::check::Meaning;
use lastbyte::{Claim, Expected, Instance, Property, Reader, Scenario};

use super::{KEPT, WAKE_UPS, faults, only_woken, woken};
use crate::known::{meaning, told};
use crate::shutdown_ordering::{Connection, Ordering, ReadSide};

/// Payload and capacity in bytes.
const SIZES: [(usize, usize); 3] = [(3, 1), (4, 2), (3, 4)];

#[track_caller]
fn instance(ordering: Ordering, (n, k): (usize, usize), reader: Reader) -> Instance {
    let name = format!("N={n},K={k},reader={reader}");
    let connection = Connection {
        ordering,
        read_side: ReadSide::Closes,
        response: n,
    };
    Instance::new(
        ordering.to_string(),
        Scenario::new(name, k, reader).with_input("1"),
        Arc::new(connection),
    )
    .with_parameter("N", n)
    .with_capacity()
    .with_reader()
}

/// Every fault with every reader that reads to the end, with spurious wake-ups and without.
fn failing(ordering: Ordering) -> Vec<Instance> {
    let mut instances = Vec::new();
    for (n, k) in SIZES {
        for (name, faults) in faults(0..n) {
            for reader in [Reader::slow(1), Reader::PROMPT] {
                let failing = super::failing(instance(ordering, (n, k), reader), &name, &faults)
                    .with_parameter("fault", &*name);
                let quiet = failing.clone().with_parameter(WAKE_UPS, 0);
                instances.extend([quiet, woken(failing, 2).with_parameter(WAKE_UPS, 2)]);
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
            woken(instance(ordering, (n, k), reader), 2).with_parameter(WAKE_UPS, 2)
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
        claims.extend(Claim::of_each(
            &format!("{ordering}-survives-faults"),
            "Whatever system call fails, the connection delivers everything or ends with an error.",
            &KEPT,
            Proved,
            failing(ordering),
        ));
    }
    // Only instances in which nothing fails count here: the loss needs no fault, and spurious wake-ups do not
    // hide it.
    let mut loses = only_woken(failing(Original));
    loses.retain(|instance| instance.scenario().capacity < 4);
    claims.extend(meaning(
        Claim::of_each(
            "original-loses-silently",
            "The original ordering loses bytes and reports Ok, with and without spurious wake-ups.",
            &[NoSilentLoss, NothingBufferedAtShutdown],
            Refuted,
            loses,
        ),
        Meaning::Defect,
        &told("#4022"),
    ));
    for ordering in Ordering::ALL {
        claims.extend(Claim::of_each(
            &format!("{ordering}-reports-reset"),
            "A reset before the shutdown ends the connection with an error, also with spurious wake-ups.",
            &[ResetEndsWithError],
            Proved,
            reset(ordering),
        ));
    }
    claims.extend(Claim::of_each(
        "fixed-keeps-nothing-from-who-listens",
        "Bytes stay in the connection only where the peer has reset it.",
        &[NothingBufferedAtShutdown],
        Proved,
        reset(FlushBeforeShutdown),
    ));
    claims
}
