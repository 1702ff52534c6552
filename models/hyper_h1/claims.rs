//! What is claimed about real hyper: every property, in every scenario family, over every kernel buffer.

use std::sync::Arc;

use lastbyte::check::Meaning;
use lastbyte::{Claim, Expected, Instance, Model, Property, Reader, Subject};

use super::scenarios::{CAPACITIES, Family, RESPONSE, families};
use super::{Server, v0_14, v1};
use crate::known::{claim, meaning, told};

/// The published incident: sizes of the response's body and of the kernel's buffer, in bytes.
const INCIDENT: (usize, usize) = (14_896_450, 219_264);

/// A line of hyper.
#[derive(Clone, Copy, Debug)]
pub struct Series {
    /// `hyper-1`, `hyper-0.14`.
    pub name: &'static str,
    /// The version that is built.
    pub version: &'static str,
    /// Makes the subject.
    pub subject: fn(Server) -> Arc<dyn Subject>,
    /// It shuts the socket down before its own buffer is flushed. hyper #4018, merged as 72046cc7 in 1.11.0,
    /// repairs that.
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
    /// This series in one family, over a kernel buffer of `capacity` bytes and with a reader that
    /// takes all there is.
    #[track_caller]
    pub fn instance(&self, family: &Family, capacity: usize) -> Instance {
        let run = (self.subject)(family.server.clone());
        // hyper declares no state; its history stands for its state. That is exact if hyper is deterministic,
        // which is checked.
        Instance::new(self.name, family.scenario(capacity, Reader::PROMPT), run)
            .with_version(self.version)
            .with_parameter("request", family.name)
            .with_parameter("N", family.server.body.len())
            .with_capacity()
            .with_reader()
    }

    /// The published incident at its own sizes, over vectored writes as on TCP. It has too many histories to
    /// keep them whole: they are folded.
    #[track_caller]
    pub fn incident(&self) -> Instance {
        let mut family = Family::named("body-ignored");
        family.server.body = Server::answering(INCIDENT.0).body;
        family.server.vectored = true;
        self.instance(&family, INCIDENT.1)
            .with_scenario(|scenario| scenario.name += "-incident")
            .with_folded_histories()
    }

    /// All instances of the families with one of these fates, over the kernel buffers for which `fits` is
    /// true.
    fn instances(&self, fates: &[Fate], fits: fn(usize) -> bool) -> Vec<Instance> {
        let families = families().into_iter();
        let families = families.filter(|family| fates.contains(&Fate::of(family)));
        let capacities = || CAPACITIES.into_iter().filter(|capacity| fits(*capacity));
        families
            .flat_map(|family| capacities().map(move |capacity| self.instance(&family, capacity)))
            .collect()
    }

