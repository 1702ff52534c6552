//! Real connections over real sockets.

#[cfg(all(not(loom), unix))]
#[path = "../support/watched.rs"]
mod watched;

mod budget;
mod connections;
mod kernel;
mod load;
