//! The ten-line test: one connection against small kernel buffers and readers, in anybody's crate.
//!
//! [`check`] explores a closure and panics with a chart when a property fails. Behind it is
//! [`Checker`], a builder for everything else: other buffers, input, faults, scripts, properties,
//! limits. [`replay`] shows a schedule that a failure has printed, and [`stays_fixed`] makes a
//! regression test of it.
//!
//! ```
//! use lastbyte::{Checker, Property, Socket, Verdict};
//!
//! let report = Checker::new().kernel_buffer(1..=3).run(|mut socket: Socket| async move {
//!     socket.expect_delivery(b"abc");
//!     socket.write_all(b"abc").await?;
//!     socket.close().await
//! });
//! assert_eq!(report.verdict(Property::NothingTruncated), Verdict::Proved);
//! // Over a buffer of one byte the two readers are one.
//! assert_eq!(report.explored().len(), 5);
//! ```
//!
//! The file is long because every setting is documented with the builder.

mod instances;
mod report;
mod schedule;
mod subject;

use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::environment::decorator::Decorator;
use crate::environment::framing::{Framing, Raw};
use crate::environment::kernel::{Faults, FlushMode, ShutdownMode, UnreadInput, Wakes};
use crate::environment::reader::Reader;
use crate::environment::script::Script;
use crate::explore::explorer::Explorer;
use crate::explore::limits::Limits;
use crate::run::actor::Actor;
use crate::run::further::FurtherSocket;
use crate::run::peer::Peer;
use crate::run::protocol::protocol_of;
use crate::run::scenario::Scenario;
use crate::run::subject::Subject;
use crate::trace::facts::Ends;
use crate::trace::property::Property;

pub use report::{Explored, Replayed, Report};
pub use subject::{ByClosure, ByPair, ByShared, BySubject, ByThree, IntoSubject};

use schedule::Schedule;
use subject::Configured;

/// The kernel buffers of [`check`], in bytes.
const KERNEL_BUFFERS: [usize; 5] = [1, 2, 3, 8, 64];

/// Default time limit for one instance.
const TIME: Duration = Duration::from_secs(60);

/// Executions below which folding does not pay, because checking it takes about as many.
const UNFOLDED: u64 = 4_000;

/// Default stack of a connection, in bytes.
const STACK_BYTES: usize = 256 * 1024;

/// Explores the connection over small kernel buffers, with a prompt and a slow reader, and panics
/// with a counterexample unless every property is proved.
///
/// ```
/// lastbyte::check(|mut socket: lastbyte::Socket| async move {
///     socket.expect_delivery(b"response");
///     socket.write_all(b"response").await?;
///     socket.close().await
/// });
/// ```
///
/// # Panics
///
/// When a property fails or cannot be decided. The message gives the reason, and a line that replays
/// the counterexample.
#[track_caller]
pub fn check<M>(connection: impl IntoSubject<M>) {
    Checker::new().run(connection).assert_proved();
}

/// Follows a schedule from the message of a failed [`check`], and returns what happens, which prints as
/// a chart.
///
/// # Panics
///
/// When the text is not a schedule of this version, or belongs to an instance that [`check`] does not
/// have.
#[track_caller]
pub fn replay<M>(schedule: &str, connection: impl IntoSubject<M>) -> Replayed {
    Checker::new().replay(schedule, connection)
}

/// A regression test for a schedule from the message of a failed [`check`]: passes when the schedule is
/// no longer possible or no longer violates its property, and prints which.
///
/// # Panics
///
/// When the schedule still violates its property, and in the cases of [`replay`].
#[track_caller]
pub fn stays_fixed<M>(schedule: &str, connection: impl IntoSubject<M>) -> Replayed {
    Checker::new().stays_fixed(schedule, connection)
}

