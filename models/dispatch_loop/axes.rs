//! The axes of the sweep, and the scenario that results from one choice on each axis.

use bytes::Bytes;
use lastbyte::environment::FlushMode;
use lastbyte::{Reader, Scenario, Script, ScriptStep};

use super::message::{self, Body};
use super::{Connection, GivesUp, LoopScenario, Owed, UserBody, WriteStrategy, scenarios};

/// What the peer sends at the start and later, whether FIN follows, and what the peer must get.
#[derive(Clone, Copy)]
pub(super) struct Request {
    pub(super) name: &'static str,
    first: &'static [u8],
    later: &'static [&'static [u8]],
    fin: bool,
    /// What the peer must get: bytes before the responses, the number of responses, bytes after them.
    owed: (&'static [u8], usize, &'static [u8]),
    /// What the service does with the body, unless a [`Use`] says otherwise.
    user_body: UserBody,
    /// The connection closes after it.
    closes: bool,
    /// It asks for another protocol, and gets it.
    upgrades: bool,
}

/// A request to which this many responses are owed.
const fn request(
    name: &'static str,
    first: &'static [u8],
    later: &'static [&'static [u8]],
    responses: usize,
) -> Request {
    Request {
        name,
        first,
        later,
        fin: false,
        owed: (b"", responses, b""),
        user_body: UserBody::Read,
        closes: false,
        upgrades: false,
    }
}

const fn closing(request: Request) -> Request {
    Request {
        closes: true,
        ..request
    }
}

/// A request that is malformed, or that malformed bytes follow: the last answer is the one to a malformed
/// request.
const fn malformed(request: Request) -> Request {
    let (before, responses, _) = request.owed;
    Request {
        owed: (before, responses, message::BAD_REQUEST),
        ..closing(request)
    }
}

/// A request that is answered with another protocol; the service drops its body.
const fn upgrade(name: &'static str, first: &'static [u8]) -> Request {
    Request {
        owed: (b"", 1, message::UPGRADED),
        user_body: UserBody::Dropped,
        upgrades: true,
        ..request(name, first, &[], 1)
    }
}

/// The requests of both sweeps, the covering one and the whole one.
pub(super) const REQUESTS: [Request; 12] = [
    request("get", b"G", &[], 1),
    closing(request("close", b"C", &[], 1)),
    request("unfinished-body", b"P2x", &[], 1),
    request("body-ends-later", b"P2x", &[b"x"], 1),
    closing(request("closing-body-ends-later", b"p2x", &[b"x"], 1)),
    request("bad-body", b"P2x", &[b"!"], 1),
    request("two", b"GG", &[], 2),
    request("next-after-body", b"P2x", &[b"xG"], 2),
    malformed(request("malformed", b"!", &[], 0)),
    malformed(request("malformed-second", b"G!", &[], 1)),
    request("half-a-second", b"GP", &[], 1),
    Request {
        fin: true,
        ..request("fin", b"G", &[], 1)
    },
];

/// The requests that only the whole sweep has.
pub(super) const MORE_REQUESTS: [Request; 13] = [
    request("whole-body", b"P2xx", &[], 1),
    closing(request("whole-closing-body", b"p2xx", &[], 1)),
    Request {
        user_body: UserBody::ReadFirst,
        ..request("body-read-first", b"P2x", &[b"x"], 1)
    },
    request("head-in-two", b"-", &[b"G"], 1),
    request("chunks", b"Qx.", &[], 1),
    request("chunks-end-later", b"Qx", &[b"."], 1),
    request("bad-chunk", b"Qx!", &[], 1),
    request("trailers", b"Qx;", &[], 1),
    request("takes-trailers", b"T", &[], 1),
    Request {
        owed: (message::CONTINUE, 1, b""),
        user_body: UserBody::ReadFirst,
        ..request("expects-continue", b"E1", &[b"x"], 1)
    },
    upgrade("upgrade", b"U"),
    upgrade("upgrade-early-data", b"Ux"),
    upgrade("upgrade-half-a-body", b"V2x"),
];

