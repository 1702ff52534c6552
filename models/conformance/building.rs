//! Builders for the scenario families of servers: first a request and a handler, then whatever differs from
//! the plain case.

use bytes::Bytes;
use lastbyte::environment::Faults;

use super::messages::*;
use super::scenarios::*;
use crate::hyper_h1::{Handler, Server, Source};

/// A family from a request, as hyper and as the model reads it, and a handler.
pub(super) fn with(
    name: &'static str,
    request: &'static str,
    abstracted: &'static [u8],
    handler: Handler,
) -> Family {
    let server = Server {
        handler,
        ..Server::answering(BODY)
    };
    Family {
        name,
        real: [request.as_bytes(), REST.as_bytes()],
        abstracted: [abstracted, b"xxxx"],
        side: Side::Server(server, vec![Head::Length(BODY)]),
        beside: Beside::Nothing,
        faults: Faults::default(),
        scenarios: ALL,
        too_large_in: &[],
        not_in: &[],
    }
}

/// A request without a body.
pub(super) fn get(name: &'static str) -> Family {
    with(name, GET, b"G", Handler::Ignores)
}

/// The same request with `connection: close`.
pub(super) fn last_get(name: &'static str) -> Family {
    with(name, LAST_GET, b"C", Handler::Ignores)
}

/// Two requests at once.
pub(super) fn two_gets(name: &'static str) -> Family {
    pipelined(name, Handler::Ignores)
}

/// The same with this handler.
pub(super) fn pipelined(name: &'static str, handler: Handler) -> Family {
    with(name, TWO_GETS, b"GG", handler)
}

/// A request that arrives with its whole body.
pub(super) fn whole(name: &'static str, handler: Handler) -> Family {
    with(name, WHOLE_BODY, b"P9xxxxxxxxx", handler)
}

/// A request that arrives with a part of its body.
pub(super) fn half(name: &'static str, handler: Handler) -> Family {
    with(name, HALF_A_BODY, b"P9xxxxx", handler)
}

/// The same; the handler ignores the body.
pub(super) fn ignored(name: &'static str) -> Family {
    half(name, Handler::Ignores)
}

/// A request with a malformed chunk.
pub(super) fn bad_chunk(name: &'static str, handler: Handler) -> Family {
    with(name, BAD_CHUNK, b"P3x!", handler)
}

/// The peer sends `later` at any time.
pub(super) fn then(later: &'static str, abstracted: &'static [u8], family: Family) -> Family {
    Family {
        real: [family.real[0], later.as_bytes()],
        abstracted: [family.abstracted[0], abstracted],
        beside: Beside::Rest,
        ..family
    }
}

pub(super) fn at(scenarios: &'static [KernelAndReader], family: Family) -> Family {
    Family {
        scenarios,
        ..family
    }
}

pub(super) fn beside(beside: Beside, family: Family) -> Family {
    Family { beside, ..family }
}

pub(super) fn failing(faults: Faults, family: Family) -> Family {
    Family { faults, ..family }
}

/// The heads of the answers.
pub(super) fn heads(heads: Vec<Head>, family: Family) -> Family {
    Family {
        side: match family.side {
            Side::Server(server, _) => Side::Server(server, heads),
            client => client,
        },
        ..family
    }
}

/// With settings of the server changed.
pub(super) fn server(change: &dyn Fn(&mut Server), mut family: Family) -> Family {
    if let Side::Server(server, _) = &mut family.side {
        change(server);
    }
    family
}

pub(super) fn half_closing(family: Family) -> Family {
    server(&|server| server.half_close = true, family)
}

pub(super) fn pipeline_flushing(family: Family) -> Family {
    server(&|server| server.pipeline_flush = true, family)
}

pub(super) fn vectored(family: Family) -> Family {
    server(&|server| server.vectored = true, family)
}

pub(super) fn graceful(family: Family) -> Family {
    server(&|server| server.graceful = Some(0), family)
}

/// `graceful_shutdown` comes at any time.
pub(super) fn told_to_stop(family: Family) -> Family {
    graceful(beside(Beside::Graceful, family))
}

/// The body of the answer comes from this source, and its head is this one.
pub(super) fn sourced(source: Source, head: Head, family: Family) -> Family {
    let family = heads(vec![head], family);
    server(&|server| server.source = source, family)
}

/// The same, with the head that hyper chooses for it.
pub(super) fn streaming(source: Source, family: Family) -> Family {
    let head = match source {
        Source::Chunks(_) | Source::Feed(_) => Head::Chunked,
        _ => Head::Length(BODY),
    };
    // The responses after one with a body from a feed have a body of known length.
    let family = heads(vec![head, Head::Length(BODY)], family);
    server(&|server| server.source = source, family)
}

/// The same with a limit of hyper's write buffer: it polls the body only while fewer bytes are buffered.
pub(super) fn limited(source: Source, family: Family) -> Family {
    let head = match source {
        Source::Chunks(_) => Head::Chunked,
        _ => Head::Length(LIMITED),
    };
    let family = heads(vec![head], at(HUGE, family));
    let change = |server: &mut Server| {
        server.source = source;
        server.max_buf_size = Some(8192);
        server.body = Server::answering(LIMITED).body;
    };
    server(&change, family)
}

/// An answer of this many bytes.
pub(super) fn answering(bytes: usize, family: Family) -> Family {
    let family = heads(vec![Head::Length(bytes)], family);
    server(
        &|server| server.body = Server::answering(bytes).body,
        family,
    )
}

/// The handler switches protocols, for a CONNECT or another request.
pub(super) fn switching(connect: bool, family: Family) -> Family {
    let head = if connect { Head::Bare } else { Head::Switching };
    let change = |server: &mut Server| {
        server.upgrade = Some(Bytes::from_static(b"uv"));
        server.connect = connect;
    };
    server(&change, heads(vec![head], family))
}
