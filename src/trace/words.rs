//! Events in words, and which events are calls.

use crate::trace::event::{ActorId, Event};
use crate::trace::numbers::{bytes, thousands};

impl Event {
    /// Whether it is a call on a socket.
    pub fn is_call(&self) -> bool {
        match self {
            Event::Write { .. }
            | Event::WritePending { .. }
            | Event::WriteFailed { .. }
            | Event::Buffered { .. }
            | Event::HandedOver { .. }
            | Event::Flush
            | Event::FlushPending
            | Event::Shutdown
            | Event::ShutdownPending
            | Event::ShutdownFailed { .. }
            | Event::Close
            | Event::Input { .. }
            | Event::InputPending
            | Event::InputFailed { .. }
            | Event::Read { .. }
            | Event::ReadPending
            | Event::Eof
            | Event::Complete
            | Event::Stop
            | Event::Reset
            | Event::ReadFailed { .. }
            | Event::Sent { .. }
            | Event::SendPending { .. }
            | Event::SendFailed { .. }
            | Event::Finish => true,
            Event::Poll
            | Event::Script { .. }
            | Event::Feed { .. }
            | Event::FeedPending
            | Event::Wake { .. }
            | Event::Park
            | Event::Ended { .. }
            | Event::Panicked { .. }
            | Event::Note { .. }
            | Event::ToldToStop => false,
        }
    }

    /// The event in words; `actor` is who acts, and `names` are those of [`Trace::actors`](crate::Trace::actors).
    pub fn words(&self, actor: ActorId, names: &[String]) -> String {
        match self {
            Event::Poll => "polled".to_owned(),
            Event::Write { offered, accepted } => {
                let accepted = thousands(*accepted as u64);
                format!("writes {}, {accepted} accepted", bytes(*offered))
            }
            Event::WritePending { offered } => {
                format!("writes {}: would block", bytes(*offered))
            }
            Event::WriteFailed { error, .. } => format!("write fails: {error}"),
            Event::Buffered { offered, taken } => {
                let taken = thousands(*taken as u64);
                format!(
                    "writes {}, {taken} into the layer's buffer",
                    bytes(*offered)
                )
            }
            Event::HandedOver { offered, accepted } => {
                let accepted = thousands(*accepted as u64);
                format!("the layer writes {}, {accepted} accepted", bytes(*offered))
            }
            Event::Flush => "flush: ready".to_owned(),
            Event::FlushPending => "flush: pending".to_owned(),
            Event::Shutdown => "shutdown(SHUT_WR)".to_owned(),
            Event::ShutdownPending => "shutdown: pending".to_owned(),
            Event::ShutdownFailed { error } => format!("shutdown fails: {error}"),
            Event::Close => "closes the socket".to_owned(),
            Event::Input { bytes: 0 } => "reads the end of its input".to_owned(),
            Event::Input { bytes: read } => format!("reads {} of input", bytes(*read)),
            Event::InputPending => "finds no input".to_owned(),
            Event::InputFailed { error } => format!("reading input fails: {error}"),
            Event::Read { bytes: read } => format!("reads {}", bytes(*read)),
            Event::ReadPending => "finds nothing to read".to_owned(),
            Event::Eof => "sees the end of the stream".to_owned(),
            Event::Complete => "has everything".to_owned(),
            Event::Stop => "stops reading".to_owned(),
            Event::Reset => "resets the connection".to_owned(),
            Event::ReadFailed { error } => format!("read fails: {error}"),
            Event::Sent { bytes: sent } => format!("sends {}", bytes(*sent)),
            Event::SendPending { offered } => format!("sends {}: would block", bytes(*offered)),
            Event::SendFailed { error } => format!("sending fails: {error}"),
            Event::Finish => "sends FIN".to_owned(),
            Event::Script { step } => step.clone(),
            Event::Feed { item } => format!("takes {item} from its feed"),
            Event::FeedPending => "finds its feed empty".to_owned(),
            Event::Wake { actor: woken } if *woken == actor => "wakes itself".to_owned(),
            Event::Wake { actor: woken } => {
                let name = names.get(woken.index());
                format!("wakes {}", name.map_or("unknown actor", String::as_str))
            }
            Event::Park => "waits".to_owned(),
            Event::Ended { error: None } => "ends with Ok".to_owned(),
            Event::Ended { error: Some(error) } => format!("ends with an error: {error}"),
            Event::Panicked { message } => format!("panics: {message}"),
            Event::Note { text } => text.clone(),
            Event::ToldToStop => "is told to stop".to_owned(),
        }
    }
}
