//! What the adapters of the survey share: families of scenarios, what is expected of a release in
//! them, and the program of a package.
#![allow(
    dead_code,
    unused_imports,
    reason = "every adapter takes what it needs"
)]

use std::future::poll_fn;
pub use std::io;
use std::pin::{Pin, pin};

pub use Property::*;
pub use bytes::Bytes;
pub use lastbyte::checker::IntoSubject;
pub use lastbyte::environment::{Counted, Faults, FlushMode, Parse, Parsed, ShutdownMode};
pub use lastbyte::run::{FurtherSocket, Peer};
pub use lastbyte::trace::{Definition, Ending, Ends, Event};
pub use lastbyte::{Checker, Claim, Expected, Instance, Model, Property, Reader, Registry};
pub use lastbyte::{Handle, Script, ScriptStep, Socket};

/// What is asked of every connection, unless a family says otherwise.
const USUAL: [Property; 9] = [
    NothingTruncated,
    NoSilentLoss,
    NoStall,
    Ends,
    NoSpin,
    OneShutdown,
    NoFlushAfterShutdown,
    NoNeedlessError,
    NoPanic,
];

/// An error says that something is lost; where everything has arrived, it says so wrongly even if the peer is
/// gone by then.
pub const CLOSED: Property = Property::Custom(&Definition {
    name: "closed-when-delivered",
    sentence: "Closing succeeds once everything has arrived, whatever the peer does then.",
    check: |at, _| matches!(at.ending(), Some(Ending::Err(_))) && at.levels.complete,
});

/// Layers may refuse it: TLS that has sent its last record, an encoder that has written its trailer.
pub const NO_FLUSH_IN_SHUTDOWN: Property = Property::Custom(&Definition {
    name: "no-flush-in-shutdown",
    sentence: "There is no flush while a shutdown is pending.",
    check: |at, shutting| match at.of_subject() {
        Some(Event::ShutdownPending) => {
            *shutting = 1;
            false
        }
        Some(Event::Flush | Event::FlushPending) => *shutting == 1,
        _ => false,
    },
});

/// A connection in one situation, over several kernel buffers and readers.
pub struct Family {
    name: &'static str,
    about: &'static str,
    instances: Vec<Instance>,
    properties: Vec<Property>,
    remarks: Vec<Remark>,
}

/// What is known about some properties of a family.
struct Remark {
    properties: Vec<Property>,
    /// They fail in releases from the first on and before the second.
    fails: (Option<&'static str>, Option<&'static str>),
    reference: &'static str,
    reason: &'static str,
}

/// Kernel buffers of so many bytes, and a reader that takes all there is. In larger ones most schedules
/// are alike; the families called 'slow reader' have another reader.
pub fn over(buffers: &[usize]) -> Checker {
    Checker::new()
        .kernel_buffer(buffers.iter().copied())
        .readers([Reader::PROMPT])
}

/// The same with a reader that takes so many bytes at once.
pub fn slowly(buffers: &[usize], bytes: usize) -> Checker {
    over(buffers).readers([Reader::slow(bytes)])
}

/// A situation: what the checker surrounds the connection with.
pub fn family<M>(
    name: &'static str,
    about: &'static str,
    checker: Checker,
    connection: impl IntoSubject<M>,
) -> Family {
    let checker = checker.properties([CLOSED, NO_FLUSH_IN_SHUTDOWN]);
    let version = |instance: Instance| instance.with_version(env!("CARGO_PKG_VERSION"));
    let instances = checker.instances(name, connection).into_iter();
    Family {
        name,
        about,
        instances: instances.map(version).collect(),
        properties: USUAL.into(),
        remarks: Vec::new(),
    }
}

impl Family {
    /// These properties are asked for as well.
    pub fn also(mut self, properties: &[Property]) -> Family {
        self.properties.extend(properties);
        self
    }

    /// These properties are not asked for.
    pub fn without(mut self, properties: &[Property]) -> Family {
        self.properties
            .retain(|property| !properties.contains(property));
        self
    }

    /// Nothing but these properties is asked for.
    pub fn only(mut self, properties: &[Property]) -> Family {
        self.properties = properties.into();
        self
    }

    /// A public report, `owner/name#number`, or the address of a changelog: the properties fail before the release `fixed`.
    pub fn reported(
        self,
        report: &'static str,
        fixed: &'static str,
        properties: &[Property],
    ) -> Family {
        self.remark(report, (None, Some(fixed)), properties, "")
    }

    /// The same, where the defect came with the release `since`.
    pub fn between(
        self,
        report: &'static str,
        (since, fixed): (&'static str, &'static str),
        properties: &[Property],
    ) -> Family {
        self.remark(report, (Some(since), Some(fixed)), properties, "")
    }

    /// The same, where the defect came with the release `since` and is there in all that are here.
    pub fn since(
        self,
        report: &'static str,
        since: &'static str,
        properties: &[Property],
    ) -> Family {
        self.remark(report, (Some(since), None), properties, "")
    }

