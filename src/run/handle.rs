//! What an actor can do besides using a socket: notes, promises, feeds, signals.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;

use crate::environment::script::missing;
use crate::run::digest::digest;
use crate::run::state::State;
use crate::run::world::{ItIsOver, World};
use crate::trace::event::{ActorId, Event};
use crate::trace::numbers::bytes;

/// What an actor can do besides using a socket: notes, promises, feeds, signals.
#[derive(Clone)]
pub struct Handle {
    pub(crate) world: Arc<World>,
    pub(crate) actor: ActorId,
    /// The socket that it belongs to.
    pub(crate) socket: usize,
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("actor", &self.actor)
            .finish()
    }
}

impl Handle {
    /// This handle for another socket.
    pub(crate) fn on(mut self, socket: usize) -> Handle {
        self.socket = socket;
        self
    }

    /// The actor that acts: the one that got the handle, or a task of the connection that it was moved
    /// to.
    pub(crate) fn actor(&self) -> ActorId {
        self.world.acting(self.actor)
    }

    /// A lock section of this actor's, on its socket.
    pub(crate) fn section<R>(&self, act: impl FnOnce(&mut State) -> R) -> Result<R, ItIsOver> {
        let on_socket = |state: &mut State| state.on(self.socket, act);
        self.world.section(self.actor(), on_socket)
    }

    /// A call on its socket that is no lock section; see [`World::private`].
    pub(crate) fn private<R>(&self, act: impl FnOnce(&mut State) -> R) -> Result<R, ItIsOver> {
        let on_socket = |state: &mut State| state.on(self.socket, act);
        self.world.private(self.actor(), on_socket)
    }

