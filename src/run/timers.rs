//! The virtual time and the timers of an execution; see [`Handle::sleep`](crate::Handle::sleep).

use std::hash::{Hash, Hasher};
use std::time::Duration;

use crate::environment::kernel::Registration;
use crate::trace::event::ActorId;

/// The clock's name in traces.
pub(crate) const CLOCK: &str = "clock";

/// The name of who reports room to write, in traces.
pub(crate) const REPORTER: &str = "driver";

/// A timer that was armed and neither seen to have expired nor dropped.
#[derive(Debug)]
pub(crate) struct Timer {
    /// The smallest number that none of the actor's other timers has.
    pub(crate) number: usize,
    pub(crate) actor: ActorId,
    pub(crate) duration: Duration,
    pub(crate) deadline: Duration,
    pub(crate) fired: bool,
    pub(crate) registration: Registration,
}

impl Hash for Timer {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Timer {
            number,
            actor,
            duration,
            deadline,
            fired,
            registration,
        } = self;
        (number, actor, duration, deadline, fired, registration).hash(state);
    }
}

/// The time, and the timers in the order in which they were armed.
#[derive(Debug, Default, Hash)]
pub(crate) struct Clock {
    pub(crate) now: Duration,
    pub(crate) timers: Vec<Timer>,
    /// Woken when a timer is armed; set while there is none.
    pub(crate) idle: Registration,
}

impl Clock {
    pub(crate) fn timer(&mut self, actor: ActorId, number: usize) -> Option<&mut Timer> {
        let mut timers = self.timers.iter_mut();
        timers.find(|timer| timer.actor == actor && timer.number == number)
    }

    pub(crate) fn remove(&mut self, actor: ActorId, number: usize) {
        let is_it = |timer: &Timer| timer.actor == actor && timer.number == number;
        self.timers.retain(|timer| !is_it(timer));
    }

    /// The timer that fires next: the earliest deadline, and of equal ones the first that was armed.
    pub(crate) fn next(&mut self) -> Option<&mut Timer> {
        let timers = self.timers.iter_mut();
        timers
            .filter(|timer| !timer.fired)
            .min_by_key(|timer| timer.deadline)
    }
}
