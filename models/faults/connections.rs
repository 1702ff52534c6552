//! The connections of real hyper that the faults are applied to: servers and clients, what they write, and at
//! which bytes a fault can make a difference.

use std::sync::Arc;

use lastbyte::{Instance, Reader, Scenario, Script, ScriptStep, Subject};

use super::{Point, every_fault, reset};
use crate::conformance::Head;
use crate::hyper_h1::claims::Series;
use crate::hyper_h1::scenarios::Family;
use crate::hyper_h1::{Client, Outgoing, Source, v0_14, v1};

/// Bytes of every body.
const BODY: usize = 63;

/// Kernel buffers in bytes: less than half of a message, and more than one.
const CAPACITIES: [usize; 2] = [64, 1024];

/// A connection with its peer and the number of bytes that it writes.
#[derive(Clone)]
pub(super) struct Connection {
    name: &'static str,
    line: Series,
    scenario: Scenario,
    run: Arc<dyn Subject>,
    /// Bytes of the head.
    head: usize,
    /// Bytes in all.
    all: usize,
    /// It waits for more input after its message.
    pub(super) stays_open: bool,
    /// It shuts the socket down before the flush.
    pub(super) loses: bool,
}

/// The servers. Each is named after its request or its answer.
pub(super) fn servers(line: Series) -> Vec<Connection> {
    let mut chunks = Family {
        name: "chunks",
        ..Family::named("request-complete")
    };
    chunks.server.source = Source::Chunks(BODY / 3);
    let mut vectored = Family {
        name: "vectored",
        ..Family::named("request-complete")
    };
    vectored.server.vectored = true;
    let mut families = vec![chunks, vectored];
    families.extend(
        [
            "request-complete",
            "connection-close",
            "half-close-at-once",
            "body-ignored",
            "malformed-chunk",
        ]
        .map(Family::named),
    );
    let connection = |family: Family| {
        let (head, body) = match family.name {
            "chunks" => (
                Head::Chunked,
                3 * "15\r\n\r\n".len() + BODY + "0\r\n\r\n".len(),
            ),
            _ => (Head::Length(BODY), BODY),
        };
        let head = head.bytes(line.version, family.name == "connection-close");
        Connection {
            name: family.name,
            line,
            scenario: family.scenario(CAPACITIES[0], Reader::PROMPT),
            stays_open: matches!(family.name, "request-complete" | "chunks" | "vectored"),
            loses: line.shuts_down_unflushed
                && matches!(family.name, "body-ignored" | "malformed-chunk"),
            run: (line.subject)(family.server),
            head,
            all: head + body,
        }
    };
    families.into_iter().map(connection).collect()
}

/// The clients. Their peers answer when they have seen the first byte.
pub(super) fn clients(line: Series) -> Vec<Connection> {
    let client = match line.shuts_down_unflushed {
        true => v0_14::client,
        false => v1::client,
    };
    let connection = |name, answer: &'static str| {
        let post = Outgoing::post(BODY, Source::Whole);
        let all = post.bytes().len();
        let answers = [
            ScriptStep::AwaitReceived(1),
            ScriptStep::Send(answer.into()),
        ];
        Connection {
            name,
            line,
            scenario: Scenario::new(name, CAPACITIES[0], Reader::PROMPT)
                .with_script(Script::new("peer", answers)),
            run: client(Client::sending([post])),
            head: all - BODY,
            all,
            stays_open: name == "client",
            loses: false,
        }
    };
    vec![
        connection("client", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
        connection(
            "client-closed",
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        ),
    ]
}

impl Connection {
    #[track_caller]
    fn instance(&self, capacity: usize, reader: Reader) -> Instance {
        let mut scenario = self.scenario.clone();
        scenario.name = format!("{},K={capacity},reader={reader}", self.name);
        scenario.capacity = capacity;
        scenario.reader = reader;
        Instance::new(self.line.name, scenario, self.run.clone())
            .with_version(self.line.version)
            .with_parameter("connection", self.name)
            .with_capacity()
            .with_reader()
    }

    /// The numbers of bytes after which a fault can make a difference: at the beginning, around the end of
    /// the head, where the kernel's buffer is first full, and at the last byte.
    fn marks(&self, capacity: usize) -> Vec<usize> {
        let mut marks = vec![
            0,
            1,
            self.head - 1,
            self.head,
            capacity,
            capacity + 1,
            self.all - 1,
        ];
        marks.retain(|mark| *mark < self.all);
        marks.sort_unstable();
        marks.dedup();
        marks
    }

    /// Every fault; in the variant without one, a spurious wake-up instead.
    pub(super) fn failing(&self) -> Vec<Instance> {
        let readers = [
            (64, Reader::PROMPT),
            (64, Reader::slow(48)),
            (1024, Reader::PROMPT),
        ];
        let failing = readers.into_iter().flat_map(|(capacity, reader)| {
            every_fault(&self.instance(capacity, reader), self.marks(capacity))
        });
        failing.collect()
    }

    /// The connection with a reset at these points.
    pub(super) fn resetting(&self, points: &[Point], told_once: bool) -> Vec<Instance> {
        let mut instances = Vec::new();
        for capacity in CAPACITIES {
            for behind in self.marks(capacity).into_iter().chain([self.all]) {
                if points.contains(&Point::of(behind, capacity, self.all)) {
                    let reader = Reader::PROMPT.resets_after(behind);
                    instances.push(reset(self.instance(capacity, reader), behind, told_once));
                }
            }
        }
        instances
    }
}
