//! Everything that the actors of one execution share, behind one lock.
//!
//! One lock section is one system call, and the wake-ups that it causes belong to it. The executor
//! (`executor.rs`) and the explorer (`explorer.rs`) look at the same state; subjects see only the
//! [`Handle`] and the socket.

use std::collections::VecDeque;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
#[cfg(loom)]
use std::sync::atomic::Ordering;
use std::sync::atomic::{AtomicBool, AtomicU8};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use crate::environment::defect::ExecutorDefect;
#[cfg(loom)]
use crate::environment::defect::KeyPart;
use crate::environment::kernel::{Kernel, Registration};
use crate::environment::reader::Framing;
use crate::environment::scenario::Scenario;
use crate::run::subject::Subject;
use crate::run::sync::Gate;
use crate::trace::event::{ActorId, Event, Levels, Step, Trace, bytes};
use crate::trace::property::{Property, Violations};
use crate::trace::verdict::{Ending, Outcome, ReaderEnding};

/// After this many polls of one actor that were asked for but changed nothing, it spins.
pub const SPIN_POLLS: u8 = 3;

/// After this many calls of one poll since anything changed, the poll is taken for an endless loop.
#[cfg(loom)]
const CALLS_WITHOUT_CHANGE: u32 = 50;

/// The executor's view of one actor.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    pub(crate) name: String,
    pub(crate) done: bool,
    /// A wake-up has come since the current poll began: another poll is owed.
    pub(crate) token: bool,
    /// The token was set by the actor itself during this poll.
    pub(crate) self_woken: bool,
    /// No lock section yet in this poll. Wake-ups until the first one are absorbed by this poll.
    pub(crate) first: bool,
    /// The next lock section is no new choice.
    pub(crate) quiet: bool,
    #[cfg(loom)]
    pub(crate) parked: Option<crate::run::sync::Parked>,
    /// Polls in a row that changed nothing.
    pub(crate) idle_polls: u8,
    /// `State::changes` when the current poll began.
    changes_before: Option<u64>,
    /// Calls of this poll since anything changed, as of `State::changes` then.
    #[cfg(loom)]
    calls: (u32, u64),
    /// Digest of all that the actor has observed, or of its state as it declared it.
    history: (u64, u64),
    declared: bool,
    /// Acquired the lock once after the execution was over, or need not.
    #[cfg(loom)]
    pub(crate) passed: bool,
}

impl Slot {
    pub(crate) fn is_parked(&self) -> bool {
        #[cfg(loom)]
        return self.parked.is_some();
        #[cfg(not(loom))]
        false
    }

    /// Forgets what concerns the poll that is over, so that equal states look equal.
    #[cfg(loom)]
    pub(crate) fn end_of_poll(&mut self) {
        self.first = true;
        self.self_woken = false;
        self.idle_polls = 0;
        self.changes_before = None;
        self.calls = (0, 0);
    }

    /// See [`State::in_full`].
    #[cfg(loom)]
    fn in_full(&self, changes: u64) -> impl fmt::Debug + use<> {
        let Slot {
            name: _,
            done,
            token,
            self_woken,
            first,
            quiet,
            parked,
            idle_polls,
            changes_before,
            calls: _,
            history,
            declared,
            passed,
        } = self;
        let flags = [
            *done,
            *token,
            *self_woken,
            *first,
            *quiet,
            parked.is_some(),
            *declared,
        ];
        let unchanged = *changes_before == Some(changes);
        let idle = (*idle_polls, self.idle_calls(changes), unchanged);
        (flags, idle, *history, *passed)
    }

    /// Calls of this poll since anything changed.
    #[cfg(loom)]
    fn idle_calls(&self, changes: u64) -> u32 {
        if self.calls.1 == changes {
            self.calls.0
        } else {
            0
        }
    }

    /// Polls without any change that the actor was woken for; counts towards [`SPIN_POLLS`].
    #[cfg(loom)]
    pub(crate) fn polled_without_change(&mut self, changes: u64) -> bool {
        if self.changes_before == Some(changes) {
            self.idle_polls += 1;
        } else {
            self.idle_polls = 0;
        }
        self.idle_polls >= SPIN_POLLS
    }
}

