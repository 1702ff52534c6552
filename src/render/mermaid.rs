//! A counterexample as a Mermaid sequence diagram, for Markdown.
//!
//! ```
//! use lastbyte::{Checker, Property, Socket};
//! use lastbyte::render::transcript::Caption;
//! use lastbyte::render::mermaid::sequence;
//! let report = Checker::new().kernel_buffer([4]).run(|mut socket: Socket| async move {
//!     socket.expect_delivery(b"response");
//!     let _written = socket.write(b"response").await?;
//!     socket.close().await
//! });
//! let property = Property::NoSilentLoss;
//! let trace = report.counterexample(property).expect("the kernel takes 4 bytes of 8");
//! let caption = Caption { property, replay: "cargo test" };
//! assert!(sequence(trace, caption).contains("sequenceDiagram"));
//! ```

use super::transcript::{self, Caption, Flow, Line};
use super::{count, visible};
use crate::trace::event::{ActorId, Trace};

/// The diagram, without the fence around it; every line ends with a line break.
pub fn sequence(trace: &Trace, caption: Caption<'_>) -> String {
    let mut text = String::from("sequenceDiagram\n");
    let subject = transcript::name(trace, ActorId::SUBJECT);
    let reader = transcript::name(trace, ActorId::READER);
    let mut write = |line: String| {
        text.push_str("    ");
        text.push_str(&line);
        text.push('\n');
    };
    write(format!("participant S as {}", escaped(&subject)));
    write("participant W as not yet accepted".to_owned());
    let capacity = count(trace.capacity, "byte");
    write(format!("participant K as kernel buffer of {capacity}"));
    write(format!("participant R as {}", escaped(&reader)));
    for (i, name) in trace.actors.iter().enumerate().skip(2) {
        write(format!("participant A{i} as {}", escaped(&visible(name))));
    }
    let mut levels = None;
    for line in transcript::lines(trace) {
        if line.broken {
            write("rect rgba(220, 60, 60, 0.25)".to_owned());
        }
        write(arrow(&line));
        if levels != Some(line.levels) {
            levels = Some(line.levels);
            let (inside, kernel) = (line.levels.owed, line.levels.kernel);
            let received = count(line.levels.received, "byte");
            write(format!(
                "Note over W,R: {inside} | {kernel} | {received} received"
            ));
        }
        if line.broken {
            write("end".to_owned());
        }
    }
    for (what, sentence) in transcript::closing(trace, &caption) {
        write(format!("Note over S,R: {what}: {}", escaped(&sentence)));
    }
    text
}

fn arrow(line: &Line) -> String {
    let text = format!("{}. {}", line.numbers(), escaped(&line.text));
    match (line.flow, line.actor) {
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
