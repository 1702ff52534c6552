//! Comparisons of the model of the dispatch loop with real hyper: in the same scenario both have the same
//! sequences of socket calls, in every interleaving.
//!
//! The scenarios come in families; `scenarios.rs` says what a family is. This file turns each family into a
//! connection of hyper and a connection of the model. The socket must not be able to tell the two apart.

use std::sync::Arc;

use lastbyte::check::{Comparison, Deviation};
use lastbyte::{Instance, Model, Subject};

use crate::dispatch_loop::{
    Body, Connection, GivesUp, Revision, Service, Sizes, UserBody, WriteStrategy,
};
use crate::hyper_h1::history::Release;
use crate::hyper_h1::{Answer, Client, Handler, Server, Source};

mod building;
mod clients;
mod handlers;
mod messages;
mod pairs;
mod scenarios;
mod servers;
mod upgrades;
mod users;
mod wire;

pub use scenarios::{Beside, Family, Head, KernelAndReader, Side, TOO_LARGE};

/// Every scenario family.
pub fn families() -> Vec<Family> {
    let servers = [
        servers::servers(),
        handlers::handlers(),
        wire::wire(),
        upgrades::upgrades(),
        pairs::pairs(),
        users::users(),
    ];
    [servers.concat(), clients::clients(), users::answered()].concat()
}

/// Where the model is known to differ from hyper.
pub const DEVIATIONS: &[(Deviation, &[&str])] = &[];

/// What the comparisons leave out on both sides, for the document.
pub const NOT_COMPARED: &str = "reads of the input and how many bytes they have, polls and parking, wake-ups \
                                of a connection by itself, and whether the socket closes before or after the \
                                connection ends, which is up to whoever drives the connection";

/// The releases that this build drives.
pub fn releases() -> Vec<Release> {
    vec![
        #[cfg(hyper_0_14)]
        crate::hyper_h1::v0_14::RELEASE,
        #[cfg(hyper_1)]
        crate::hyper_h1::v1::RELEASE,
    ]
}

/// What `cargo verify` knows about the comparisons: those with the newest release that is built. The packages
/// in `conformance/` build one release each.
pub fn model() -> Model {
    Model {
        comparisons: || {
            releases()
                .iter()
                .next_back()
                .map_or_else(Vec::new, Release::comparisons)
        },
        ..Model::new(
            "conformance",
            "the model of the dispatch loop and real hyper do the same",
        )
    }
}

impl Release {
    /// The revision of the loop that this release contains.
    ///
    /// # Panics
    ///
    /// When no revision does.
    pub fn revision(&self) -> Revision {
        let found = Revision::find(self.version);
        *found.unwrap_or_else(|| panic!("no revision for hyper {}", self.version))
    }

    /// Every comparison of this release with its revision in the model.
    pub fn comparisons(&self) -> Vec<Comparison> {
        let families = families();
        let fit = families.iter().filter(|s| {
            !s.too_large_in.contains(&self.version) && !s.not_in.contains(&self.version)
        });
        fit.map(|s| self.compare(s)).collect()
    }

    /// One scenario family against a revision of the model.
    pub fn compare(&self, family: &Family) -> Comparison {
        self.compare_with(family, self.revision())
    }

    /// The same with any revision of the model. With another revision than its own, the comparison must fail.
    pub fn compare_with(&self, family: &Family, revision: Revision) -> Comparison {
        let (real, model) = match &family.side {
            Side::Server(server, heads) => {
                let model = self.model_of_server(server, heads, revision);
                ((self.server)(server.clone()), model)
            }
            Side::Client(client) => (
                (self.client)(client.clone()),
                model_of_client(client, revision),
            ),
        };
        let model: Arc<dyn Subject> = Arc::new(model);
        let pair = |at: &KernelAndReader| {
            let instance = |subject, run: &Arc<dyn Subject>, [input, rest]: [&'static [u8]; 2]| {
                Instance::new(subject, family.scenario(*at, input, rest), run.clone())
                    .with_version(self.version)
            };
            let ours = format!("dispatch_loop:{}", revision.name);
            [
                instance(format!("hyper-{}", self.version), &real, family.real),
                instance(ours, &model, family.abstracted),
            ]
        };
        let known = DEVIATIONS.iter();
        let deviation = known.filter(|(_, names)| names.contains(&family.name));
        let pairs = family.scenarios.iter().map(pair).collect();
        Comparison {
            deviation: deviation.map(|(deviation, _)| *deviation).next(),
            ..Comparison::new(family.name, TOO_LARGE, pairs)
        }
    }

