//! A trace as a story: the lines that every chart shows, in words.
//!
//! Being polled, waking somebody and beginning to wait are told together with the call that they
//! surround. Nothing is left out.

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

/// What moves between the lanes in a beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// Bytes from the write buffer into the kernel's buffer.
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Beat {
    /// Number of the first step that it tells, counted from 1.
    pub first: usize,
    /// Number of the last step that it tells.
    pub last: usize,
    /// Who acts.
    pub actor: ActorId,
    /// What happens. Control characters are already spelled out.
    pub text: String,
    /// What moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<Flow>,
    /// How full every buffer is afterwards.
    pub levels: Levels,
    /// From here on the property cannot be saved any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub broken: bool,
}

impl Beat {
    /// `7`, or `7-9` when it tells several steps.
    pub fn numbers(&self) -> String {
        if self.first == self.last {
            self.first.to_string()
        } else {
            format!("{}-{}", self.first, self.last)
        }
    }
}

/// The beats of a trace.
pub fn beats(trace: &Trace, property: Property) -> Vec<Beat> {
    let broken = unavoidable(trace, property);
    let mut beats: Vec<Beat> = Vec::new();
    // Whether the last beat so far is nothing but a poll that just began.
    let mut opened = false;
    let mut finished = false;
    for (i, step) in trace.steps.iter().enumerate() {
        let continues = beats.last().is_some_and(|beat| beat.actor == step.actor);
        let text = words(trace, step);
        let mut flow = flow(&step.event);
        if flow == Some(Flow::Fin) {
            // Closing after a shutdown sends nothing more.
            flow = flow.filter(|_| !finished);
            finished = true;
        }
        let is_aside = matches!(step.event, Event::Wake { .. } | Event::Park);
        match beats.last_mut() {
            Some(beat) if continues && (is_aside || (opened && step.event != Event::Poll)) => {
                beat.text.push_str(if opened { ": " } else { "; " });
                beat.text.push_str(&text);
                beat.last = i + 1;
                beat.levels = step.levels;
                beat.flow = beat.flow.or(flow);
                beat.broken |= broken == Some(i);
            }
            _ => beats.push(Beat {
                first: i + 1,
                last: i + 1,
                actor: step.actor,
                text,
                flow,
                levels: step.levels,
                broken: broken == Some(i),
            }),
        }
        opened = step.event == Event::Poll;
    }
    beats
}

/// Index of the step after which the property could not be kept any more.
///
/// Bytes are lost once the connection gives the socket up with bytes in its own buffer; what
/// follows only shows it. Elsewhere it is the step that broke the property.
pub fn unavoidable(trace: &Trace, property: Property) -> Option<usize> {
    let gives_up = |step: &Step| {
        let gives_up = matches!(step.event, Event::Shutdown | Event::Close);
        step.actor == ActorId::SUBJECT && gives_up && step.levels.inside > 0
    };
    let given_up = trace.steps.iter().position(gives_up);
    let broken_at = trace.broken_at.filter(|at| *at < trace.steps.len());
    match given_up {
        Some(at) if loses(property) && broken_at.is_none_or(|broken| at <= broken) => Some(at),
        _ => broken_at,
    }
}

/// Whether a violation of the property leaves behind what the write buffer holds.
pub fn strands(property: Property) -> bool {
    loses(property) || property == Property::NoStall
}

fn loses(property: Property) -> bool {
    matches!(
        property,
        Property::NothingTruncated | Property::NoSilentLoss | Property::NothingBufferedAtShutdown
    )
}

/// What announces the command among the closing sentences.
pub const REPLAY: &str = "replay";

/// The sentences that a chart ends with: what is violated, since when, how to replay it.
pub fn closing(trace: &Trace, caption: &Caption<'_>) -> Vec<(&'static str, String)> {
    let Caption { property, replay } = caption;
    let since = match unavoidable(trace, *property) {
        None => "not known".to_owned(),
        Some(at) => {
            let step = &trace.steps[at];
            let mut since = format!("step {}, {}", at + 1, name(trace, step.actor));
            since.push_str(": ");
            since.push_str(&words(trace, step));
            if step.levels.inside > 0 {
                let inside = count(step.levels.inside, "byte");
                since.push_str(&format!(" with {inside} in the write buffer"));
            }
            since
        }
    };
    vec![
        ("violated", property.sentence().to_owned()),
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
        Event::Write { accepted, .. } => Some(Flow::Accepted(*accepted)),
        Event::WritePending { .. } | Event::WriteFailed { .. } => Some(Flow::Refused),
        Event::Shutdown | Event::Close => Some(Flow::Fin),
        Event::Read { bytes } => Some(Flow::Taken(*bytes)),
        Event::Eof => Some(Flow::Eof),
        Event::Reset => Some(Flow::Reset),
        _ => None,
    }
}

