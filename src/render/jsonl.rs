//! A trace as JSON lines: one object for the actors and the schedule, one for each step, one for the property
//! that is violated.
//!
//! ```
//! use lastbyte::{Checker, Property, Socket};
//! use lastbyte::render::transcript::Caption;
//! use lastbyte::render::jsonl::lines;
//! let report = Checker::new().kernel_buffer([4]).run(|mut socket: Socket| async move {
//!     socket.expect_delivery(b"response");
//!     let _written = socket.write(b"response").await?;
//!     socket.close().await
//! });
//! let property = Property::NoSilentLoss;
//! let trace = report.counterexample(property).expect("the kernel takes 4 bytes of 8");
//! let caption = Caption { property, replay: "cargo test" };
//! let lines = lines(trace, caption);
//! assert!(lines.lines().all(|line| line.starts_with('{')));
//! ```

use serde::Serialize;
use serde_json::{Value, json};

use super::is_invisible;
use super::transcript::{self, Caption};
use crate::trace::event::{Step, Trace};

#[derive(Serialize)]
struct Line<'a> {
    /// Counted from 1, as in every chart.
    step: usize,
    name: &'a str,
    #[serde(flatten)]
    what: &'a Step,
}

/// The lines; every one ends with a line break. Characters that act on a terminal are escaped.
///
/// # Panics
///
/// Never: a trace is always representable.
pub fn lines(trace: &Trace, caption: Caption<'_>) -> String {
    let mut text = String::new();
    let mut push = |line: Value| {
        text.push_str(&escaped(&line.to_string()));
        text.push('\n');
    };
    push(json!({
        "actors": trace.actors,
        "capacity": trace.capacity,
        "schedule": trace.schedule,
    }));
    for (i, step) in trace.steps.iter().enumerate() {
        let line = Line {
            step: i + 1,
            name: trace.actor_name(step.actor),
            what: step,
        };
        push(serde_json::to_value(line).expect("a step is representable"));
    }
    push(json!({
        "violated": caption.property,
        "sentence": caption.property.sentence(),
        "unavoidable_from": transcript::unavoidable(trace).map(|at| at + 1),
        "replay": caption.replay,
    }));
    text
}

/// Escapes the characters of JSON that act on a terminal. They occur only in strings, where JSON allows
/// escapes.
pub(crate) fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_invisible(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(c);
        }
    }
    text
}
