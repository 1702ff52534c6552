//! Tasks of a connection that are actors of their own: their steps are interleaved with those of the
//! connection and of each other.

use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::channel::oneshot;

use crate::environment::kernel::Place;
use crate::run::crew::Spawned;
use crate::run::handle::Handle;
use crate::run::state::State;
use crate::trace::event::{ActorId, Event};

/// The future that [`Handle::spawn`] returns: resolves to the output of the task. Dropping it detaches
/// the task, which continues.
pub struct Task<T>(oneshot::Receiver<T>);

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").finish_non_exhaustive()
    }
}

impl<T> Task<T> {
    pub(crate) fn new(receiver: oneshot::Receiver<T>) -> Task<T> {
        Task(receiver)
    }
}

impl<T> Future for Task<T> {
    /// An error when the task was dropped before its end.
    type Output = io::Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let ended = Pin::new(&mut self.0).poll(cx);
        ended.map_err(|_| io::Error::other("the task was dropped before its end"))
    }
}

impl Handle {
    /// Spawns a task that is an actor of its own: it has a waker of its own, only a task that was woken is
    /// polled, and the tasks are polled in every order. [`Checker::tasks`](crate::Checker::tasks) says how
    /// many there can be at a time.
    ///
    /// A poll of the connection or of one of its tasks ends before a poll of another one begins; peers,
    /// timers and scripts move in between its calls. This covers every order that a runtime with one
    /// thread can take, whatever the tasks share: channels, locks, `tokio::io::split`. It does not
    /// cover two polls at the same time, as in a runtime with several threads (`tokio::spawn`).
    ///
    /// A task that panics breaks [`Property::NoPanic`](crate::Property::NoPanic).
    ///
    /// ```
    /// use lastbyte::{Checker, Socket};
    ///
    /// Checker::new().tasks(1).kernel_buffer([2]).run(|socket: Socket| async move {
    ///     socket.expect_delivery(b"abc");
    ///     let handle = socket.handle();
    ///     let task = handle.spawn(async move {
    ///         let mut socket = socket;
    ///         socket.write_all(b"abc").await?;
    ///         socket.close().await
    ///     });
    ///     task.await?
    /// })
    /// .assert_proved();
    /// ```
    ///
    /// # Panics
    ///
    /// When the most tasks at a time are running already, or when another actor than the connection
    /// spawns.
    pub fn spawn<F>(&self, task: F) -> Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (told, receiver) = oneshot::channel();
        let by = self.actor();
        {
            let state = self.world.peek();
            let (most, taken) = (state.tasks.places.len(), state.tasks.tasks());
            let full = taken >= most && state.over.is_none();
            let stranger = most > 0 && !state.tasks.is_member(by);
            drop(state);
            assert!(
                !stranger,
                "a task is spawned by an actor; expected: that the connection spawns its tasks"
            );
            assert!(
                !full,
                "a task is spawned where there are {taken} of {most}; expected: `Checker::tasks({})`, \
                 or `tasks: {0}` in the scenario",
                taken + 1
            );
        }
        let handle = self.clone();
        let task = Spawned(Box::pin(async move {
            let result = task.await;
            handle.leave_place();
            // Nobody need wait for it.
            let _waited_for = told.send(result).is_ok();
        }));
        // Over: nobody begins any more.
        let _over = self.world.section(by, |state| state.spawn(by, task));
        Task::new(receiver)
    }

    /// The task that runs here has finished; its slot is free.
    fn leave_place(&self) {
        let actor = self.actor();
        let _over = self.world.section(actor, |state| {
            if let Some(place) = state.tasks.of(actor) {
                place.taken = false;
            }
            state.changed();
            let text = "the task is through".to_owned();
            state.log(actor, Event::Note { text });
        });
    }
}

impl State {
    fn spawn(&mut self, by: ActorId, task: Spawned) {
        let places = self.tasks.places.iter_mut();
        let free = places.zip(0..).find(|(place, _)| !place.taken);
        let Some((place, number)) = free else {
            return;
        };
        place.taken = true;
        place.spawned = Some(task);
        place.idle.fire(Place::Task(number), &mut self.kernel.due);
        self.changed();
        let actor = usize::from(self.tasks.crew.first) + number;
        let text = format!("spawns {}", self.slots[actor].name);
        self.log(by, Event::Note { text });
    }
}

/// Runs one task after the other.
pub(crate) async fn work(handle: Handle) -> Result<(), String> {
    let actor = handle.actor;
    loop {
        let task = poll_fn(|cx| {
            let taken = handle.world.section(actor, |state| {
                let caller = state.caller(actor, cx.waker());
                let place = state.tasks.of(actor)?;
                let spawned = place.spawned.take();
                match &spawned {
                    Some(_) => {
                        place.idle.clear();
                        state.changed();
                        let text = "begins its task".to_owned();
                        state.log(actor, Event::Note { text });
                    }
                    None => {
                        place.idle.set(caller);
                        state.observe_in_poll(actor, "no task");
                    }
                }
                spawned
            });
            match taken {
                Ok(Some(task)) => Poll::Ready(task),
                _ => Poll::Pending,
            }
        });
        let Spawned(task) = task.await;
        task.await;
    }
}
