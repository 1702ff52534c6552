//! Real, unpatched hyper: its HTTP/1 connections over the modelled socket.
//!
//! This module and [`client`] hold what hyper 1 and hyper 0.14 share: how a connection is configured and
//! driven. [`v1`] and [`v0_14`] hold what differs, [`scenarios`] the requests that a server gets, and
//! [`history`] scenarios of both sides in which a release is or was wrong.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use lastbyte::check::NamedSubject;
use lastbyte::{Framing, Running, Socket, Subject};

use crate::http::Responses;

#[cfg(all(hyper_1, hyper_0_14))]
pub mod claims;
pub mod client;
mod debug;
mod exchange;
pub mod history;
mod payload;
mod query;
pub mod scenarios;
#[cfg(hyper_0_14)]
pub mod v0_14;
#[cfg(hyper_1)]
pub mod v1;

#[cfg(all(hyper_1, hyper_0_14))]
pub use claims::model;
pub use client::{Answer, Client, Outgoing};
use exchange::{Exchange, FAILS};
pub use payload::Payload;
pub use query::{ABOUT_GRACEFUL, ABOUT_HANDLER, GRACEFUL, HALF_CLOSE, HANDLER, PIPELINE_FLUSH};

/// The lines of hyper that this program is built with.
pub fn subjects() -> Vec<NamedSubject> {
    let sides = [
        #[cfg(hyper_1)]
        named("hyper-1", &v1::RELEASE),
        #[cfg(hyper_0_14)]
        named("hyper-0.14", &v0_14::RELEASE),
    ];
    sides.into_iter().flatten().collect()
}

/// The stack of hyper's thread, in bytes. In the development profile every scenario family of [`scenarios`]
/// fits into 16 KiB and overflows 8 KiB. The rest is a margin, which costs nothing until it is used.
pub const STACK_BYTES: usize = 256 * 1024;

/// The `date` header of every response. Without it hyper would add the time of day, and the bytes would
/// differ from run to run.
pub const DATE: &str = "Thu, 01 Jan 1970 00:00:00 GMT";

/// What the handler does with a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Handler {
    /// Drops the body unread, and answers.
    #[default]
    Ignores,
    /// Reads the body to its end or its first error, then answers.
    Reads,
    /// Reads the body to its end or its first error, and answers with what it read.
    Echoes,
    /// Answers, and reads the body beside the answer.
    AnswersFirst,
    /// Answers, and keeps the body unread as long as the connection lives.
    Keeps,
    /// Drops the body unread, and fails instead of answering.
    Fails,
    /// Keeps the request, and never answers.
    Never,
}

/// Where the body of a message comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Source {
    /// One piece of known length.
    #[default]
    Whole,
    /// A stream with pieces of this many bytes, all of them ready; the user states its length.
    Pieces(usize),
    /// The same, of unknown length: a terminating chunk follows.
    Chunks(usize),
    /// One piece, and an end that comes when this feed of the scenario ends; of unknown length. A
    /// server takes it for the first response only, and one piece of known length for the others.
    Feed(usize),
    /// Pieces and an end that all come through a feed of the scenario. A server's further responses are as
    /// with [`Source::Feed`].
    Fed {
        /// The feed.
        feed: usize,
        /// Bytes of each piece.
        size: usize,
    },
    /// Pieces of this many bytes, all of them ready; the user states one byte more than there is. This source
    /// and those below are for servers only.
    Early(usize),
    /// The same, but the user states less than there is.
    Late {
        /// Bytes of each piece.
        size: usize,
        /// The length that the user states, in bytes.
        stated: usize,
    },
    /// Chunks of this many bytes, all of them ready, and an error.
    Fails(usize),
    /// The same with trailers instead of the error; hyper 1 only.
    Trailers(usize),
}

/// Name and value of a trailer.
const TRAILER: (&str, &str) = ("x", "y");

