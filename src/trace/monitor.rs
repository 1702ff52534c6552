//! The monitor: a finite automaton that watches one execution and knows which properties are
//! broken.
//!
//! Its only input is every step, with the levels after it, and the conclusion. So it can watch an
//! exploration, where its state is part of the explored state, and it can judge a recorded trace on its
//! own: [`Monitor::judge`].

use std::hash::{Hash, Hasher};

use crate::panics::guarded;
use crate::trace::event::{ActorId, Conclusion, Step, Trace};
use crate::trace::facts::Facts;
use crate::trace::property::{Property, Violations};
use crate::trace::watched::{Moment, Watched};

/// The automaton.
#[derive(Clone, Debug)]
pub struct Monitor {
    facts: Facts,
    /// What it remembers of each socket.
    watched: Vec<Watched>,
    /// The actor at the other end of each socket.
    peers: Vec<ActorId>,
    violations: Violations,
    /// The properties that are not built in, each with its memory.
    others: Vec<(Property, u64)>,
    /// How many steps it has seen.
    steps: usize,
    /// The message of a check that panicked.
    panicked: Option<String>,
}

/// Hashes what the monitor remembers, and not how many steps led there.
impl Hash for Monitor {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.watched.hash(state);
        self.hash_broken(state);
    }
}

impl Monitor {
    /// A monitor at the start of an execution. It checks the built-in properties and `others`.
    pub fn new(facts: Facts, others: &[Property]) -> Monitor {
        Monitor::watching(facts, others, vec![ActorId::READER])
    }

    /// A monitor for a connection with several sockets, with the actor at the other end of each.
    pub(crate) fn watching(facts: Facts, others: &[Property], peers: Vec<ActorId>) -> Monitor {
        Monitor {
            facts,
            watched: peers.iter().map(|_| Watched::default()).collect(),
            peers,
            violations: Violations::default(),
            others: others.iter().map(|other| (*other, 0)).collect(),
            steps: 0,
            panicked: None,
        }
    }

    /// Takes the next step.
    pub fn step(&mut self, step: &Step) {
        let watched = self.watched.iter().enumerate();
        let sockets: Vec<_> = watched.map(|(n, one)| (one, step.levels_of(n))).collect();
        let moment = Moment {
            facts: &self.facts,
            before: sockets[0].0,
            step: Some(step),
            levels: sockets[0].1,
            conclusion: None,
            socket: 0,
            sockets: &sockets,
        };
        let of = usize::from(step.socket).min(sockets.len() - 1);
        let (steps, others) = (self.steps, &mut self.others);
        let panicked = check(&mut self.violations, others, steps, &moment, of);
        self.panicked = self.panicked.take().or(panicked);
        for (n, (watched, peer)) in self.watched.iter_mut().zip(&self.peers).enumerate() {
            watched.after(step, &self.facts, n, *peer);
        }
        self.steps += 1;
    }

    /// Takes the conclusion.
    pub fn conclude(&mut self, conclusion: &Conclusion) {
        let watched = self.watched.iter().enumerate();
        let sockets: Vec<_> = watched
            .map(|(n, one)| (one, conclusion.levels_of(n)))
            .collect();
        let moment = Moment {
            facts: &self.facts,
            before: sockets[0].0,
            step: None,
            levels: sockets[0].1,
            conclusion: Some(conclusion),
            socket: 0,
            sockets: &sockets,
        };
        let last = self.steps.saturating_sub(1);
        let panicked = check(&mut self.violations, &mut self.others, last, &moment, 0);
        self.panicked = self.panicked.take().or(panicked);
    }

    /// What it remembers of the first socket.
    pub fn watched(&self) -> &Watched {
        &self.watched[0]
    }

    /// What it remembers of each socket.
    pub fn watched_of_all(&self) -> &[Watched] {
        &self.watched
    }

    /// The properties that are broken so far.
    pub fn violations(&self) -> &Violations {
        &self.violations
    }

    /// The message of a check that has panicked since the last call of this function.
    pub(crate) fn take_panic(&mut self) -> Option<String> {
        self.panicked.take()
    }

    pub(crate) fn hash_broken<H: Hasher>(&self, state: &mut H) {
        self.violations.hash(state);
        for (_, memory) in &self.others {
            memory.hash(state);
        }
    }

    /// The properties that a trace breaks, each with the step that breaks it. This needs no
    /// exploration.
    ///
    /// ```
    /// use lastbyte::{Property, Trace, trace::Monitor};
    ///
    /// let nothing_happened = Trace::default();
    /// assert_eq!(Monitor::judge(&nothing_happened, &[]).iter().next(), None);
    /// ```
    pub fn judge(trace: &Trace, others: &[Property]) -> Violations {
        let peers = match trace.sockets.as_slice() {
            [] => vec![ActorId::READER],
            sockets => sockets.iter().map(|socket| socket.peer).collect(),
        };
        let mut monitor = Monitor::watching(trace.facts, others, peers);
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
    of: usize,
) -> Option<String> {
    let mut panicked = None;
    for moment in moment.everywhere() {
        for property in Property::ALL {
            // Nothing built in needs a memory of its own.
            if (property.definition().check)(&moment, &mut 0) {
                violations.record_on(property, step, moment.socket);
            }
        }
    }
    let (before, levels) = moment.sockets[of];
    let moment = &Moment {
        before,
        levels,
        socket: of,
        ..*moment
    };
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
