//! The transitions of an explored instance: from every state, who moves, what that move shows, and
//! where it leads.
//!
//! It is the explored graph with a label at each move. States are what the explorer takes for the
//! same: from equal states the same moves with the same labels follow.

use std::sync::Arc;

use crate::trace::event::Step;
use crate::trace::outcome::Outcome;

/// Told of the steps of a move, and of the outcome if the execution has come to its end with it.
/// What it answers is the move's label: equal numbers for what is to look the same, and
/// [`NOTHING`] for a move of which nothing is to be seen.
pub type Label = Arc<dyn Fn(&[Step], Option<&Outcome>) -> u32 + Send + Sync>;

/// The label of a move of which nothing is to be seen.
pub const NOTHING: u32 = 0;

/// What an instance can do, move by move.
///
/// ```
/// use std::sync::Arc;
///
/// use lastbyte::explore::Label;
/// use lastbyte::{Explorer, Reader, Running, Scenario, Socket, Subject};
///
/// struct Writes;
///
/// impl Subject for Writes {
///     fn start(&self, mut socket: Socket) -> Running {
///         Box::pin(async move {
///             socket.write_all(b"response").await.map_err(|e| e.to_string())?;
///             socket.close().await.map_err(|e| e.to_string())
///         })
///     }
/// }
///
/// let subject: Arc<dyn Subject> = Arc::new(Writes);
/// let scenario = Scenario::new("scenario", 4, Reader::PROMPT);
/// let steps: Label = Arc::new(|steps, _| steps.len() as u32);
/// let (explored, transitions) = Explorer::default().transitions(&subject, &scenario, steps);
/// assert_eq!(explored.inconclusive, None);
/// let transitions = transitions.expect("it came to its end");
/// assert!(transitions.moves() >= transitions.states.len());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transitions {
    /// Where an execution begins: what is done before anybody can be chosen, and the state after it.
    pub start: Option<Transition>,
    /// The moves of each state.
    pub states: Vec<Vec<Transition>>,
}

impl Transitions {
    /// How many moves there are.
    pub fn moves(&self) -> usize {
        self.states.iter().map(Vec::len).sum()
    }
}

/// One move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Its label.
    pub label: u32,
    /// The state that it leads to, as an index; `None` where the execution ends.
    pub next: Option<usize>,
}