/// The bodies of the first response in both sweeps.
pub(super) const ANSWERS: [(&str, Body); 4] = [
    ("full", Body::Full(2)),
    ("sized", Body::Sized(2)),
    ("ready", Body::Ready(2)),
    ("fed", Body::Fed(1)),
];

/// The bodies that only the whole sweep has.
pub(super) const MORE_ANSWERS: [(&str, Body); 2] = [
    ("trailers", Body::Trailers(1)),
    ("withheld", Body::Withheld),
];

/// What is below the connection: a name, the capacity of the kernel's buffer in bytes, how a flush
/// behaves, and hyper's `max_buf_size` in bytes.
pub(super) type Below = (&'static str, usize, FlushMode, usize);

/// A kernel buffer smaller than the answer, one larger than it, and one whose flush takes two calls.
pub(super) const SOCKETS: [Below; 3] = [
    ("small", 1, FlushMode::Immediate, 64),
    ("roomy", 16, FlushMode::Immediate, 64),
    ("deferred", 16, FlushMode::Deferred, 2),
];

/// hyper's write buffer: a name, the write strategy, and `pipeline_flush`.
pub(super) type Buffer = (&'static str, WriteStrategy, bool);

pub(super) const BUFFERS: [Buffer; 3] = [
    ("flatten", WriteStrategy::Flatten, false),
    ("queue", WriteStrategy::Queue, false),
    ("pipeline-flush", WriteStrategy::Flatten, true),
];

/// How a connection or its reader differs from the plain case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    ReaderSlow,
    ReaderStops,
    ReaderResets,
    Graceful,
    WithoutShutdown,
    HalfClose,
    BodyDropped,
    BodyKept,
}

pub(super) const USES: [Use; 8] = [
    Use::ReaderSlow,
    Use::ReaderStops,
    Use::ReaderResets,
    Use::Graceful,
    Use::WithoutShutdown,
    Use::HalfClose,
    Use::BodyDropped,
    Use::BodyKept,
];

impl Use {
    fn name(self) -> &'static str {
        match self {
            Use::ReaderSlow => "reader-slow",
            Use::ReaderStops => "reader-stops",
            Use::ReaderResets => "reader-resets",
            Use::Graceful => "graceful",
            Use::WithoutShutdown => "taken-out",
            Use::HalfClose => "half-close",
            Use::BodyDropped => "body-dropped",
            Use::BodyKept => "body-kept",
        }
    }

    /// The kind of use: two uses of one kind exclude each other.
    fn kind(self) -> u8 {
        match self {
            Use::ReaderSlow | Use::ReaderStops | Use::ReaderResets => 0,
            Use::Graceful => 1,
            Use::WithoutShutdown => 2,
            Use::HalfClose => 3,
            Use::BodyDropped | Use::BodyKept => 4,
        }
    }

    /// Whether the two uses can be combined.
    pub(super) fn goes_with(self, other: Use) -> bool {
        self.kind() != other.kind()
    }

    /// Whether this use, together with `uses`, is left out for the request: the connection could close before
    /// it has written everything that is owed, or need not end.
    fn is_left_out(self, request: &Request, uses: &[Use]) -> bool {
        match self {
            // An idle connection waits for the next request, whether its reader has stopped or not.
            Use::ReaderStops => !request.closes && !uses.contains(&Use::Graceful),
            // A peer whose body is not read gets no 100.
            Use::BodyDropped | Use::BodyKept => request.owed.1 > 1 || !request.owed.0.is_empty(),
            // With graceful_shutdown, only responses are promised, each when its request is served.
            Use::Graceful => !request.owed.0.is_empty() || !request.owed.2.is_empty(),
            _ => false,
        }
    }
}

/// One choice on each axis.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) request: &'a Request,
    pub(super) answer: (&'static str, Body),
    pub(super) socket: Below,
    pub(super) buffer: Buffer,
    pub(super) uses: &'a [Use],
}