    fn claims(&self) -> Vec<Claim> {
        use Expected::{Proved, Refuted};
        use Fate::{ClosesEarly, DrainsFirst, EndsByFin};
        use Property::{
            AcceptedArrives, Ends, NoFlushAfterShutdown, NoNeedlessError, NoPanic, NoSilentLoss,
            NoSpin, NoStall, NothingBufferedAtShutdown, NothingTruncated, OneShutdown,
            ReceivedIsPrefix,
        };
        let harmless = [
            ReceivedIsPrefix,
            AcceptedArrives,
            NoStall,
            NoSpin,
            OneShutdown,
            NoFlushAfterShutdown,
            Ends,
            NoPanic,
        ];
        let lost = [NothingTruncated, NoSilentLoss, NothingBufferedAtShutdown];
        let everything = [lost.as_slice(), &harmless].concat();
        let unflushed = told("#4022");
        let any = |_| true;
        let small = |capacity| capacity < RESPONSE;
        let large = |capacity| capacity > RESPONSE;

        let mut claims = Vec::new();
        if self.shuts_down_unflushed {
            let loses = claim(
                self.name,
                "loses-silently",
                "When the read side closes before the response is flushed, hyper cuts the \
                 response short and reports Ok.",
                Refuted,
                &lost,
                self.instances(&[ClosesEarly], small),
            );
            claims.extend(meaning(loses, Meaning::Defect, &unflushed));
            claims.extend(claim(
                self.name,
                "delivers-what-was-accepted",
                "When hyper cuts a response short, exactly what the kernel had accepted arrives.",
                Proved,
                &harmless,
                self.instances(&[ClosesEarly], small),
            ));
            claims.extend(claim(
                self.name,
                "small-is-fine",
                "A response that fits the kernel's buffer arrives whole.",
                Proved,
                &everything,
                self.instances(&[ClosesEarly], large),
            ));
            claims.extend(claim(
                self.name,
                "ordinary-close-is-fine",
                "An ordinary end of the exchange waits for the flush: the response arrives whole.",
                Proved,
                &everything,
                self.instances(&[DrainsFirst], any),
            ));
        } else {
            claims.extend(claim(
                self.name,
                "never-loses",
                "Every response arrives whole, whatever closes the read side.",
                Proved,
                &everything,
                self.instances(&[ClosesEarly, DrainsFirst], any),
            ));
        }
        claims.extend(claim(
            self.name,
            "ordinary-close-is-no-error",
            "A connection that ends after an ordinary exchange does not report an error.",
            Proved,
            &[NoNeedlessError],
            self.instances(&[DrainsFirst], any),
        ));
        let given_up = claim(
            self.name,
            "fin-ends-the-exchange",
            "Without half_close, FIN after the request ends the exchange: what is not flushed is \
             given up, by design.",
            Refuted,
            &[NothingTruncated],
            self.instances(&[EndsByFin], any),
        );
        claims.extend(meaning(
            given_up,
            Meaning::Accepted,
            "By design: without half_close, hyper takes a peer that sends FIN to be gone, and the connection \
             reports an error.",
        ));
        claims.extend(claim(
            self.name,
            "fin-is-reported",
            "The connection reports an error when FIN has ended the exchange.",
            Proved,
            &[[NoSilentLoss].as_slice(), &harmless].concat(),
            self.instances(&[EndsByFin], any),
        ));
        let every_interleaving = self
            .instance(&Family::named("body-ignored"), 64)
            .with_scenario(|scenario| scenario.name += "-uncached")
            .without_caching();
        let uncached = claim(
            self.name,
            "body-ignored-without-caching",
            "A handler that ignores the request body, without state caching: every interleaving is explored on its own.",
            match self.shuts_down_unflushed {
                true => Refuted,
                false => Proved,
            },
            &lost,
            vec![every_interleaving],
        );
        claims.extend(meaning(uncached, Meaning::Defect, &unflushed));
        let incident = claim(
            self.name,
            "incident",
            "The published incident at its own sizes: a response of 14,896,450 bytes, a handler that ignores the request body, a kernel buffer of 219,264 bytes.",
            match self.shuts_down_unflushed {
                true => Refuted,
                false => Proved,
            },
            &lost,
            vec![self.incident()],
        );
        claims.extend(meaning(incident, Meaning::Defect, &unflushed));
        claims
    }
}

/// How hyper's read side closes in a scenario family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Before the exchange ends: the handler has dropped the body, or the body is malformed or incomplete.
    ClosesEarly,
    /// At the end of the exchange, after the flush (`try_keep_alive`, conn.rs of hyper 1.12.0).
    DrainsFirst,
    /// FIN arrives in the middle of an exchange and ends it (`mid_message_detect_eof`, conn.rs of hyper
    /// 1.12.0).
    EndsByFin,
}

impl Fate {
    fn of(family: &Family) -> Fate {
        match family.name {
            "body-ignored"
            | "malformed-chunk"
            | "malformed-chunk-ignored"
            | "early-eof"
            | "early-eof-ignored" => Fate::ClosesEarly,
            "fin-after-request" | "fin-any-time" => Fate::EndsByFin,
            _ => Fate::DrainsFirst,
        }
    }
}

/// What `cargo verify` knows about real hyper.
pub fn model() -> Model {
    Model {
        claims: || {
            [HYPER_1, HYPER_0_14]
                .iter()
                .flat_map(Series::claims)
                .collect()
        },
        subjects: super::subjects,
        ..Model::new(
            "hyper",
            "Real, unpatched hyper: HTTP/1 server connections, the newest and the last 0.14",
        )
    }
}