    /// The model's connection for a server of hyper.
    fn model_of_server(&self, server: &Server, heads: &[Head], revision: Revision) -> Connection {
        let is_http_10 = heads
            .iter()
            .any(|head| matches!(head, Head::Old { .. } | Head::OldOpen));
        let (body, sizes) = match &server.upgrade {
            Some(_) => (Body::Empty, Sizes::default()),
            None => body_of(server.source, server.body.len(), is_http_10),
        };
        let is_withheld = server.head.contains(&true) || server.status.is_some();
        let body = if is_withheld { Body::Withheld } else { body };
        let mut bodies = vec![body];
        if matches!(server.source, Source::Feed(_) | Source::Fed { .. }) {
            // Only the first response is fed.
            bodies.push(Body::Full(server.body.len()));
        }
        let sizes = |head: &Head| Sizes {
            head: head.bytes(self.version, false),
            last_head: head.bytes(self.version, true),
            continues: "HTTP/1.1 100 Continue\r\n\r\n".len(),
            bad_request: Head::BadRequest.bytes(self.version, true),
            ..sizes
        };
        Connection {
            revision,
            half_close: server.half_close,
            pipeline_flush: server.pipeline_flush,
            write_strategy: strategy(server.vectored),
            user_body: match server.handler {
                Handler::Ignores | Handler::Fails => UserBody::Dropped,
                Handler::Reads | Handler::Echoes => UserBody::ReadFirst,
                Handler::AnswersFirst => UserBody::ReadBeside,
                Handler::Keeps | Handler::Never => UserBody::Kept,
            },
            service: match server.handler {
                Handler::Fails => Service::Fails,
                Handler::Never => Service::Never,
                _ => Service::Answers,
            },
            switches: server.upgrade.is_some(),
            graceful: server.graceful,
            dropped: server.dropped,
            panics: server.panics,
            header_read_timeout: server.header_read_timeout,
            gives_up: gives_up(server.taken_out),
            rounds: 16,
            write_limit: server.max_buf_size.unwrap_or(usize::MAX),
            sizes: heads.iter().map(sizes).collect(),
            ..Connection::server(bodies, 0)
        }
    }
}

/// The model's connection for a client of hyper.
fn model_of_client(client: &Client, revision: Revision) -> Connection {
    let requests = client.requests.iter().map(|request| {
        let (body, sizes) = match request.body.len() {
            0 => (Body::Empty, Sizes::default()),
            bytes => body_of(request.source, bytes, false),
        };
        let all = request.bytes();
        let mut ends = all.windows(4).map(|window| window == b"\r\n\r\n");
        let head = ends.position(|end| end).expect("a head has an end") + 4;
        let sizes = Sizes {
            head,
            last_head: head,
            ..sizes
        };
        (body, sizes)
    });
    let (bodies, sizes): (Vec<_>, Vec<_>) = requests.unzip();
    Connection {
        revision,
        write_strategy: strategy(client.vectored),
        user_body: match client.answer {
            Answer::Dropped => UserBody::Dropped,
            Answer::Read => UserBody::Read,
            Answer::Kept => UserBody::Kept,
        },
        gives_up: gives_up(client.taken_out),
        cancels: client.cancels,
        rounds: 16,
        write_limit: client.max_buf_size.unwrap_or(usize::MAX),
        sizes,
        ..Connection::client(bodies)
    }
}

/// The body in the model, and how many bytes hyper writes for its parts.
fn body_of(source: Source, bytes: usize, is_http_10: bool) -> (Body, Sizes) {
    let sizes = |piece, end| Sizes {
        piece,
        end,
        ..Sizes::default()
    };
    match source {
        // It is not encoded, and ends with the connection.
        Source::Chunks(size) if is_http_10 => (Body::Ready(bytes.div_ceil(size)), sizes(size, 0)),
        Source::Early(size) => (Body::Early(bytes.div_ceil(size)), sizes(size, 0)),
        Source::Late { size, stated } => {
            let size = size.min(stated);
            assert_eq!(stated % size, 0, "pieces have one size");
            (Body::Sized(stated / size), sizes(size, 0))
        }
        Source::Fails(size) => (Body::Fails(bytes.div_ceil(size)), sizes(chunk(size), 0)),
        Source::Trailers(size) => {
            let sizes = Sizes {
                trailers: "0\r\nx: y\r\n\r\n".len(),
                ..sizes(chunk(size), LAST_CHUNK)
            };
            (Body::Trailers(bytes.div_ceil(size)), sizes)
        }
        Source::Whole => (Body::Full(bytes), sizes(1, 0)),
        Source::Pieces(size) => (Body::Sized(bytes.div_ceil(size)), sizes(size, 0)),
        Source::Chunks(size) => (
            Body::Ready(bytes.div_ceil(size)),
            sizes(chunk(size), LAST_CHUNK),
        ),
        Source::Feed(_) => (Body::EndFed(1), sizes(chunk(bytes), LAST_CHUNK)),
        Source::Fed { size, .. } => (
            Body::Fed(bytes.div_ceil(size)),
            sizes(chunk(size), LAST_CHUNK),
        ),
    }
}

fn gives_up(taken_out: bool) -> GivesUp {
    match taken_out {
        true => GivesUp::WithoutShutdown,
        false => GivesUp::ShutDown,
    }
}

fn strategy(vectored: bool) -> WriteStrategy {
    match vectored {
        true => WriteStrategy::Queue,
        false => WriteStrategy::Flatten,
    }
}

/// The size of a chunk with this many bytes of data, in bytes.
fn chunk(bytes: usize) -> usize {
    format!("{bytes:X}\r\n\r\n").len() + bytes
}

/// The size of the terminating chunk, in bytes.
const LAST_CHUNK: usize = "0\r\n\r\n".len();