/// Explores a connection in every combination of its settings.
///
/// ```
/// use lastbyte::{Checker, Property, Reader};
///
/// // Writes once, and hopes.
/// let report = Checker::new()
///     .kernel_buffer(1..=9)
///     .readers([Reader::PROMPT, Reader::slow(1)])
///     .run(|mut socket: lastbyte::Socket| async move {
///         socket.expect_delivery(b"response");
///         socket.write(b"response").await?;
///         socket.close().await
///     });
/// report.assert_refuted(Property::NoSilentLoss);
/// assert!(report.counterexample(Property::NoSilentLoss).is_some());
/// ```
#[derive(Clone)]
pub struct Checker {
    kernel_buffers: Vec<usize>,
    readers: Vec<Reader>,
    properties: Vec<Property>,
    framing: Arc<dyn Fn() -> Box<dyn Framing> + Send + Sync>,
    own_framing: bool,
    stack_bytes: usize,
    reads_while_writing: bool,
    varying: &'static [(&'static [u8], usize)],
    limits: Limits,
    base: Scenario,
}

impl fmt::Debug for Checker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checker")
            .field("kernel_buffers", &self.kernel_buffers)
            .field("readers", &self.readers)
            .finish_non_exhaustive()
    }
}

impl Default for Checker {
    fn default() -> Self {
        Checker::new()
    }
}

impl Checker {
    /// The settings of [`check`]: kernel buffers of 1, 2, 3, 8 and 64 bytes, a reader that takes all
    /// there is and one that takes a byte a read, no input, every built-in property.
    pub fn new() -> Checker {
        Checker {
            kernel_buffers: KERNEL_BUFFERS.into(),
            readers: vec![Reader::PROMPT, Reader::slow(1)],
            properties: Property::ALL.into(),
            framing: Arc::new(|| Box::new(Raw::default())),
            own_framing: false,
            stack_bytes: STACK_BYTES,
            reads_while_writing: false,
            varying: &[],
            limits: Limits {
                time: Some(TIME),
                unfolded: UNFOLDED,
                ..Limits::default()
            },
            base: Scenario::new("", 1, Reader::PROMPT),
        }
    }

    /// The capacities of the kernel's outbound buffer, in bytes.
    ///
    /// # Panics
    ///
    /// When `capacities` is empty, or one is 0.
    #[must_use]
    #[track_caller]
    pub fn kernel_buffer(mut self, capacities: impl IntoIterator<Item = usize>) -> Checker {
        self.kernel_buffers = capacities.into_iter().collect();
        assert!(
            !self.kernel_buffers.is_empty() && !self.kernel_buffers.contains(&0),
            "no kernel buffer of {:?} bytes; expected: at least one capacity, each of at least 1",
            self.kernel_buffers
        );
        self
    }

    /// The readers. Of two that are the same over a kernel buffer, as a prompt and a slow one are over 1 byte,
    /// [`run`](Checker::run) explores the first.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    #[track_caller]
    pub fn readers(mut self, readers: impl IntoIterator<Item = Reader>) -> Checker {
        self.readers = readers.into_iter().collect();
        assert!(
            !self.readers.is_empty(),
            "no reader; expected: at least one, such as Reader::PROMPT"
        );
        self
    }

    /// A piece of input that the peer has sent before the start; several calls are several pieces.
    #[must_use]
    pub fn input(mut self, bytes: impl AsRef<[u8]>) -> Checker {
        self.base.input.push(Bytes::copy_from_slice(bytes.as_ref()));
        self
    }

    /// The peer has sent FIN after its input.
    #[must_use]
    pub fn input_eof(mut self) -> Checker {
        self.base.input_eof = true;
        self
    }

    /// The properties that [`Report::assert_proved`] requires, built-in ones or others.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    #[track_caller]
    pub fn properties(mut self, properties: impl IntoIterator<Item = Property>) -> Checker {
        self.properties = properties.into_iter().collect();
        assert!(
            !self.properties.is_empty(),
            "no property; expected: at least one of Property::ALL or of your own"
        );
        self.base.properties = self.properties.clone();
        let own = |property: &Property| matches!(property, Property::Custom(_));
        self.base.properties.retain(own);
        self
    }

    /// Faults that the kernel injects.
    #[must_use]
    pub fn faults(mut self, faults: Faults) -> Checker {
        self.base.faults = faults;
        self
    }

