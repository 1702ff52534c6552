//! One execution: the state that its actors share, the socket that the connection holds, and the
//! executor that polls them. Who moves next is decided one layer up.

pub(crate) mod actor;
pub(crate) mod beside;
pub(crate) mod clock;
pub(crate) mod delivery;
pub(crate) mod digest;
#[cfg(feature = "explore")]
pub(crate) mod executor;
pub(crate) mod folded;
pub(crate) mod further;
pub(crate) mod handle;
mod in_hand;
pub(crate) mod layer;
pub(crate) mod peer;
pub(crate) mod player;
pub(crate) mod protocol;
pub(crate) mod reading;
pub(crate) mod scenario;
pub(crate) mod setup;
pub(crate) mod slot;
pub(crate) mod socket;
pub(crate) mod state;
#[cfg(feature = "explore")]
pub(crate) mod state_key;
pub(crate) mod subject;
pub(crate) mod sync;
pub(crate) mod timers;
mod told;
pub(crate) mod varying;
pub(crate) mod world;
mod written;

pub use actor::Actor;
pub use clock::Sleep;
pub use further::FurtherSocket;
pub use handle::Handle;
pub use peer::Peer;
pub use scenario::Scenario;
pub use slot::SPIN_POLLS;
pub use socket::Socket;
pub use subject::{Running, Subject, fingerprint};
