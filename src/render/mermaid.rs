//! A counterexample as a Mermaid sequence diagram, for Markdown.

use super::story::{self, Beat, Caption, Flow};
use super::{count, visible};
use crate::trace::event::{ActorId, Trace};

/// The diagram, without the fence around it; every line ends with a line break.
pub fn sequence(trace: &Trace, caption: Caption<'_>) -> String {
    let mut text = String::from("sequenceDiagram\n");
    let subject = story::name(trace, ActorId::SUBJECT);
    let reader = story::name(trace, ActorId::READER);
    let mut line = |line: String| {
        text.push_str("    ");
        text.push_str(&line);
        text.push('\n');
    };
    line(format!("participant S as {}", escaped(&subject)));
    line("participant W as not yet accepted".to_owned());
    let capacity = count(trace.capacity, "byte");
    line(format!("participant K as kernel buffer of {capacity}"));
    line(format!("participant R as {}", escaped(&reader)));
    for (i, name) in trace.actors.iter().enumerate().skip(2) {
        line(format!("participant A{i} as {}", escaped(&visible(name))));
    }
    let mut levels = None;
    for beat in story::beats(trace) {
        if beat.broken {
            line("rect rgba(220, 60, 60, 0.25)".to_owned());
        }
        line(arrow(&beat));
        if levels != Some(beat.levels) {
            levels = Some(beat.levels);
            let (inside, kernel) = (beat.levels.owed, beat.levels.kernel);
            let received = count(beat.levels.received, "byte");
            line(format!(
                "Note over W,R: {inside} | {kernel} | {received} received"
            ));
        }
        if beat.broken {
            line("end".to_owned());
        }
    }
    for (what, sentence) in story::closing(trace, &caption) {
        line(format!("Note over S,R: {what}: {}", escaped(&sentence)));
    }
    text
}

fn arrow(beat: &Beat) -> String {
    let text = format!("{}. {}", beat.numbers(), escaped(&beat.text));
    match (beat.flow, beat.actor) {
        (Some(Flow::Accepted(_) | Flow::Fin), _) => format!("W->>K: {text}"),
        (Some(Flow::Refused), _) => format!("W-xK: {text}"),
        (Some(Flow::Taken(_) | Flow::Eof), _) => format!("K->>R: {text}"),
        (Some(Flow::Reset), _) => format!("R-xK: {text}"),
        (None, ActorId::SUBJECT) => format!("Note over S: {text}"),
        (None, ActorId::READER) => format!("Note over R: {text}"),
        (None, script) => format!("Note over A{}: {text}", script.index()),
    }
}

/// Everything but letters, digits, spaces and harmless signs as Mermaid's entities. `end` alone
/// would close a block.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || " .,:()/=_".contains(c) {
            escaped.push(c);
        } else {
            escaped.push_str(&format!("#{};", u32::from(c)));
        }
    }
    if escaped.trim().is_empty() {
        escaped.push_str("#160;");
    }
    escaped
}
