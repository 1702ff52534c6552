//! Writes that are pending although there is room. tokio has two reasons: its cooperative budget, and its
//! readiness flag, which only an event from the kernel sets. No system call fails here, and nobody resets.

use std::sync::Arc;

use lastbyte::Property::{
    self, Ends, NoNeedlessError, NoPanic, NoSilentLoss, NoSpin, NoStall, NothingBufferedAtShutdown,
    NothingTruncated, OneShutdown, ReceivedIsPrefix,
};
use lastbyte::check::Meaning;
use lastbyte::environment::{Budget, Wakes};
use lastbyte::{Claim, Expected, Instance, Reader, Scenario};

use super::whole_loop::{KEPT_BY_ALL, KEPT_SINCE_1_11, instance, named, promised};
use super::{KEPT, rename};
use crate::dispatch_loop::{LOOKS_AT_CLOSING, ORIGINAL, PROPOSED, RECHECK_FLUSHES, Revision};
use crate::hyper_h1::claims::{HYPER_0_14, HYPER_1, Series};
use crate::hyper_h1::scenarios::Family;
use crate::known::{claim, meaning, told};
use crate::shutdown_ordering::{Connection, Ordering, ReadSide};

/// The properties that hold although writes are pending.
const WHOLE: [Property; 9] = [
    NothingTruncated,
    NoSilentLoss,
    NothingBufferedAtShutdown,
    ReceivedIsPrefix,
    NoStall,
    NoSpin,
    OneShutdown,
    NoNeedlessError,
    NoPanic,
];

/// The same, with tokio's cooperative budget spent after `behind` reads and writes, in `polls` polls.
fn spent(instance: Instance, behind: usize, polls: usize) -> Instance {
    let instance = instance.with_scenario(|scenario| {
        rename(scenario, &format!("budget:{behind}x{polls}"));
        scenario.faults.budget = Some(Budget { behind, polls });
    });
    let instance = instance.with_parameter("budget spent behind calls", behind);
    instance.with_parameter("in polls", polls)
}

/// The same, with the budget spent at any of these calls, in one poll and in two.
fn spent_at(instance: &Instance, calls: impl Iterator<Item = usize>) -> Vec<Instance> {
    let at = |behind| [1, 2].map(|polls| spent(instance.clone(), behind, polls));
    calls.flat_map(at).collect()
}

/// The same, where the connection learns of room at any later point.
fn late(instance: Instance) -> Instance {
    let instance = instance.with_scenario(|scenario| {
        rename(scenario, "wakes:later");
        scenario.wakes = Wakes::Later;
    });
    instance.with_parameter("wake-ups", "later")
}

/// Payload and capacity in bytes, of the minimal model.
const SIZES: [(usize, usize); 4] = [(3, 1), (4, 2), (6, 3), (3, 4)];

#[track_caller]
fn minimal(ordering: Ordering, (n, k): (usize, usize), reader: Reader) -> Instance {
    let name = format!("N={n},K={k},reader={reader}");
    let connection = Connection {
        ordering,
        read_side: ReadSide::Closes,
        response: n,
    };
    let scenario = Scenario::new(name, k, reader).with_input("1");
    Instance::new(ordering.to_string(), scenario, Arc::new(connection))
        .with_parameter("N", n)
        .with_capacity()
        .with_reader()
}

fn of_the_minimal_model() -> Vec<Claim> {
    use Expected::{Proved, Refuted};
    let readers = [Reader::slow(1), Reader::PROMPT];
    let fits = readers.map(|reader| spent(minimal(Ordering::Original, (3, 4), reader), 1, 1));
    let mut claims = meaning(
        Claim::of_each(
            "original-loses-what-fits",
            "If a write is pending because tokio's cooperative budget is spent, the original ordering loses \
             the whole response, although the kernel has room for it and whatever the reader does.",
            &[NothingTruncated, NoSilentLoss, NothingBufferedAtShutdown],
            Refuted,
            fits.to_vec(),
        ),
        Meaning::Defect,
        &told("#4022"),
    );
    for ordering in [Ordering::ReadGatedFlush, Ordering::FlushBeforeShutdown] {
        let mut pending = Vec::new();
        for size in SIZES {
            for reader in readers {
                let instance = minimal(ordering, size, reader);
                pending.push(late(instance.clone()));
                let calls = 0..=size.0 + 1;
                pending.extend(spent_at(&instance, calls));
            }
        }
        claims.extend(Claim::of_each(
            &format!("{ordering}-survives-pending-writes"),
            "Whichever write is pending although there is room, and however late the connection learns of \
             the room, everything arrives.",
            &[WHOLE.as_slice(), &[Ends]].concat(),
            Proved,
            pending,
        ));
    }
    claims
}

