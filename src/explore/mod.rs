//! Many executions of one subject in one scenario: every interleaving, one schedule, or one step
//! at a time.

#[cfg(feature = "explore")]
pub(crate) mod explorer;
#[cfg(feature = "explore")]
mod graph;
pub(crate) mod limits;
pub(crate) mod live;
#[cfg(feature = "explore")]
mod search;
#[cfg(feature = "explore")]
mod silent;
#[cfg(feature = "explore")]
pub(crate) mod stepper;
#[cfg(feature = "explore")]
mod watch;

#[cfg(feature = "explore")]
pub use explorer::Explorer;
pub use limits::{Limits, Observer, Progress, REPEATED_EXECUTIONS, Stop};
pub use live::{Observed, run_once};
#[cfg(feature = "explore")]
pub use stepper::Stepper;