    /// When the connection learns that there is room to write; [`Wakes::Later`] has an actor of its own.
    ///
    /// ```
    /// use lastbyte::environment::Wakes;
    /// use lastbyte::{Checker, Socket};
    ///
    /// Checker::new().wakes(Wakes::Later).run(|mut socket: Socket| async move {
    ///     socket.expect_delivery(b"response");
    ///     socket.write_all(b"response").await?;
    ///     socket.close().await
    /// })
    /// .assert_proved();
    /// ```
    #[must_use]
    pub fn wakes(mut self, wakes: Wakes) -> Checker {
        self.base.wakes = wakes;
        self
    }

    /// What closing the socket with unread input does.
    #[must_use]
    pub fn unread_input(mut self, unread_input: UnreadInput) -> Checker {
        self.base.unread_input = unread_input;
        self
    }

    /// How the socket's flush behaves.
    ///
    /// # Panics
    ///
    /// When a layer buffers 0 bytes.
    #[must_use]
    #[track_caller]
    pub fn flush(mut self, mode: FlushMode) -> Checker {
        assert!(
            mode != FlushMode::Buffers(0),
            "a layer that buffers 0 bytes; expected: at least 1"
        );
        self.base.flush = mode;
        self
    }

    /// How the socket's shutdown behaves.
    #[must_use]
    pub fn shutdown(mut self, mode: ShutdownMode) -> Checker {
        self.base.shutdown = mode;
        self
    }

    /// Changes what the kernel does, call by call: for a test that has to notice it. With a decorator
    /// nothing is proved; see [`Decorator`].
    #[must_use]
    pub fn decorate_kernel(mut self, decorator: impl Decorator + 'static) -> Checker {
        self.base.decorator = Some(Arc::new(decorator));
        self
    }

    /// Most bytes of input that wait to be read: a peer or a script that sends more waits until the
    /// connection reads. Two sides that both write before they read can then wait for each other.
    ///
    /// ```
    /// use lastbyte::{Checker, Property, Socket};
    /// use lastbyte::run::Peer;
    ///
    /// // Neither reads before it has written.
    /// Checker::new()
    ///     .kernel_buffer([2])
    ///     .input_buffer(2)
    ///     .peer(|mut peer: Peer| async move {
    ///         peer.send(b"question").await?;
    ///         peer.read_exact(6).await.map(drop)
    ///     })
    ///     .run(|mut socket: Socket| async move {
    ///         socket.expect_delivery(b"answer");
    ///         socket.write_all(b"answer").await?;
    ///         socket.close().await
    ///     })
    ///     .assert_refuted(Property::NoStall);
    /// ```
    ///
    /// # Panics
    ///
    /// When it is 0.
    #[must_use]
    #[track_caller]
    pub fn input_buffer(mut self, capacity: usize) -> Checker {
        assert!(
            capacity > 0,
            "an input buffer of 0 bytes; expected: at least 1"
        );
        self.base.input_capacity = Some(capacity);
        self
    }

    /// A peer with a protocol of its own instead of the reader; see [`Peer`]. An error of kind
    /// `UnexpectedEof`, `ConnectionReset` or `BrokenPipe` is caused by the connection, and the
    /// properties judge it. Any other error means that the peer rejects what it has received, which
    /// refutes [`Property::ReceivedIsPrefix`].
    #[must_use]
    pub fn peer<F, Fut>(mut self, protocol: F) -> Checker
    where
        F: Fn(Peer) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = std::io::Result<()>> + 'static,
    {
        self.base.peer = Some(protocol_of("peer", protocol));
        self
    }

    /// A further socket of the connection, which is passed to the closure as one more argument. There
    /// are at most 3 scripts, actors and further sockets together.
    ///
    /// # Panics
    ///
    /// When the socket is not possible: a buffer of 0 bytes, or more input than there is room for.
    #[must_use]
    #[track_caller]
    pub fn further_socket(mut self, socket: FurtherSocket) -> Checker {
        if let Some(problem) = socket.problem() {
            panic!("the further socket cannot be: {problem}");
        }
        self.base.further.push(socket);
        self
    }

    /// The name of the first socket in charts, where there is more than one.
    #[must_use]
    pub fn socket_name(mut self, name: impl Into<String>) -> Checker {
        self.base.socket = name.into();
        self
    }

