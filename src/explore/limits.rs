//! What an exploration may cost, and who is told how far it is.

use std::sync::Arc;
use std::time::Duration;

use crate::trace::event::Trace;
use crate::trace::outcome::Outcome;

/// As many executions that came to their end are repeated, at the least, before an actor that is
/// known by its history counts as deterministic: one that tosses a fair coin in each of them passes
/// with a chance of 2 to the power of -20, which is below one in a million.
pub const REPEATED_EXECUTIONS: u64 = 20;

/// An instance with at most so many executions is explored again as a whole, and as often as makes so
/// many executions, but not more than [`REPEATED_EXECUTIONS`] times: what happens in one of its
/// interleavings alone is repeated as often as the rest. Of a larger one, so many are repeated, or a
/// tenth, whichever is more.
pub const REPEATED_IN_SMALL_INSTANCES: u64 = 400;

/// What an exploration may cost.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Time.
    pub time: Option<Duration>,
    /// Executions.
    pub executions: Option<u64>,
    /// Remembered states, and moves between them of actors that are known by their histories; each
    /// takes about 50 bytes.
    pub states: usize,
    /// Lock sections of one execution.
    pub steps: usize,
    /// How long one poll may go on without a call.
    pub poll: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            time: None,
            executions: None,
            states: 5_000_000,
            steps: 4_000,
            poll: Duration::from_secs(10),
        }
    }
}

/// `true` stops an exploration.
pub type Stop = Arc<dyn Fn() -> bool + Send + Sync>;

/// Called with every execution and its outcome, which a pruned one has not.
pub type Observer = Arc<dyn Fn(&Trace, Option<&Outcome>) + Send + Sync>;

/// Called now and then with the number of executions so far.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;
