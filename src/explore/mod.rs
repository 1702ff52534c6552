//! Many executions of one subject in one scenario: every interleaving, one schedule, or one step
//! at a time.

#[cfg(loom)]
pub mod explorer;
#[cfg(loom)]
mod graph;
pub mod limits;
#[cfg(not(loom))]
pub mod live;
#[cfg(loom)]
mod search;
#[cfg(loom)]
pub mod stepper;
#[cfg(loom)]
mod watch;