    /// Virtual time passes: [`Handle::sleep`](crate::Handle::sleep) waits for it. An armed timer may
    /// fire at any later point. The clock takes the place of a script or an actor.
    #[must_use]
    pub fn clock(mut self) -> Checker {
        self.base.clock = true;
        self
    }

    /// How many tasks the connection can have at a time, for [`Handle::spawn`](crate::Handle::spawn):
    /// actors of their own, whose calls are interleaved with the connection's. Each takes the place of a
    /// script or an actor. Tasks of one thread need no place: see
    /// [`LocalTasks`](crate::run::LocalTasks).
    ///
    /// # Panics
    ///
    /// When there are none, or more than 3.
    #[must_use]
    #[track_caller]
    pub fn tasks(mut self, tasks: usize) -> Checker {
        assert!(
            (1..=3).contains(&tasks),
            "{tasks} tasks; expected: 1 to 3, as loom has five threads"
        );
        self.base.tasks = tasks;
        self
    }

    /// When the connection must come to its end.
    #[must_use]
    pub fn ends(mut self, ends: Ends) -> Checker {
        self.base.ends = ends;
        self
    }

    /// The connection may end with an error: the input is malformed or breaks off.
    #[must_use]
    pub fn error_is_proper(mut self) -> Checker {
        self.base.error_is_proper = true;
        self
    }

    /// Something else that happens: a feeder, a peer that sends more, a signal. At most 3 together
    /// with [`Checker::actor`].
    #[must_use]
    pub fn script(mut self, script: Script) -> Checker {
        self.base.scripts.push(script);
        self
    }

    /// An actor that you write; at most 3 together with [`Checker::script`].
    #[must_use]
    pub fn actor(mut self, actor: impl Actor + 'static) -> Checker {
        self.base.actors.push(Arc::new(actor));
        self
    }

    /// How many feeds there are.
    #[must_use]
    pub fn feeds(mut self, feeds: usize) -> Checker {
        self.base.feeds = feeds;
        self
    }

    /// How many signals there are.
    #[must_use]
    pub fn signals(mut self, signals: usize) -> Checker {
        self.base.signals = signals;
        self
    }

    /// Signals that tell the connection to stop.
    #[must_use]
    pub fn stops(mut self, signals: impl IntoIterator<Item = usize>) -> Checker {
        self.base.stops = signals.into_iter().collect();
        self
    }

