//! The requests that a server gets, what its handler does with them, and the scenarios that result.

use bytes::Bytes;
use lastbyte::{Reader, Scenario, Script, ScriptStep};

use super::{Handler, Server};

/// Bytes of a whole response: a head of 76 bytes and a body of 63. Where hyper adds
/// `connection: close`, it is 158.
pub const RESPONSE: usize = 139;

const BODY: usize = 63;

/// Kernel buffers in bytes: a quarter of a response, half of one, and more than one.
pub const CAPACITIES: [usize; 3] = [32, 64, 1024];

/// A scenario family: a request, how it ends, and the server that gets it. A kernel buffer and a
/// reader make a scenario of it.
#[derive(Clone, Debug)]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// The request's bytes.
    pub request: &'static str,
    /// When FIN follows.
    pub fin: Fin,
    /// The server that answers.
    pub server: Server,
}

/// When the client sends FIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fin {
    /// Never.
    Never,
    /// Together with the request.
    AtOnce,
    /// At any point of the execution.
    AnyTime,
}

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const LAST_GET: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
const HALF_A_BODY: &str = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello";
const BAD_CHUNK: &str =
    "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhelloX\r\n";

/// Every scenario family.
pub fn families() -> Vec<Family> {
    let family = |name, request, fin, handler, half_close| Family {
        name,
        request,
        fin,
        server: Server {
            handler,
            half_close,
            ..Server::answering(BODY)
        },
    };
    use Fin::{AnyTime, AtOnce, Never};
    use Handler::{Ignores, Reads};
    vec![
        family("request-complete", GET, Never, Ignores, false),
        family("connection-close", LAST_GET, Never, Ignores, false),
        family("body-ignored", HALF_A_BODY, Never, Ignores, false),
        family("malformed-chunk", BAD_CHUNK, Never, Reads, false),
        family("malformed-chunk-ignored", BAD_CHUNK, Never, Ignores, false),
        family("early-eof", HALF_A_BODY, AtOnce, Reads, false),
        family("early-eof-ignored", HALF_A_BODY, AtOnce, Ignores, false),
        family("fin-after-request", GET, AtOnce, Ignores, false),
        family("fin-any-time", GET, AnyTime, Ignores, false),
        family("half-close-at-once", GET, AtOnce, Ignores, true),
        family("half-close-any-time", GET, AnyTime, Ignores, true),
    ]
}

impl Family {
    /// The scenario family with this name.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn named(name: &str) -> Family {
        let mut families = families().into_iter();
        let found = families.find(|family| family.name == name);
        found.unwrap_or_else(|| panic!("there is no family {name:?}"))
    }

    /// The scenario with this kernel buffer and this reader.
    pub fn scenario(&self, capacity: usize, reader: Reader) -> Scenario {
        let name = format!("{}-over-{capacity}", self.name);
        let scenario = Scenario::new(name, capacity, reader);
        let scenario = scenario.with_input(Bytes::from_static(self.request.as_bytes()));
        match self.fin {
            Fin::Never => scenario,
            Fin::AtOnce => scenario.with_input_eof(),
            Fin::AnyTime => scenario.with_script(Script::new("client", [ScriptStep::FinishInput])),
        }
    }
}
