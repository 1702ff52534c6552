//! What the client sends and the handler does with it, and the scenarios made of that.

use std::sync::Arc;

use bytes::Bytes;
use lastbyte::{Cell, Claim, Expected, Property, Reader, Scenario, Subject};

use super::{Handler, Server};

/// Bytes of every whole response here: a head of 76 bytes and a body of 63.
pub const RESPONSE: usize = 139;

const BODY: usize = 63;

/// A kernel buffer that is too small for the response, in bytes.
pub const SMALL: usize = 64;

/// A kernel buffer that holds every response, in bytes.
pub const LARGE: usize = 1024;

/// What is looked at in every scenario.
pub const PROPERTIES: [Property; 9] = [
    Property::NothingTruncated,
    Property::NoSilentLoss,
    Property::ReceivedIsPrefix,
    Property::AcceptedArrives,
    Property::NothingBufferedAtShutdown,
    Property::NoStall,
    Property::NoSpin,
    Property::OneShutdown,
    Property::NoPanic,
];

/// A request, how it ends, and the server that gets it.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Its name.
    pub name: &'static str,
    /// The request's bytes.
    pub request: &'static str,
    /// Whether FIN follows.
    pub fin: bool,
    /// Who answers.
    pub server: Server,
}

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const LAST_GET: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
const HALF_A_BODY: &str = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello";
const BAD_CHUNK: &str =
    "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhelloX\r\n";

/// Every shape.
pub fn shapes() -> Vec<Shape> {
    let server = |handler| Server {
        handler,
        ..Server::answering(BODY)
    };
    let shape = |name, request, fin, handler| Shape {
        name,
        request,
        fin,
        server: server(handler),
    };
    let mut half_closed = shape("fin-half-close", GET, true, Handler::Ignores);
    half_closed.server.half_close = true;
    vec![
        shape("request-complete", GET, false, Handler::Ignores),
        shape("connection-close", LAST_GET, false, Handler::Ignores),
        shape("body-ignored", HALF_A_BODY, false, Handler::Ignores),
        shape("malformed-chunk", BAD_CHUNK, false, Handler::Reads),
        shape("malformed-chunk-ignored", BAD_CHUNK, false, Handler::Ignores),
        shape("early-eof", HALF_A_BODY, true, Handler::Reads),
        shape("early-eof-ignored", HALF_A_BODY, true, Handler::Ignores),
        shape("fin-behind-request", GET, true, Handler::Ignores),
        half_closed,
    ]
}

impl Shape {
    /// The scenario with this kernel buffer and this reader.
    pub fn scenario(&self, capacity: usize, reader: Reader) -> Scenario {
        let name = format!("{}-{RESPONSE}-over-{capacity}", self.name);
        let scenario = Scenario::new(name, capacity, reader);
        let scenario = scenario.with_input(Bytes::from_static(self.request.as_bytes()));
        match self.fin {
            true => scenario.with_input_eof(),
            false => scenario,
        }
    }
}