/// A server: the settings of hyper's connection, and the handler.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Server {
    /// The body of every response.
    pub body: Payload,
    /// Where the body comes from.
    pub source: Source,
    /// What the handler does.
    pub handler: Handler,
    /// hyper's `pipeline_flush`.
    pub pipeline_flush: bool,
    /// hyper's `half_close`.
    pub half_close: bool,
    /// hyper's `keep_alive`.
    pub keep_alive: bool,
    /// hyper's `max_buf_size`, if it is not the default.
    pub max_buf_size: Option<usize>,
    /// The socket has vectored writes: hyper queues bodies after the head, uncopied.
    pub vectored: bool,
    /// If set, the handler switches protocols, and these are the bytes that it writes in the new one.
    pub upgrade: Option<Bytes>,
    /// The request to be upgraded is a CONNECT.
    pub connect: bool,
    /// The scenario's signal that makes the connection shut down gracefully.
    pub graceful: Option<usize>,
    /// The socket is taken out of the connection with `without_shutdown`, and dropped.
    pub taken_out: bool,
    /// How many responses the client waits for.
    pub expected: usize,
    /// For each of the client's requests, whether it is HEAD; requests beyond the list are not.
    pub head: Vec<bool>,
    /// The status of every response, if it is not 200.
    pub status: Option<u16>,
    /// The connection can be upgraded, although no handler does it.
    pub upgradable: bool,
    /// The scenario's signal that makes the user drop the connection.
    pub dropped: Option<usize>,
    /// The number of the request with which the handler panics.
    pub panics: Option<usize>,
    /// hyper's `header_read_timeout`, by the scenario's clock. hyper 1 only: the timer of 0.14 is tokio's.
    pub header_read_timeout: bool,
}

impl Server {
    /// A server with hyper's defaults that answers every request with `bytes` bytes of body.
    pub fn answering(bytes: usize) -> Server {
        Server {
            body: Payload::letters(bytes),
            source: Source::Whole,
            handler: Handler::Ignores,
            pipeline_flush: false,
            half_close: false,
            keep_alive: true,
            max_buf_size: None,
            vectored: false,
            upgrade: None,
            connect: false,
            graceful: None,
            taken_out: false,
            expected: 1,
            head: Vec::new(),
            status: None,
            upgradable: false,
            dropped: None,
            panics: None,
            header_read_timeout: false,
        }
    }

    /// The part of the body `words` that the handler promises to the reader: nothing if the request is HEAD.
    fn promised(is_head: bool, words: &Bytes) -> Bytes {
        match is_head {
            true => Bytes::new(),
            false => words.clone(),
        }
    }
}

/// What a release of hyper is configured with: a [`Server`] or a [`Client`].
pub trait Configuration: Clone + fmt::Debug + Send + Sync + 'static {
    /// The socket, set up for this connection.
    fn prepare(&self, socket: Socket) -> Socket;

    /// How the connection's peer frames what it reads.
    fn framing(&self) -> Box<dyn Framing>;
}

impl Configuration for Server {
    fn prepare(&self, socket: Socket) -> Socket {
        socket.with_vectored_writes(self.vectored)
    }

    fn framing(&self) -> Box<dyn Framing> {
        Box::new(Responses::new(self.expected, self.connect).to_head(self.head.clone()))
    }
}

/// A connection of hyper: its release, its configuration, and what the release does with it.
struct Driven<C> {
    version: &'static str,
    configuration: C,
    run: fn(C, Socket) -> Running,
}

impl<C: Configuration> Subject for Driven<C> {
    /// The release and the configuration, a server or a client, determine what runs.
    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(&(self.version, &self.configuration))
    }

    fn start(&self, socket: Socket) -> Running {
        let configuration = self.configuration.clone();
        let socket = configuration.prepare(socket);
        (self.run)(configuration, socket)
    }

    fn actor(&self) -> String {
        "hyper".to_owned()
    }

    fn framing(&self) -> Box<dyn Framing> {
        self.configuration.framing()
    }

    fn stack_bytes(&self) -> usize {
        STACK_BYTES
    }

    fn reads_while_writing(&self) -> bool {
        true
    }

    fn varying(&self) -> &'static [(&'static [u8], usize)] {
        // A head that hyper writes on its own contains the time of day.
        const VARYING: &[(&[u8], usize)] = &[(b"\r\ndate: ", DATE.len())];
        VARYING
    }
}

/// The subject that runs this configuration with this release.
fn driven<C: Configuration>(
    version: &'static str,
    configuration: C,
    run: fn(C, Socket) -> Running,
) -> Arc<dyn Subject> {
    Arc::new(Driven {
        version,
        configuration,
        run,
    })
}

/// A release's server and its client, as subjects for `cargo verify explore`.
fn named(name: &str, release: &history::Release) -> [NamedSubject; 2] {
    let history::Release {
        version,
        server,
        client,
    } = *release;
    let server = NamedSubject {
        name: name.to_owned(),
        about: format!("hyper {version}, server side, unpatched"),
        version: Some(version.to_owned()),
        client_of: None,
        settings: Server::settings(),
        make: Arc::new(move |query| Server::of_query(query).map(server)),
    };
    let client = NamedSubject {
        name: format!("{name}-client"),
        about: format!("hyper {version}, client side, unpatched"),
        client_of: Some(name.to_owned()),
        settings: Client::settings(),
        make: Arc::new(move |query| Ok(client(Client::of_query(query)))),
        ..server.clone()
    };
    [server, client]
}
