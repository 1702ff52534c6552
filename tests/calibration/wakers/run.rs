//! How a program runs, as the subject of an exploration.

use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use futures::future::{Either, join, join_all, select};
use futures::stream::{FuturesOrdered, FuturesUnordered, StreamExt};
use lastbyte::run::Actor;
use lastbyte::{Handle, Running, Scenario, ScriptStep, Socket, Subject};

use super::own::{Order, Task, noted, set};
use super::program::{Action, Group, Kind, Program, Rival, Stage, Step, child, letters};

/// What has happened so far, in order.
#[derive(Debug, Default)]
pub struct Log(Vec<String>);

impl Log {
    /// The `number`th task of a group was woken.
    pub fn woken(&mut self, number: usize) {
        self.0.push(format!("w{number}"));
    }

    fn tell(&mut self, what: String) {
        self.0.push(what);
    }

    fn text(&self) -> String {
        self.0.join(" ")
    }

    fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        hasher.finish()
    }
}

/// What the tasks of one actor share. They hold it as long as they live, and with it the socket.
struct Shared {
    handle: Handle,
    socket: Option<Socket>,
    log: Rc<RefCell<Log>>,
}

impl Shared {
    fn new(handle: Handle, socket: Option<Socket>) -> Rc<Shared> {
        let log = Rc::default();
        Rc::new(Shared {
            handle,
            socket,
            log,
        })
    }

    fn socket(&self) -> &Socket {
        self.socket
            .as_ref()
            .expect("only the subject's tasks use it")
    }

    fn tell(&self, what: impl Into<String>) {
        self.log.borrow_mut().tell(what.into());
    }

    async fn send(&self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let sent = poll_fn(|cx| self.socket().poll_send(cx, bytes)).await;
            match sent {
                Ok(accepted) => bytes = &bytes[accepted..],
                Err(error) => return self.tell(format!("{:?}", error.kind())),
            }
        }
    }
}

fn perform(shared: Rc<Shared>, step: Step, id: u8) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        match step {
            Step::Signal(signal) => poll_fn(|cx| shared.handle.poll_signal(signal, cx)).await,
            Step::Glance(signal) => {
                let mut registered = false;
                poll_fn(|cx| {
                    if std::mem::replace(&mut registered, true) {
                        return Poll::Ready(());
                    }
                    shared.handle.poll_signal(signal, cx)
                })
                .await;
            }
            Step::Feed(feed) => {
                let item = poll_fn(|cx| shared.handle.poll_feed(feed, cx)).await;
                shared.tell(format!("f{item:?}"));
            }
            Step::Send(bytes) => shared.send(&letters(id, bytes)).await,
            Step::Receive => {
                let received = poll_fn(|cx| shared.socket().poll_recv(cx, 64)).await;
                let received = received.map_err(|error| error.kind());
                shared.tell(format!("r{received:?}"));
            }
            Step::Flush => {
                let flushed = poll_fn(|cx| shared.socket().poll_flush_socket(cx)).await;
                if let Err(error) = flushed {
                    shared.tell(format!("{:?}", error.kind()));
                }
            }
            Step::Together(group) => together(&shared, group, id).await,
        }
    })
}

/// Says in the log when it is polled.
fn logged<T>(
    log: Rc<RefCell<Log>>,
    poll: String,
    future: impl Future<Output = T> + 'static,
) -> Pin<Box<dyn Future<Output = T>>> {
    let mut future = Box::pin(future);
    Box::pin(poll_fn(move |cx| {
        log.borrow_mut().tell(poll.clone());
        future.as_mut().poll(cx)
    }))
}

/// A task says in the log when it is polled and when it is through: so a program goes by all that
/// it can know.
fn task(shared: Rc<Shared>, steps: Vec<Step>, id: u8) -> Task {
    let log = shared.log.clone();
    logged(log, format!("p{id}"), async move {
        for step in steps {
            perform(shared.clone(), step, id).await;
        }
        shared.tell(id.to_string());
    })
}

