//! What the monitor remembers of an execution, and what it shows a property's check.

use crate::trace::event::{ActorId, Conclusion, Event, Levels, Step};
use crate::trace::facts::Facts;
use crate::trace::outcome::{Ending, ReaderEnding};

/// How the reader stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReaderState {
    /// It reads, or waits for bytes.
    #[default]
    Reading,
    /// It has stopped and keeps the connection open.
    Stopped,
    /// It has reset the connection.
    Reset,
    /// It has seen the end of the stream.
    Eof,
    /// Its read failed, or it panicked.
    Failed(String),
}

/// What the monitor remembers of an execution, apart from what is broken. All of it is part of the
/// explored state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Watched {
    /// How the reader stands.
    pub reader: ReaderState,
    /// How the subject ended, if it has.
    pub subject: Option<Ending>,
    /// Whether the reader's program has ended, and whether the connection's has.
    pub through: [bool; 2],
    /// Successful shutdowns.
    pub shutdowns: usize,
    /// The connection's sending side was shut down or closed before the current step.
    pub shut: bool,
    /// The peer reset the connection before it had ended or shut the socket down.
    pub reset_early: bool,
    /// The connection has asked for input in its current poll.
    pub asked_for_input: bool,
    /// A write or a flush of the current poll is pending.
    pub write_pending: bool,
    /// A read of the connection was pending, and no poll has begun since there is input.
    pub waits_for_input: bool,
    /// A flush of the connection was pending, and no poll has begun since it finished.
    pub waits_for_flush: bool,
    /// A shutdown of the connection was pending, and no poll has begun since it finished.
    pub waits_for_shutdown: bool,
    /// The reader found nothing to read, and has not read since.
    pub reader_waits: bool,
    /// A call of the connection failed.
    pub failed_call: bool,
    /// The connection was told to stop.
    pub told_to_stop: bool,
    /// Where the connection has tasks: which of its actors waited last for input, a flush and a
    /// shutdown.
    pub waiting: [u8; 3],
}

/// What a property's check looks at: a step, or the conclusion.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// What is known of the scenario and the subject.
    pub facts: &'a Facts,
    /// What the monitor knew before the step.
    pub before: &'a Watched,
    /// The step; `None` at the conclusion.
    pub step: Option<&'a Step>,
    /// Where the bytes are after the step, or at the end.
    pub levels: &'a Levels,
    /// The conclusion; `None` at a step.
    pub conclusion: Option<&'a Conclusion>,
    /// The socket that is looked at; 0 where there is only one. A built-in property is checked for
    /// every socket, any other property only for the socket of the step.
    pub socket: usize,
    /// What the monitor knew of every socket before the step, and where the bytes of each are.
    pub sockets: &'a [(&'a Watched, &'a Levels)],
}

impl Moment<'_> {
    /// The event, when the connection under test makes it.
    pub fn of_subject(&self) -> Option<&Event> {
        let crew = self.facts.crew;
        let own = |actor| actor == ActorId::SUBJECT || crew.is_task(actor);
        let step = self.step.filter(|step| own(step.actor));
        let here = |step: &&Step| !step.event.is_call() || usize::from(step.socket) == self.socket;
        step.filter(here).map(|step| &step.event)
    }

    /// How the subject ends, when this is the conclusion.
    pub fn ending(&self) -> Option<Ending> {
        self.conclusion.map(|end| self.before.ending(end))
    }

    /// Whether the reader has neither stopped nor reset the connection.
    pub fn reader_goes_on(&self) -> bool {
        !matches!(
            self.before.reader,
            ReaderState::Stopped | ReaderState::Reset
        )
    }

    /// Whether the kernel has accepted bytes that the reader has not received.
    pub fn undelivered(&self) -> bool {
        self.levels.accepted != self.levels.received
    }

    /// This moment as seen from each socket.
    pub(crate) fn everywhere(&self) -> impl Iterator<Item = Moment<'_>> {
        let sockets = self.sockets.iter().enumerate();
        sockets.map(|(socket, (before, levels))| Moment {
            before,
            levels,
            socket,
            ..*self
        })
    }

    /// Whether everything that was promised on this socket has arrived, and nothing is in transit.
    pub(crate) fn delivered(&self) -> bool {
        self.levels.complete && self.levels.owed == 0 && !self.undelivered()
    }
}

impl Watched {
    /// How the subject ends.
    pub fn ending(&self, conclusion: &Conclusion) -> Ending {
        match (&self.subject, conclusion.spins) {
            (_, Some(ActorId::SUBJECT)) => Ending::Spinning,
            (Some(ending), _) => ending.clone(),
            (None, _) => Ending::Waiting,
        }
    }

