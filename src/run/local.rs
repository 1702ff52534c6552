//! Tasks of one thread: a small executor inside the connection.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures::channel::oneshot;

use crate::run::tasks::Task;

/// Most tasks that are polled in one poll of the connection; after that, the connection is polled
/// again.
const POLLS: usize = 64;

/// The number of the future that [`LocalTasks::run_until`] runs.
const MAIN: usize = 0;

type Local = Pin<Box<dyn Future<Output = ()>>>;

/// Tasks of one thread, as with `tokio::task::spawn_local` or a runtime with one thread. Each has a
/// waker of its own. Only tasks that were woken are polled, one after the other, in the order in which
/// they were woken.
///
/// The exploration covers every order in which peers, timers, feeds and signals wake the tasks. Where
/// tasks wake each other, the order of their polls follows from that, as it does in such a runtime. For
/// tasks that `tokio::spawn` runs on several threads, use [`Handle::spawn`](crate::Handle::spawn).
///
/// With `join!` or `select!` instead of tasks there is one waker for all, so a wake-up that reaches the
/// wrong task goes unnoticed.
///
/// ```
/// use lastbyte::{Checker, Socket};
/// use lastbyte::run::LocalTasks;
///
/// Checker::new().kernel_buffer([2]).input(b"ab").input_eof().run(|socket: Socket| async move {
///     socket.expect_delivery(b"response");
///     let (mut reads, mut writes) = socket.into_split();
///     let tasks = LocalTasks::new();
///     let reader = tasks.spawn(async move {
///         let mut buffer = [0; 2];
///         while reads.read(&mut buffer).await? > 0 {}
///         std::io::Result::Ok(())
///     });
///     tasks
///         .run_until(async {
///             writes.write_all(b"response").await?;
///             writes.close().await?;
///             reader.await?
///         })
///         .await
/// })
/// .assert_proved();
/// ```
#[derive(Clone, Default)]
pub struct LocalTasks(Rc<RefCell<Inside>>);

#[derive(Default)]
struct Inside {
    /// The tasks that have not finished, except for the one that is being polled.
    tasks: BTreeMap<usize, (Local, Arc<TaskWaker>)>,
    spawned: usize,
    woken: Arc<Woken>,
}

/// The tasks to poll, in this order.
#[derive(Default)]
struct Woken {
    order: Mutex<VecDeque<usize>>,
    /// The waker of the connection's poll.
    root: Mutex<Option<Waker>>,
    /// A poll of the connection is in progress, and looks at the list again before it ends.
    polling: AtomicBool,
}

impl Woken {
    fn next(&self) -> Option<usize> {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        order.pop_front()
    }

    fn root(&self) -> std::sync::MutexGuard<'_, Option<Waker>> {
        self.root.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, task: usize) {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        order.push_back(task);
        drop(order);
        if self.polling.load(Ordering::SeqCst) {
            return;
        }
        let root = self.root().clone();
        // No lock is held: others may move before the wake-up has come.
        if let Some(root) = root {
            root.wake();
        }
    }

    /// Puts this task before all others.
    fn first(&self, waker: &TaskWaker) {
        waker.listed.store(true, Ordering::SeqCst);
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        order.push_front(waker.task);
    }

    /// A poll of the connection begins or ends.
    fn polls(&self, polling: bool) {
        self.polling.store(polling, Ordering::SeqCst);
    }
}

struct TaskWaker {
    task: usize,
    /// The task is on the list already.
    listed: AtomicBool,
    woken: Arc<Woken>,
}

impl TaskWaker {
    fn new(task: usize, woken: &Arc<Woken>) -> Arc<TaskWaker> {
        Arc::new(TaskWaker {
            task,
            listed: AtomicBool::new(false),
            woken: woken.clone(),
        })
    }

    /// The task is about to be polled: from now on, a wake-up causes another poll.
    fn taken(self: &Arc<Self>) -> Waker {
        self.listed.store(false, Ordering::SeqCst);
        Waker::from(self.clone())
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.listed.swap(true, Ordering::SeqCst) {
            self.woken.push(self.task);
        }
    }
}

impl fmt::Debug for LocalTasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalTasks").finish_non_exhaustive()
    }
}

impl LocalTasks {
    /// No tasks yet.
    pub fn new() -> LocalTasks {
        LocalTasks::default()
    }

    /// Spawns a task; it is polled while [`LocalTasks::run_until`] is. Tasks can spawn tasks.
    ///
    /// A panic of a task is a panic of the connection.
    pub fn spawn<F>(&self, task: F) -> Task<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (told, receiver) = oneshot::channel();
        let task = Box::pin(async move {
            // Nobody need wait for it.
            let _waited_for = told.send(task.await).is_ok();
        });
        let mut inside = self.0.borrow_mut();
        inside.spawned += 1;
        let number = inside.spawned;
        let waker = TaskWaker::new(number, &inside.woken);
        inside.tasks.insert(number, (task, waker.clone()));
        drop(inside);
        waker.wake();
        Task::new(receiver)
    }

    /// Runs `main` to its end, and the tasks meanwhile. `main` is polled first. Tasks that have not
    /// finished by then continue in the next call, and are dropped with the last clone of this.
    pub async fn run_until<F: Future>(&self, main: F) -> F::Output {
        let woken = self.0.borrow().woken.clone();
        let waker = TaskWaker::new(MAIN, &woken);
        let mut main = pin!(main);
        // It is the first, whatever was spawned before.
        woken.first(&waker);
        poll_fn(|cx| {
            *woken.root() = Some(cx.waker().clone());
            woken.polls(true);
            for _ in 0..POLLS {
                let Some(number) = woken.next() else {
                    woken.polls(false);
                    return Poll::Pending;
                };
                if number != MAIN {
                    self.poll(number);
                    continue;
                }
                let ended = main.as_mut().poll(&mut Context::from_waker(&waker.taken()));
                if ended.is_ready() {
                    woken.polls(false);
                    return ended;
                }
            }
            woken.polls(false);
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    }

    /// Polls a task, if it is not through.
    fn poll(&self, number: usize) {
        let task = self.0.borrow_mut().tasks.remove(&number);
        let Some((mut task, waker)) = task else {
            return;
        };
        let polled = task.as_mut().poll(&mut Context::from_waker(&waker.taken()));
        if polled.is_pending() {
            self.0.borrow_mut().tasks.insert(number, (task, waker));
        }
    }
}
