//! **lastbyte** checks, with loom and to the end, whether a connection delivers its last byte
//! before it shuts down.
//!
//! A [`Subject`] (a model's state machine or a real connection) writes over a [`Socket`] whose
//! kernel buffer is bounded; a [`Reader`] takes the bytes out; scripts do whatever else happens.
//! The `Explorer` runs every interleaving of them and says for each [`Property`] whether it holds;
//! [`check`](fn@check) does that for a closure in a test. The same parts run on std types, too, on any
//! executor.

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(
    not(feature = "explore"),
    allow(dead_code, reason = "what only the explorer uses")
)]

pub mod check;
#[cfg(feature = "explore")]
pub mod checker;
#[cfg(feature = "cli")]
pub mod cli;
pub mod environment;
#[cfg(feature = "cli")]
pub mod error;
pub mod explore;
#[cfg(feature = "cli")]
pub mod files;
mod panics;
pub mod render;
pub mod run;
pub mod trace;

pub use check::{Claim, Expected, Instance, Model, Registry};
#[cfg(feature = "explore")]
pub use checker::{Checker, Report, check, replay, stays_fixed};
pub use environment::{Framing, Reader, Script, ScriptStep};
#[cfg(feature = "explore")]
pub use explore::Explorer;
pub use explore::Limits;
pub use run::{Handle, Running, Scenario, Socket, Subject};
pub use trace::{Outcome, Property, Trace, Verdict};
