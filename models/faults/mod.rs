//! System calls fail, and the connection must deliver everything or report that it has not.
//!
//! This file lists the faults. They are applied to the minimal model (`ordering.rs`), the whole loop
//! (`whole_loop.rs`) and real hyper (`connections.rs`, with the claims in `hyper.rs`). `readiness.rs` has,
//! for all three, writes that are pending although there is room.

mod connections;
mod hyper;
mod ordering;
mod readiness;
mod whole_loop;

use lastbyte::environment::Faults;
use lastbyte::{Instance, Model, Property, Scenario, Script, ScriptStep};

use crate::{dispatch_loop, shutdown_ordering};

/// Why a reset after the last byte may end with `Ok`.
const LATE_RESET: &str = "Ok means that the kernel has accepted everything. Only the peer can say whether it \
                          has read it.";

/// The properties that every subject must keep, whatever fails.
const KEPT: [Property; 5] = [
    Property::NoSilentLoss,
    Property::ReceivedIsPrefix,
    Property::NoStall,
    Property::NoSpin,
    Property::NoPanic,
];

/// The faults with their names, one at a time. A write fails after each number of accepted bytes in `marks`.
fn faults(marks: impl IntoIterator<Item = usize>) -> Vec<(String, Faults)> {
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
    for m in marks {
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

/// Appends a word to the scenario's name.
fn rename(scenario: &mut Scenario, more: &str) {
    scenario.name = format!("{},{more}", scenario.name);
}

/// The same instance with these faults.
fn failing(instance: Instance, name: &str, faults: &Faults) -> Instance {
    instance.with_scenario(|scenario| {
        rename(scenario, name);
        scenario.faults = faults.clone();
    })
}

/// The same with spurious wake-ups, each at any point.
fn woken(instance: Instance, times: usize) -> Instance {
    let script = Script::new("nobody", vec![ScriptStep::WakeSubject; times]);
    instance.with_scenario(|scenario| {
        rename(scenario, "woken");
        scenario.scripts.push(script);
    })
}

/// The name of the parameter that counts spurious wake-ups, as the bounds show it.
const WAKE_UPS: &str = "spurious wake-ups";

/// Every fault; in the variant without one, a spurious wake-up instead.
fn every_fault(instance: &Instance, marks: impl IntoIterator<Item = usize>) -> Vec<Instance> {
    let one = |(name, faults): (String, Faults)| {
        let failing = failing(instance.clone(), &name, &faults);
        match faults == Faults::default() {
            true => woken(failing, 1).with_parameter("fault", "spurious-wake-up"),
            false => failing.with_parameter("fault", name),
        }
    };
    faults(marks).into_iter().map(one).collect()
}

/// The same with a peer that resets the connection after this many bytes. The kernel reports the reset to
/// every later call, or to one call only.
fn reset(instance: Instance, behind: usize, told_once: bool) -> Instance {
    let instance = instance.with_scenario(|scenario| {
        scenario.reader = scenario.reader.resets_after(behind);
        scenario.faults.reset_told_once = told_once;
        if told_once {
            rename(scenario, "told-once");
        }
    });
    match told_once {
        true => instance.with_parameter("reset told", "once"),
        false => instance,
    }
}

/// The instances in which nothing fails and only spurious wake-ups come.
fn only_woken(mut instances: Vec<Instance>) -> Vec<Instance> {
    instances.retain(|instance| instance.scenario().faults == Faults::default());
    instances
}

/// When a reset comes: the cases in which a connection can know different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    /// At any time, so possibly before the request, when nothing is owed yet.
    AtOnce,
    /// While the connection has bytes left that the kernel cannot have accepted.
    Early,
    /// When the kernel may have accepted everything.
    Late,
}

impl Point {
    const ALL: [Point; 3] = [Point::AtOnce, Point::Early, Point::Late];

    /// The point of a reset after `behind` of `all` bytes.
    fn of(behind: usize, capacity: usize, all: usize) -> Point {
        match behind {
            0 => Point::AtOnce,
            _ if behind + capacity < all => Point::Early,
            _ => Point::Late,
        }
    }
}

/// What `cargo verify` knows about this model.
pub fn model() -> Model {
    Model {
        claims: || {
            let failing = [ordering::claims(), whole_loop::claims(), hyper::claims()];
            [failing.concat(), readiness::claims()].concat()
        },
        terms: &[
            shutdown_ordering::READ_GATED,
            ("dispatch_loop:proposed", dispatch_loop::PROPOSED_TERM.1),
        ],
        ..Model::new(
            "fault",
            "system calls that fail, a peer that resets, spurious wake-ups",
        )
    }
}
