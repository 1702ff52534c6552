//! The transitions of an explored instance: for every state, who moves, what is visible of that move,
//! and where it leads.
//!
//! This is the explored graph with a label at each move. From equal states the same moves with the same
//! labels follow.

use std::sync::Arc;

use crate::trace::event::Step;
use crate::trace::outcome::Outcome;

/// Returns the label of a move, from its steps and from the outcome if the execution ends with it.
/// Moves that should look the same get equal numbers; a move that shows nothing gets [`NOTHING`].
pub type Label = Arc<dyn Fn(&[Step], Option<&Outcome>) -> u32 + Send + Sync>;

/// The label of a move that shows nothing.
pub const NOTHING: u32 = 0;

/// All moves of an instance.
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
    /// The start of an execution: what happens before the first choice, and the state after it.
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