    /// How the reader finds the end of a message. The default is that the stream is exactly the
    /// promised bytes.
    #[must_use]
    pub fn framing<F: Framing + 'static>(
        mut self,
        framing: impl Fn() -> F + Send + Sync + 'static,
    ) -> Checker {
        self.framing = Arc::new(move || Box::new(framing()));
        self.own_framing = true;
        self
    }

    /// The connection reads its input independently of writing: `reads-during-flush` applies.
    #[must_use]
    pub fn reads_while_writing(mut self) -> Checker {
        self.reads_while_writing = true;
        self
    }

    /// Bytes in the output of a closure's connection that may differ between executions, such as times
    /// and random numbers: for each text, how many vary after it (see [`Subject::varying`]). The
    /// connection must not depend on them.
    ///
    /// ```
    /// use lastbyte::{Checker, Socket};
    /// use lastbyte::environment::Counted;
    ///
    /// let random = || std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0) as u8;
    /// Checker::new()
    ///     .kernel_buffer([2])
    ///     .varying(&[(b"id:", 1)])
    ///     .framing(Counted::default)
    ///     .run(move |mut socket: Socket| async move {
    ///         socket.expect_delivery(b"id:?");
    ///         socket.write_all([b'i', b'd', b':', random()]).await?;
    ///         socket.close().await
    ///     })
    ///     .assert_proved();
    /// ```
    #[must_use]
    pub fn varying(mut self, texts: &'static [(&'static [u8], usize)]) -> Checker {
        self.varying = texts;
        self
    }

    /// The stack of a closure's polls, in bytes.
    #[must_use]
    pub fn stack_bytes(mut self, bytes: usize) -> Checker {
        self.stack_bytes = bytes;
        self
    }

    /// The limits of one instance; by default 60 seconds and 5,000,000 states.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Checker {
        self.limits = limits;
        self
    }

    /// Every combination of a kernel buffer and a reader.
    fn scenarios(&self) -> impl Iterator<Item = Scenario> {
        let readers = move |&capacity| {
            let readers = self.readers.iter();
            readers.map(move |&reader| self.scenario(capacity, reader))
        };
        self.kernel_buffers.iter().flat_map(readers)
    }

    /// The scenarios without duplicates: over a buffer of one byte, a reader that takes a byte a read
    /// is the same as one that takes everything.
    fn different_scenarios(&self) -> impl Iterator<Item = Scenario> {
        let over_it = |capacity: usize, reader: &Reader| Reader {
            max: reader.max.filter(|max| max.get() < capacity),
            ..*reader
        };
        let mut known = HashSet::new();
        self.scenarios()
            .filter(move |one| known.insert((one.capacity, over_it(one.capacity, &one.reader))))
    }

    fn scenario(&self, capacity: usize, reader: Reader) -> Scenario {
        Scenario {
            name: format!("K={capacity}, reader {reader}"),
            capacity,
            reader,
            ..self.base.clone()
        }
    }

    fn subject<M>(&self, connection: impl IntoSubject<M>) -> Arc<dyn Subject> {
        connection.into_subject(Configured {
            framing: self.framing.clone(),
            stack_bytes: self.stack_bytes,
            reads_while_writing: self.reads_while_writing,
            varying: self.varying,
        })
    }

    fn explorer(&self) -> Explorer {
        Explorer {
            limits: self.limits.clone(),
            ..Explorer::default()
        }
    }

    /// Panics when the scenario cannot be run with this connection.
    #[track_caller]
    fn expect_runnable(&self, subject: &Arc<dyn Subject>) {
        let scenario = self.scenario(self.kernel_buffers[0], self.readers[0]);
        let problem = scenario.problem();
        let problem = problem.or_else(|| scenario.problem_of_sockets(subject.sockets()));
        if let Some(problem) = problem {
            panic!("the scenario cannot be run: {problem}");
        }
    }

    /// Explores the connection in every combination of a kernel buffer and a reader.
    ///
    /// # Panics
    ///
    /// When the scenario cannot be run: more than 3 scripts and actors, or a feed or a signal that the
    /// scenario does not have.
    #[track_caller]
    pub fn run<M>(&self, connection: impl IntoSubject<M>) -> Report {
        let subject = self.subject(connection);
        self.expect_runnable(&subject);
        let explore = |scenario| Explored {
            exploration: self.explorer().decide(&subject, &scenario),
            scenario,
        };
        let explored = self.different_scenarios().map(explore).collect();
        Report::new(self.properties.clone(), explored)
    }

    /// Follows a schedule that a failure has printed.
    ///
    /// # Panics
    ///
    /// When the text is not a schedule of this version, or belongs to another scenario.
    #[track_caller]
    pub fn replay<M>(&self, schedule: &str, connection: impl IntoSubject<M>) -> Replayed {
        let parsed = match schedule.parse::<Schedule>() {
            Ok(parsed) => parsed,
            Err(why) => panic!("{why}"),
        };
        let scenario = self.scenario(parsed.capacity, parsed.reader);
        if parsed.scenario != schedule::digest(&scenario) {
            panic!(
                "the schedule is one of another scenario: input, faults, scripts or settings \
                 differ; expected: those of the test that printed the schedule"
            );
        }
        let subject = self.subject(connection);
        let replayed = self.explorer().replay(&subject, &scenario, &parsed.movers);
        Replayed::new(parsed.property, replayed)
    }

    /// A regression test of a schedule that a failure has printed.
    ///
    /// # Panics
    ///
    /// When the schedule still violates its property, and in the cases of [`Checker::replay`].
    #[track_caller]
    pub fn stays_fixed<M>(&self, schedule: &str, connection: impl IntoSubject<M>) -> Replayed {
        let replayed = self.replay(schedule, connection);
        if replayed.is_violated() {
            panic!("not fixed, or broken again:\n\n{replayed}");
        }
        println!("{}", replayed.summary());
        replayed
    }
}