    /// How the reader ends.
    pub fn reader_ending(&self, levels: &Levels) -> ReaderEnding {
        match (&self.reader, levels.complete) {
            (ReaderState::Reset, _) => ReaderEnding::Reset,
            (ReaderState::Stopped, _) => ReaderEnding::Stopped,
            (_, true) => ReaderEnding::Complete,
            (ReaderState::Eof, false) => ReaderEnding::CutShort,
            (ReaderState::Failed(error), false) => ReaderEnding::Failed(error.clone()),
            (ReaderState::Reading, false) => ReaderEnding::Waiting,
        }
    }

    /// Records a step on this socket, whose other end is `peer`.
    pub(crate) fn after(&mut self, step: &Step, facts: &Facts, socket: usize, peer: ActorId) {
        let levels = step.levels_of(socket);
        match step.actor {
            actor if actor == peer => self.after_reader(step, levels),
            actor if actor == ActorId::SUBJECT || facts.crew.is_task(actor) => {
                self.after_subject(step, levels, facts, socket);
            }
            _ => {}
        }
        match &step.event {
            Event::Panicked { message } if step.actor == peer => {
                self.reader = ReaderState::Failed(format!("panicked: {message}"));
            }
            Event::Panicked { message } => self.subject = Some(Ending::Panicked(message.clone())),
            Event::ToldToStop => self.told_to_stop = true,
            _ => {}
        }
        self.shut = levels.shut;
    }

    fn after_reader(&mut self, step: &Step, levels: &Levels) {
        if !matches!(step.event, Event::Wake { .. } | Event::Park) {
            self.reader_waits = step.event == Event::ReadPending;
        }
        match &step.event {
            Event::Stop => self.reader = ReaderState::Stopped,
            Event::Reset => {
                self.reset_early = !levels.shut && self.subject.is_none();
                self.reader = ReaderState::Reset;
            }
            Event::Eof => self.reader = ReaderState::Eof,
            Event::ReadFailed { error } => self.reader = ReaderState::Failed(error.clone()),
            Event::Ended { .. } | Event::Panicked { .. } => self.through[0] = true,
            _ => {}
        }
    }

    fn after_subject(&mut self, step: &Step, levels: &Levels, facts: &Facts, socket: usize) {
        let alone = facts.crew.is_empty();
        let [input, flush, shutdown] = self.waiting.map(|waits| alone || waits == step.actor.0);
        if step.begins {
            // What it waits for and is there now, it can take in this poll.
            self.waits_for_input &= !(input && levels.input_is_there());
            self.waits_for_flush &= !flush || levels.flushing;
            self.waits_for_shutdown &= !shutdown || levels.shutting;
        }
        if step.event.is_call() && usize::from(step.socket) != socket {
            return;
        }
        let [input, flush, shutdown] = &mut self.waiting;
        match &step.event {
            _ if alone => {}
            Event::InputPending => *input = step.actor.0,
            Event::FlushPending => *flush = step.actor.0,
            Event::ShutdownPending => *shutdown = step.actor.0,
            _ => {}
        }
        let is_task = step.actor != ActorId::SUBJECT;
        match &step.event {
            Event::Ended { .. } | Event::Panicked { .. } if is_task => {}
            Event::Poll | Event::Park => {
                self.asked_for_input = false;
                self.write_pending = false;
            }
            Event::Write { .. } | Event::Buffered { .. } => self.write_pending = false,
            Event::WritePending { .. } => self.write_pending = true,
            Event::FlushPending => {
                self.write_pending = true;
                self.waits_for_flush = true;
            }
            Event::Flush => {
                self.waits_for_flush = false;
                // A flush of a plain socket says nothing about a write that is pending.
                self.write_pending &= !facts.deferred_flush;
            }
            Event::Input { .. } => {
                self.asked_for_input = true;
                self.waits_for_input = false;
            }
            Event::InputPending => {
                self.asked_for_input = true;
                self.waits_for_input = true;
            }
            Event::InputFailed { .. } => {
                self.asked_for_input = true;
                self.waits_for_input = false;
                self.failed_call = true;
            }
            Event::WriteFailed { .. } => self.failed_call = true,
            Event::ShutdownPending => self.waits_for_shutdown = true,
            Event::ShutdownFailed { .. } => {
                self.waits_for_shutdown = false;
                self.failed_call = true;
            }
            Event::Shutdown => {
                self.waits_for_shutdown = false;
                self.shutdowns += 1;
            }
            Event::Ended { error } => {
                self.through[1] = true;
                self.subject = Some(match error {
                    None => Ending::Ok,
                    Some(error) => Ending::Err(error.clone()),
                });
            }
            Event::Panicked { .. } => self.through[1] = true,
            _ => {}
        }
    }
}
