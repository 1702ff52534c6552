//! Explores on a separate thread and watches it, so that a poll which never ends can be given up,
//! whatever the subject does in it.
//!
//! Every exploration gets a new thread. What a subject leaves in thread-local storage (a runtime that
//! it has entered, say) is gone with that thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::explore::limits::Limits;
use crate::explore::shared::Shared;
use crate::explore::silent::silently;
use crate::panics;
use crate::run::executor::Stopped;
use crate::trace::event::ActorId;
use crate::trace::verdict::Inconclusive;

/// Time between two checks of the exploring thread.
const LOOK: Duration = Duration::from_millis(50);

/// How long a poll may go on after the time limit.
const GRACE: Duration = Duration::from_millis(500);

/// Runs `check` to its end, or as long as the limits permit. The result is in the search.
pub(crate) fn watched(
    check: impl FnOnce() + Send + 'static,
    shared: &Arc<Shared>,
    limits: &Limits,
    names: &[String],
    stack: impl Fn(ActorId) -> usize,
) {
    let started = Instant::now();
    let exploring = {
        let shared = shared.clone();
        std::thread::Builder::new()
            .name("exploration".to_owned())
            .spawn(move || {
                let explored = silently(|| catch_unwind(AssertUnwindSafe(check)));
                shared.finish();
                explored
            })
    };
    let exploring = match exploring {
        Ok(exploring) => exploring,
        Err(error) => {
            shared.search().inconclusive = Some(Inconclusive::Crashed(format!(
                "no thread can be started: {error}"
            )));
            return;
        }
    };
    let name = |actor: ActorId| names.get(actor.index()).cloned().unwrap_or_default();
    let (mut life, mut since) = (shared.life().0, Instant::now());
    while !shared.wait(LOOK) {
        let now = Instant::now();
        let expired = limits.time.is_some_and(|time| now - started >= time);
        shared.expired.store(expired, Ordering::Relaxed);
        let (beat, actor) = shared.life();
        if beat != life {
            (life, since) = (beat, now);
            continue;
        }
        let silent = now - since;
        if silent >= limits.poll || expired && silent >= GRACE {
            // The thread goes on until the process ends: nothing in it can be interrupted.
            shared.search().inconclusive = Some(Inconclusive::PollNeverEnds {
                actor: name(actor),
                milliseconds: silent.as_millis() as u64,
            });
            return;
        }
    }
    if shared.abandoned.load(Ordering::Relaxed) {
        // The thread stays where it is, and does nothing.
        return;
    }
    // A thread that was to be ended, or that has panicked in its own storage, is gone all the same.
    let explored = exploring.join().unwrap_or(Ok(()));
    if let Err(payload) = explored
        && !payload.is::<Stopped>()
    {
        let (_, actor) = shared.life();
        let why = match payload.downcast_ref::<generator::Error>() {
            Some(generator::Error::StackErr) => Inconclusive::StackOverflow {
                actor: name(actor),
                bytes: stack(actor),
            },
            _ => {
                let why = panics::text(&*payload);
                Inconclusive::Crashed(why.unwrap_or_else(|| "loom was stopped".to_owned()))
            }
        };
        shared.search().inconclusive = Some(why);
    }
}
