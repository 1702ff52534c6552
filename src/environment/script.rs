//! Scripts: what else happens to a connection while it writes, such as a feeder of the body, a peer
//! that sends more input or FIN, a signal, a spurious wake-up. A script is an actor of its own. Each of
//! its steps is one lock section and can come at any point of the execution.

use std::fmt;

use bytes::Bytes;

use crate::trace::numbers::bytes;

/// One step of a script.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ScriptStep {
    /// The peer sends these bytes.
    Send(Bytes),
    /// The peer sends FIN.
    FinishInput,
    /// Puts an item into a feed; wakes nobody.
    Feed(usize, Bytes),
    /// Ends a feed; wakes nobody.
    EndFeed(usize),
    /// Wakes the actor that is registered with the feed.
    WakeFeed(usize),
    /// Raises a signal and wakes the actor that waits for it.
    Raise(usize),
    /// Wakes the subject for no reason.
    WakeSubject,
    /// Says that there is room to write, whether there is or not: whoever is registered for it is woken,
    /// and may find none (spurious readiness, as `epoll_wait(2)` can report).
    WakeWriter,
    /// Waits until a flush is in flight, then finishes it and wakes whoever is registered.
    FinishFlush,
    /// Waits until a shutdown is in flight, then finishes it below the socket and wakes the caller that
    /// is registered; see [`ShutdownMode::Deferred`](crate::environment::ShutdownMode::Deferred).
    FinishShutdown,
    /// Waits until the reader has taken this many bytes.
    AwaitReceived(usize),
    /// The step on a further socket, counted from 1; see [`ScriptStep::on`].
    On(usize, Box<ScriptStep>),
}

impl ScriptStep {
    /// The step on the socket with this number: 0 is the first, 1 the first of the
    /// [further](crate::run::FurtherSocket) ones.
    #[must_use]
    pub fn on(self, socket: usize) -> ScriptStep {
        match socket {
            0 => self,
            _ => ScriptStep::On(socket, Box::new(self)),
        }
    }

    /// The socket that the step is on, and the step itself.
    pub(crate) fn parts(&self) -> (usize, &ScriptStep) {
        match self {
            ScriptStep::On(socket, step) => (*socket, step.parts().1),
            step => (0, step),
        }
    }

    /// The feed or signal that the step uses but the scenario does not have: its kind, its number, and
    /// how many there are.
    pub(crate) fn names_nothing(
        &self,
        feeds: usize,
        signals: usize,
    ) -> Option<(&'static str, usize, usize)> {
        let named = match self {
            ScriptStep::Feed(feed, _) | ScriptStep::EndFeed(feed) | ScriptStep::WakeFeed(feed) => {
                ("feed", *feed, feeds)
            }
            ScriptStep::Raise(signal) => ("signal", *signal, signals),
            _ => return None,
        };
        let (_, number, there) = named;
        (number >= there).then_some(named)
    }

    /// Whether the step changes the connection's input.
    pub(crate) fn touches_input(&self) -> bool {
        matches!(
            self.parts().1,
            ScriptStep::Send(_) | ScriptStep::FinishInput
        )
    }
}

impl fmt::Display for ScriptStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScriptStep::Send(sent) => write!(f, "sends {}", bytes(sent.len())),
            ScriptStep::FinishInput => write!(f, "sends FIN"),
            ScriptStep::Feed(_, fed) => write!(f, "feeds {}", bytes(fed.len())),
            ScriptStep::EndFeed(_) => write!(f, "ends the feed"),
            ScriptStep::WakeFeed(_) => write!(f, "wakes who waits for the feed"),
            ScriptStep::Raise(_) => write!(f, "raises the signal"),
            ScriptStep::WakeSubject => write!(f, "wakes the connection for no reason"),
            ScriptStep::WakeWriter => write!(f, "reports room to write"),
            ScriptStep::FinishFlush => write!(f, "finishes the flush"),
            ScriptStep::FinishShutdown => write!(f, "finishes the shutdown"),
            ScriptStep::On(socket, step) => write!(f, "on socket {socket}: {step}"),
            ScriptStep::AwaitReceived(read) => write!(f, "has waited for {}", bytes(*read)),
        }
    }
}

/// A named sequence of steps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Script {
    /// The actor's name in traces.
    pub name: String,
    /// The steps, in order.
    pub steps: Vec<ScriptStep>,
}

impl Script {
    /// A script with this name and these steps.
    pub fn new(name: impl Into<String>, steps: impl Into<Vec<ScriptStep>>) -> Script {
        Script {
            name: name.into(),
            steps: steps.into(),
        }
    }
}

/// The error for a feed or a signal that the scenario does not have.
pub(crate) fn missing(what: &str, number: usize, there: usize) -> String {
    let expected = match there {
        0 => format!(
            "`Scenario::{what}s` of at least {}",
            number.saturating_add(1)
        ),
        _ => format!("a number below {there}, or a larger `Scenario::{what}s`"),
    };
    format!("{what} {number}, which is not there: the scenario has {there}; expected: {expected}")
}
