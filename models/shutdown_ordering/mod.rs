//! The minimal model: a dispatcher with a write buffer, and its order of flush and shutdown at the end.
//!
//! hyper's HTTP/1 dispatcher reads a request, hands the response to its write buffer, flushes it
//! into the socket, and shuts the socket down once it is done. Until 1.11.0 the flush's result was
//! dropped on the way to the shutdown.
//!
//! To be read in this order:
//!
//! 1. `machine.rs`, the state machine: three orderings of the flush and the shutdown;
//! 2. `scenarios.rs`, the scenarios: requests, kernel buffers and readers;
//! 3. `claims.rs`, the claims: what is proved and what is refuted of each ordering.
//!
//! The files `*.smt2` beside them are what an SMT solver proves of a lone request at every size.
//!
//! An instance is one ordering in one scenario. The program explores every interleaving of the
//! dispatcher, the reader and the peer in it, and looks for one in which a property fails.

use std::sync::Arc;

use lastbyte::check::NamedSubject;
use lastbyte::{Model, Running, Socket, Subject};

mod machine;
mod scenarios;
mod claims;

pub use machine::{Dispatcher, Ordering, ReadSide, response};
pub use scenarios::lone_request;

/// A dispatcher as a subject of explorations. Recordings know it by its path, which is why it is here.
#[derive(Clone, Copy, Debug)]
pub struct Connection {
    /// What happens between the last write and the shutdown.
    pub ordering: Ordering,
    /// What becomes of the read side when the request is there.
    pub read_side: ReadSide,
    /// Bytes of each response.
    pub response: usize,
}

impl Subject for Connection {
    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(self)
    }

    fn start(&self, socket: Socket) -> Running {
        let handle = socket.handle();
        let mut dispatcher = Dispatcher::new(socket, self.ordering, self.read_side, self.response);
        dispatcher.handle = Some(handle);
        Box::pin(async { dispatcher.await.map_err(|error| error.kind().to_string()) })
    }

    fn reads_while_writing(&self) -> bool {
        true
    }
}

/// The flush before the reads, in a sentence.
pub(crate) const READ_GATED: (&str, &str) = (
    "read-gated-flush",
    "flushes first and reads nothing until the flush is through: a repair that suggests itself, \
     and that no release of hyper had",
);

/// The orderings in a sentence each.
const TERMS: &[(&str, &str)] = &[
    (
        "original",
        "flushes, drops the result and shuts down: hyper before 1.11.0",
    ),
    (
        "flush-before-shutdown",
        "flushes to the end, then shuts down: hyper from 1.11.0",
    ),
    READ_GATED,
];

/// What `cargo verify` knows about this model.
pub fn model() -> Model {
    Model {
        claims: claims::claims,
        subjects,
        terms: TERMS,
        ..Model::new(
            "shutdown_ordering",
            "a dispatcher with a write buffer, and what it does first when it is done",
        )
    }
}

/// What `cargo verify explore` runs, by name.
fn subjects() -> Vec<NamedSubject> {
    Ordering::ALL
        .map(|ordering| NamedSubject {
            name: format!("shutdown_ordering:{ordering}"),
            about: format!("the minimal dispatcher with the ordering {ordering}"),
            version: None,
            client_of: None,
            settings: Vec::new(),
            make: Arc::new(move |query| {
                Ok(Arc::new(Connection {
                    ordering,
                    read_side: ReadSide::Closes,
                    response: query.response_bytes as usize,
                }) as Arc<dyn Subject>)
            }),
        })
        .into()
}
