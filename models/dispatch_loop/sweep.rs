//! The sweep: every revision in every sensible combination of what surrounds it.
//!
//! The named scenarios are part of it. The others are the product of what the peer
//! sends, what the service answers, the socket and the write buffer, and, one at a time, how the
//! connection is used otherwise.

use std::sync::Arc;

use bytes::Bytes;
use lastbyte::check::{LeftOut, Sweep};
use lastbyte::environment::FlushMode;
use lastbyte::{Instance, Reader, Scenario, Script, ScriptStep};

use super::message::{self, Body};
use super::{
    Connection, GivesUp, LoopScenario, Owed, REVISIONS, Revision, UserBody, WriteStrategy,
    named_scenarios,
};

/// What the peer sends: at the start, later, whether FIN follows, and which answers it is owed.
struct Request {
    name: &'static str,
    first: &'static [u8],
    later: &'static [&'static [u8]],
    fin: bool,
    /// Responses, and what follows them.
    owed: (usize, &'static [u8]),
}

const fn request(
    name: &'static str,
    first: &'static [u8],
    later: &'static [&'static [u8]],
    owed: (usize, &'static [u8]),
) -> Request {
    Request {
        name,
        first,
        later,
        fin: false,
        owed,
    }
}

const REQUESTS: [Request; 12] = [
    request("get", b"G", &[], (1, b"")),
    request("close", b"C", &[], (1, b"")),
    request("unfinished-body", b"P2x", &[], (1, b"")),
    request("body-ends-later", b"P2x", &[b"x"], (1, b"")),
    request("closing-body-ends-later", b"p2x", &[b"x"], (1, b"")),
    request("bad-body", b"P2x", &[b"!"], (1, b"")),
    request("two", b"GG", &[], (2, b"")),
    request("next-after-body", b"P2x", &[b"xG"], (2, b"")),
    request("malformed", b"!", &[], (0, message::BAD_REQUEST)),
    request("malformed-second", b"G!", &[], (1, message::BAD_REQUEST)),
    request("half-a-second", b"GP", &[], (1, b"")),
    Request {
        fin: true,
        ..request("fin", b"G", &[], (1, b""))
    },
];

/// The requests after which the connection ends.
const ENDING: [&str; 4] = [
    "close",
    "closing-body-ends-later",
    "malformed",
    "malformed-second",
];

const ANSWERS: [(&str, Body); 4] = [
    ("full", Body::Full(2)),
    ("sized", Body::Sized(2)),
    ("ready", Body::Ready(2)),
    ("fed", Body::Fed(1)),
];

/// Kernel capacity, flush, and `max_buf_size`: a buffer below the answer's size, one above it, and
/// one after a flush that takes two calls.
const SOCKETS: [(&str, usize, FlushMode, usize); 3] = [
    ("small", 1, FlushMode::Immediate, 64),
    ("roomy", 16, FlushMode::Immediate, 64),
    ("deferred", 16, FlushMode::Deferred, 2),
];

const BUFFERS: [(&str, WriteStrategy, bool); 3] = [
    ("flatten", WriteStrategy::Flatten, false),
    ("queue", WriteStrategy::Queue, false),
    ("pipeline-flush", WriteStrategy::Flatten, true),
];

/// How the connection is used otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Plainly,
    ReaderSlow,
    ReaderStops,
    ReaderResets,
    Graceful,
    WithoutShutdown,
    HalfClose,
    BodyDropped,
    BodyKept,
}

const USES: [(&str, Use); 8] = [
    ("reader-slow", Use::ReaderSlow),
    ("reader-stops", Use::ReaderStops),
    ("reader-resets", Use::ReaderResets),
    ("graceful", Use::Graceful),
    ("taken-out", Use::WithoutShutdown),
    ("half-close", Use::HalfClose),
    ("body-dropped", Use::BodyDropped),
    ("body-kept", Use::BodyKept),
];

/// What the sweep leaves out.
pub fn left_out() -> Vec<LeftOut> {
    let left_out = |what: &str, why: &str| LeftOut {
        what: what.to_owned(),
        why: why.to_owned(),
    };
    vec![
        left_out(
            "read-gated with pipeline_flush",
            "a flush that returns early gates nothing; nobody proposed the pair",
        ),
        left_out(
            "pipeline_flush with vectored writes",
            "set_flush_pipeline turns the queue off (io.rs)",
        ),
        left_out(
            "two uses at once (graceful_shutdown and a reader that stops, say)",
            "the product is too large; each use is combined with every request",
        ),
        left_out(
            "a body from another thread with a peer that sends more, or with a deferred flush",
            "four actors besides the reader: up to half a minute an instance; the named scenarios have the \
                  pairs that matter",
        ),
        left_out(
            "a client in the product of axes",
            "its scenarios are named one by one",
        ),
        left_out(
            "upgrades in the product of axes",
            "its scenarios are named one by one, with and without a request body and a graceful shutdown; more of \
                  them are compared with hyper",
        ),
        left_out(
            "a reader that stops, with a request after which the connection stays open",
            "an idle connection waits for the next request",
        ),
        left_out("header_read_timeout", "time is not modelled"),
        left_out(
            "Expect: 100-continue, trailers, chunked requests, HTTP/1.0, HEAD, 204, 304, a body that ends \
                  early, late or with an error, a service that fails or never answers",
            "the model has them, and each is compared with hyper alone; the product is too large",
        ),
        left_out(
            "a second request owed after a body that the service drops or keeps",
            "the connection may close before it",
        ),
    ]
}