/// Two halves of a 128-bit digest. Two states are taken for the same when both halves agree.
fn digest(of: impl Hash) -> (u64, u64) {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    let first = hasher.finish();
    0xa5u8.hash(&mut hasher);
    (first, hasher.finish())
}

/// The same as one number.
#[cfg(loom)]
pub(crate) fn digest_of(of: impl Hash) -> u128 {
    let (first, second) = digest(of);
    u128::from(first) << 64 | u128::from(second)
}

/// A queue filled by a script and drained by the subject, with a registration that a poll which
/// finds an item clears.
#[derive(Debug, Default, Hash)]
pub(crate) struct Feed {
    queue: VecDeque<Bytes>,
    ended: bool,
    registration: Registration,
}

/// A flag raised by a script.
#[derive(Debug, Default, Hash)]
pub(crate) struct Signal {
    raised: bool,
    registration: Registration,
}

/// Why an execution is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// It came to its end.
    Concluded,
    /// Its state was explored before, or it left the schedule to be replayed.
    #[cfg(loom)]
    Pruned,
}

/// How the reader stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum ReaderState {
    #[default]
    Reading,
    Stopped,
    Reset,
    Eof,
    Failed(String),
}

/// The shared state.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) kernel: Kernel,
    /// Bytes that the subject holds itself, as far as its calls tell.
    pub(crate) inside: usize,
    pub(crate) promises: Vec<Bytes>,
    pub(crate) reader: ReaderState,
    pub(crate) framing: Box<dyn Framing>,
    /// Fired by every read, for scripts that wait for the reader.
    pub(crate) progress: Registration,
    /// Fired when a flush is in flight, for the script that finishes it.
    pub(crate) device: Registration,
    pub(crate) slots: Vec<Slot>,
    pub(crate) feeds: Vec<Feed>,
    pub(crate) signals: Vec<Signal>,
    pub(crate) violations: Violations,
    pub(crate) log: Vec<Step>,
    pub(crate) schedule: Vec<ActorId>,
    pub(crate) subject: Option<Ending>,
    pub(crate) shutdowns: usize,
    /// The peer reset while the subject had not shut the socket down.
    pub(crate) reset_early: bool,
    /// The subject asked for input since its poll began.
    pub(crate) asked_for_input: bool,
    /// A write or a flush of the current poll is pending.
    pub(crate) write_pending: bool,
    /// The subject was told to wait for input, and no poll has begun since there is some.
    pub(crate) waits_for_input: bool,
    /// The subject was told to wait for a flush, and no poll has begun since it is finished.
    pub(crate) waits_for_flush: bool,
    pub(crate) changes: u64,
    pub(crate) over: Option<Over>,
    pub(crate) outcome: Option<Outcome>,
    /// Input and flush can be looked at outside of a lock section: nobody else touches them.
    pub(crate) input_is_private: bool,
    pub(crate) capacity: usize,
    pub(crate) defect: ExecutorDefect,
}

impl State {
    /// Records a step of `actor`, which is also what the actor observed.
    pub(crate) fn log(&mut self, actor: ActorId, event: Event) {
        let slot = &mut self.slots[actor.index()];
        slot.history = digest((slot.history, &event));
        self.record(actor, event);
    }

    /// The actor has seen something that its events do not show.
    pub(crate) fn observe(&mut self, actor: ActorId, what: impl Hash) {
        let slot = &mut self.slots[actor.index()];
        slot.history = digest((slot.history, what));
    }

    /// Records a step that the actor itself does not observe.
    pub(crate) fn record(&mut self, actor: ActorId, event: Event) {
        if self.over.is_some() {
            return;
        }
        let levels = Levels {
            inside: self.inside,
            kernel: self.kernel.level(),
            received: self.kernel.delivered(),
        };
        self.log.push(Step {
            actor,
            event,
            levels,
        });
    }

    pub(crate) fn changed(&mut self) {
        self.changes += 1;
    }

    pub(crate) fn violate(&mut self, property: Property) {
        let step = self.log.len().saturating_sub(1);
        self.violations.record(property, step);
    }

