//! **lastbyte** checks, with loom and to the end, whether a connection delivers its last byte
//! before it shuts down.
//!
//! A [`Subject`] (a model's state machine or a real connection) writes over a [`Socket`] whose
//! kernel buffer is bounded; a [`Reader`] takes the bytes out; scripts do whatever else happens.
//! With `--cfg loom` the `Explorer` runs every interleaving of them and says for each
//! [`Property`] whether it holds. Without the flag the same parts run on std types, on any
//! executor.

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(not(loom), allow(dead_code, reason = "what only the explorer uses"))]

mod actor;
#[cfg(feature = "cli")]
pub mod asked;
mod claim;
#[cfg(feature = "cli")]
pub mod cli;
mod comparison;
mod defect;
#[cfg(feature = "cli")]
pub mod documents;
mod event;
#[cfg(loom)]
mod executor;
#[cfg(loom)]
mod explorer;
#[cfg(feature = "cli")]
pub mod figures;
#[cfg(feature = "cli")]
pub mod files;
mod kernel;
#[cfg(not(loom))]
mod live;
mod property;
mod reader;
#[cfg(feature = "cli")]
pub mod recording;
#[cfg(feature = "cli")]
pub mod render;
#[cfg(feature = "cli")]
pub mod results;
#[cfg(feature = "cli")]
pub mod runner;
mod scenario;
mod script;
#[cfg(feature = "cli")]
pub mod selection;
mod socket;
#[cfg(loom)]
mod stepper;
mod subject;
mod sweep;
mod sync;
mod verdict;
mod world;

pub use actor::Actor;
pub use claim::{Cell, Claim, Expected, Model, NamedSubject, Question};
pub use comparison::{Compared, Comparison, Deviation, Observable};
pub use defect::{ExecutorDefect, KeyPart};
pub use event::{ActorId, Event, Levels, Step, Trace};
#[cfg(loom)]
pub use explorer::{Explorer, Limits, Observer, Progress, Stop};
pub use kernel::{Faults, FlushMode, Kernel, KernelDefect, UnreadInput};
#[cfg(not(loom))]
pub use live::{Observed, run_once};
pub use property::{Property, Violations};
pub use reader::{BadReader, Contradiction, Framing, Raw, Reader, ReaderDefect};
pub use scenario::Scenario;
pub use script::{Script, ScriptStep};
pub use socket::Socket;
#[cfg(loom)]
pub use stepper::Stepper;
pub use subject::{Running, Subject};
pub use sweep::{Entry, LeftOut, Sweep, Swept, SweptCell};
pub use verdict::{Cut, Ending, Exploration, Outcome, ReaderEnding, Verdict};
pub use world::{Handle, SPIN_POLLS};
