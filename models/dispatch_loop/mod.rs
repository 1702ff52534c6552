//! hyper's HTTP/1 dispatch loop in every revision, with the revision as data.
//!
//! One step of the model is one `poll_*` call of hyper's; the calls on the socket, the body and the
//! signal are the scheduling points. Messages are abstract: a head is one or two bytes, a body is
//! counted ([`Body`]).
//!
//! Five files mirror `src/proto/h1/` of hyper 1.12.0: they have its types and functions, in its order. Each
//! function names the hyper function that it stands for; `mapping.md` lists them all.
//!
//! | file | hyper's | what is in it |
//! |---|---|---|
//! | `dispatch.rs` | `dispatch.rs` | `Dispatcher`: the loop, and when it is done; `Server` and `Client` |
//! | `conn.rs`, `state.rs` | `conn.rs` | `Conn`, its `State`: reading, writing, keep-alive |
//! | `decode.rs` | `decode.rs` | decoding a piece of a received body |
//! | `io.rs` | `io.rs` | `Buffered`: the two buffers and the flush |
//!
//! The others are not hyper's:
//!
//! | file | what is in it |
//! |---|---|
//! | `mod.rs` | settings: a connection and its user, as data |
//! | `revision.rs` | where the revisions differ, as data |
//! | `proposed.rs` | what only the proposed revision does |
//! | `channel.rs` | the channel of a received body, and who reads it |
//! | `user.rs` | the user's code: who polls the connection, service, bodies, upgrade |
//! | `local.rs` | the complete local state, and how the explorer is told about it |
//! | `timer.rs` | the timer for reading a head |
//! | `message.rs` | the abstract messages |
//! | `query.rs` | the settings of `cargo verify explore` for this model |
//! | `scenarios.rs`, `users.rs`, `sweep.rs` | the scenarios: the named ones, and the product of what can vary |
//! | `claims.rs` | what is expected of each |
//! | `classes.rs`, `rule.rs`, `situation.rs` | what a failure at the newest release means |
//!
//! Two things of hyper are left out: informational responses that a client gets, and handlers that wait for
//! anything but the request body. A client's user sends its next request when the connection asks for one.

mod axes;
mod scenarios;
mod channel;
mod claims;
mod classes;
mod conn;
mod decode;
mod dispatch;
mod io;
mod local;
mod message;
mod proposed;
mod query;
mod revision;
mod rule;
mod situation;
mod state;
mod sweep;
mod timer;
mod user;
mod users;

use std::sync::Arc;

use bytes::Bytes;
use lastbyte::check::NamedSubject;
use lastbyte::{Model, Running, Socket, Subject};

pub use claims::{VERDICTS, Verdicts};
pub use classes::{RULES, rule_for};
pub use local::FIELDS;
pub use message::{Body, Sizes};
pub use revision::*;
pub use rule::{Rule, Says};
pub use scenarios::{LoopScenario, named_scenarios};
pub use sweep::{
    all_scenarios, covering_scenarios, covering_sweep, instance, left_out, whole_sweep,
};

/// Which side of HTTP the connection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// It reads requests and writes responses.
    #[default]
    Server,
    /// It writes requests and reads responses.
    Client,
}

impl Role {
    /// `Http1Transaction::is_client`, h1/mod.rs.
    fn is_client(self) -> bool {
        self == Role::Client
    }

    /// `Http1Transaction::should_read_first`, h1/mod.rs: a server does.
    fn should_read_first(self) -> bool {
        self == Role::Server
    }
}

/// hyper's `WriteStrategy`, which follows from whether the socket has vectored writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WriteStrategy {
    /// All bytes are copied into one buffer.
    #[default]
    Flatten,
    /// Bodies are queued after the head, and the next head waits until the queue is empty.
    Queue,
}