    /// The whole state as 128 bits.
    #[cfg(loom)]
    pub(crate) fn key(&self) -> u128 {
        let has = |part| self.defect != ExecutorDefect::KeyWithout(part);
        let mut hasher = DefaultHasher::new();
        if has(KeyPart::Kernel) {
            self.kernel.hash_levels(&mut hasher);
            if self.slots[ActorId::SUBJECT.index()].declared {
                self.kernel.hash_contents(&mut hasher);
            }
            (&self.progress, &self.device).hash(&mut hasher);
        }
        if has(KeyPart::Inside) {
            self.inside.hash(&mut hasher);
        }
        if has(KeyPart::Reader) {
            self.promises.len().hash(&mut hasher);
            for promise in &self.promises {
                promise.len().hash(&mut hasher);
            }
            (&self.reader, self.framing.digest()).hash(&mut hasher);
        }
        for slot in &self.slots {
            let ended = slot.done && has(KeyPart::Ended);
            ended.hash(&mut hasher);
            if ended {
                continue;
            }
            let woken = has(KeyPart::Token).then_some((slot.token, slot.self_woken));
            let fresh = has(KeyPart::Fresh).then_some(slot.first);
            let waiting = has(KeyPart::Waiting).then_some(slot.is_parked());
            let place = has(KeyPart::Place).then_some(slot.history);
            // Without the calls, the second round of an endless loop would look explored.
            let idle = (slot.idle_polls, slot.idle_calls(self.changes));
            let idle = has(KeyPart::Idle).then_some(idle);
            let unchanged = slot.changes_before == Some(self.changes);
            let unchanged = has(KeyPart::Changed).then_some(unchanged);
            (woken, fresh, waiting, place, idle, unchanged).hash(&mut hasher);
        }
        if has(KeyPart::Channels) {
            (&self.feeds, &self.signals).hash(&mut hasher);
        }
        if has(KeyPart::Violations) {
            self.violations.bits().hash(&mut hasher);
        }
        if has(KeyPart::Ended) {
            (&self.subject, self.shutdowns, self.reset_early).hash(&mut hasher);
        }
        if has(KeyPart::Poll) {
            (self.asked_for_input, self.write_pending).hash(&mut hasher);
            (self.waits_for_input, self.waits_for_flush).hash(&mut hasher);
        }
        let first = hasher.finish();
        0xa5u8.hash(&mut hasher);
        u128::from(first) << 64 | u128::from(hasher.finish())
    }

    /// All that can influence the future, to the last field and in no hurry: how a checker of the
    /// checker recognises a state, independently of [`State::key`].
    #[cfg(loom)]
    pub(crate) fn in_full(&self) -> String {
        // Without `..`: whoever adds a field decides here whether it belongs to the state.
        let State {
            kernel,
            inside,
            promises,
            reader,
            framing,
            progress,
            device,
            slots,
            feeds,
            signals,
            violations,
            log: _,
            schedule: _,
            subject,
            shutdowns,
            reset_early,
            asked_for_input,
            write_pending,
            waits_for_input,
            waits_for_flush,
            changes,
            over,
            outcome,
            input_is_private: _,
            capacity: _,
            defect: _,
        } = self;
        let slots = slots.iter().map(|slot| slot.in_full(*changes));
        let slots: Vec<_> = slots.collect();
        let around = (kernel, inside, promises, reader, framing, progress, device);
        let actors = (slots, feeds, signals, violations.bits(), subject, shutdowns);
        let poll = (
            asked_for_input,
            write_pending,
            waits_for_input,
            waits_for_flush,
        );
        format!("{around:?} {actors:?} {poll:?} {reset_early:?} {over:?} {outcome:?}")
    }

