//! One execution: the state that its actors share, the socket that the connection holds, and the
//! executor that polls them. Who moves next is decided one layer up.

pub mod actor;
#[cfg(loom)]
pub(crate) mod executor;
pub mod socket;
pub mod subject;
pub(crate) mod sync;
pub mod world;