fn words(trace: &Trace, step: &Step) -> String {
    let text = match &step.event {
        Event::Poll => "polled".to_owned(),
        Event::Write { offered, accepted } => {
            format!("writes {}, {accepted} accepted", count(*offered, "byte"))
        }
        Event::WritePending { offered } => {
            format!("writes {}: would block", count(*offered, "byte"))
        }
        Event::WriteFailed { error } => format!("write fails: {error}"),
        Event::Flush => "flush: ready".to_owned(),
        Event::FlushPending => "flush: pending".to_owned(),
        Event::Shutdown => "shutdown(SHUT_WR)".to_owned(),
        Event::ShutdownFailed { error } => format!("shutdown fails: {error}"),
        Event::Close => "closes the socket".to_owned(),
        Event::Input { bytes: 0 } => "reads the end of its input".to_owned(),
        Event::Input { bytes } => format!("reads {} of input", count(*bytes, "byte")),
        Event::InputPending => "finds no input".to_owned(),
        Event::InputFailed { error } => format!("reading input fails: {error}"),
        Event::Read { bytes } => format!("reads {}", count(*bytes, "byte")),
        Event::ReadPending => "finds nothing to read".to_owned(),
        Event::Eof => "sees the end of the stream".to_owned(),
        Event::Complete => "has everything".to_owned(),
        Event::Stop => "stops reading".to_owned(),
        Event::Reset => "resets the connection".to_owned(),
        Event::ReadFailed { error } => format!("read fails: {error}"),
        Event::Script { step } => step.clone(),
        Event::Feed { item } => format!("takes {item} from its feed"),
        Event::FeedPending => "finds its feed empty".to_owned(),
        Event::Wake { actor } if *actor == step.actor => "wakes itself".to_owned(),
        Event::Wake { actor } => format!("wakes {}", trace.actor_name(*actor)),
        Event::Park => "waits".to_owned(),
        Event::Ended { error: None } => "ends with Ok".to_owned(),
        Event::Ended { error: Some(error) } => format!("ends with an error: {error}"),
        Event::Panicked { message } => format!("panics: {message}"),
        Event::Note { text } => text.clone(),
    };
    visible(&text)
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
                ..Levels::default()
            },
        });
        Trace {
            steps: steps.collect(),
            broken_at,
            ..Trace::default()
        }
    }

    const LOSSES: [Property; 3] = [
        Property::NothingTruncated,
        Property::NoSilentLoss,
        Property::NothingBufferedAtShutdown,
    ];

    #[test]
    fn bytes_are_lost_from_the_step_that_gives_up_the_socket_before_them() {
        let ended = || Event::Ended { error: None };
        let lost = [(Event::Shutdown, 3), (Event::Park, 3), (ended(), 3)];
        for property in LOSSES {
            assert_eq!(unavoidable(&trace(&lost, Some(2)), property), Some(0));
            assert_eq!(unavoidable(&trace(&lost, None), property), Some(0));
        }
        // Nothing was lost by giving up, or not before it was broken, or it is no loss.
        let kept = [(Event::Shutdown, 0), (ended(), 0)];
        let late = [(Event::Park, 3), (Event::Close, 3)];
        for (events, broken, property) in [
            (&kept[..], 1, Property::NoSilentLoss),
            (&late, 0, Property::NoSilentLoss),
            (&lost, 2, Property::NoSpin),
        ] {
            let trace = trace(events, Some(broken));
            assert_eq!(unavoidable(&trace, property), Some(broken));
        }
        // What was read from a file may name a step that is not there.
        let read = trace(&kept, Some(kept.len()));
        assert_eq!(unavoidable(&read, Property::NoSpin), None);
    }

    #[test]
    fn a_write_buffer_is_left_behind_by_losses_and_stalls() {
        for property in Property::ALL {
            let expected = LOSSES.contains(&property) || property == Property::NoStall;
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
            let beats = beats(&trace(&steps, Some(broken)), Property::NoStall);
            let told: Vec<_> = beats.iter().map(|beat| beat.broken).collect();
            assert_eq!(told, expected, "step {broken}");
        }
    }
}