/// What the user does with the body of the message that the connection reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UserBody {
    /// Drops it unread when it answers.
    #[default]
    Dropped,
    /// Reads it to the end, whatever happens to the answer.
    Read,
    /// Keeps it and does not read it.
    Kept,
    /// Reads it to its end before answering. User and connection share a task: each wakes it when the other
    /// waits. The same holds for [`UserBody::ReadBeside`].
    ReadFirst,
    /// Answers first, and reads it while the connection goes on, in the same task.
    ReadBeside,
}

/// What the service does instead of answering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Service {
    /// It answers.
    #[default]
    Answers,
    /// It fails.
    Fails,
    /// It never answers.
    Never,
}

/// How the user drives the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GivesUp {
    /// As a future, which ends with a shutdown of the socket.
    #[default]
    ShutDown,
    /// With `poll_without_shutdown`, taking the socket out when that is ready.
    WithoutShutdown,
}

/// What the reader is promised.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owed {
    /// These bytes, from the start.
    AtStart(Bytes),
    /// For every request the whole response, from the moment at which the service is called.
    AsServed,
}

/// A connection, its settings and its user.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The revision of the loop.
    pub revision: Revision,
    /// Which side it is.
    pub role: Role,
    /// hyper's `pipeline_flush`.
    pub pipeline_flush: bool,
    /// hyper's `half_close`.
    pub half_close: bool,
    /// hyper's write strategy.
    pub write_strategy: WriteStrategy,
    /// How many rounds of the loop one poll may take before it yields; hyper allows 16. Three are enough: two
    /// finish everything that any scenario can finish in one poll, and a third is already one too many.
    pub rounds: usize,
    /// hyper's `max_buf_size`, in bytes: a body is polled only while fewer bytes are buffered.
    pub write_limit: usize,
    /// What the user does with what it receives.
    pub user_body: UserBody,
    /// Whether a server's service answers.
    pub service: Service,
    /// Whether a server's service switches protocols when it is asked to.
    pub switches: bool,
    /// How the user drives the connection.
    pub gives_up: GivesUp,
    /// The signal that makes the user call `graceful_shutdown`.
    pub graceful: Option<usize>,
    /// The signal that makes the user drop the connection.
    pub dropped: Option<usize>,
    /// The signal that makes a client's user drop the future of its response.
    pub cancels: Option<usize>,
    /// The number of the request with which the service panics.
    pub panics: Option<usize>,
    /// hyper's `header_read_timeout`. The scenario needs a clock.
    pub header_read_timeout: bool,
    /// The bodies that are written, one for each message; the last one repeats.
    pub bodies: Vec<Body>,
    /// The sizes of each message's parts; the last one repeats.
    pub sizes: Vec<Sizes>,
    /// How many requests a client sends.
    pub requests: usize,
    /// What the reader is promised.
    pub owed: Owed,
    /// Whether it writes its state into the trace instead of declaring it to the explorer. The explorer then
    /// identifies it by its history. A test needs this to check that the declared state is complete.
    pub tells: bool,
}

impl Connection {
    /// A server with hyper's default settings whose service answers with these bodies; the reader
    /// is promised the first `owed` responses.
    pub fn server(bodies: impl Into<Vec<Body>>, owed: usize) -> Connection {
        let bodies = bodies.into();
        let mut connection = Connection {
            revision: ORIGINAL,
            role: Role::Server,
            pipeline_flush: false,
            half_close: false,
            write_strategy: WriteStrategy::default(),
            rounds: 3,
            write_limit: 64,
            user_body: UserBody::default(),
            service: Service::default(),
            switches: true,
            gives_up: GivesUp::default(),
            graceful: None,
            dropped: None,
            cancels: None,
            panics: None,
            header_read_timeout: false,
            bodies,
            sizes: Vec::new(),
            requests: 0,
            owed: Owed::AsServed,
            tells: false,
        };
        let promised = (0..owed).map(|n| connection.message(n));
        connection.owed = Owed::AtStart(promised.flatten().collect());
        connection
    }

