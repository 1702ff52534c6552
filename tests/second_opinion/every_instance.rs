//! Every instance that is claimed anything about, explored by stateright as well: the same code,
//! other choices and another memory.
//!
//! Loom, its partial-order reduction, and the explorer's own idea of which states are the same have
//! no part in it: stateright takes every step out of every state, and a state is all that a
//! [`Stepper`] has, to the last field.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use lastbyte::run::ExecutorDefect::{
    FirstChoiceSuppressed, FlagResetLate, KeyWithout, NothingShownAfterPruning,
};
use lastbyte::run::KeyPart;
use lastbyte::trace::Exploration;
use lastbyte::{Expected, Explorer, Instance, Outcome, Property, Trace};
use lastbyte_models::{mutants, registry};

use crate::both::steps;
use crate::{DOCUMENT, explicit, figures};

/// What an instance comes to: every outcome with one way there, and the properties that fail.
#[derive(Debug, Default)]
struct Opinion {
    outcomes: BTreeMap<Outcome, Trace>,
    broken: BTreeSet<Property>,
}

/// Stateright's opinion, and how many states it has seen.
fn second_opinion(instance: &Instance) -> (Opinion, usize) {
    let opinion: Arc<Mutex<Opinion>> = Arc::default();
    let into = opinion.clone();
    let states = explicit::explore(instance, move |outcome, stepper| {
        let mut opinion = into.lock().expect("no panic");
        opinion.broken.extend(stepper.broken());
        let way = opinion.outcomes.entry(outcome);
        way.or_insert_with(|| stepper.trace());
    });
    let opinion = std::mem::take(&mut *opinion.lock().expect("no panic"));
    (opinion, states)
}

/// The instance as lastbyte explores it, and one way to every outcome.
pub fn explored(instance: &Instance) -> (Exploration, BTreeMap<Outcome, Trace>) {
    let outcomes: Arc<Mutex<BTreeMap<Outcome, Trace>>> = Arc::default();
    let into = outcomes.clone();
    let explorer = Explorer {
        observer: Some(Arc::new(move |trace: &Trace, outcome: Option<&Outcome>| {
            if let Some(outcome) = outcome {
                let mut outcomes = into.lock().expect("no panic");
                let way = outcomes.entry(outcome.clone());
                way.or_insert_with(|| trace.clone());
            }
        })),
        folding: true,
        ..instance.explorer()
    };
    let exploration = explorer.explore(instance.run(), instance.scenario());
    assert_eq!(exploration.inconclusive, None, "{}", instance.id());
    let outcomes = std::mem::take(&mut *outcomes.lock().expect("no panic"));
    (exploration, outcomes)
}

fn first_opinion(instance: &Instance) -> Opinion {
    let (exploration, outcomes) = explored(instance);
    Opinion {
        broken: exploration.counterexamples.into_keys().collect(),
        outcomes,
    }
}

/// What only one of the two has seen, with the way there; empty if they agree.
fn differences(first: &Opinion, second: &Opinion) -> String {
    let mut text = String::new();
    let sides = [("lastbyte", first, second), ("stateright", second, first)];
    for (name, one, other) in sides {
        for (outcome, way) in &one.outcomes {
            if !other.outcomes.contains_key(outcome) {
                text += &format!("only {name}: {outcome}\n{}\n", steps(way));
            }
        }
        for property in one.broken.difference(&other.broken) {
            text += &format!("only {name}: {property} fails\n");
        }
    }
    text
}

/// The instances of all claims that are wanted, each once; without those in which the explorer misses
/// something by intention, and those that are too large for whole histories.
fn instances(wanted: impl Fn(&Instance) -> bool) -> Vec<Instance> {
    let registry = registry().expect("no clash");
    let claims = registry.claims().iter();
    let claims = claims.filter(|claim| claim.expected != Expected::Missed);
    let instances = claims
        .flat_map(|claim| claim.instances.clone())
        .filter(|instance| !instance.folding() && wanted(instance));
    let by_id: BTreeMap<_, _> = instances
        .map(|instance| (instance.identity(), instance))
        .collect();
    by_id.into_values().collect()
}

/// The rest takes minutes.
fn is_quick(instance: &Instance) -> bool {
    !matches!(
        (instance.model(), instance.subject()),
        ("shutdown_ordering" | "history" | "fault", _) | ("dispatch_loop", "proposed")
    )
}

fn agree(instances: &[Instance]) -> [usize; 3] {
    let (mut outcomes, mut states) = (0, 0);
    for instance in instances {
        let first = first_opinion(instance);
        let (second, seen) = second_opinion(instance);
        let differences = differences(&first, &second);
        assert!(differences.is_empty(), "{}:\n{differences}", instance.id());
        outcomes += first.outcomes.len();
        states += seen;
    }
    [instances.len(), outcomes, states]
}

#[test]
fn both_checkers_find_the_same_outcomes_in_quick_instances() {
    let [instances, ..] = agree(&instances(is_quick));
    assert!(instances > 200, "only {instances} instances");
}

/// Among the longer explorations.
#[test]
#[ignore = "takes minutes"]
fn both_checkers_find_the_same_outcomes_in_every_instance() {
    let [instances, outcomes, states] = agree(&instances(|_| true));
    for (name, number) in [
        ("instances of claims explored by both", instances),
        ("outcomes in these, the same on both sides", outcomes),
        ("their states, as stateright counts them", states),
    ] {
        figures::compare(DOCUMENT, name, &[number.to_string()]);
    }
}

/// What the comparison is worth: an explorer with one of these defects finds something else than
/// stateright, which has no part in them.
#[test]
fn a_defective_explorer_is_told_apart() {
    let instances = instances(|_| true);
    for (defect, id) in [
        (FlagResetLate, "dispatch_loop/1.10.1/client-peer-fin"),
        (NothingShownAfterPruning, "dispatch_loop/1.8.0/fed-body"),
        (
            FirstChoiceSuppressed,
            "fault/flush-before-shutdown/N=3,K=1,reader=slow:1,resets:0,woken",
        ),
        (KeyWithout(KeyPart::Token), "dispatch_loop/1.10.0/fed-body"),
        (
            KeyWithout(KeyPart::Place),
            "dispatch_close/1.12.0/half-done",
        ),
        (
            KeyWithout(KeyPart::Violations),
            "dispatch_loop/1.12.0/unread-input",
        ),
    ] {
        let instance = instances
            .iter()
            .find(|instance| instance.id() == id)
            .expect(id);
        let defective = instance.clone().with_planted(defect);
        let (second, _) = second_opinion(instance);
        let told = differences(&first_opinion(&defective), &second);
        let missed = told.contains("only stateright");
        let made_up = told.contains("only lastbyte");
        // Who resets the flag too late loses wake-ups; the others hide what there is.
        let expected = [defect != FlagResetLate, defect == FlagResetLate];
        assert_eq!([missed, made_up], expected, "{defect:?}: {told}");
    }
}

/// Stateright finds every violation that a defective explorer misses.
#[test]
fn what_a_defective_explorer_misses_is_there() {
    for hidden in mutants::hidden() {
        let first = first_opinion(&hidden.instance(hidden.name, true));
        let (second, _) = second_opinion(&hidden.instance(mutants::SOUND, false));
        let told = differences(&first, &second);
        let missed = format!("only stateright: {} fails", hidden.property);
        assert!(told.contains(&missed), "{}: {told}", hidden.name);
    }
}
