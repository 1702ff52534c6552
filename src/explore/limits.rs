//! What an exploration may cost, and who is told how far it is.

use std::sync::Arc;
use std::time::Duration;

use crate::trace::event::Trace;
use crate::trace::outcome::Outcome;

/// As many executions that came to their end are repeated, at the least, before an actor that is
/// known by its history counts as deterministic: one that tosses a fair coin in each of them passes
/// with a chance of 2 to the power of -20, which is below one in a million.
pub const REPEATED_EXECUTIONS: u64 = 20;

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
    /// Executions that are repeated of an instance that is known by its history: of one with at most
    /// so many all of them, as often as makes so many and at most [`REPEATED_EXECUTIONS`] times; of a
    /// larger one so many, or a tenth of it, whichever is more. [`REPEATED_EXECUTIONS`] at the least.
    /// What happens in one interleaving of a small instance alone is repeated as often as the rest.
    pub repeated: u64,
    /// As many executions an exploration may take before the histories by which its actors are known
    /// are folded: see [`Folding`](crate::trace::folding::Folding).
    pub unfolded: u64,
    /// In so many steps of such an exploration every history is continued that is folded to a known
    /// one; after as many again it is every second, after the next as many every fourth, and so on.
    pub checked: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            time: None,
            executions: None,
            states: 5_000_000,
            steps: 4_000,
            poll: Duration::from_secs(10),
            repeated: 400,
            unfolded: 1_000,
            checked: 300_000,
        }
    }
}

/// `true` stops an exploration.
pub type Stop = Arc<dyn Fn() -> bool + Send + Sync>;

/// Called with every execution and its outcome, which a pruned one has not.
pub type Observer = Arc<dyn Fn(&Trace, Option<&Outcome>) + Send + Sync>;

/// Called now and then with the number of executions so far.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;
