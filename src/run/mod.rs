//! One execution: the state that its actors share, the socket that the connection holds, and the
//! executor that polls them. Who moves next is decided one layer up.

pub mod actor;
pub(crate) mod delivery;
pub(crate) mod digest;
#[cfg(feature = "explore")]
pub(crate) mod executor;
pub(crate) mod folded;
pub mod handle;
pub(crate) mod peer;
pub(crate) mod player;
pub mod scenario;
pub(crate) mod setup;
pub(crate) mod slot;
pub mod socket;
pub(crate) mod state;
#[cfg(feature = "explore")]
pub(crate) mod state_key;
pub mod subject;
pub(crate) mod sync;
pub(crate) mod varying;
pub(crate) mod world;