    /// Delivers a wake-up: a waiting actor goes on, a running one is owed another poll.
    pub(crate) fn wake(&mut self, actor: ActorId, by: ActorId) {
        if self.over.is_some() {
            return;
        }
        let slot = &mut self.slots[actor.index()];
        if slot.done {
            return;
        }
        let owed_already = slot.token;
        let lost = match self.defect {
            ExecutorDefect::RunningWakeUpLost => !slot.is_parked(),
            ExecutorDefect::WaitingWakeUpLost => slot.is_parked(),
            _ => false,
        };
        if lost {
            return;
        }
        #[cfg(loom)]
        if let Some(thread) = slot.parked.take() {
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

    /// A poll of `actor` begins: what it waits for and is there now, it can take in this poll.
    #[cfg(loom)]
    pub(crate) fn absorb(&mut self, actor: ActorId) {
        if actor == ActorId::SUBJECT {
            self.waits_for_input &= !self.kernel.input_is_there();
            self.waits_for_flush &= self.kernel.flush_in_flight();
        }
    }

    /// Somebody was told to wait for something that is there, and was not woken.
    fn wake_up_is_lost(&self) -> bool {
        let input = self.waits_for_input && self.kernel.input_is_there();
        let flush = self.waits_for_flush && !self.kernel.flush_in_flight();
        let end_of_stream = self.kernel.reader.is_set() && self.kernel.is_shut();
        let waits = |actor: ActorId| !self.slots[actor.index()].done;
        waits(ActorId::SUBJECT) && (input || flush) || waits(ActorId::READER) && end_of_stream
    }

    /// Ends the execution: nobody can move any more, or an actor spins.
    pub(crate) fn conclude(&mut self, spinning: Option<ActorId>) {
        if self.over.is_some() {
            return;
        }
        let waiting = self.subject.is_none();
        let ending = match (&self.subject, spinning) {
            (_, Some(ActorId::SUBJECT)) => Ending::Spinning,
            (Some(ending), _) => ending.clone(),
            (None, _) => Ending::Waiting,
        };
        let complete = self.framing.is_complete(&self.promises);
        let reader = match (&self.reader, complete) {
            (ReaderState::Reset, _) => ReaderEnding::Reset,
            (ReaderState::Stopped, _) => ReaderEnding::Stopped,
            (_, true) => ReaderEnding::Complete,
            (ReaderState::Eof, false) => ReaderEnding::CutShort,
            (ReaderState::Failed(error), false) => ReaderEnding::Failed(error.clone()),
            (ReaderState::Reading, false) => ReaderEnding::Waiting,
        };
        let still_reading = !matches!(self.reader, ReaderState::Stopped | ReaderState::Reset);
        if spinning.is_some() {
            self.violate(Property::NoSpin);
        } else if still_reading {
            let undelivered = self.kernel.accepted() != self.kernel.delivered();
            let someone_waits = self
                .slots
                .iter()
                .enumerate()
                .any(|(i, slot)| !slot.done && i < 2);
            let unfinished = !complete || self.inside > 0 || undelivered;
            if someone_waits && unfinished || self.wake_up_is_lost() {
                self.violate(Property::NoStall);
            }
        } else if waiting && self.reader == ReaderState::Stopped {
            self.violate(Property::EndsWithoutReader);
        }
        let reader_is_through = matches!(self.reader, ReaderState::Eof | ReaderState::Failed(_));
        if reader_is_through {
            if !complete {
                self.violate(Property::NothingTruncated);
                if ending == Ending::Ok {
                    self.violate(Property::NoSilentLoss);
                }
            }
            if self.kernel.accepted() != self.kernel.delivered() {
                self.violate(Property::AcceptedArrives);
            }
        }
        if self.reset_early && !matches!(ending, Ending::Err(_)) {
            self.violate(Property::ResetEndsWithError);
        }
        if matches!(ending, Ending::Panicked(_)) {
            self.violate(Property::NoPanic);
        }
        self.outcome = Some(Outcome {
            subject: ending,
            reader,
            received: self.kernel.delivered(),
            accepted: self.kernel.accepted(),
        });
        self.stop(Over::Concluded);
    }

    pub(crate) fn stop(&mut self, over: Over) {
        self.over = Some(over);
        #[cfg(loom)]
        for slot in &mut self.slots {
            if let Some(thread) = slot.parked.take() {
                // It could not have moved, so there is nothing to show.
                slot.passed = true;
                thread.unpark();
            }
        }
    }

    /// Concludes when nobody is left who could move.
    pub(crate) fn conclude_if_quiescent(&mut self) {
        if self.slots.iter().all(|slot| slot.done || slot.is_parked()) {
            self.conclude(None);
        }
    }

    /// The execution so far.
    pub(crate) fn trace(&self, property: Option<Property>) -> Trace {
        Trace {
            actors: self.slots.iter().map(|slot| slot.name.clone()).collect(),
            capacity: self.capacity,
            steps: self.log.clone(),
            schedule: self.schedule.clone(),
            broken_at: property.and_then(|property| {
                self.violations
                    .iter()
                    .find(|(broken, _)| *broken == property)
                    .map(|(_, step)| step)
            }),
        }
    }
}

/// The shared state with its lock.
pub(crate) struct World {
    pub(crate) gate: Gate,
    state: Mutex<State>,
    in_section: AtomicBool,
    running: AtomicU8,
    #[cfg(loom)]
    pub(crate) search: Option<Arc<Mutex<crate::explore::explorer::Search>>>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

/// The execution is over: the caller should return as soon as it can.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItIsOver;

impl World {
    pub(crate) fn new(subject: &dyn Subject, scenario: &Scenario, gate: Gate) -> Self {
        let names = scenario.names(subject.actor());
        let slots = names
            .into_iter()
            .enumerate()
            .map(|(i, name)| Slot {
                name,
                // The main thread's first acquisition is the choice of who starts.
                quiet: i != ActorId::READER.index()
                    || scenario.executor_defect == ExecutorDefect::FirstChoiceSuppressed,
                first: true,
                ..Slot::default()
            })
            .collect();
        World {
            gate,
            state: Mutex::new(State {
                kernel: scenario.kernel(),
                inside: 0,
                promises: Vec::new(),
                reader: ReaderState::default(),
                framing: subject.framing(),
                progress: Registration::default(),
                device: Registration::default(),
                slots,
                feeds: (0..scenario.feeds).map(|_| Feed::default()).collect(),
                signals: (0..scenario.signals).map(|_| Signal::default()).collect(),
                violations: Violations::default(),
                log: Vec::new(),
                schedule: Vec::new(),
                subject: None,
                shutdowns: 0,
                reset_early: false,
                asked_for_input: false,
                write_pending: false,
                waits_for_input: false,
                waits_for_flush: false,
                changes: 0,
                over: None,
                outcome: None,
                input_is_private: scenario.input_is_private(),
                capacity: scenario.capacity,
                defect: scenario.executor_defect,
            }),
            in_section: AtomicBool::new(false),
            running: AtomicU8::new(ActorId::READER.0),
            #[cfg(loom)]
            search: None,
        }
    }

    /// Looks at the state without a lock section: for what no other actor can influence or see.
    pub(crate) fn peek(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// One system call: waits for the turn, acts, delivers the wake-ups.
    pub(crate) fn section<R>(
        &self,
        actor: ActorId,
        act: impl FnOnce(&mut State) -> R,
    ) -> Result<R, ItIsOver> {
        let quiet = {
            let mut state = self.peek();
            if state.over.is_some() {
                return Err(ItIsOver);
            }
            let quiet = std::mem::take(&mut state.slots[actor.index()].quiet);
            #[cfg(loom)]
            if !quiet {
                self.choice(&mut state);
            }
            quiet
        };
        self.enter(actor, quiet, act)
    }

    #[cfg(not(loom))]
    fn enter<R>(
        &self,
        actor: ActorId,
        _quiet: bool,
        act: impl FnOnce(&mut State) -> R,
    ) -> Result<R, ItIsOver> {
        let mut state = self.peek();
        state.schedule.push(actor);
        let result = act(&mut state);
        let due = std::mem::take(&mut state.kernel.due);
        drop(state);
        due.into_iter().for_each(Waker::wake);
        Ok(result)
    }

    #[cfg(loom)]
    fn enter<R>(
        &self,
        actor: ActorId,
        quiet: bool,
        act: impl FnOnce(&mut State) -> R,
    ) -> Result<R, ItIsOver> {
        let _guard = self.gate.enter(quiet);
        self.running.store(actor.0, Ordering::Relaxed);
        let mut state = self.peek();
        if state.over.is_some() {
            state.slots[actor.index()].passed = true;
            return Err(ItIsOver);
        }
        if let Some(search) = &self.search {
            let mut search = search.lock().expect("the search never panics");
            search.resolve(actor);
            if !search.enter(actor, state.schedule.len()) {
                self.gate.skip_branch();
                state.stop(Over::Pruned);
                state.slots[actor.index()].passed = true;
                return Err(ItIsOver);
            }
        }
        state.schedule.push(actor);
        let (defect, changes) = (state.defect, state.changes);
        let slot = &mut state.slots[actor.index()];
        let first = std::mem::take(&mut slot.first);
        if first || defect == ExecutorDefect::FlagResetLate {
            slot.token = match defect {
                ExecutorDefect::FlagNotReset | ExecutorDefect::FlagResetEarly => slot.token,
                _ => slot.self_woken,
            };
        }
        if first {
            state.absorb(actor);
        }
        let slot = &mut state.slots[actor.index()];
        slot.calls = (slot.idle_calls(changes) + 1, changes);
        if slot.calls.0 > CALLS_WITHOUT_CHANGE {
            self.conclude_spinning(&mut state, actor);
            return Err(ItIsOver);
        }
        let result = act(&mut state);
        let due = std::mem::take(&mut state.kernel.due);
        drop(state);
        self.in_section.store(true, Ordering::Relaxed);
        due.into_iter().for_each(Waker::wake);
        self.in_section.store(false, Ordering::Relaxed);
        Ok(result)
    }

    /// A wake-up from wherever it comes: a lock section that is ending, the actor itself, or
    /// foreign code (a channel), for which it becomes a lock section of its own.
    #[cfg(loom)]
    pub(crate) fn wake(&self, actor: ActorId) {
        let by = ActorId(self.running.load(Ordering::Relaxed));
        if self.in_section.load(Ordering::Relaxed) || by == actor {
            self.peek().wake(actor, by);
        } else {
            // Over: there is nobody left to wake.
            let _over = self.section(by, |state| state.wake(actor, by));
        }
    }

    /// Called where loom is about to choose who moves: when an actor is about to wait for the
    /// lock, for a wake-up, or is at its end.
    #[cfg(loom)]
    pub(crate) fn choice(&self, state: &mut State) {
        use crate::explore::explorer::{Choice, stop_loom};

        let Some(search) = self.search.as_ref().filter(|_| state.over.is_none()) else {
            return;
        };
        let choice = search
            .lock()
            .expect("the search never panics")
            .choice(state);
        match choice {
            Choice::Explore => {}
            Choice::Prune => {
                self.gate.skip_branch();
                state.stop(Over::Pruned);
            }
            Choice::Abort => stop_loom(),
        }
    }

    /// Concludes although others could move: they show loom what they would have done, or the
    /// executions in which they move earlier are never run.
    #[cfg(loom)]
    pub(crate) fn conclude_spinning(&self, state: &mut State, actor: ActorId) {
        if state.over.is_none() {
            state.conclude(Some(actor));
            state.slots[actor.index()].passed = true;
            self.gate.skip_branch();
        }
    }

    #[cfg(loom)]
    pub(crate) fn begin_poll(&self, actor: ActorId) {
        self.running.store(actor.0, Ordering::Relaxed);
        let mut state = self.peek();
        if let Some(search) = &self.search {
            search
                .lock()
                .expect("the search never panics")
                .resolve(actor);
        }
        let changes = state.changes;
        let resets_early = state.defect == ExecutorDefect::FlagResetEarly;
        let slot = &mut state.slots[actor.index()];
        slot.token &= !resets_early;
        slot.first = true;
        slot.self_woken = false;
        slot.calls = (0, 0);
        slot.changes_before = Some(changes);
        if actor == ActorId::SUBJECT {
            state.asked_for_input = false;
            state.write_pending = false;
        }
        state.log(actor, Event::Poll);
    }

    /// Passes the lock once, so that loom's partial-order reduction sees the operation that this
    /// actor would have done next.
    #[cfg(loom)]
    pub(crate) fn pass(&self) {
        drop(self.gate.enter(false));
    }
}

/// What an actor of the scenario can do besides using a socket: notes, promises, feeds, signals.
#[derive(Clone)]
pub struct Handle {
    pub(crate) world: Arc<World>,
    pub(crate) actor: ActorId,
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("actor", &self.actor)
            .finish()
    }
}

impl Handle {
    /// Promises `bytes` to the reader: from now on an end of the stream without them is a loss.
    pub fn promise(&self, bytes: Bytes) {
        let mut state = self.world.peek();
        state.changed();
        state.promises.push(bytes);
    }

    /// Tells how many bytes the subject holds in its own buffer. A socket knows it from what is
    /// offered to it; a subject that buffers before it writes says so here.
    pub fn buffered(&self, bytes: usize) {
        self.world.peek().inside = bytes;
    }

    /// Adds a line to the trace. Use it for what is no system call.
    pub fn note(&self, text: impl Into<String>) {
        let mut state = self.world.peek();
        state.log(self.actor, Event::Note { text: text.into() });
    }

    /// Declares that all that this actor will ever do depends on `state` and on what its later
    /// calls return, and on nothing else.
    ///
    /// This is what makes state caching fast: two executions that meet in the same declared state
    /// are explored once. An actor that never declares anything is identified by the history of
    /// all its calls, which is exact for deterministic code, and slower.
    pub fn at(&self, state: &impl Hash) {
        let mut world = self.world.peek();
        let slot = &mut world.slots[self.actor.index()];
        slot.history = digest(state);
        slot.declared = true;
    }

    /// Takes the next item of a feed: `None` at its end. A pending poll registers for a wake-up; a
    /// ready one clears the registration.
    pub fn poll_feed(&self, feed: usize, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let actor = self.actor;
        let polled = self.world.section(actor, |state| {
            let feed = &mut state.feeds[feed];
            let item = match feed.queue.pop_front() {
                Some(item) => Some(item),
                None if feed.ended => None,
                None => {
                    feed.registration.set(cx.waker());
                    state.log(actor, Event::FeedPending);
                    return Poll::Pending;
                }
            };
            feed.registration.clear();
            state.changed();
            let text = match &item {
                Some(item) => bytes(item.len()),
                None => "the end".to_owned(),
            };
            state.log(actor, Event::Feed { item: text });
            state.observe(actor, &item);
            Poll::Ready(item)
        });
        polled.unwrap_or(Poll::Pending)
    }

    /// Whether a feed is at its end, with nothing left in it. No lock section: for use right
    /// behind [`Handle::poll_feed`].
    pub fn feed_has_ended(&self, feed: usize) -> bool {
        let state = self.world.peek();
        state.feeds[feed].ended && state.feeds[feed].queue.is_empty()
    }

    /// Waits until a signal is raised.
    pub fn poll_signal(&self, signal: usize, cx: &mut Context<'_>) -> Poll<()> {
        let actor = self.actor;
        let polled = self.world.section(actor, |state| {
            let signal = &mut state.signals[signal];
            if signal.raised {
                signal.registration.clear();
                Poll::Ready(())
            } else {
                signal.registration.set(cx.waker());
                Poll::Pending
            }
        });
        let polled = polled.unwrap_or(Poll::Pending);
        let text = match polled {
            Poll::Ready(()) => "sees the signal",
            Poll::Pending => "waits for the signal",
        };
        self.note(text);
        polled
    }
}

impl State {
    pub(crate) fn push_feed(&mut self, feed: usize, item: Option<Bytes>) {
        match item {
            Some(item) => self.feeds[feed].queue.push_back(item),
            None => self.feeds[feed].ended = true,
        }
        self.changed();
    }

    pub(crate) fn wake_feed(&mut self, feed: usize) {
        self.feeds[feed].registration.fire(&mut self.kernel.due);
    }

    pub(crate) fn raise(&mut self, signal: usize) {
        let signal = &mut self.signals[signal];
        signal.raised = true;
        signal.registration.fire(&mut self.kernel.due);
        self.changed();
    }
}
