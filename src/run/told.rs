//! Records an execution: its steps, the levels of the buffers after each, and its end.

use std::hash::Hash;

use crate::run::state::{Over, State};
use crate::trace::event::{ActorId, Conclusion, Event, Levels, Step, Trace};
use crate::trace::outcome::{Arrived, Outcome};
use crate::trace::property::Property;

impl State {
    /// Records a step of `actor`, which is also what the actor observed.
    pub(crate) fn log(&mut self, actor: ActorId, event: Event) {
        self.slots[actor.index()].observe_event(&event);
        if self.at > 0 {
            // A call on one socket is not the same call on another.
            self.slots[actor.index()].observe(("on socket", self.at));
        }
        self.record(actor, event);
    }

    /// Records a step of `actor` that was pending: the actor must wait.
    pub(crate) fn log_pending(&mut self, actor: ActorId, event: Event) {
        self.slots[actor.index()].observe_in_poll(&event);
        self.record(actor, event);
    }

    /// Adds to the actor's history what its events do not show.
    pub(crate) fn observe(&mut self, actor: ActorId, what: impl Hash) {
        self.slots[actor.index()].observe(what);
    }

    /// The same for a call that was pending.
    pub(crate) fn observe_in_poll(&mut self, actor: ActorId, what: impl Hash) {
        self.slots[actor.index()].observe_in_poll(what);
    }

    /// Records a step that the actor itself does not observe.
    pub(crate) fn record(&mut self, actor: ActorId, event: Event) {
        if self.over.is_some() {
            return;
        }
        let socket = self.at as u8;
        let (levels, beside) = match self.sockets.as_slice() {
            [] => (self.levels(), Vec::new()),
            _ => (self.on(0, |state| state.levels()), self.levels_beside()),
        };
        let step = Step {
            actor,
            event,
            levels,
            begins: std::mem::take(&mut self.slots[actor.index()].begins),
            socket,
            beside,
        };
        self.monitor.step(&step);
        if let Some(why) = self.monitor.take_panic() {
            self.delivery.note_check(why);
        }
        self.log.push(step);
    }

    /// Bytes that were promised so far, on all sockets.
    pub(crate) fn promised(&self) -> usize {
        let further = self.beside.iter().map(|further| &further.delivery);
        let all = [&self.delivery].into_iter().chain(further);
        all.map(|delivery| delivery.promised()).sum()
    }

    /// Where the bytes are now.
    pub(crate) fn levels(&self) -> Levels {
        let inside = self.inside + self.kernel.layer().unwrap_or(0);
        Levels {
            inside,
            owed: self.delivery.owed().max(inside),
            kernel: self.kernel.level(),
            accepted: self.kernel.accepted(),
            received: self.kernel.delivered(),
            unread: self.kernel.unread(),
            complete: self.delivery.complete(),
            garbled: self.delivery.garbled(),
            input_ended: self.kernel.input_has_ended(),
            flushing: self.kernel.flush_in_flight() || self.kernel.layer_is_stuck(),
            shutting: self.kernel.shutdown_in_flight() || self.kernel.layer_is_stuck(),
            shut: self.kernel.is_shut(),
            reset: self.kernel.is_reset(),
            awaits_feed: self
                .feeds
                .iter()
                .any(|feed| feed.registration.is_set() && !feed.ended),
        }
    }

    /// Ends the execution: no actor can move any more, or an actor spins.
    pub(crate) fn conclude(&mut self, spins: Option<ActorId>) {
        if self.over.is_some() {
            return;
        }
        let conclusion = Conclusion {
            spins,
            levels: self.levels(),
            beside: self.levels_beside(),
        };
        self.monitor.conclude(&conclusion);
        let watched = self.monitor.watched_of_all();
        let beside = watched[1..].iter().zip(&conclusion.beside);
        self.outcome = Some(Outcome {
            subject: watched[0].ending(&conclusion),
            reader: watched[0].reader_ending(&conclusion.levels),
            received: self.kernel.delivered(),
            accepted: self.kernel.accepted(),
            beside: beside
                .map(|(watched, levels)| Arrived {
                    reader: watched.reader_ending(levels),
                    received: levels.received,
                    accepted: levels.accepted,
                })
                .collect(),
        });
        self.conclusion = Some(conclusion);
        self.leaked = self.leaks();
        self.stop(Over::Concluded);
    }

    /// Whether the connection has ended and left a socket open.
    fn leaks(&self) -> bool {
        let further = self.beside.iter().map(|further| &further.kernel);
        let mut kernels = [&self.kernel].into_iter().chain(further);
        self.slots[ActorId::SUBJECT.index()].done && kernels.any(|kernel| !kernel.is_closed())
    }

    /// The execution so far.
    pub(crate) fn trace(&self, property: Option<Property>) -> Trace {
        Trace {
            actors: self.slots.iter().map(|slot| slot.name.clone()).collect(),
            capacity: self.capacity,
            facts: self.facts,
            steps: self.log.clone(),
            schedule: self.schedule.clone(),
            sockets: self.sockets.clone(),
            conclusion: self.conclusion.clone(),
            broken_on: property
                .and_then(|property| self.monitor.violations().socket_of(property))
                .unwrap_or(0) as u8,
            broken_at: property.and_then(|property| self.monitor.violations().of(property)),
            unavoidable_from: None,
        }
    }
}
