//! An instance explored by stateright: it takes every step out of every state, and a state is all that a
//! [`Stepper`] has, to the last field. Loom and the explorer's key have no part in it.

use std::hash::{Hash, Hasher};

use lastbyte::explore::Stepper;
use lastbyte::trace::ActorId;
use lastbyte::{Instance, Outcome};
use stateright::{Checker, Model, Property as Always};

/// An instance as stateright wants it; `ended` is told of every end that is reached.
struct Machine<F> {
    instance: Instance,
    ended: F,
}

/// A state, and how one comes to it.
#[derive(Clone, Debug)]
struct State {
    digest: u128,
    schedule: Vec<ActorId>,
    enabled: Vec<ActorId>,
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

impl<F: Fn(Outcome, &Stepper)> Machine<F> {
    /// Where this schedule leads to. If it is an end, it counts.
    fn state(&self, schedule: Vec<ActorId>) -> State {
        let mut stepper = {
            let instance = &self.instance;
            Stepper::with_planted(instance.run(), instance.scenario(), instance.planted())
        };
        schedule.iter().for_each(|actor| stepper.step(*actor));
        let enabled = stepper.enabled();
        let outcome = stepper.outcome();
        assert_eq!(outcome.is_some(), enabled.is_empty(), "{schedule:?}");
        if let Some(outcome) = outcome {
            (self.ended)(outcome, &stepper);
        }
        State {
            digest: stepper.state(),
            schedule,
            enabled,
        }
    }
}

impl<F: Fn(Outcome, &Stepper) + Send + Sync + 'static> Model for Machine<F> {
    type State = State;
    type Action = ActorId;

    fn init_states(&self) -> Vec<State> {
        vec![self.state(Vec::new())]
    }

    fn actions(&self, state: &State, actions: &mut Vec<ActorId>) {
        actions.extend(&state.enabled);
    }

    fn next_state(&self, last: &State, actor: ActorId) -> Option<State> {
        let mut schedule = last.schedule.clone();
        schedule.push(actor);
        Some(self.state(schedule))
    }

    fn properties(&self) -> Vec<Always<Self>> {
        // Without a property that holds, stateright has nothing to look for and stops at once.
        vec![Always::always("nothing", |_, _| true)]
    }
}

/// Explores the instance, and returns how many states it has.
pub fn explore(
    instance: &Instance,
    ended: impl Fn(Outcome, &Stepper) + Send + Sync + 'static,
) -> usize {
    let machine = Machine {
        instance: instance.clone(),
        ended,
    };
    let checker = machine.checker().spawn_bfs().join();
    let id = instance.id();
    assert!(checker.is_done(), "stateright has not finished {id}");
    checker.unique_state_count()
}