fn combination(
    request: &Request,
    answer: (&str, Body),
    socket: (&str, usize, FlushMode, usize),
    buffer: (&str, WriteStrategy, bool),
    (used_name, used): (&str, Use),
) -> LoopScenario {
    let mut name = [request.name, answer.0, socket.0, buffer.0].join(".");
    if used != Use::Plainly {
        name = [&name, used_name].join(".");
    }
    let reader = match used {
        Use::ReaderSlow => Reader::slow(1),
        Use::ReaderStops => Reader::PROMPT.stops_after(1),
        Use::ReaderResets => Reader::PROMPT.resets_after(1),
        _ => Reader::PROMPT,
    };
    let mut scenario = Scenario {
        flush: socket.2,
        ..Scenario::new(name, socket.1, reader).with_input(request.first)
    };
    let mut steps: Vec<_> = request
        .later
        .iter()
        .map(|bytes| ScriptStep::Send(Bytes::from_static(bytes)))
        .collect();
    if request.fin {
        steps.extend([ScriptStep::AwaitReceived(1), ScriptStep::FinishInput]);
    }
    if !steps.is_empty() {
        scenario = scenario.with_script(Script::new("peer", steps));
    }
    if let Body::Fed(pieces) = answer.1 {
        scenario.feeds = 1;
        scenario = scenario.with_script(super::scenarios::feeder(0, pieces));
    }
    if socket.2 == FlushMode::Deferred {
        scenario = scenario.with_script(super::scenarios::device(6));
    }
    let mut connection = Connection {
        write_strategy: buffer.1,
        pipeline_flush: buffer.2,
        write_limit: socket.3,
        user_body: UserBody::Read,
        // One feed, one answer from it.
        ..Connection::server([answer.1, Body::Full(1)], request.owed.0)
    };
    if let Owed::AtStart(bytes) = &connection.owed {
        connection.owed = Owed::AtStart([bytes, request.owed.1].concat().into());
    }
    match used {
        Use::Graceful => {
            connection.graceful = Some(0);
            connection.owed = Owed::AsServed;
            scenario.signals = 1;
            scenario = scenario.with_script(Script::new("user", [ScriptStep::Raise(0)]));
        }
        Use::WithoutShutdown => connection.gives_up = GivesUp::WithoutShutdown,
        Use::HalfClose => connection.half_close = true,
        Use::BodyDropped => connection.user_body = UserBody::Dropped,
        Use::BodyKept => connection.user_body = UserBody::Kept,
        Use::Plainly | Use::ReaderSlow | Use::ReaderStops | Use::ReaderResets => {}
    }
    LoopScenario {
        about: "",
        connection,
        outside: scenario,
    }
}

/// Whether so many scripts act that the exploration takes too long.
fn is_too_large(request: &Request, answer: Body, flush: FlushMode) -> bool {
    let peer = !request.later.is_empty() || request.fin;
    matches!(answer, Body::Fed(_)) && (peer || flush == FlushMode::Deferred)
}

/// Whether a use is left out for a request: the service may close before something that is owed,
/// or the connection need not end.
fn is_left_out(request: &Request, used: Use) -> bool {
    match used {
        // An idle connection waits for the next request, whether its reader has stopped or not.
        Use::ReaderStops => !ENDING.contains(&request.name),
        Use::BodyDropped | Use::BodyKept => request.owed.0 > 1,
        // What graceful_shutdown answers is promised as it is served; a 400 is not.
        Use::Graceful => !request.owed.1.is_empty(),
        _ => false,
    }
}

/// All scenarios of the sweep: the named ones first.
pub fn all_scenarios() -> Vec<LoopScenario> {
    let mut all = named_scenarios();
    for request in &REQUESTS {
        for answer in ANSWERS {
            for socket in SOCKETS {
                for buffer in BUFFERS {
                    if is_too_large(request, answer.1, socket.2) {
                        continue;
                    }
                    all.push(combination(
                        request,
                        answer,
                        socket,
                        buffer,
                        ("", Use::Plainly),
                    ));
                }
            }
        }
        for used in USES {
            if !is_left_out(request, used.1) {
                all.push(combination(
                    request, ANSWERS[0], SOCKETS[0], BUFFERS[0], used,
                ));
            }
        }
    }
    all
}

/// The instance of one scenario at one revision; `None` where the pair is left out.
#[track_caller]
pub fn instance(scenario: &LoopScenario, revision: &Revision) -> Option<Instance> {
    if revision.flush_gates_reads && scenario.connection.pipeline_flush {
        return None;
    }
    let connection = Connection {
        revision: *revision,
        ..scenario.connection.clone()
    };
    let instance = Instance::new(
        revision.name,
        scenario.outside.clone(),
        Arc::new(connection),
    );
    Some(instance.with_parameter("scenario", scenario.name()))
}

/// The sweep.
pub fn sweep() -> Sweep {
    let scenarios = all_scenarios();
    let mut instances = Vec::new();
    let mut not_applicable = Vec::new();
    for revision in &REVISIONS {
        for scenario in &scenarios {
            match instance(scenario, revision) {
                Some(instance) => instances.push(instance),
                None => not_applicable.push((revision.name.to_owned(), scenario.name().to_owned())),
            }
        }
    }
    Sweep {
        instances,
        not_applicable,
        prominent: named_scenarios()
            .iter()
            .map(|scenario| scenario.name().to_owned())
            .collect(),
        left_out: left_out(),
        classified: Some(super::classes::classified()),
    }
}
