//! The kernel fails: the connection must deliver everything or say that it has not.
//!
//! Here is what goes wrong. What it happens to: the minimal model (`ordering.rs`), the whole
//! loop (`whole_loop.rs`), and real hyper (`connections.rs`, with the claims in `hyper.rs`). Writes that
//! are pending although there is room are in `readiness.rs`, of all three.

mod connections;
mod hyper;
mod ordering;
mod readiness;
mod whole_loop;

use lastbyte::environment::Faults;
use lastbyte::{Instance, Model, Property, Scenario, Script, ScriptStep};

use crate::{dispatch_loop, shutdown_ordering};

/// Why a reset after the last byte may end with `Ok`.
const LATE_RESET: &str = "Ok means that the kernel has accepted everything. Whether the peer has \
                          read it only the peer can say.";

/// What every subject must keep, whatever fails.
const KEPT: [Property; 5] = [
    Property::NoSilentLoss,
    Property::ReceivedIsPrefix,
    Property::NoStall,
    Property::NoSpin,
    Property::NoPanic,
];

/// What goes wrong, with a name: one fault at a time, with the writes when each of these many
/// bytes are accepted.
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

/// Puts something more into the scenario's name.
fn rename(scenario: &mut Scenario, more: &str) {
    scenario.name = format!("{},{more}", scenario.name);
}

/// The same with one of these faults.
fn failing(instance: Instance, name: &str, faults: &Faults) -> Instance {
    instance.with_scenario(|scenario| {
        rename(scenario, name);
        scenario.faults = faults.clone();
    })
}

/// The same with wake-ups for no reason, each at any point.
fn woken(instance: Instance, times: usize) -> Instance {
    let script = Script::new("nobody", vec![ScriptStep::WakeSubject; times]);
    instance.with_scenario(|scenario| {
        rename(scenario, "woken");
        scenario.scripts.push(script);
    })
}

/// What the wake-ups for no reason are called in the bounds.
const WAKE_UPS: &str = "spurious wake-ups";

/// Every fault, one of them a wake-up for no reason.
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

/// The same with a peer that resets the connection after so many bytes, and a kernel that tells
/// everybody or only one call of it.
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

/// Those in which nothing fails but for wake-ups for no reason.
fn only_woken(mut instances: Vec<Instance>) -> Vec<Instance> {
    instances.retain(|instance| instance.scenario().faults == Faults::default());
    instances
}

/// When a reset comes, as far as it matters for what a connection can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    /// Whenever it likes, and so also before the request: nothing is owed then.
    AtOnce,
    /// While the connection has bytes left that the kernel cannot have accepted.
    Early,
    /// When the kernel may have accepted everything.
    Late,
}

impl Point {
    const ALL: [Point; 3] = [Point::AtOnce, Point::Early, Point::Late];

    /// The point of a reset after so many of `all` bytes.
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
            "system calls that fail, a peer that resets, wake-ups for no reason",
        )
    }
}
