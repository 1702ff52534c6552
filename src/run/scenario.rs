//! What surrounds a connection: the kernel, the reader, the input and the scripts.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::environment::decorator::{Decorated, Decorator};
use crate::environment::kernel::{Faults, FlushMode, Kernel, ShutdownMode, UnreadInput, Wakes};
use crate::environment::reader::Reader;
use crate::environment::script::{Script, ScriptStep, missing};
use crate::run::actor::Actor;
use crate::run::further::{FurtherSocket, problem_of_modes};
use crate::run::timers::{CLOCK, REPORTER};
use crate::trace::event::{ActorId, NamedSocket};
use crate::trace::facts::{Crew, Ends, Facts};
use crate::trace::property::Property;

/// Most actors besides the peer and the connection: loom has no threads for more.
const MOST: usize = 3;

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
    /// How the socket's shutdown behaves.
    pub shutdown: ShutdownMode,
    /// When whoever waits for room to write on the first socket learns of it. With [`Wakes::Later`] an
    /// actor of its own says so, and takes the place of a script or an actor.
    pub wakes: Wakes,
    /// Most bytes of input that wait to be read: whoever sends more waits. `None` for any number.
    pub input_capacity: Option<usize>,
    /// What closing with unread input does.
    pub unread_input: UnreadInput,
    /// Faults that the kernel injects.
    pub faults: Faults,
    /// What else happens, each script an actor of its own; at most 3.
    pub scripts: Vec<Script>,
    /// Actors that the caller wrote, after the scripts; at most 3 together with them.
    pub actors: Vec<Arc<dyn Actor>>,
    /// The actor in the reader's place; `None` for the reader. If it takes no bytes out
    /// ([`Actor::reads`]), the properties about received bytes do not apply.
    pub peer: Option<Arc<dyn Actor>>,
    /// The name of the socket in traces, where there is more than one.
    pub socket: String,
    /// Further sockets of the connection. Each takes the place of a script or an actor.
    pub further: Vec<FurtherSocket>,
    /// Whether virtual time passes, for [`Handle::sleep`](crate::Handle::sleep). The clock is an actor
    /// of its own, and takes the place of a script or an actor.
    pub clock: bool,
    /// How many tasks the connection can have at a time that are actors of their own, for
    /// [`Handle::spawn`](crate::Handle::spawn). Each takes the place of a script or an actor.
    pub tasks: usize,
    /// How many feeds there are; each is polled by one actor only.
    pub feeds: usize,
    /// How many signals there are; each is polled by one actor only.
    pub signals: usize,
    /// When the connection must come to its end.
    pub ends: Ends,
    /// Signals that tell the connection to stop: once one is raised, it must come to its end.
    pub stops: Vec<usize>,
    /// The connection may end with an error: the input is malformed or breaks off. Where the kernel
    /// injects faults it always may.
    pub error_is_proper: bool,
    /// Properties to check beside the built-in ones.
    pub properties: Vec<Property>,
    /// What changes the kernel's calls, for tests that have to notice it.
    pub decorator: Option<Arc<dyn Decorator>>,
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
            shutdown: ShutdownMode::default(),
            wakes: Wakes::default(),
            input_capacity: None,
            unread_input: UnreadInput::default(),
            faults: Faults::default(),
            scripts: Vec::new(),
            actors: Vec::new(),
            peer: None,
            socket: "first".to_owned(),
            further: Vec::new(),
            clock: false,
            tasks: 0,
            feeds: 0,
            signals: 0,
            ends: Ends::default(),
            stops: Vec::new(),
            error_is_proper: false,
            properties: Vec::new(),
            decorator: None,
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

    /// The same with one more socket.
    pub fn with_further(mut self, socket: FurtherSocket) -> Scenario {
        self.further.push(socket);
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

    /// The same, where the connection may end with an error.
    pub fn with_proper_error(mut self) -> Scenario {
        self.error_is_proper = true;
        self
    }

    /// The facts that the monitor needs; `reads_while_writing` is the subject's.
    pub(crate) fn facts(&self, reads_while_writing: bool) -> Facts {
        let steps = self.scripts.iter().flat_map(|script| &script.steps);
        let mut raised = steps.filter_map(|step| match step {
            ScriptStep::Raise(signal) => Some(*signal),
            _ => None,
        });
        Facts {
            deferred_flush: self.flush != FlushMode::Immediate
                || self
                    .further
                    .iter()
                    .any(|further| further.flush != FlushMode::Immediate),
            // Which of them reads while which one writes is up to the tasks.
            reads_while_writing: reads_while_writing && self.tasks == 0,
            crew: self.crew(),
            ends: self.ends,
            error_is_proper: self.error_is_proper
                || self.faults.excuse_errors()
                || self
                    .further
                    .iter()
                    .any(|further| further.faults.excuse_errors()),
            can_be_told: raised.any(|signal| self.stops.contains(&signal))
                || !self.actors.is_empty()
                || self.peer.is_some()
                || self.further.iter().any(|further| further.peer.is_some()),
        }
    }

    /// Whether an actor in the reader's place takes the bytes out.
    pub(crate) fn peer_reads(&self) -> bool {
        self.peer.as_ref().is_some_and(|peer| peer.reads())
    }

    /// Whether the bytes of every socket are read.
    pub(crate) fn everything_is_read(&self) -> bool {
        let further = self.further.iter().map(|further| &further.peer);
        let mut peers = further.chain([&self.peer]).flatten();
        peers.all(|peer| peer.reads())
    }

    /// Who is at the other end of the further socket with this number, counted from 0.
    fn peer_of_further(&self, number: usize) -> ActorId {
        let own = self.scripts.len() + self.actors.len();
        let before = own + self.below();
        ActorId::script(before + number)
    }

    /// All sockets, where there is more than one.
    pub(crate) fn sockets(&self) -> Vec<NamedSocket> {
        if self.further.is_empty() {
            return Vec::new();
        }
        let first = NamedSocket {
            name: self.socket.clone(),
            capacity: self.capacity,
            peer: ActorId::READER,
        };
        let further = self.further.iter().enumerate();
        let further = further.map(|(n, further)| NamedSocket {
            name: further.name.clone(),
            capacity: further.capacity.unwrap_or(self.capacity),
            peer: self.peer_of_further(n),
        });
        [first].into_iter().chain(further).collect()
    }

    /// The tasks; their actor numbers come last.
    pub(crate) fn crew(&self) -> Crew {
        let first = self.peer_of_further(self.further.len());
        match self.tasks {
            0 => Crew::default(),
            tasks => Crew {
                first: first.0,
                tasks: u8::try_from(tasks).unwrap_or(u8::MAX),
            },
        }
    }

    /// Why it cannot be run, in one line; `None` when it can.
    pub fn problem(&self) -> Option<String> {
        let own = self.scripts.len() + self.actors.len();
        let devices = self.below();
        let further = self.further.len();
        let others = own + devices + further + self.tasks;
        if self.capacity == 0 {
            return Some("its kernel buffer holds 0 bytes; expected: at least 1".to_owned());
        }
        if others > MOST && others == own {
            return Some(format!(
                "it has {others} scripts and actors; expected: at most {MOST}"
            ));
        }
        if others > MOST {
            let further = match further {
                0 => String::new(),
                _ => format!(", {further} of them at the other end of a further socket"),
            };
            let devices = match devices {
                0 => String::new(),
                _ => format!(", {devices} of them below the sockets or the clock"),
            };
            let tasks = match self.tasks {
                0 => String::new(),
                tasks => format!(", {tasks} of them tasks"),
            };
            return Some(format!(
                "{others} would act beside the connection and its reader{further}{devices}{tasks}; expected \
                 are at most {MOST}, as loom has five threads"
            ));
        }
        let modes = problem_of_modes(self.flush, self.shutdown, self.input_capacity, &self.input);
        if modes.is_some() {
            return modes;
        }
        if let Some(problem) = self.further.iter().find_map(FurtherSocket::problem) {
            return Some(problem);
        }
        let limits = (self.reader.stops_after, self.reader.resets_after);
        if self.peer_reads() && limits != (None, None) {
            return Some(
                "its peer has a protocol, and its reader stops or resets; expected: `Peer::stop` \
                 and `Peer::reset` in the protocol"
                    .to_owned(),
            );
        }
        for script in &self.scripts {
            for step in &script.steps {
                let (socket, step) = step.parts();
                if socket > self.further.len() {
                    return Some(format!(
                        "its script {:?} acts on socket {socket}, and the last one is {}; expected: \
                         a `FurtherSocket` for it",
                        script.name,
                        self.further.len()
                    ));
                }
                let room = match socket.checked_sub(1) {
                    None => self.input_capacity,
                    Some(further) => self.further[further].input_capacity,
                };
                if let (ScriptStep::Send(sent), Some(room)) = (step, room)
                    && sent.len() > room
                {
                    return Some(format!(
                        "its script {:?} sends {} bytes in one step, and there is room for {room}; \
                         expected: steps of at most so many",
                        script.name,
                        sent.len()
                    ));
                }
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

    /// Why a connection that takes this many sockets cannot be run in it, in one line.
    pub(crate) fn problem_of_sockets(&self, taken: Option<usize>) -> Option<String> {
        let there = 1 + self.further.len();
        let taken = taken.filter(|taken| *taken != there)?;
        Some(format!(
            "it has {there} sockets, and the connection takes {taken}; expected: \
             `Checker::further_socket` for each but the first"
        ))
    }

    /// The actors' names in traces, by [`ActorId`](crate::trace::ActorId).
    pub(crate) fn names(&self, subject: String) -> Vec<String> {
        let peer = self.peer.as_ref().map(|peer| peer.name());
        let mut names = vec![peer.unwrap_or_else(|| "reader".to_owned()), subject];
        names.extend(self.scripts.iter().map(|script| script.name.clone()));
        names.extend(self.actors.iter().map(|actor| actor.name()));
        names.extend(self.devices().into_iter().map(|device| device.name));
        names.extend(self.reports_room().then(|| REPORTER.to_owned()));
        names.extend(self.clock.then(|| CLOCK.to_owned()));
        names.extend(self.further.iter().map(FurtherSocket::peer_name));
        // No more than can be run.
        names.extend((1..=self.tasks.min(MOST)).map(|number| format!("task {number}")));
        names
    }

    pub(crate) fn kernel(&self) -> Decorated {
        let kernel = Kernel::new(self.capacity)
            .with_flush(self.flush)
            .with_shutdown(self.shutdown)
            .with_wakes(self.wakes)
            .with_input_capacity(self.input_capacity)
            .with_visible_close(self.peer_reads())
            .with_unread_input(self.unread_input)
            .with_faults(self.faults.clone())
            .with_sent(&self.input, self.input_eof);
        Decorated::new(kernel, self.decorator.clone())
    }

    /// The decorators of its sockets' kernels.
    pub(crate) fn decorators(&self) -> Vec<&Arc<dyn Decorator>> {
        let further = self.further.iter().map(|further| &further.decorator);
        [&self.decorator]
            .into_iter()
            .chain(further)
            .flatten()
            .collect()
    }

    /// Whether only the connection can change what a read of its input returns.
    pub(crate) fn input_is_private(&self) -> bool {
        if !self.further.is_empty() || self.tasks > 0 {
            return false;
        }
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
