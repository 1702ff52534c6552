//! What is claimed about real hyper: every property, in every shape, over every kernel buffer.

use std::sync::Arc;

use lastbyte::{Claim, Expected, Instance, Model, NamedSubject, Property, Reader, Subject};

use super::shapes::{CAPACITIES, RESPONSE, Shape, shapes};
use super::{Server, history, v0_14, v1};

/// A line of hyper.
#[derive(Clone, Copy, Debug)]
pub struct Series {
    /// `hyper-1`, `hyper-0.14`.
    pub name: &'static str,
    /// The version that is built.
    pub version: &'static str,
    /// Makes the subject.
    pub subject: fn(Server) -> Arc<dyn Subject>,
    /// Shuts the socket down without waiting for its own buffer (hyper #4018, merged as 72046cc7
    /// in 1.11.0, repairs it).
    pub shuts_down_unflushed: bool,
}

/// The newest hyper 1.
pub const HYPER_1: Series = Series {
    name: "hyper-1",
    version: v1::VERSION,
    subject: v1::subject,
    shuts_down_unflushed: false,
};

/// The last hyper 0.14.
pub const HYPER_0_14: Series = Series {
    name: "hyper-0.14",
    version: v0_14::VERSION,
    subject: v0_14::subject,
    shuts_down_unflushed: true,
};

impl Series {
    /// This series in one shape, over a kernel buffer of `capacity` bytes and with a reader that
    /// takes all there is.
    pub fn instance(&self, shape: &Shape, capacity: usize) -> Instance {
        Instance {
            model: "hyper",
            subject: self.name.to_owned(),
            version: Some(self.version.to_owned()),
            scenario: shape.scenario(capacity, Reader::PROMPT),
            // hyper declares no state; what it has seen so far stands for it, which is exact as
            // long as hyper is deterministic, and that is checked.
            caching: true,
            run: (self.subject)(shape.server.clone()),
        }
    }

    /// All instances of the shapes with one of these fates, over kernel buffers that `fits` likes.
    fn instances(&self, fates: &[Fate], fits: fn(usize) -> bool) -> Vec<Instance> {
        let shapes = shapes().into_iter();
        let shapes = shapes.filter(|shape| fates.contains(&Fate::of(shape)));
        let capacities = || CAPACITIES.into_iter().filter(|capacity| fits(*capacity));
        shapes
            .flat_map(|shape| capacities().map(move |capacity| self.instance(&shape, capacity)))
            .collect()
    }

