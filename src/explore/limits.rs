//! The limits of an exploration, and the callbacks for its progress.

use std::sync::Arc;
use std::time::Duration;

use crate::trace::event::Trace;
use crate::trace::outcome::Outcome;

/// Completed executions that are repeated, at the least, before an actor that is identified by its
/// history counts as deterministic. An actor that tosses a fair coin in each of them passes with a
/// chance of 2 to the power of -20, which is below one in a million.
pub const REPEATED_EXECUTIONS: u64 = 20;

/// The limits of an exploration.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Time; `None` for no limit.
    pub time: Option<Duration>,
    /// Number of executions; `None` for no limit.
    pub executions: Option<u64>,
    /// Remembered states, and moves of actors that are identified by their histories; each takes about
    /// 50 bytes.
    pub states: usize,
    /// Lock sections of one execution.
    pub steps: usize,
    /// How long one poll may go on without a call.
    pub poll: Duration,
    /// Executions that are repeated to check that a subject which is identified by its history is
    /// deterministic. An instance with at most this many executions is repeated as a whole, as often as
    /// fits this number, up to [`REPEATED_EXECUTIONS`] times. Of a larger one, this many are repeated
    /// or a tenth, whichever is more. At least [`REPEATED_EXECUTIONS`] are repeated in any case. So
    /// what happens only in one interleaving of a small instance is repeated as often as the rest.
    pub repeated: u64,
    /// Executions after which an exploration starts to fold the histories that identify its actors: see
    /// [`Folding`](crate::trace::folding::Folding).
    pub unfolded: u64,
    /// Steps for which every history with a known folded form is continued, to check the folding. After
    /// that, every second one is continued for as many steps, then every fourth, and so on.
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

/// Called with every execution and its outcome; `None` for one that was pruned.
pub type Observer = Arc<dyn Fn(&Trace, Option<&Outcome>) + Send + Sync>;

/// Called now and then with the number of executions so far.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;
