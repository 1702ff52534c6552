//! A trace as a transcript: the lines that every chart shows, in words.
//!
//! Being polled, waking an actor and beginning to wait share a line with the call before or after them.
//! Nothing is left out.
//!
#![cfg_attr(
    feature = "explore",
    doc = r#"
```
use lastbyte::{Checker, Property, Socket};
use lastbyte::render::transcript::Caption;
use lastbyte::render::transcript::{closing, lines};
let report = Checker::new().kernel_buffer([4]).run(|mut socket: Socket| async move {
    socket.expect_delivery(b"response");
    let _written = socket.write(b"response").await?;
    socket.close().await
});
let property = Property::NoSilentLoss;
let trace = report.counterexample(property).expect("the kernel takes 4 bytes of 8");
let caption = Caption { property, replay: "cargo test" };
let lines = lines(trace);
assert!(lines.iter().any(|line| line.text.contains("4 accepted")));
assert!(!closing(trace, &caption).is_empty());
```
"#
)]

#[cfg(feature = "cli")]
use serde::Serialize;

use super::{count, visible};
use crate::trace::event::{ActorId, Event, Levels, Step, Trace};
use crate::trace::property::Property;

/// What a chart ends with.
#[derive(Clone, Copy, Debug)]
pub struct Caption<'a> {
    /// The property that the trace violates.
    pub property: Property,
    /// The command that replays it.
    pub replay: &'a str,
}

/// What moves between the lanes in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Flow {
    /// Bytes from the connection into the kernel's buffer.
    Accepted(usize),
    /// The kernel takes nothing.
    Refused,
    /// The end of the stream, into the kernel.
    Fin,
    /// Bytes from the kernel's buffer to the reader.
    Taken(usize),
    /// The reader sees the end of the stream.
    Eof,
    /// The reader resets the connection.
    Reset,
}

/// One line of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize))]
pub struct Line {
    /// Number of the first step that it tells, counted from 1.
    pub first: usize,
    /// Number of the last step that it tells.
    pub last: usize,
    /// Who acts.
    pub actor: ActorId,
    /// What happens. Control characters are already spelled out.
    pub text: String,
    /// What moves.
    #[cfg_attr(feature = "cli", serde(skip_serializing_if = "Option::is_none"))]
    pub flow: Option<Flow>,
    /// How full every buffer is afterwards, of the socket that it tells of.
    pub levels: Levels,
    /// The socket that it tells of, where the connection has several: an index into
    /// [`Trace::sockets`].
    #[cfg_attr(feature = "cli", serde(skip_serializing_if = "Option::is_none"))]
    pub socket: Option<usize>,
    /// From this step on, every continuation violates the property.
    #[cfg_attr(feature = "cli", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub broken: bool,
}

impl Line {
    /// `7`, or `7-9` when it tells several steps.
    pub fn numbers(&self) -> String {
        if self.first == self.last {
            self.first.to_string()
        } else {
            format!("{}-{}", self.first, self.last)
        }
    }
}

/// The lines of a trace.
pub fn lines(trace: &Trace) -> Vec<Line> {
    let broken = unavoidable(trace);
    let mut lines: Vec<Line> = Vec::new();
    // Whether the last line so far is nothing but a poll that just began.
    let mut opened = false;
    // The sockets after which nothing more is sent.
    let mut finished = Vec::new();
    for (i, step) in trace.steps.iter().enumerate() {
        let continues = lines.last().is_some_and(|line| line.actor == step.actor);
        let text = words(trace, step);
        let socket = socket(trace, step);
        let levels = *step.levels_of(socket.unwrap_or(0));
        let mut flow = flow(&step.event);
        if flow == Some(Flow::Fin) {
            // Closing after a shutdown sends nothing more.
            flow = flow.filter(|_| !finished.contains(&step.socket));
            finished.push(step.socket);
        }
        let is_aside = matches!(step.event, Event::Wake { .. } | Event::Park);
        match lines.last_mut() {
            Some(line) if continues && (is_aside || (opened && step.event != Event::Poll)) => {
                line.text.push_str(if opened { ": " } else { "; " });
                line.text.push_str(&text);
                line.last = i + 1;
                if socket.is_some() || line.socket.is_none() {
                    line.levels = levels;
                    line.socket = socket;
                }
                line.flow = line.flow.or(flow);
                line.broken |= broken == Some(i);
            }
            _ => lines.push(Line {
                first: i + 1,
                last: i + 1,
                actor: step.actor,
                text,
                flow,
                levels,
                socket,
                broken: broken == Some(i),
            }),
        }
        opened = step.event == Event::Poll;
    }
    lines
}

/// Index of the step after which every continuation breaks the property, if the exploration could
/// compute it; otherwise of the step that broke it.
pub fn unavoidable(trace: &Trace) -> Option<usize> {
    let known = trace.unavoidable_from.or(trace.broken_at);
    known.filter(|at| *at < trace.steps.len())
}