    /// A public report without a change that resolves it, or a finding, `findings/name.md`: the properties
    /// fail in every release that is here.
    pub fn open(self, report: &'static str, properties: &[Property]) -> Family {
        self.remark(report, (None, None), properties, "")
    }

    /// The properties fail in every release that is here, and need not hold.
    pub fn accepted(self, reason: &'static str, properties: &[Property]) -> Family {
        self.remark("", (None, None), properties, reason)
    }

    fn remark(
        mut self,
        reference: &'static str,
        fails: (Option<&'static str>, Option<&'static str>),
        properties: &[Property],
        reason: &'static str,
    ) -> Family {
        let properties = properties.to_vec();
        for property in &properties {
            if !self.properties.contains(property) {
                self.properties.push(*property);
            }
        }
        self.remarks.push(Remark {
            properties,
            fails,
            reference,
            reason,
        });
        self
    }

    /// A claim for each property.
    fn claims(self) -> Vec<Claim> {
        let claim = |property: &Property| {
            let about = |remark: &&Remark| remark.properties.contains(property);
            let remarks: Vec<_> = self.remarks.iter().filter(about).collect();
            let expected = match remarks.iter().any(|remark| remark.fails_here()) {
                true => Expected::Refuted,
                false => Expected::Proved,
            };
            let name = format!("{}/{}/{property}", env!("CARGO_PKG_VERSION"), self.name);
            let instances = self.instances.clone();
            let claim = Claim::new(name, self.about, *property, expected, instances);
            remarks
                .into_iter()
                .fold(claim, |claim, remark| remark.on(claim))
        };
        self.properties.iter().map(claim).collect()
    }
}

impl Remark {
    fn fails_here(&self) -> bool {
        let here = numbers(env!("CARGO_PKG_VERSION"));
        let (since, fixed) = self.fails;
        since.is_none_or(|since| numbers(since) <= here)
            && fixed.is_none_or(|fixed| here < numbers(fixed))
    }

    fn on(&self, claim: Claim) -> Claim {
        let claim = match (self.reason, self.reference.split_once('#')) {
            ("", _) => claim,
            (reason, _) => claim.meaning(lastbyte::check::Meaning::Accepted, reason),
        };
        match self.reference.split_once('#') {
            _ if self.reference.is_empty() => claim,
            Some((repository, number)) => {
                let link = format!("https://github.com/{repository}/issues/{number}");
                claim.reference(self.reference, link)
            }
            None if self.reference.starts_with("https:") => {
                claim.reference("changelog", self.reference)
            }
            None => claim.reference("finding", format!("/survey/{}", self.reference)),
        }
    }
}

/// The numbers of a version.
fn numbers(version: &str) -> Vec<u64> {
    let number = |part: &str| part.parse().expect("a version is three numbers");
    version.split('.').map(number).collect()
}

/// Every claim of these families.
pub fn claims(families: Vec<Family>) -> Vec<Claim> {
    families.into_iter().flat_map(Family::claims).collect()
}

/// A peer that speaks, and waits for the echo before it ends.
pub async fn speaker(mut peer: Peer) -> io::Result<()> {
    peer.send(b"ping").await?;
    peer.send(b"pong").await?;
    peer.read_exact(8).await?;
    peer.finish().await
}

/// How a connection ends, whatever its errors are.
pub type Ended = Result<(), Box<dyn std::error::Error>>;

/// Runs a connection that signal 0 tells to be graceful.
pub async fn until_told<C, E>(
    handle: Handle,
    connection: C,
    graceful: impl Fn(Pin<&mut C>),
) -> Result<(), E>
where
    C: Future<Output = Result<(), E>>,
{
    let (mut connection, mut told) = (pin!(connection), false);
    poll_fn(|cx| {
        if !told && handle.poll_signal(0, cx).is_ready() {
            told = true;
            graceful(connection.as_mut());
        }
        connection.as_mut().poll(cx)
    })
    .await
}

/// An operator who gives signal 0 at any point.
pub fn told(checker: Checker) -> Checker {
    let operator = Script::new("operator", [ScriptStep::Raise(0)]);
    let checker = checker.signals(1).stops([0]).ends(Ends::WhenTold);
    checker.script(operator)
}

/// Any error as one of input and output.
pub fn failed(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

/// The program of a package: its families.
#[macro_export]
macro_rules! survey {
    ($about:literal, $families:expr) => {
        fn main() -> std::process::ExitCode {
            fn claims() -> Vec<$crate::kit::Claim> {
                $crate::kit::claims($families)
            }
            let name = env!("CARGO_PKG_NAME").trim_start_matches("survey-");
            let model = $crate::kit::Model {
                claims,
                ..$crate::kit::Model::new(name, $about)
            };
            lastbyte::cli::main($crate::kit::Registry::new([model]))
        }
    };
}
