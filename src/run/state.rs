//! Everything that the actors of one execution share. One lock section looks at it, changes it and
//! records what happened; the monitor sees each step as it is recorded.

use std::collections::VecDeque;
use std::hash::Hash;

use bytes::Bytes;

use crate::environment::decorator::Decorated;
use crate::environment::kernel::{Caller, Due, Place, Registration};
use crate::environment::reader::Reader;
use crate::run::beside::Beside;
use crate::run::crew::Places;
use crate::run::delivery::Delivery;
use crate::run::folded::Folded;
use crate::run::planted::{ExecutorDefect, KeyPart, Planted};
use crate::run::slot::Slot;
use crate::run::timers::Clock;
use crate::run::varying::Varying;
use crate::trace::event::{ActorId, Conclusion, Event, NamedSocket, Step};
use crate::trace::facts::{Crew, Facts};
use crate::trace::monitor::Monitor;
use crate::trace::outcome::Outcome;
use crate::trace::property::Property;
use crate::trace::watched::ReaderState;

/// A queue that a script fills and the subject drains. A poll that finds an item clears the
/// registration.
#[derive(Debug, Default, Hash)]
pub(crate) struct Feed {
    pub(crate) queue: VecDeque<Bytes>,
    pub(crate) ended: bool,
    pub(crate) registration: Registration,
    /// The actor that polls it: only one may, since there is one registration.
    pub(crate) polled_by: Option<ActorId>,
}

/// A flag that a script raises.
#[derive(Debug, Default, Hash)]
pub(crate) struct Signal {
    pub(crate) raised: bool,
    /// Raising it tells the connection to stop.
    pub(crate) stops: bool,
    pub(crate) registration: Registration,
    /// The actor that polls it: only one may, since there is one registration.
    pub(crate) polled_by: Option<ActorId>,
}

/// Why an execution is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// It came to its end.
    Concluded,
    /// Its state was explored before, or it left the schedule that is replayed.
    Pruned,
    /// The whole exploration stops here.
    Stopped,
}

/// The initial state of an execution.
#[derive(Debug)]
pub(crate) struct Setup {
    /// The actors' names, by [`ActorId`].
    pub(crate) names: Vec<String>,
    pub(crate) kernel: Decorated,
    pub(crate) capacity: usize,
    pub(crate) delivery: Delivery,
    pub(crate) reader: Reader,
    /// The further sockets.
    pub(crate) beside: Vec<Beside>,
    /// All sockets, where there is more than one.
    pub(crate) sockets: Vec<NamedSocket>,
    /// Whether the scenario has a clock.
    pub(crate) clock: bool,
    /// The tasks that are actors of their own.
    pub(crate) crew: Crew,
    pub(crate) feeds: usize,
    pub(crate) signals: usize,
    /// Signals that tell the connection to stop.
    pub(crate) stops: Vec<usize>,
    pub(crate) facts: Facts,
    /// Properties beside the built-in ones.
    pub(crate) properties: Vec<Property>,
    pub(crate) input_is_private: bool,
    pub(crate) varying: Varying,
}

