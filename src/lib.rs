//! **lastbyte** checks, with loom and to the end, whether a connection delivers its last byte
//! before it shuts down.
//!
//! A [`Subject`] (a model's state machine or a real connection) writes over a [`Socket`] whose
//! kernel buffer is bounded; a [`Reader`] takes the bytes out; scripts do whatever else happens.
//! The `Explorer` runs every interleaving of them and says for each [`Property`] whether it holds;
//! [`check`](fn@check) does that in one line of a test. The same parts run on std types, too, on any
//! executor.

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(
    not(feature = "explore"),
    allow(dead_code, reason = "what only the explorer uses")
)]

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod error;
#[cfg(feature = "cli")]
pub mod files;
pub mod render;

mod check;
#[cfg(feature = "explore")]
mod checker;
mod environment;
mod explore;
mod panics;
mod run;
mod trace;

pub use check::bounds::{Parameters, Value, bounds};
pub use check::claim::{Claim, Expected, Meaning, Model, NamedSubject};
pub use check::comparison::{Compared, Comparison, Deviation, Observable};
pub use check::identity::{Identity, Parts};
pub use check::instance::Instance;
pub use check::query::{self, Query};
pub use check::registry::{Clash, Registry};
pub use check::setting::{Accepted, Setting};
pub use check::sweep::{Entry, LeftOut, Sweep, Swept, SweptInstance};
#[cfg(feature = "cli")]
pub use check::{figures, recording, results, runner, selection};
#[cfg(feature = "explore")]
pub use checker::{
    ByClosure, ByShared, BySubject, Checker, Explored, IntoSubject, Replayed, Report, check,
    replay, stays_fixed,
};
pub use environment::defect::{ExecutorDefect, KeyPart};
pub use environment::framing::{Contradiction, Framing, Raw};
pub use environment::kernel::{Faults, FlushMode, Kernel, KernelDefect, UnreadInput};
pub use environment::reader::{BadReader, Reader, ReaderDefect};
pub use environment::script::{Script, ScriptStep};
#[cfg(feature = "explore")]
pub use explore::explorer::Explorer;
pub use explore::limits::{Limits, Observer, Progress, REPEATED_EXECUTIONS, Stop};
pub use explore::live::{Observed, run_once};
#[cfg(feature = "explore")]
pub use explore::stepper::Stepper;
#[cfg(feature = "cli")]
pub use render::documents;
pub use run::actor::Actor;
pub use run::handle::Handle;
pub use run::scenario::Scenario;
pub use run::slot::SPIN_POLLS;
pub use run::socket::Socket;
pub use run::subject::{Running, Subject, fingerprint};
pub use trace::event::{ActorId, Conclusion, Event, Levels, Step, Trace};
pub use trace::facts::{Ends, Facts};
pub use trace::folding;
pub use trace::monitor::Monitor;
pub use trace::outcome::{Ending, Outcome, ReaderEnding};
pub use trace::property::{Definition, Property, Violations};
pub use trace::verdict::{Cut, Divergence, Exploration, USUAL_REASONS, Verdict};
pub use trace::watched::{Moment, ReaderState, Watched};