impl Place<'_> {
    /// Whether the combination is left out: so many scripts act that the exploration takes too long, a use
    /// does not fit the request, or the answer does not fit an upgrade.
    fn is_left_out(&self) -> bool {
        let peer = !self.request.later.is_empty() || self.request.fin;
        let others = [
            peer,
            self.socket.2 == FlushMode::Deferred,
            self.uses.contains(&Use::Graceful),
        ];
        let others = others.into_iter().filter(|acts| *acts).count();
        let is_fed = matches!(self.answer.1, Body::Fed(_));
        let is_too_large = others > 2 || is_fed && others > 0;
        let mut uses = self.uses.iter();
        is_too_large
            || uses.any(|used| used.is_left_out(self.request, self.uses))
            || self.request.upgrades && self.answer != ANSWERS[0]
    }

    /// The scenario; `None` where the combination is left out.
    pub(super) fn scenario(&self) -> Option<LoopScenario> {
        if self.is_left_out() {
            return None;
        }
        let uses = self.uses.iter().map(|used| used.name());
        let name = [
            self.request.name,
            self.answer.0,
            self.socket.0,
            self.buffer.0,
        ];
        let name = name.into_iter().chain(uses).collect::<Vec<_>>().join(".");
        let (_, capacity, flush, _) = self.socket;
        let mut outside = Scenario {
            flush,
            ..Scenario::new(name, capacity, Reader::PROMPT).with_input(self.request.first)
        };
        let later = self.request.later.iter();
        let mut steps: Vec<_> = later
            .map(|bytes| ScriptStep::Send(Bytes::from_static(bytes)))
            .collect();
        if self.request.fin {
            steps.extend([ScriptStep::AwaitReceived(1), ScriptStep::FinishInput]);
        }
        if !steps.is_empty() {
            outside = outside.with_script(Script::new("peer", steps));
        }
        if let Body::Fed(pieces) = self.answer.1 {
            outside.feeds = 1;
            outside = outside.with_script(scenarios::feeder(0, pieces));
        }
        if flush == FlushMode::Deferred {
            outside = outside.with_script(scenarios::device(6));
        }
        let mut scenario = LoopScenario {
            about: "",
            connection: self.connection(),
            outside,
        };
        for used in self.uses {
            used.apply(&mut scenario);
        }
        Some(scenario)
    }

    fn connection(&self) -> Connection {
        let (before, responses, after) = self.request.owed;
        let server = match self.request.upgrades {
            true => message::switching(),
            // There is one feed, so only the first answer can come from it.
            false => Connection::server([self.answer.1, Body::Full(1)], 0),
        };
        let promised = (0..responses).map(|n| server.message(n));
        let promised = promised.collect::<Vec<_>>().concat();
        Connection {
            write_strategy: self.buffer.1,
            pipeline_flush: self.buffer.2,
            write_limit: self.socket.3,
            user_body: self.request.user_body,
            owed: Owed::AtStart([before, &promised, after].concat().into()),
            ..server
        }
    }
}

impl Use {
    fn apply(self, scenario: &mut LoopScenario) {
        let LoopScenario {
            connection,
            outside,
            ..
        } = scenario;
        match self {
            Use::ReaderSlow => outside.reader = Reader::slow(1),
            Use::ReaderStops => outside.reader = Reader::PROMPT.stops_after(1),
            Use::ReaderResets => outside.reader = Reader::PROMPT.resets_after(1),
            Use::Graceful => {
                connection.graceful = Some(0);
                connection.owed = Owed::AsServed;
                *outside = scenarios::told_to_stop(outside.clone(), None);
            }
            Use::WithoutShutdown => connection.gives_up = GivesUp::WithoutShutdown,
            Use::HalfClose => connection.half_close = true,
            Use::BodyDropped => connection.user_body = UserBody::Dropped,
            Use::BodyKept => connection.user_body = UserBody::Kept,
        }
    }
}