/// The shared state.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) kernel: Decorated,
    /// Bytes in the subject's own write buffer, as far as its calls show.
    pub(crate) inside: usize,
    pub(crate) delivery: Delivery,
    /// How the peer reads.
    pub(crate) reader: Reader,
    /// The further sockets; see [`State::on`].
    pub(crate) beside: Vec<Beside>,
    /// The number of the current socket.
    pub(crate) at: usize,
    /// All sockets, where there is more than one.
    pub(crate) sockets: Vec<NamedSocket>,
    /// Registrations that every read fires, for scripts that wait for the reader; one for each actor.
    pub(crate) progress: Vec<Registration>,
    /// Registrations that fire when a flush is in flight, for scripts that finish it; one for each
    /// actor.
    pub(crate) device: Vec<Registration>,
    /// Registrations that fire when there is room for input again; one for each actor.
    pub(crate) room: Vec<Registration>,
    pub(crate) slots: Vec<Slot>,
    /// The time and the timers, if the scenario has a clock.
    pub(crate) clock: Option<Clock>,
    /// The connection's tasks.
    pub(crate) tasks: Places,
    pub(crate) feeds: Vec<Feed>,
    pub(crate) signals: Vec<Signal>,
    pub(crate) monitor: Monitor,
    pub(crate) facts: Facts,
    pub(crate) log: Vec<Step>,
    pub(crate) schedule: Vec<ActorId>,
    pub(crate) changes: u64,
    pub(crate) over: Option<Over>,
    /// Calls since the execution is over.
    pub(crate) late_calls: u32,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) conclusion: Option<Conclusion>,
    /// The connection has ended and left a socket open.
    pub(crate) leaked: bool,
    /// Input and flush can be read outside of a lock section: no other actor touches them.
    pub(crate) input_is_private: bool,
    pub(crate) capacity: usize,
    /// Blanks out the bytes that may differ between executions, in what is written.
    pub(crate) varying: Varying,
    /// Blanks out the same bytes in what the peer has read.
    pub(crate) varying_read: Varying,
    /// The defect of the executor, in tests of it.
    pub(crate) planted: Planted,
}

impl State {
    /// The beginning of an execution.
    pub(crate) fn new(setup: Setup) -> State {
        let one_each = || {
            setup
                .names
                .iter()
                .map(|_| Registration::default())
                .collect()
        };
        let (progress, device, room) = (one_each(), one_each(), one_each());
        let slots = setup.names.into_iter().enumerate().map(|(i, name)| Slot {
            name,
            // The main thread's first acquisition is the choice of who starts.
            quiet: i != ActorId::READER.index(),
            first: true,
            ..Slot::default()
        });
        let signal = |n| Signal {
            stops: setup.stops.contains(&n),
            ..Signal::default()
        };
        let peers = match setup.sockets.as_slice() {
            [] => vec![ActorId::READER],
            sockets => sockets.iter().map(|socket| socket.peer).collect(),
        };
        State {
            capacity: setup.capacity,
            kernel: setup.kernel,
            inside: 0,
            delivery: setup.delivery,
            reader: setup.reader,
            beside: setup.beside,
            at: 0,
            sockets: setup.sockets,
            progress,
            device,
            room,
            slots: slots.collect(),
            clock: setup.clock.then(Clock::default),
            tasks: Places::new(setup.crew),
            feeds: (0..setup.feeds).map(|_| Feed::default()).collect(),
            signals: (0..setup.signals).map(signal).collect(),
            monitor: Monitor::watching(setup.facts, &setup.properties, peers),
            facts: setup.facts,
            log: Vec::new(),
            schedule: Vec::new(),
            changes: 0,
            over: None,
            late_calls: 0,
            outcome: None,
            conclusion: None,
            leaked: false,
            input_is_private: setup.input_is_private,
            varying_read: setup.varying.clone(),
            varying: setup.varying,
            planted: Planted::default(),
        }
    }

    /// Plants a defect, at the beginning of an execution.
    pub(crate) fn plant(&mut self, planted: Planted) {
        self.planted = planted;
        self.slots[ActorId::READER.index()].quiet =
            planted.is(ExecutorDefect::FirstChoiceSuppressed);
    }

    /// From now on the actors' histories are folded as well.
    pub(crate) fn fold(&mut self) {
        for slot in &mut self.slots {
            slot.folded = Some(Folded::default());
        }
    }