    fn claims(&self) -> Vec<Claim> {
        use Expected::{Proved, Refuted};
        use Fate::{ClosesEarly, DrainsFirst, EndsByFin};
        use Property::{
            AcceptedArrives, NoPanic, NoSilentLoss, NoSpin, NoStall, NothingBufferedAtShutdown,
            NothingTruncated, OneShutdown, ReceivedIsPrefix,
        };
        let harmless = [
            ReceivedIsPrefix,
            AcceptedArrives,
            NoStall,
            NoSpin,
            OneShutdown,
            NoPanic,
        ];
        let lost = [NothingTruncated, NoSilentLoss, NothingBufferedAtShutdown];
        let everything = [lost.as_slice(), &harmless].concat();
        let any = |_| true;
        let small = |capacity| capacity < RESPONSE;
        let large = |capacity| capacity > RESPONSE;

        let mut claims = Vec::new();
        let mut claim = |name: &str,
                         sentence: &str,
                         scenarios: &str,
                         expected,
                         properties: &[_],
                         instances: Vec<Instance>| {
            claims.extend(properties.iter().map(|&property| Claim {
                name: format!("{}-{name}/{property}", self.name),
                sentence: sentence.to_owned(),
                scenarios: scenarios.to_owned(),
                property,
                expected,
                instances: instances.clone(),
            }));
        };
        if self.shuts_down_unflushed {
            claim(
                "loses-silently",
                "When the read side closes before the response is flushed, hyper cuts the \
                 response short and reports Ok.",
                "body ignored, malformed chunk, early EOF; K=32/64",
                Refuted,
                &lost,
                self.instances(&[ClosesEarly], small),
            );
            claim(
                "delivers-what-was-accepted",
                "What arrives then is what the kernel had accepted.",
                "body ignored, malformed chunk, early EOF; K=32/64",
                Proved,
                &harmless,
                self.instances(&[ClosesEarly], small),
            );
            claim(
                "small-is-fine",
                "A response that fits the kernel's buffer arrives whole.",
                "body ignored, malformed chunk, early EOF; K=1024",
                Proved,
                &everything,
                self.instances(&[ClosesEarly], large),
            );
            claim(
                "ordinary-close-is-fine",
                "An ordinary end of the exchange waits for the flush: the response arrives whole.",
                "request complete, connection: close, half-close; K=32/64/1024",
                Proved,
                &everything,
                self.instances(&[DrainsFirst], any),
            );
        } else {
            claim(
                "never-loses",
                "Every response arrives whole, whatever closes the read side.",
                "request complete, connection: close, body ignored, malformed chunk, early EOF, \
                 half-close; K=32/64/1024",
                Proved,
                &everything,
                self.instances(&[ClosesEarly, DrainsFirst], any),
            );
        }
        claim(
            "fin-ends-the-exchange",
            "Without half_close, FIN behind the request ends the exchange: what is not flushed is \
             given up, by design.",
            "FIN with the request or at any time; K=32/64/1024",
            Refuted,
            &[NothingTruncated],
            self.instances(&[EndsByFin], any),
        );
        claim(
            "fin-is-reported",
            "The connection reports an error when FIN has ended the exchange.",
            "FIN with the request or at any time; K=32/64/1024",
            Proved,
            &[[NoSilentLoss].as_slice(), &harmless].concat(),
            self.instances(&[EndsByFin], any),
        );
        let mut every_interleaving = self.instance(&Shape::named("body-ignored"), 64);
        every_interleaving.scenario.name.push_str("-uncached");
        every_interleaving.caching = false;
        claim(
            "body-ignored-without-caching",
            "The published case without state caching: every interleaving on its own.",
            "body ignored; K=64",
            match self.shuts_down_unflushed {
                true => Refuted,
                false => Proved,
            },
            &lost,
            vec![every_interleaving],
        );
        claims
    }
}

/// What becomes of hyper's read side in a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Something else than the end of the exchange closes it: the handler has dropped the body,
    /// or the body is invalid or cut off.
    ClosesEarly,
    /// The exchange ends after the flush (`try_keep_alive`, conn.rs of hyper 1.12.0).
    DrainsFirst,
    /// FIN in the middle of an exchange is its end (`mid_message_detect_eof`, conn.rs of hyper
    /// 1.12.0).
    EndsByFin,
}

impl Fate {
    fn of(shape: &Shape) -> Fate {
        match shape.name {
            "body-ignored"
            | "malformed-chunk"
            | "malformed-chunk-ignored"
            | "early-eof"
            | "early-eof-ignored" => Fate::ClosesEarly,
            "fin-behind-request" | "fin-any-time" => Fate::EndsByFin,
            _ => Fate::DrainsFirst,
        }
    }
}

/// What `cargo verify` knows about real hyper.
pub fn model() -> Model {
    Model {
        name: "hyper",
        about: "Real, unpatched hyper: HTTP/1 server connections, the newest and the last 0.14",
        claims: || {
            [HYPER_1, HYPER_0_14]
                .iter()
                .flat_map(Series::claims)
                .collect()
        },
        subjects: || -> Vec<NamedSubject> { vec![v1::named(), v0_14::named()] },
        ..Model::default()
    }
}

/// What `cargo verify` knows about hyper's history, as far as its releases share one build.
pub fn history() -> Model {
    Model {
        name: "history",
        about: "One probe for each defect of hyper's dispatch loop, and the releases that have it",
        claims: || {
            let older = history::claims(v0_14::RELEASE);
            let newest = history::claims(v1::RELEASE);
            older.into_iter().chain(newest).collect()
        },
        ..Model::default()
    }
}
