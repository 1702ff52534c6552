//! The monitor: a finite automaton that watches one execution and knows which properties are
//! broken.
//!
//! It gets every step with the levels after it, and the conclusion; it sees nothing else. So it
//! can watch an exploration, where its state is part of the explored state, and it can be run over
//! a recorded trace alone: [`Monitor::judge`].

use std::hash::{Hash, Hasher};

use crate::panics::guarded;
use crate::trace::event::{Conclusion, Step, Trace};
use crate::trace::facts::Facts;
use crate::trace::property::{Property, Violations};
use crate::trace::watched::{Moment, Watched};

/// The automaton.
#[derive(Clone, Debug)]
pub struct Monitor {
    facts: Facts,
    watched: Watched,
    violations: Violations,
    /// Properties beside the built-in ones, each with its memory.
    others: Vec<(Property, u64)>,
    /// How many steps it has seen.
    steps: usize,
    /// What a check panicked with.
    panicked: Option<String>,
}

/// Everything that it remembers, and nothing of how it got there.
impl Hash for Monitor {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.watched.hash(state);
        self.hash_broken(state);
    }
}

impl Monitor {
    /// A monitor that has seen nothing. Beside the built-in properties it checks `others`.
    pub fn new(facts: Facts, others: &[Property]) -> Monitor {
        Monitor {
            facts,
            watched: Watched::default(),
            violations: Violations::default(),
            others: others.iter().map(|other| (*other, 0)).collect(),
            steps: 0,
            panicked: None,
        }
    }

    /// Takes the next step.
    pub fn step(&mut self, step: &Step) {
        let moment = Moment {
            facts: &self.facts,
            before: &self.watched,
            step: Some(step),
            levels: &step.levels,
            conclusion: None,
        };
        let panicked = check(&mut self.violations, &mut self.others, self.steps, &moment);
        self.panicked = self.panicked.take().or(panicked);
        self.watched.after(step, &self.facts);
        self.steps += 1;
    }

    /// Takes the conclusion.
    pub fn conclude(&mut self, conclusion: &Conclusion) {
        let moment = Moment {
            facts: &self.facts,
            before: &self.watched,
            step: None,
            levels: &conclusion.levels,
            conclusion: Some(conclusion),
        };
        let last = self.steps.saturating_sub(1);
        let panicked = check(&mut self.violations, &mut self.others, last, &moment);
        self.panicked = self.panicked.take().or(panicked);
    }

    /// What it remembers.
    pub fn watched(&self) -> &Watched {
        &self.watched
    }

    /// What is broken so far.
    pub fn violations(&self) -> &Violations {
        &self.violations
    }

    /// What a check has panicked with since the last time that this was asked.
    pub(crate) fn take_panic(&mut self) -> Option<String> {
        self.panicked.take()
    }

    pub(crate) fn hash_broken<H: Hasher>(&self, state: &mut H) {
        self.violations.hash(state);
        for (_, memory) in &self.others {
            memory.hash(state);
        }
    }

    /// What a trace breaks, and at which step: the monitor alone, without an exploration.
    ///
    /// ```
    /// use lastbyte::{Property, Trace, trace::Monitor};
    ///
    /// let nothing_happened = Trace::default();
    /// assert_eq!(Monitor::judge(&nothing_happened, &[]).iter().next(), None);
    /// ```
    pub fn judge(trace: &Trace, others: &[Property]) -> Violations {
        let mut monitor = Monitor::new(trace.facts, others);
        for step in &trace.steps {
            monitor.step(step);
        }
        if let Some(conclusion) = &trace.conclusion {
            monitor.conclude(conclusion);
        }
        monitor.violations
    }
}

fn check(
    violations: &mut Violations,
    others: &mut [(Property, u64)],
    step: usize,
    moment: &Moment<'_>,
) -> Option<String> {
    let mut panicked = None;
    for property in Property::ALL {
        // Nothing built in needs a memory of its own.
        if (property.definition().check)(moment, &mut 0) {
            violations.record(property, step);
        }
    }
    for (property, memory) in others {
        let check = property.definition().check;
        match guarded(|| check(moment, memory)) {
            Ok(false) => {}
            Ok(true) => violations.record(*property, step),
            // Whether it holds is not known: that is not to be taken for a proof.
            Err(text) => {
                violations.record(*property, step);
                panicked = Some(format!("the check of {property} panicked: {text}"));
            }
        }
    }
    panicked
}
