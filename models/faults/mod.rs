//! The kernel fails: the connection must deliver everything or say that it has not.
//!
//! Here is what goes wrong. What it happens to: the minimal model (`ordering.rs`), the whole
//! loop (`whole_loop.rs`), and real hyper (`connections.rs`, with the claims in `hyper.rs`).

mod connections;
mod hyper;
mod ordering;
mod whole_loop;

use lastbyte::{Claim, Expected, Faults, Instance, Model, Property, Scenario, Script, ScriptStep};

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

/// The same scenario with something more in its name.
fn renamed(mut scenario: Scenario, more: &str) -> Scenario {
    scenario.name = format!("{},{more}", scenario.name);
    scenario
}

/// The same with wake-ups for no reason, each at any point.
fn woken(scenario: Scenario, times: usize) -> Scenario {
    let wake_ups = vec![ScriptStep::WakeSubject; times];
    renamed(scenario, "woken").with_script(Script::new("nobody", wake_ups))
}

/// The same with a peer that resets the connection behind so many bytes, and a kernel that tells
/// everybody or only one call of it.
fn reset(mut scenario: Scenario, behind: usize, told_once: bool) -> Scenario {
    scenario.reader = scenario.reader.resets_after(behind);
    scenario.faults.reset_told_once = told_once;
    if told_once {
        scenario = renamed(scenario, "told-once");
    }
    scenario
}

/// When a reset comes, as far as it matters for what a connection can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    /// Whenever it likes, and so also in front of the request: nothing is owed then.
    AtOnce,
    /// While the connection has bytes left that the kernel cannot have accepted.
    Early,
    /// When the kernel may have accepted everything.
    Late,
}

impl Point {
    const ALL: [Point; 3] = [Point::AtOnce, Point::Early, Point::Late];

    /// The point of a reset behind so many of `all` bytes.
    fn of(behind: usize, capacity: usize, all: usize) -> Point {
        match behind {
            0 => Point::AtOnce,
            _ if behind + capacity < all => Point::Early,
            _ => Point::Late,
        }
    }
}

/// A claim for each of the properties.
fn claims(
    name: &str,
    sentence: &str,
    scenarios: &str,
    expected: Expected,
    properties: &[Property],
    instances: Vec<Instance>,
) -> Vec<Claim> {
    let claim = |property: &Property| Claim {
        name: format!("{name}/{property}"),
        sentence: sentence.to_owned(),
        scenarios: scenarios.to_owned(),
        property: *property,
        expected,
        instances: instances.clone(),
    };
    properties.iter().map(claim).collect()
}

/// What `cargo verify` knows about this model.
pub fn model() -> Model {
    Model {
        name: NAME,
        about: "system calls that fail, a peer that resets, wake-ups for no reason",
        claims: || [ordering::claims(), whole_loop::claims(), hyper::claims()].concat(),
        ..Model::default()
    }
}

const NAME: &str = "fault";