async fn together(shared: &Rc<Shared>, group: Group, id: u8) {
    let tasks = group.tasks.into_iter().enumerate();
    let mut tasks: Vec<_> = tasks
        .map(|(n, steps)| task(shared.clone(), steps, child(id, n)))
        .collect();
    match group.kind {
        Kind::JoinTwo => {
            let second = tasks.swap_remove(1);
            join(tasks.swap_remove(0), second).await;
        }
        Kind::Join => drop(join_all(tasks).await),
        Kind::JoinMany => {
            // From 31 on.
            tasks.extend((0..31).map(|_| -> Task { Box::pin(async {}) }));
            drop(join_all(tasks).await);
        }
        Kind::Select => {
            let second = tasks.swap_remove(1);
            drop(select(tasks.swap_remove(0), second).await);
        }
        Kind::SelectThenRest => {
            let second = tasks.swap_remove(1);
            match select(tasks.swap_remove(0), second).await {
                Either::Left(((), rest)) | Either::Right(((), rest)) => rest.await,
            }
        }
        Kind::SelectBiased => {
            let second = tasks.swap_remove(1);
            let first = tasks.swap_remove(0);
            tokio::select! {
                biased;
                () = second => {}
                () = first => {}
            }
        }
        Kind::Unordered => {
            tasks
                .into_iter()
                .collect::<FuturesUnordered<_>>()
                .collect()
                .await
        }
        Kind::FirstOf => {
            let mut tasks: FuturesUnordered<_> = tasks.into_iter().collect();
            tasks.next().await;
        }
        Kind::Ordered => {
            tasks
                .into_iter()
                .collect::<FuturesOrdered<_>>()
                .collect()
                .await
        }
        Kind::FirstWokenFirst => set(tasks, Order::First).await,
        Kind::LastWokenFirst => set(tasks, Order::Last).await,
        Kind::Noted => noted(tasks, shared.log.clone()).await,
    }
}

/// Ends this poll and asks for another one.
async fn another_poll() {
    let mut asked = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut asked, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

async fn connection(program: Program, shared: Rc<Shared>) -> Result<(), String> {
    let mut loses = false;
    for stage in program.stages {
        match stage {
            Stage::Do(Step::Send(_)) if loses => {}
            Stage::Do(step) => perform(shared.clone(), step, 0).await,
            Stage::Decide { of, rest, action } => {
                let digest = shared.log.borrow().digest();
                if digest % of != rest {
                    continue;
                }
                match action {
                    Action::Loses => loses = true,
                    Action::Fails => return Err("fails".to_owned()),
                    Action::Leaves => return Ok(()),
                    Action::Panics => panic!("panics"),
                    Action::Yields => another_poll().await,
                    Action::Hangs => pending().await,
                }
            }
        }
    }
    if program.tells {
        return Err(shared.log.borrow().text());
    }
    Ok(())
}

impl Subject for Program {
    fn start(&self, socket: Socket) -> Running {
        let handle = socket.handle();
        handle.expect_delivery(self.promised().into());
        let shared = Shared::new(handle, Some(socket));
        let log = shared.log.clone();
        logged(log, "|".to_owned(), connection(self.clone(), shared))
    }

    fn stack_bytes(&self) -> usize {
        128 * 1024
    }
}

impl Actor for Rival {
    fn name(&self) -> String {
        "rival".to_owned()
    }

    fn start(&self, handle: Handle) -> Running {
        let Rival(group) = self.clone();
        Box::pin(async move {
            let shared = Shared::new(handle, None);
            together(&shared, group, 0).await;
            let sends = ScriptStep::Send(shared.log.borrow().text().into());
            poll_fn(|cx| shared.handle.perform(&sends, cx)).await;
            Ok(())
        })
    }
}

impl Program {
    /// The program as a subject and its surroundings.
    pub fn instance(&self) -> (Arc<dyn Subject>, Scenario) {
        let mut scenario = self.scenario();
        if let Some(rival) = self.rival.clone() {
            scenario.actors.push(Arc::new(rival));
        }
        (Arc::new(self.clone()), scenario)
    }
}
