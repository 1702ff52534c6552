//! Tasks with wakers of their own, as hand-written executors have them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use super::run::Log;

/// A task of a set.
pub type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Who was woken since the last poll, in this order, and whom to tell.
#[derive(Default)]
struct Woken {
    order: VecDeque<usize>,
    outer: Option<Waker>,
}

/// One task's waker.
struct Member {
    number: usize,
    woken: Arc<Mutex<Woken>>,
}

impl Wake for Member {
    fn wake(self: Arc<Self>) {
        let outer = {
            let mut woken = self.woken.lock().expect("no panic");
            if !woken.order.contains(&self.number) {
                woken.order.push_back(self.number);
            }
            woken.outer.clone()
        };
        if let Some(outer) = outer {
            outer.wake();
        }
    }
}

/// Which of the woken is polled first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    First,
    Last,
}

struct Tasks {
    tasks: Vec<Option<Task>>,
    wakers: Vec<Waker>,
    woken: Arc<Mutex<Woken>>,
}

impl Tasks {
    fn new(tasks: Vec<Task>) -> Tasks {
        let woken: Arc<Mutex<Woken>> = Arc::default();
        let member = |number| {
            let woken = woken.clone();
            Waker::from(Arc::new(Member { number, woken }))
        };
        Tasks {
            wakers: (0..tasks.len()).map(member).collect(),
            tasks: tasks.into_iter().map(Some).collect(),
            woken,
        }
    }

    fn poll(&mut self, number: usize) {
        let Some(task) = &mut self.tasks[number] else {
            return;
        };
        let mut cx = Context::from_waker(&self.wakers[number]);
        if task.as_mut().poll(&mut cx).is_ready() {
            self.tasks[number] = None;
        }
    }

    fn through(&self) -> Poll<()> {
        match self.tasks.iter().all(Option::is_none) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}

/// Polls only whoever was woken.
pub async fn set(tasks: Vec<Task>, order: Order) {
    let mut tasks = Tasks::new(tasks);
    let all = 0..tasks.tasks.len();
    tasks.woken.lock().expect("no panic").order.extend(all);
    poll_fn(move |cx| {
        tasks.woken.lock().expect("no panic").outer = Some(cx.waker().clone());
        loop {
            let next = {
                let mut woken = tasks.woken.lock().expect("no panic");
                match order {
                    Order::First => woken.order.pop_front(),
                    Order::Last => woken.order.pop_back(),
                }
            };
            match next {
                Some(number) => tasks.poll(number),
                None => return tasks.through(),
            }
        }
    })
    .await;
}

/// Polls every task in every poll, and writes down in which order they were woken before.
pub async fn noted(tasks: Vec<Task>, log: Rc<RefCell<Log>>) {
    let mut tasks = Tasks::new(tasks);
    poll_fn(move |cx| {
        let woken = {
            let mut woken = tasks.woken.lock().expect("no panic");
            woken.outer = Some(cx.waker().clone());
            std::mem::take(&mut woken.order)
        };
        let mut log = log.borrow_mut();
        woken.iter().for_each(|number| log.woken(*number));
        drop(log);
        (0..tasks.tasks.len()).for_each(|number| tasks.poll(number));
        tasks.through()
    })
    .await;
}
