//! Many executions of one subject in one scenario: every interleaving, one schedule, or one step
//! at a time.

#[cfg(loom)]
pub mod explorer;
#[cfg(not(loom))]
pub mod live;
#[cfg(loom)]
pub mod stepper;
