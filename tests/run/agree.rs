//! Three explorations of one instance that must come to the same: with state caching, without it, and
//! the states one by one, recognised by every field.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use lastbyte::explore::Stepper;
use lastbyte::run::ExecutorDefect;
use lastbyte::trace::Exploration;
use lastbyte::trace::Inconclusive;
use lastbyte::{Explorer, Outcome, Property, Scenario, Subject};

type Found = (BTreeSet<Outcome>, BTreeSet<Property>);

fn found(exploration: &Exploration) -> Found {
    let outcomes = exploration.histogram.keys().cloned().collect();
    let broken = exploration.counterexamples.keys().copied().collect();
    (outcomes, broken)
}

fn explored(subject: &Arc<dyn Subject>, scenario: &Scenario, caching: bool) -> Exploration {
    let explorer = Explorer {
        caching,
        ..Explorer::default()
    };
    explorer.explore(subject, scenario)
}

/// What there is to be found, state by state.
pub fn step_by_step(subject: &Arc<dyn Subject>, scenario: &Scenario) -> Found {
    let (mut outcomes, mut broken) = (BTreeSet::new(), BTreeSet::new());
    let mut seen = HashSet::new();
    let mut rest = vec![Vec::new()];
    while let Some(schedule) = rest.pop() {
        let mut stepper = Stepper::new(subject, scenario);
        for &actor in &schedule {
            stepper.step(actor);
        }
        if !seen.insert(stepper.state()) {
            continue;
        }
        if let Some(outcome) = stepper.outcome() {
            outcomes.insert(outcome);
            broken.extend(stepper.broken());
        }
        for actor in stepper.enabled() {
            let mut longer = schedule.clone();
            longer.push(actor);
            rest.push(longer);
        }
    }
    (outcomes, broken)
}

/// Asks that all three agree, and returns what they have found.
#[track_caller]
pub fn agree(subject: &Arc<dyn Subject>, scenario: &Scenario) -> BTreeSet<Property> {
    let cached = explored(subject, scenario, true);
    assert_eq!(cached.inconclusive, None, "{scenario}");
    let uncached = explored(subject, scenario, false);
    assert_eq!(uncached.inconclusive, None, "{scenario}");
    assert_eq!(found(&cached), found(&uncached), "{scenario}");
    assert_eq!(
        found(&cached),
        step_by_step(subject, scenario),
        "{scenario}"
    );
    found(&cached).1
}

/// The same where there are too many interleavings to go through each of them.
#[track_caller]
pub fn agree_state_by_state(subject: &Arc<dyn Subject>, scenario: &Scenario) -> BTreeSet<Property> {
    let cached = explored(subject, scenario, true);
    assert_eq!(cached.inconclusive, None, "{scenario}");
    assert_eq!(
        found(&cached),
        step_by_step(subject, scenario),
        "{scenario}"
    );
    found(&cached).1
}

/// Whether a planted defect of the explorer is noticed by the comparison.
pub fn parts(subject: &Arc<dyn Subject>, scenario: &Scenario, planted: ExecutorDefect) -> bool {
    let explorer = Explorer {
        planted,
        ..Explorer::default()
    };
    let cached = explorer.explore(subject, scenario);
    cached.inconclusive == Some(Inconclusive::Cycle)
        || found(&cached) != step_by_step(subject, scenario)
}
