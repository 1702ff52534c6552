//! One execution: the state that its actors share, the socket that the connection holds, and the
//! executor that polls them. Who moves next is decided one layer up.

use std::any::Any;

pub mod actor;
pub(crate) mod delivery;
pub(crate) mod digest;
#[cfg(feature = "explore")]
pub(crate) mod executor;
pub mod handle;
pub(crate) mod peer;
pub(crate) mod player;
pub mod scenario;
pub(crate) mod setup;
pub(crate) mod slot;
pub mod socket;
pub(crate) mod state;
#[cfg(feature = "explore")]
mod state_key;
pub mod subject;
pub(crate) mod sync;
pub(crate) mod varying;
pub(crate) mod world;

/// The text of a panic's payload, if it is one.
pub(crate) fn panic_text(payload: &(dyn Any + Send)) -> Option<String> {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
}