    /// A client that sends requests with these bodies.
    pub fn client(bodies: impl Into<Vec<Body>>) -> Connection {
        let bodies = bodies.into();
        let requests = bodies.len();
        Connection {
            role: Role::Client,
            requests,
            ..Connection::server(bodies, requests)
        }
    }

    fn body_of(&self, message: usize) -> Body {
        let last = self.bodies.len().checked_sub(1);
        last.map_or(Body::Empty, |last| self.bodies[message.min(last)])
    }

    fn sizes_of(&self, message: usize) -> Sizes {
        let last = self.sizes.len().checked_sub(1);
        last.map_or_else(Sizes::default, |last| self.sizes[message.min(last)])
    }

    /// Message `n` as the reader must see it.
    pub fn message(&self, n: usize) -> Bytes {
        self.sizes_of(n).whole(n, self.body_of(n))
    }

    /// Whether a piece of a received body stays in hyper's channel, which holds one, until the user takes it.
    /// A server's user who always reads at once ([`UserBody::Read`]) is modelled without a channel.
    fn has_channel(&self) -> bool {
        self.role == Role::Client || self.user_body != UserBody::Read
    }

    fn promise_as_served(&self, socket: &Socket, n: usize) {
        if self.owed == Owed::AsServed {
            socket.handle().expect_delivery(self.message(n));
        }
    }
}

impl Subject for Connection {
    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(self)
    }

    fn start(&self, socket: Socket) -> Running {
        if let Owed::AtStart(bytes) = &self.owed {
            socket.handle().expect_delivery(bytes.clone());
        }
        let user = user::User::new(socket, Arc::new(self.clone()));
        match self.panics {
            None => Box::pin(user),
            // A panic unwinds through this block and drops what is in it; only then is it reported.
            Some(_) => Box::pin(async move {
                let mut user = user;
                (&mut user).await
            }),
        }
    }

    fn reads_while_writing(&self) -> bool {
        true
    }
}

/// How a line of the trace begins in which the connection tells its state. After it come the place in its
/// program and a digest of each of [`FIELDS`].
pub const TELLS: &str = "is at ";

/// What `cargo verify` knows about this model.
pub fn model() -> Model {
    Model {
        claims: claims::claims,
        subjects,
        terms: &[PROPOSED_TERM, READ_GATED_TERM],
        sweep: Some(sweep::covering_sweep),
        ..Model::new(
            NAME,
            "hyper's read, write and flush loop in every revision, with its wake-ups",
        )
    }
}

/// The same model with its whole sweep and no claims.
pub fn whole() -> Model {
    Model {
        claims: Vec::new,
        sweep: Some(sweep::whole_sweep),
        ..model()
    }
}

/// What [`PROPOSED`] is, in a sentence.
pub(crate) const PROPOSED_TERM: (&str, &str) = (
    "proposed",
    "hyper 1.12.0 with changes of our own that repair the defects which the sweep still finds in it; not a release of hyper",
);

/// What [`READ_GATED`] is, in a sentence.
const READ_GATED_TERM: (&str, &str) = (
    "read-gated",
    "the loop of hyper 1.7.0 with the flush before the reads: it delivers the last byte, and \
     reads nothing while it does; not a release of hyper",
);

/// The model's name.
pub const NAME: &str = "dispatch_loop";

fn subjects() -> Vec<NamedSubject> {
    let subject = |revision: &Revision| {
        let revision = *revision;
        NamedSubject {
            name: format!("{NAME}:{}", revision.name),
            about: match revision.change {
                "" => format!("the loop as {}", revision.name),
                change => format!("the loop of hyper {} ({change})", revision.name),
            },
            version: None,
            client_of: None,
            settings: query::settings(),
            make: Arc::new(move |query| Ok(Arc::new(query::of_query(revision, query)?))),
        }
    };
    REVISIONS.iter().map(subject).collect()
}