/// Whether a violation of the property leaves promised bytes undelivered.
pub fn strands(property: Property) -> bool {
    loses(property) || property == Property::NoStall
}

fn loses(property: Property) -> bool {
    matches!(
        property,
        Property::NothingTruncated | Property::NoSilentLoss | Property::NothingBufferedAtShutdown
    )
}

/// The label of the replay command among the closing sentences.
pub const REPLAY: &str = "replay";

/// The sentences that a chart ends with: what is violated, since when, how to replay it.
pub fn closing(trace: &Trace, caption: &Caption<'_>) -> Vec<(&'static str, String)> {
    let Caption { property, replay } = caption;
    let since = match unavoidable(trace) {
        None => "not known".to_owned(),
        Some(at) => {
            let step = &trace.steps[at];
            let mut since = format!("step {}, {}", at + 1, name(trace, step.actor));
            since.push_str(": ");
            since.push_str(&words(trace, step));
            let owed = step.levels_of(usize::from(trace.broken_on)).owed;
            if owed > 0 {
                let inside = count(owed, "byte");
                since.push_str(&format!(" with {inside} not yet accepted"));
            }
            since
        }
    };
    let mut violated = property.sentence().to_owned();
    if let Some(socket) = trace.sockets.get(usize::from(trace.broken_on)) {
        violated.push_str(&format!(" On the socket: {}.", visible(&socket.name)));
    }
    vec![
        ("violated", violated),
        ("unavoidable from", since),
        (REPLAY, visible(replay)),
    ]
}

/// The name of an actor, fit to be shown.
pub fn name(trace: &Trace, actor: ActorId) -> String {
    visible(trace.actor_name(actor))
}

fn flow(event: &Event) -> Option<Flow> {
    match event {
        Event::Write { accepted, .. } | Event::HandedOver { accepted, .. } => {
            Some(Flow::Accepted(*accepted))
        }
        Event::WritePending { .. } | Event::WriteFailed { .. } => Some(Flow::Refused),
        Event::Shutdown | Event::Close => Some(Flow::Fin),
        Event::Read { bytes } => Some(Flow::Taken(*bytes)),
        Event::Eof => Some(Flow::Eof),
        Event::Reset => Some(Flow::Reset),
        _ => None,
    }
}

/// The step in words. Where there are several sockets, a call of the connection's says on which.
fn words(trace: &Trace, step: &Step) -> String {
    let words = step.event.words(step.actor, &trace.actors);
    match trace.socket_of(step) {
        Some(socket) if step.event.is_call() && socket.peer != step.actor => {
            visible(&format!("{}: {words}", socket.name))
        }
        _ => visible(&words),
    }
}

/// The socket that a step tells of, where there are several.
fn socket(trace: &Trace, step: &Step) -> Option<usize> {
    let told = trace.socket_of(step)?;
    trace.sockets.iter().position(|socket| socket == told)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of the connection, with what is left inside after each.
    fn trace(events: &[(Event, usize)], broken_at: Option<usize>) -> Trace {
        let steps = events.iter().map(|(event, inside)| Step {
            actor: ActorId::SUBJECT,
            event: event.clone(),
            levels: Levels {
                inside: *inside,
                owed: *inside,
                ..Levels::default()
            },
            begins: false,
            socket: 0,
            beside: Vec::new(),
        });
        Trace {
            steps: steps.collect(),
            broken_at,
            ..Trace::default()
        }
    }

    #[test]
    fn what_was_computed_counts_before_the_step_that_broke_the_property() {
        let ended = Event::Ended { error: None };
        let steps = [(Event::Shutdown, 3), (Event::Park, 3), (ended, 3)];
        let mut trace = trace(&steps, Some(2));
        assert_eq!(unavoidable(&trace), Some(2));
        trace.unavoidable_from = Some(0);
        assert_eq!(unavoidable(&trace), Some(0));
        // What was read from a file may name a step that is not there.
        trace.unavoidable_from = Some(3);
        assert_eq!(unavoidable(&trace), None);
    }

    #[test]
    fn a_write_buffer_is_left_behind_by_losses_and_stalls() {
        for property in Property::ALL {
            let losses = [
                Property::NothingTruncated,
                Property::NoSilentLoss,
                Property::NothingBufferedAtShutdown,
                Property::NoStall,
            ];
            let expected = losses.contains(&property);
            assert_eq!(strands(property), expected, "{property}");
        }
    }

    #[test]
    fn a_beat_is_broken_when_any_of_its_steps_is() {
        let steps = [
            (Event::Poll, 0),
            (Event::InputPending, 0),
            (Event::Park, 0),
            (Event::Poll, 0),
        ];
        for (broken, expected) in [(0, [true, false]), (1, [true, false]), (3, [false, true])] {
            let lines = lines(&trace(&steps, Some(broken)));
            let told: Vec<_> = lines.iter().map(|line| line.broken).collect();
            assert_eq!(told, expected, "step {broken}");
        }
    }
}
