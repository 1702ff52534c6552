//! The monitor: a finite automaton that watches one execution and knows which properties are
//! broken.
//!
//! It gets every step with the levels behind it, and the conclusion; it sees nothing else. So it
//! can watch an exploration, where its state is part of the explored state, and it can be run over
//! a recorded trace alone: [`Monitor::judge`].

use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::run::panic_text;
use crate::trace::event::{ActorId, Conclusion, Event, Levels, Step, Trace};
use crate::trace::property::{Property, Violations};
use crate::trace::verdict::{Ending, ReaderEnding};

/// When a connection must come to its end by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Ends {
    /// Once everything is delivered, unless something keeps it open: it waits for input from a peer
    /// that has not sent FIN, or for a feed that has not ended.
    #[default]
    UnlessKeptOpen,
    /// Once everything is delivered: `connection: close`, a protocol with one message.
    WhenDelivered,
    /// Not before it is told to stop: keep-alive.
    WhenTold,
}

/// What the monitor must know of the scenario and of the subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub struct Facts {
    /// A flush of the socket can be pending.
    #[cfg_attr(feature = "cli", serde(default))]
    pub deferred_flush: bool,
    /// The subject says that it reads independently of writing.
    #[cfg_attr(feature = "cli", serde(default))]
    pub reads_while_writing: bool,
    /// When the connection must come to its end.
    #[cfg_attr(feature = "cli", serde(default))]
    pub ends: Ends,
    /// An error is a proper ending: the peer's input is malformed or breaks off, or the kernel
    /// injects a fault.
    #[cfg_attr(feature = "cli", serde(default))]
    pub error_is_proper: bool,
    /// Somebody may stop the connection before its end, so that `ends` has something to say even
    /// under [`Ends::WhenTold`].
    #[cfg_attr(feature = "cli", serde(default))]
    pub can_be_told: bool,
}

impl Facts {
    /// The properties that say nothing under these facts.
    pub fn not_applicable(&self) -> Vec<Property> {
        let mut none = Vec::new();
        if self.ends == Ends::WhenTold && !self.can_be_told {
            none.push(Property::Ends);
        }
        if !self.reads_while_writing {
            none.push(Property::ReadsDuringFlush);
        }
        none
    }
}

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
    /// Whether the reader's program and the connection's are at their ends.
    pub through: [bool; 2],
    /// Successful shutdowns.
    pub shutdowns: usize,
    /// The connection's sending side was shut down or closed before the step that is looked at.
    pub shut: bool,
    /// The peer reset while the connection had neither ended nor shut the socket down.
    pub reset_early: bool,
    /// The connection asked for input since its poll began.
    pub asked_for_input: bool,
    /// A write or a flush of the current poll is pending.
    pub write_pending: bool,
    /// The connection was told to wait for input, and no poll has begun since there is some.
    pub waits_for_input: bool,
    /// The connection was told to wait for a flush, and no poll has begun since it is finished.
    pub waits_for_flush: bool,
    /// The reader found nothing to read, and has not looked since.
    pub reader_waits: bool,
    /// A call of the connection failed.
    pub failed_call: bool,
    /// The connection was told to stop.
    pub told_to_stop: bool,
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
    /// Where the bytes are behind the step, or at the end.
    pub levels: &'a Levels,
    /// The conclusion; `None` at a step.
    pub conclusion: Option<&'a Conclusion>,
}

impl Moment<'_> {
    /// The event, when the connection under test makes it.
    pub fn of_subject(&self) -> Option<&Event> {
        let step = self.step.filter(|step| step.actor == ActorId::SUBJECT);
        step.map(|step| &step.event)
    }

    /// How the subject ends, when this is the conclusion.
    pub fn ending(&self) -> Option<Ending> {
        self.conclusion.map(|end| self.before.ending(end))
    }

    /// Whether the reader reads to the end.
    pub fn reader_goes_on(&self) -> bool {
        !matches!(
            self.before.reader,
            ReaderState::Stopped | ReaderState::Reset
        )
    }

    /// Whether bytes are on their way that the reader does not have.
    pub fn undelivered(&self) -> bool {
        self.levels.accepted != self.levels.received
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
    pub fn reader_ending(&self, conclusion: &Conclusion) -> ReaderEnding {
        match (&self.reader, conclusion.levels.complete) {
            (ReaderState::Reset, _) => ReaderEnding::Reset,
            (ReaderState::Stopped, _) => ReaderEnding::Stopped,
            (_, true) => ReaderEnding::Complete,
            (ReaderState::Eof, false) => ReaderEnding::CutShort,
            (ReaderState::Failed(error), false) => ReaderEnding::Failed(error.clone()),
            (ReaderState::Reading, false) => ReaderEnding::Waiting,
        }
    }

    fn after(&mut self, step: &Step) {
        match step.actor {
            ActorId::READER => self.after_reader(step),
            ActorId::SUBJECT => self.after_subject(step),
            _ => {}
        }
        match &step.event {
            Event::Panicked { message } if step.actor == ActorId::READER => {
                self.reader = ReaderState::Failed(format!("panicked: {message}"));
            }
            Event::Panicked { message } => self.subject = Some(Ending::Panicked(message.clone())),
            Event::ToldToStop => self.told_to_stop = true,
            _ => {}
        }
        self.shut = step.levels.shut;
    }

    fn after_reader(&mut self, step: &Step) {
        if !matches!(step.event, Event::Wake { .. } | Event::Park) {
            self.reader_waits = step.event == Event::ReadPending;
        }
        match &step.event {
            Event::Stop => self.reader = ReaderState::Stopped,
            Event::Reset => {
                self.reset_early = !step.levels.shut && self.subject.is_none();
                self.reader = ReaderState::Reset;
            }
            Event::Eof => self.reader = ReaderState::Eof,
            Event::ReadFailed { error } => self.reader = ReaderState::Failed(error.clone()),
            Event::Ended { .. } | Event::Panicked { .. } => self.through[0] = true,
            _ => {}
        }
    }

    fn after_subject(&mut self, step: &Step) {
        if step.begins {
            // What it waits for and is there now, it can take in this poll.
            self.waits_for_input &= !step.levels.input_is_there();
            self.waits_for_flush &= step.levels.flushing;
        }
        match &step.event {
            Event::Poll | Event::Park => {
                self.asked_for_input = false;
                self.write_pending = false;
            }
            Event::Write { .. } => self.write_pending = false,
            Event::WritePending { .. } => self.write_pending = true,
            Event::FlushPending => {
                self.write_pending = true;
                self.waits_for_flush = true;
            }
            Event::Flush => self.waits_for_flush = false,
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
            Event::WriteFailed { .. } | Event::ShutdownFailed { .. } => self.failed_call = true,
            Event::Shutdown => self.shutdowns += 1,
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
        // A flush of a plain socket says nothing about a write that is pending.
        let finished = step.event == Event::Flush && self.facts.deferred_flush;
        self.watched.after(step);
        if finished && step.actor == ActorId::SUBJECT {
            self.watched.write_pending = false;
        }
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
    /// use lastbyte::{Monitor, Property, Trace};
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
        match catch_unwind(AssertUnwindSafe(|| check(moment, memory))) {
            Ok(false) => {}
            Ok(true) => violations.record(*property, step),
            // Whether it holds is not known: that is not to be taken for a proof.
            Err(payload) => {
                violations.record(*property, step);
                let text = panic_text(&*payload).unwrap_or_default();
                panicked = Some(format!("the check of {property} panicked: {text}"));
            }
        }
    }
    panicked
}
