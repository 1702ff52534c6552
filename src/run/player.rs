//! Runs a script: performs its steps one by one.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use crate::environment::script::missing;
use crate::environment::script::{Script, ScriptStep};
use crate::run::handle::Handle;
use crate::run::state::State;
use crate::run::timers::REPORTER;
use crate::trace::event::{ActorId, Event};

fn perform(state: &mut State, actor: ActorId, step: &ScriptStep) {
    match step {
        ScriptStep::Send(sent) => state.kernel.send_input(sent.clone()),
        ScriptStep::FinishInput => state.kernel.finish_input(),
        ScriptStep::Feed(feed, bytes) => state.push_feed(*feed, Some(bytes.clone())),
        ScriptStep::EndFeed(feed) => state.push_feed(*feed, None),
        ScriptStep::WakeFeed(feed) => state.wake_feed(*feed),
        ScriptStep::Raise(signal) => state.raise(*signal),
        ScriptStep::WakeWriter => state.kernel.wake_writer(),
        ScriptStep::FinishFlush => {
            state.kernel.finish_flush();
        }
        ScriptStep::FinishShutdown => state.kernel.finish_shutdown(),
        ScriptStep::WakeSubject | ScriptStep::AwaitReceived(_) | ScriptStep::On(..) => {}
    }
    state.changed();
    let told = Event::Script {
        step: step.to_string(),
    };
    state.log(actor, told);
    match step {
        ScriptStep::WakeSubject => state.wake(ActorId::SUBJECT, actor),
        ScriptStep::Raise(signal) if state.signals[*signal].stops => {
            state.record(actor, Event::ToldToStop);
        }
        _ => {}
    }
}

impl Handle {
    /// Performs one step of a script as a lock section of this actor.
    ///
    /// Pending where the step has to wait; the caller should then return `Pending` as well.
    ///
    /// # Panics
    ///
    /// When the step uses a feed or a signal that the scenario does not have.
    pub fn perform(&self, step: &ScriptStep, cx: &mut Context<'_>) -> Poll<()> {
        let (socket, step) = step.parts();
        let Handle { world, actor, .. } = self;
        let (feeds, signals, sockets) = {
            let state = world.peek();
            (state.feeds.len(), state.signals.len(), state.sockets())
        };
        assert!(
            socket < sockets,
            "a step on socket {socket}, which is not there; expected: a `FurtherSocket` for it"
        );
        if let Some((what, number, there)) = step.names_nothing(feeds, signals) {
            panic!("{}", missing(what, number, there));
        }
        let at = |state: &mut State| {
            let caller = state.caller(*actor, cx.waker());
            match step {
                ScriptStep::FinishFlush if !state.kernel.flush_in_flight() => {
                    state.device[actor.index()].set(caller);
                    return Poll::Pending;
                }
                ScriptStep::FinishShutdown if !state.kernel.shutdown_in_flight() => {
                    state.device[actor.index()].set(caller);
                    return Poll::Pending;
                }
                ScriptStep::Send(bytes)
                    if state.kernel.room_for_input() < bytes.len() && !state.kernel.is_gone() =>
                {
                    state.room[actor.index()].set(caller);
                    return Poll::Pending;
                }
                ScriptStep::AwaitReceived(bytes) if state.kernel.delivered() < *bytes => {
                    state.progress[actor.index()].set(caller);
                    return Poll::Pending;
                }
                _ => {}
            }
            perform(state, *actor, step);
            Poll::Ready(())
        };
        let performed = world.section(*actor, |state| state.on(socket, at));
        performed.unwrap_or(Poll::Pending)
    }
}

/// Performs the steps one by one.
pub(crate) async fn perform_all(handle: Handle, script: Script) -> Result<(), String> {
    let mut next = 0;
    poll_fn(move |cx| {
        while let Some(step) = script.steps.get(next) {
            handle.declare_state(&("script", next));
            ready!(handle.perform(step, cx));
            next += 1;
        }
        Poll::Ready(Ok(()))
    })
    .await
}

/// Reports room to write, at any point after it was made: see [`Wakes::Later`](crate::environment::Wakes::Later).
pub(crate) async fn report_room(handle: Handle) -> Result<(), String> {
    let actor = handle.actor;
    poll_fn(move |cx| {
        loop {
            handle.declare_state(&REPORTER);
            let reported = handle.section(|state| {
                let caller = state.caller(actor, cx.waker());
                let reports = state.kernel.report_room(caller);
                if reports {
                    state.changed();
                    let step = "reports that there is room".to_owned();
                    state.log(actor, Event::Script { step });
                }
                reports
            });
            if !reported.unwrap_or(false) {
                return Poll::Pending;
            }
        }
    })
    .await
}