    /// Describes the caller of a call with this waker.
    pub(crate) fn caller<'a>(&mut self, actor: ActorId, waker: &'a std::task::Waker) -> Caller<'a> {
        let slot = &mut self.slots[actor.index()];
        let is_root = slot.root.as_ref().is_some_and(|root| root.will_wake(waker));
        // A waker that nobody listens to runs nobody's code.
        let nobody = waker.will_wake(std::task::Waker::noop());
        let own = !is_root && !nobody;
        slot.own_wakers |= own;
        Caller {
            waker,
            own: own.then_some(actor),
        }
    }

    /// Wakes the actors that wait for room for input.
    pub(crate) fn wake_senders(&mut self) {
        for room in &mut self.room {
            room.fire(Place::Room, &mut self.kernel.due);
        }
    }

    /// The connection or a task of it is polled.
    pub(crate) fn begin_poll_of_connection(&mut self) {
        self.kernel.begin_poll();
        for other in &mut self.beside {
            other.kernel.begin_poll();
        }
    }

    pub(crate) fn changed(&mut self) {
        self.changes += 1;
    }

    /// The state of the peer of the current socket.
    pub(crate) fn reader_state(&self) -> &ReaderState {
        &self.monitor.watched_of_all()[self.at].reader
    }

    /// Takes the wake-ups that the section has caused. A wake-up that runs an actor's own code belongs
    /// to that actor's history: which registration was fired, and when.
    pub(crate) fn take_due(&mut self) -> Vec<Due> {
        let mut due = std::mem::take(&mut self.kernel.due);
        for wake_up in &due {
            if let Some((actor, place)) = wake_up.told
                && !self.planted.leaves_out(KeyPart::WakeUps)
            {
                self.observe(actor, ("woken", place));
            }
        }
        for n in 0..self.beside.len() {
            let further = std::mem::take(&mut self.beside[n].kernel.due);
            for wake_up in &further {
                if let Some((actor, place)) = wake_up.told {
                    self.observe(actor, ("woken", place, n));
                }
            }
            due.extend(further);
        }
        due
    }

    /// Delivers a wake-up: a waiting actor continues, a running one is polled once more.
    pub(crate) fn wake(&mut self, actor: ActorId, by: ActorId) {
        if self.over.is_some() {
            return;
        }
        let slot = &mut self.slots[actor.index()];
        if slot.done {
            return;
        }
        let owed_already = slot.token;
        let loses = match slot.is_parked() {
            true => ExecutorDefect::WaitingWakeUpLost,
            false => ExecutorDefect::RunningWakeUpLost,
        };
        if self.planted.is(loses) {
            return;
        }
        if !self.tasks.keeps_waiting(actor)
            && let Some(thread) = slot.parked.take()
        {
            thread.unpark();
            self.record(by, Event::Wake { actor });
            return;
        }
        slot.token = true;
        if actor == by {
            slot.self_woken = true;
        }
        if !owed_already {
            self.record(by, Event::Wake { actor });
        }
    }

    /// Counts a call that `actor` is about to make; `false` when its poll is an endless loop of calls.
    pub(crate) fn count_call(&mut self, actor: ActorId) -> bool {
        let changes = self.changes;
        self.slots[actor.index()].count_call(changes)
    }

    pub(crate) fn stop(&mut self, over: Over) {
        self.over = Some(over);
        for slot in &mut self.slots {
            if let Some(thread) = slot.parked.take() {
                // It could not have moved, so there is nothing to show.
                slot.passed = true;
                thread.unpark();
            }
        }
    }

    /// Concludes the execution when no actor can move any more.
    pub(crate) fn conclude_if_quiescent(&mut self) {
        if self.slots.iter().all(|slot| slot.done || slot.is_parked()) {
            self.conclude(None);
        }
    }

    // ---- feeds and signals ----

    pub(crate) fn push_feed(&mut self, feed: usize, item: Option<Bytes>) {
        match item {
            Some(item) => self.feeds[feed].queue.push_back(item),
            None => self.feeds[feed].ended = true,
        }
        self.changed();
    }

    pub(crate) fn wake_feed(&mut self, feed: usize) {
        let registration = &mut self.feeds[feed].registration;
        registration.fire(Place::Feed(feed), &mut self.kernel.due);
    }

    pub(crate) fn raise(&mut self, number: usize) {
        let signal = &mut self.signals[number];
        signal.raised = true;
        let (place, due) = (Place::Signal(number), &mut self.kernel.due);
        signal.registration.fire(place, due);
        self.changed();
    }
}
