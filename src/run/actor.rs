//! Actors that a user of the crate writes, for scenarios that a reader and scripts cannot express.

use std::fmt;

use crate::run::handle::Handle;
use crate::run::subject::Running;

/// An actor that acts while the connection does. Unlike a [`Script`](crate::Script), it can wait, look
/// and decide.
///
/// The explorer's own calibration runs generated programs as actors. A peer with a protocol of its own
/// is an actor that creates a [`Peer`](crate::run::Peer). The rules for a [`Subject`](crate::Subject)
/// hold for an actor too: it is deterministic, and it touches nothing but its handle.
pub trait Actor: Send + Sync + fmt::Debug {
    /// Its name in traces.
    fn name(&self) -> String;

    /// Whether it takes the bytes out of the kernel's buffer, through a [`Peer`](crate::run::Peer),
    /// where it stands in the reader's place. If it does not, no property about received bytes applies.
    fn reads(&self) -> bool {
        false
    }

    /// Begins to act.
    fn start(&self, handle: Handle) -> Running;
}
