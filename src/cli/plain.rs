//! Plain text for the terminal.

use crate::event::Trace;

pub(super) fn chart(trace: &Trace) -> String {
    let mut text = String::new();
    for (n, step) in trace.steps.iter().enumerate() {
        text += &format!(
            "{n:>3} {:<12} {:?} {:?}\n",
            trace.actor_name(step.actor),
            step.event,
            step.levels
        );
    }
    text
}