    /// Looks at its socket; see [`World::peek`].
    pub(crate) fn look<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        self.world.peek().on(self.socket, act)
    }

    /// Promises `bytes` to the reader: from now on an end of the stream without them is a loss.
    pub fn expect_delivery(&self, bytes: Bytes) {
        self.look(|state| {
            if state.over.is_none() {
                state.changed();
                let bytes = state.varying.promise(bytes);
                state.delivery.promise(bytes);
            }
        });
    }

    /// Reports how many bytes the subject holds in its own buffer. A subject needs it if it buffers
    /// bytes before it offers them to the socket; what was offered, the socket knows by itself.
    pub fn buffered(&self, bytes: usize) {
        self.look(|state| state.inside = bytes);
    }

    /// Adds a line to the trace, for a step that is no system call.
    pub fn note(&self, text: impl Into<String>) {
        let text = text.into();
        self.world.tell(self.actor(), Event::Note { text });
    }

    /// From now on the connection must come to its end, which the property `ends` checks. Call it when
    /// the connection has seen `connection: close`, or when a timer of its own has expired. A signal
    /// among [`Scenario::stops`](crate::Scenario::stops) has the same effect from outside.
    pub fn told_to_stop(&self) {
        self.world.tell(self.actor(), Event::ToldToStop);
    }

    /// Declares this actor's state: all that it will ever do depends on `state`, on what its later
    /// calls return and on which of its own wakers are woken, and on nothing else.
    ///
    /// This is what makes state caching fast: two executions that meet in the same declared state
    /// are explored once. An actor that never declares anything is identified by its history: all
    /// its calls with their results, the bytes that it wrote, and the wake-ups that reached wakers of
    /// its own making, in their order. That is exact for deterministic code, and slower.
    pub fn declare_state(&self, state: &impl Hash) {
        let actor = self.actor();
        let mut world = self.world.peek();
        let slot = &mut world.slots[actor.index()];
        slot.history = digest(state);
        slot.declared = true;
    }

    /// Takes the next item of a feed: `None` at its end. A pending poll registers for a wake-up; a
    /// ready one clears the registration.
    ///
    /// # Panics
    ///
    /// When the scenario has no such feed, or another actor polls it.
    pub fn poll_feed(&self, feed: usize, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let actor = self.actor();
        let there = self.world.peek().feeds.len();
        assert!(feed < there, "{}", missing("feed", feed, there));
        self.alone("feed", feed, |state| &mut state.feeds[feed].polled_by);
        let polled = self.world.section(actor, |state| {
            let caller = state.caller(actor, cx.waker());
            let feed = &mut state.feeds[feed];
            let item = match feed.queue.pop_front() {
                Some(item) => Some(item),
                None if feed.ended => None,
                None => {
                    feed.registration.set(caller);
                    state.log(actor, Event::FeedPending);
                    return Poll::Pending;
                }
            };
            feed.registration.clear();
            state.changed();
            let text = match &item {
                Some(item) => bytes(item.len()),
                None => "the end".to_owned(),
            };
            state.log(actor, Event::Feed { item: text });
            state.observe(actor, &item);
            Poll::Ready(item)
        });
        polled.unwrap_or(Poll::Pending)
    }

    /// Whether a feed is at its end, with nothing left in it. No lock section: for use right
    /// after [`Handle::poll_feed`].
    ///
    /// # Panics
    ///
    /// When the scenario has no such feed.
    pub fn feed_has_ended(&self, feed: usize) -> bool {
        let mut state = self.world.peek();
        let there = state.feeds.len();
        assert!(feed < there, "{}", missing("feed", feed, there));
        let ended = state.feeds[feed].ended && state.feeds[feed].queue.is_empty();
        state.observe(self.actor(), ("feed has ended", ended));
        ended
    }

    /// Records that this actor polls a feed or a signal.
    ///
    /// # Panics
    ///
    /// When another actor polls it.
    fn alone(
        &self,
        what: &str,
        number: usize,
        polled_by: impl FnOnce(&mut State) -> &mut Option<ActorId>,
    ) {
        let mut state = self.world.peek();
        let by = *polled_by(&mut state).get_or_insert(self.actor());
        if by != self.actor() {
            let [first, second] = [by, self.actor()].map(|actor| &state.slots[actor.index()].name);
            let text = format!(
                "{what} {number} is polled by {first} and by {second}; expected: one of its own \
                 for each"
            );
            drop(state);
            panic!("{text}");
        }
    }

    /// Waits until a signal is raised: [`Handle::poll_signal`] for an `async` block.
    ///
    /// ```
    /// use lastbyte::{Checker, Script, ScriptStep, Socket};
    ///
    /// Checker::new()
    ///     .kernel_buffer([2])
    ///     .signals(1)
    ///     .script(Script::new("operator", [ScriptStep::Raise(0)]))
    ///     .run(|mut socket: Socket| async move {
    ///         socket.expect_delivery(b"bye");
    ///         socket.handle().signal(0).await;
    ///         socket.write_all(b"bye").await?;
    ///         socket.close().await
    ///     })
    ///     .assert_proved();
    /// ```
    ///
    /// # Panics
    ///
    /// As [`Handle::poll_signal`].
    pub async fn signal(&self, signal: usize) {
        std::future::poll_fn(|cx| self.poll_signal(signal, cx)).await;
    }

    /// Waits until a signal is raised.
    ///
    /// # Panics
    ///
    /// When the scenario has no such signal, or another actor polls it.
    pub fn poll_signal(&self, signal: usize, cx: &mut Context<'_>) -> Poll<()> {
        let actor = self.actor();
        let there = self.world.peek().signals.len();
        assert!(signal < there, "{}", missing("signal", signal, there));
        self.alone("signal", signal, |state| {
            &mut state.signals[signal].polled_by
        });
        let polled = self.world.section(actor, |state| {
            let caller = state.caller(actor, cx.waker());
            let signal = &mut state.signals[signal];
            let (polled, text) = match signal.raised {
                true => (Poll::Ready(()), "sees the signal"),
                false => (Poll::Pending, "waits for the signal"),
            };
            match polled {
                Poll::Ready(()) => signal.registration.clear(),
                Poll::Pending => signal.registration.set(caller),
            }
            let text = text.to_owned();
            match polled {
                Poll::Ready(()) => state.log(actor, Event::Note { text }),
                Poll::Pending => state.log_pending(actor, Event::Note { text }),
            }
            polled
        });
        polled.unwrap_or(Poll::Pending)
    }
}
