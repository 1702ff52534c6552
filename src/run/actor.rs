//! Actors of the caller's own making, for scenarios that a reader and scripts cannot express.

use std::fmt;

use crate::run::handle::Handle;
use crate::run::subject::Running;

/// Something else that acts while the connection does. Unlike a [`Script`](crate::Script) it may
/// wait, look and decide.
///
/// The explorer's own calibration runs generated programs as actors; a peer with a protocol of its
/// own is one that makes itself a [`Peer`](crate::run::Peer). What a [`Subject`](crate::Subject) must observe holds for an
/// actor too: it is deterministic, and it touches nothing but its handle.
pub trait Actor: Send + Sync + fmt::Debug {
    /// Its name in traces.
    fn name(&self) -> String;

    /// Whether it takes the bytes out of the kernel's buffer, where it is in the reader's place: through
    /// a [`Peer`](crate::run::Peer). Otherwise what arrives is not decided.
    fn reads(&self) -> bool {
        false
    }

    /// Begins to act.
    fn start(&self, handle: Handle) -> Running;
}
