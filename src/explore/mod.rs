//! Many executions of one subject in one scenario: every interleaving, one schedule, or one step
//! at a time.

#[cfg(feature = "explore")]
pub mod explorer;
#[cfg(feature = "explore")]
mod graph;
pub mod limits;
pub mod live;
#[cfg(feature = "explore")]
mod search;
#[cfg(feature = "explore")]
mod silent;
#[cfg(feature = "explore")]
pub mod stepper;
#[cfg(feature = "explore")]
mod watch;