/// These scenarios of the loop, over their own sockets and over sockets with room for everything.
fn of_loop(revision: &Revision, names: &[&str]) -> Vec<Instance> {
    let mut pending = Vec::new();
    for scenario in named(names) {
        let own = scenario.outside.capacity;
        for capacity in [own, own.max(promised(&scenario) + 1)] {
            let instance =
                instance(&scenario, revision)
                    .with_capacity()
                    .with_scenario(|scenario| {
                        scenario.capacity = capacity;
                        rename(scenario, &format!("K={capacity}"));
                    });
            pending.push(late(instance.clone()));
            pending.extend(spent_at(&instance, 0..8));
        }
    }
    pending
}

fn of_the_whole_loop() -> Vec<Claim> {
    use Expected::{Proved, Refuted};
    let mut claims = Vec::new();
    for revision in [&ORIGINAL, &LOOKS_AT_CLOSING] {
        let fits = named(&["dropped-body-fits"]);
        let lost = fits
            .iter()
            .map(|scenario| spent(instance(scenario, revision), 1, 2));
        claims.extend(meaning(
            claim(
                &format!("loop-{}", revision.name),
                "loses-what-fits",
                "If a write is pending because tokio's cooperative budget is spent, the loop loses the whole \
                 response, although the kernel has room for it.",
                Refuted,
                &[NoSilentLoss],
                lost.collect(),
            ),
            Meaning::Defect,
            &told("#4022"),
        ));
    }
    let all = [&KEPT_BY_ALL[..], &KEPT_SINCE_1_11].concat();
    for revision in [&RECHECK_FLUSHES, &PROPOSED] {
        claims.extend(claim(
            &format!("loop-{}", revision.name),
            "survives-pending-writes",
            "Whichever write is pending although there is room, and however late the loop learns of room, it \
             delivers everything or ends with an error.",
            Proved,
            &KEPT,
            of_loop(revision, &all),
        ));
    }
    claims
}

/// Kernel buffers in bytes: less than half of a response, and more than one.
const CAPACITIES: [usize; 2] = [64, 1024];

fn of_hyper(line: Series) -> Vec<Claim> {
    use Expected::{Proved, Refuted};
    let server = |family: &str, capacity| line.instance(&Family::named(family), capacity);
    if line.shuts_down_unflushed {
        let lost = spent(server("body-ignored", 1024), 1, 2);
        return meaning(
            claim(
                line.name,
                "loses-what-fits",
                "If a write is pending because tokio's cooperative budget is spent, hyper loses the whole \
                 response, although the kernel has room for it, and reports Ok.",
                Refuted,
                &[NothingTruncated, NoSilentLoss, NothingBufferedAtShutdown],
                vec![lost],
            ),
            Meaning::Defect,
            &told("#4022"),
        );
    }
    let mut pending = Vec::new();
    for family in [
        "request-complete",
        "connection-close",
        "body-ignored",
        "malformed-chunk",
    ] {
        for capacity in CAPACITIES {
            let instance = server(family, capacity);
            pending.push(late(instance.clone()));
            pending.extend(spent_at(&instance, 0..6));
        }
    }
    claim(
        line.name,
        "survives-pending-writes",
        "Whichever write is pending although there is room, and however late hyper learns of room, the whole \
         response arrives.",
        Proved,
        &WHOLE,
        pending,
    )
}

pub(super) fn claims() -> Vec<Claim> {
    let hyper = [HYPER_1, HYPER_0_14].into_iter().flat_map(of_hyper);
    [of_the_minimal_model(), of_the_whole_loop(), hyper.collect()].concat()
}
