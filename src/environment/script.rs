//! What else happens to a connection while it writes: a feeder of the body, a peer that sends more
//! input or FIN, a signal, a spurious wake-up. A script is an actor of its own; every step is one
//! lock section and comes at any point of the execution.

use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use crate::run::world::{Handle, State};
use crate::trace::event::{ActorId, Event, bytes};

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
    /// Wakes whoever is registered with the feed.
    WakeFeed(usize),
    /// Raises a signal and wakes whoever waits for it.
    Raise(usize),
    /// Wakes the subject for no reason.
    WakeSubject,
    /// Waits until a flush is in flight, then finishes it and wakes whoever is registered.
    FinishFlush,
    /// Waits until the reader has taken this many bytes.
    AwaitReceived(usize),
}

impl ScriptStep {
    /// Whether the step changes the connection's input.
    pub(crate) fn touches_input(&self) -> bool {
        matches!(self, ScriptStep::Send(_) | ScriptStep::FinishInput)
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
            ScriptStep::FinishFlush => write!(f, "finishes the flush"),
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

fn perform(state: &mut State, actor: ActorId, step: &ScriptStep) {
    match step {
        ScriptStep::Send(sent) => state.kernel.send_input(sent.clone()),
        ScriptStep::FinishInput => state.kernel.finish_input(),
        ScriptStep::Feed(feed, bytes) => state.push_feed(*feed, Some(bytes.clone())),
        ScriptStep::EndFeed(feed) => state.push_feed(*feed, None),
        ScriptStep::WakeFeed(feed) => state.wake_feed(*feed),
        ScriptStep::Raise(signal) => state.raise(*signal),
        ScriptStep::FinishFlush => {
            state.kernel.finish_flush();
        }
        ScriptStep::WakeSubject | ScriptStep::AwaitReceived(_) => {}
    }
    state.changed();
    state.log(
        actor,
        Event::Script {
            step: step.to_string(),
        },
    );
    if *step == ScriptStep::WakeSubject {
        state.wake(ActorId::SUBJECT, actor);
    }
}

impl Handle {
    /// Performs one step of a script as a lock section of this actor.
    ///
    /// Pending where the step has to wait; the caller should then return `Pending` as well.
    pub fn perform(&self, step: &ScriptStep, cx: &mut Context<'_>) -> Poll<()> {
        let Handle { world, actor } = self;
        let performed = world.section(*actor, |state| {
            match step {
                ScriptStep::FinishFlush if !state.kernel.flush_in_flight() => {
                    state.device.set(cx.waker());
                    return Poll::Pending;
                }
                ScriptStep::AwaitReceived(bytes) if state.kernel.delivered() < *bytes => {
                    state.progress.set(cx.waker());
                    return Poll::Pending;
                }
                _ => {}
            }
            perform(state, *actor, step);
            Poll::Ready(())
        });
        performed.unwrap_or(Poll::Pending)
    }
}

/// Performs the steps one by one.
pub(crate) async fn perform_all(handle: Handle, script: Script) -> Result<(), String> {
    let mut next = 0;
    poll_fn(move |cx| {
        while let Some(step) = script.steps.get(next) {
            handle.at(&("script", next));
            ready!(handle.perform(step, cx));
            next += 1;
        }
        Poll::Ready(Ok(()))
    })
    .await
}
