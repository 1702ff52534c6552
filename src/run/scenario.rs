//! What surrounds a connection: the kernel, the reader, the input and the scripts.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::environment::defect::ExecutorDefect;
use crate::environment::kernel::{Faults, FlushMode, Kernel, KernelDefect, UnreadInput};
use crate::environment::reader::{Reader, ReaderDefect};
use crate::environment::script::{Script, ScriptStep, missing};
use crate::run::actor::Actor;
use crate::trace::facts::{Ends, Facts};
use crate::trace::property::Property;

/// What surrounds one connection: kernel, reader, input and scripts.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// A short name, unique among the scenarios of a subject.
    pub name: String,
    /// Capacity of the kernel's outbound buffer in bytes, at least 1.
    pub capacity: usize,
    /// How the peer reads.
    pub reader: Reader,
    /// What the peer has sent before the start.
    pub input: Vec<Bytes>,
    /// Whether the peer has sent FIN after it.
    pub input_eof: bool,
    /// How the socket's flush behaves.
    pub flush: FlushMode,
    /// What closing with unread input does.
    pub unread_input: UnreadInput,
    /// Faults that the kernel injects.
    pub faults: Faults,
    /// What else happens, each script an actor of its own; at most 3.
    pub scripts: Vec<Script>,
    /// Actors of the caller's own making, after the scripts; at most 3 together with them.
    pub actors: Vec<Arc<dyn Actor>>,
    /// Who acts in the reader's place; `None` for the reader. It takes no bytes out, so what arrives
    /// is not decided with it: the properties of what has been received do not apply.
    pub peer: Option<Arc<dyn Actor>>,
    /// How many feeds there are; each is polled by one actor only.
    pub feeds: usize,
    /// How many signals there are; each is polled by one actor only.
    pub signals: usize,
    /// When the connection must come to its end.
    pub ends: Ends,
    /// Signals that tell the connection to stop: once one is raised, it must come to its end.
    pub stops: Vec<usize>,
    /// An error is a proper ending: the input is malformed or breaks off. Where the kernel injects
    /// faults it always is.
    pub error_is_proper: bool,
    /// Properties to check beside the built-in ones.
    pub properties: Vec<Property>,
    /// A defect planted in the kernel.
    pub kernel_defect: KernelDefect,
    /// A defect planted in the reader.
    pub reader_defect: ReaderDefect,
    /// A defect planted in the executor or the explorer.
    pub executor_defect: ExecutorDefect,
}

impl Scenario {
    /// A kernel buffer of `capacity` bytes, a peer that has sent nothing and reads as `reader`
    /// says. The other fields are their defaults.
    pub fn new(name: impl Into<String>, capacity: usize, reader: Reader) -> Scenario {
        Scenario {
            name: name.into(),
            capacity,
            reader,
            input: Vec::new(),
            input_eof: false,
            flush: FlushMode::default(),
            unread_input: UnreadInput::default(),
            faults: Faults::default(),
            scripts: Vec::new(),
            actors: Vec::new(),
            peer: None,
            feeds: 0,
            signals: 0,
            ends: Ends::default(),
            stops: Vec::new(),
            error_is_proper: false,
            properties: Vec::new(),
            kernel_defect: KernelDefect::default(),
            reader_defect: ReaderDefect::default(),
            executor_defect: ExecutorDefect::default(),
        }
    }

    /// The same with this input, sent in one piece.
    pub fn with_input(mut self, input: impl Into<Bytes>) -> Scenario {
        self.input.push(input.into());
        self
    }

    /// The same with FIN after the input.
    pub fn with_input_eof(mut self) -> Scenario {
        self.input_eof = true;
        self
    }

    /// The same with one more script.
    pub fn with_script(mut self, script: Script) -> Scenario {
        self.scripts.push(script);
        self
    }

    /// The same with this rule for when the connection must come to its end.
    pub fn with_ends(mut self, ends: Ends) -> Scenario {
        self.ends = ends;
        self
    }

    /// The same, where an error is a proper ending.
    pub fn with_proper_error(mut self) -> Scenario {
        self.error_is_proper = true;
        self
    }

    /// What the monitor must know of it, and whether the subject reads independently of writing.
    pub(crate) fn facts(&self, reads_while_writing: bool) -> Facts {
        let steps = self.scripts.iter().flat_map(|script| &script.steps);
        let mut raised = steps.filter_map(|step| match step {
            ScriptStep::Raise(signal) => Some(*signal),
            _ => None,
        });
        Facts {
            deferred_flush: self.flush != FlushMode::Immediate,
            reads_while_writing,
            ends: self.ends,
            error_is_proper: self.error_is_proper || self.faults != Faults::default(),
            can_be_told: raised.any(|signal| self.stops.contains(&signal))
                || !self.actors.is_empty()
                || self.peer.is_some(),
        }
    }

    /// Why it cannot be run, in one line; `None` when it can.
    pub fn problem(&self) -> Option<String> {
        /// The peer, the connection, and as many more as loom has threads for.
        const OTHERS: usize = 3;
        let others = self.scripts.len() + self.actors.len();
        if self.capacity == 0 {
            return Some("its kernel buffer holds 0 bytes; expected is at least 1".to_owned());
        }
        if others > OTHERS {
            return Some(format!(
                "it has {others} scripts and actors; expected are at most {OTHERS}"
            ));
        }
        for script in &self.scripts {
            for step in &script.steps {
                let unknown = step.names_nothing(self.feeds, self.signals);
                if let Some((what, number, there)) = unknown {
                    let script = &script.name;
                    return Some(format!(
                        "its script {script:?} uses {}",
                        missing(what, number, there)
                    ));
                }
            }
        }
        if let Some(clash) = Property::clash(&self.properties) {
            return Some(clash);
        }
        let stop = self.stops.iter().find(|stop| **stop >= self.signals);
        stop.map(|stop| format!("it stops by {}", missing("signal", *stop, self.signals)))
    }

    /// The actors' names in traces, by [`ActorId`](crate::trace::ActorId).
    pub(crate) fn names(&self, subject: String) -> Vec<String> {
        let peer = self.peer.as_ref().map(|peer| peer.name());
        let mut names = vec![peer.unwrap_or_else(|| "reader".to_owned()), subject];
        names.extend(self.scripts.iter().map(|script| script.name.clone()));
        names.extend(self.actors.iter().map(|actor| actor.name()));
        names
    }

    pub(crate) fn kernel(&self) -> Kernel {
        let mut kernel = Kernel::new(self.capacity)
            .with_flush(self.flush)
            .with_unread_input(self.unread_input)
            .with_faults(self.faults.clone())
            .with_defect(self.kernel_defect);
        for piece in &self.input {
            kernel.send_input(piece.clone());
        }
        if self.input_eof {
            kernel.finish_input();
        }
        kernel
    }

    /// Whether nobody but the connection can change what a read of its input returns.
    pub(crate) fn input_is_private(&self) -> bool {
        let scripts = self.scripts.iter().flat_map(|script| &script.steps);
        self.reader.resets_after.is_none()
            && self.peer.is_none()
            && self.actors.is_empty()
            && !scripts.into_iter().any(ScriptStep::touches_input)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}
