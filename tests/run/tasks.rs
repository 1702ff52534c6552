//! Tasks of a connection: which order is explored, which wake-ups are lost, and what they share.

use std::future::{Future, poll_fn};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use futures::future::{join, join_all};
use lastbyte::run::{ExecutorDefect, KeyPart};
use lastbyte::run::{FurtherSocket, LocalTasks};
use lastbyte::{
    Checker, Property, Reader, Running, Scenario, Script, ScriptStep, Socket, Subject, Verdict,
};

use crate::agree::{agree, agree_state_by_state, parts};

fn scenario(capacity: usize, tasks: usize) -> Scenario {
    Scenario {
        tasks,
        ..Scenario::new(format!("K={capacity}"), capacity, Reader::PROMPT)
    }
}

/// How what a connection does at once is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Divided {
    /// One task, one waker.
    Joined,
    /// Two tasks of one thread.
    Local,
    /// Two actors.
    Spawned,
}

const DIVIDED: [Divided; 3] = [Divided::Joined, Divided::Local, Divided::Spawned];

/// One half writes the response; the other answers a ping over the same socket, and so takes the only
/// place for a waker that the socket has.
#[derive(Debug)]
struct Answers {
    divided: Divided,
}

async fn writes(socket: Arc<Socket>, bytes: usize) -> io::Result<()> {
    for _ in 0..bytes {
        poll_fn(|cx| socket.poll_send(cx, b"a")).await?;
    }
    Ok(())
}

async fn answers(socket: Arc<Socket>) -> io::Result<()> {
    let read = poll_fn(|cx| socket.poll_recv(cx, 1)).await?;
    writes(socket, read.len()).await
}

impl Subject for Answers {
    fn start(&self, socket: Socket) -> Running {
        let divided = self.divided;
        Box::pin(async move {
            socket.expect_delivery(b"aaa");
            let socket = Arc::new(socket);
            let (one, other) = (writes(socket.clone(), 2), answers(socket.clone()));
            let (one, other) = match divided {
                Divided::Joined => join(one, other).await,
                Divided::Local => {
                    let tasks = LocalTasks::new();
                    let other = tasks.spawn(other);
                    let (one, other) = tasks.run_until(join_tasks(one, other)).await;
                    (one, other.and_then(|other| other))
                }
                Divided::Spawned => {
                    let other = socket.handle().spawn(other);
                    let one = one.await;
                    (one, other.await.and_then(|other| other))
                }
            };
            one.and(other).map_err(|error| error.to_string())?;
            let shut = poll_fn(|cx| socket.poll_shut(cx)).await;
            shut.map_err(|error| error.to_string())
        })
    }
}

/// One after the other, so that the second has no waker of the first.
async fn join_tasks<A: Future, B: Future>(one: A, other: B) -> (A::Output, B::Output) {
    (one.await, other.await)
}

fn subject(divided: Divided) -> Arc<dyn Subject> {
    Arc::new(Answers { divided })
}

fn pinged(divided: Divided) -> Scenario {
    scenario(1, usize::from(divided == Divided::Spawned)).with_input("p")
}

#[test]
fn a_wake_up_that_reaches_the_wrong_task_is_lost() {
    for divided in DIVIDED {
        let broken = agree_state_by_state(&subject(divided), &pinged(divided));
        let stalls = broken.contains(&Property::NoStall);
        assert_eq!(stalls, divided != Divided::Joined, "{divided:?} {broken:?}");
    }
}

/// The connection looks whether its task has something for it, waits for input, and leaves its waker
/// with the task: looking once more, or not.
#[derive(Debug)]
struct LeavesItsWaker {
    looks_again: bool,
}

#[derive(Default)]
struct Shared {
    there: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Subject for LeavesItsWaker {
    fn start(&self, mut socket: Socket) -> Running {
        let looks_again = self.looks_again;
        Box::pin(async move {
            socket.expect_delivery(b"a");
            let shared = Arc::new(Shared::default());
            let of_task = shared.clone();
            socket.handle().spawn(async move {
                of_task.there.store(true, Ordering::SeqCst);
                // Waking while the lock is held: nobody else is polled meanwhile.
                if let Some(waker) = &*of_task.waker.lock().expect("no panic") {
                    waker.wake_by_ref();
                }
            });
            if !shared.there.load(Ordering::SeqCst) {
                let mut byte = [0];
                let read = socket.read(&mut byte).await;
                read.map_err(|error| error.to_string())?;
                let mut waits = !looks_again;
                poll_fn(|cx| {
                    *shared.waker.lock().expect("no panic") = Some(cx.waker().clone());
                    let there = shared.there.load(Ordering::SeqCst);
                    let there = there && !std::mem::take(&mut waits);
                    if there {
                        Poll::Ready(())
                    } else {
                        Poll::Pending
                    }
                })
                .await;
            }
            let written = socket.write_all(b"a").await;
            written.map_err(|error| error.to_string())?;
            socket.close().await.map_err(|error| error.to_string())
        })
    }
}

fn waits_for_input() -> Scenario {
    scenario(1, 1).with_script(Script::new("peer", [ScriptStep::Send(b"p"[..].into())]))
}

fn leaves(looks_again: bool) -> Arc<dyn Subject> {
    Arc::new(LeavesItsWaker { looks_again })
}

#[test]
fn a_wake_up_between_two_polls_of_another_task_is_lost() {
    let broken = agree(&leaves(false), &waits_for_input());
    assert!(broken.contains(&Property::NoStall), "{broken:?}");
    assert!(agree(&leaves(true), &waits_for_input()).is_empty());
}

/// Two tasks write down who was first, and the connection fails when it was the second.
#[derive(Debug)]
struct Order;

impl Subject for Order {
    fn start(&self, socket: Socket) -> Running {
        Box::pin(async move {
            let first = Arc::new(AtomicUsize::new(0));
            let handle = socket.handle();
            let tasks = [1, 2].map(|number| {
                let first = first.clone();
                handle.spawn(async move {
                    let untouched = first.load(Ordering::SeqCst) == 0;
                    if untouched {
                        first.store(number, Ordering::SeqCst);
                    }
                })
            });
            join_all(tasks).await;
            match first.load(Ordering::SeqCst) {
                2 => Err("the second one was first".to_owned()),
                _ => Ok(()),
            }
        })
    }
}

fn order() -> Arc<dyn Subject> {
    Arc::new(Order)
}

#[test]
fn tasks_are_polled_in_every_order() {
    let broken = agree(&order(), &scenario(1, 2));
    assert_eq!(broken, [Property::NoNeedlessError].into());
    // What tasks share is known by the order of their polls.
    let without = ExecutorDefect::KeyWithout(KeyPart::Tasks);
    assert!(parts(&order(), &scenario(1, 2), without));
}

/// A poll of one task is over before that of another one begins: what holds a lock during a call does
/// not stop the others.
#[test]
fn tasks_can_hold_a_lock_during_a_call() {
    let checker = Checker::new().kernel_buffer([1]).tasks(1);
    let report = checker.run(|socket: Socket| async move {
        socket.expect_delivery(b"aaaa");
        let handle = socket.handle();
        let socket = Arc::new(Mutex::new(socket));
        let write = |socket: Arc<Mutex<Socket>>| async move {
            poll_fn(|cx| socket.lock().expect("no panic").poll_send(cx, b"aa")).await
        };
        let task = handle.spawn(write(socket.clone()));
        // The waker of only one of them is kept: each waits for the other.
        task.await??;
        write(socket.clone()).await?;
        poll_fn(|cx| socket.lock().expect("no panic").poll_shut(cx)).await
    });
    // A write of two bytes where there is room for one is partial.
    assert_eq!(report.verdict(Property::NoSilentLoss), Verdict::Refuted);
    assert_eq!(report.verdict(Property::NoStall), Verdict::Proved);
}

#[test]
fn a_task_that_panics_is_told() {
    let checker = Checker::new().kernel_buffer([1]).tasks(1);
    let report = checker.run(|socket: Socket| async move {
        let task = socket.handle().spawn(async { panic!("no reason") });
        let ended: io::Result<()> = task.await;
        assert!(ended.is_err());
        ended
    });
    report.assert_refuted(Property::NoPanic);
    assert!(report.to_string().contains("task 1: no reason"), "{report}");
}

#[test]
fn places_are_used_again_and_a_task_too_many_is_refused() {
    let checker = Checker::new().kernel_buffer([1]).tasks(1);
    let again = checker.run(|mut socket: Socket| async move {
        socket.expect_delivery(b"ab");
        let handle = socket.handle();
        for byte in *b"ab" {
            let byte = handle.spawn(async move { byte }).await?;
            socket.write_all([byte]).await?;
        }
        socket.close().await
    });
    again.assert_proved();
    let too_many = |checker: Checker, tasks: usize| {
        let report = checker.run(move |socket: Socket| async move {
            let all = (0..tasks).map(|_| socket.handle().spawn(std::future::pending::<()>()));
            join_all(all).await;
            io::Result::Ok(())
        });
        report.assert_refuted(Property::NoPanic);
        report.to_string()
    };
    let told = too_many(checker, 2);
    assert!(told.contains("expected: `Checker::tasks(2)`"), "{told}");
    let told = too_many(Checker::new().kernel_buffer([1]), 1);
    assert!(told.contains("expected: `Checker::tasks(1)`"), "{told}");
}

#[test]
fn tasks_take_the_places_of_scripts() {
    let many = Checker::new()
        .tasks(2)
        .further_socket(FurtherSocket::new("server"));
    let many = many.script(Script::new("peer", [ScriptStep::FinishInput]));
    let told = crate::message(|| {
        let _report = many.run(|_one: Socket, _other: Socket| async { io::Result::Ok(()) });
    });
    assert!(told.contains("4 would act"), "{told}");
    assert!(told.contains("2 of them tasks"), "{told}");
    for tasks in [0, 4] {
        let told = crate::message(|| {
            let _checker = Checker::new().tasks(tasks);
        });
        assert!(told.contains("expected: 1 to 3"), "{told}");
    }
}

/// A task that outlives the connection's own code goes on with the socket.
#[test]
fn a_task_that_nobody_waits_for_goes_on() {
    let checker = Checker::new().kernel_buffer([1, 2]).tasks(1);
    let report = checker.run(|mut socket: Socket| async move {
        socket.expect_delivery(b"ab");
        let handle = socket.handle();
        handle.spawn(async move {
            socket.write_all(b"ab").await?;
            socket.close().await
        });
        io::Result::Ok(())
    });
    report.assert_proved();
}

/// The halves of a socket, in tasks of one thread and of their own.
#[test]
fn a_socket_is_split_between_tasks() {
    let checker = Checker::new()
        .kernel_buffer([1])
        .input(b"x")
        .input_eof()
        .tasks(1);
    for spawned in [false, true] {
        let report = checker.run(move |socket: Socket| async move {
            socket.expect_delivery(b"ab");
            let (mut reads, mut writes) = socket.into_split();
            let handle = reads.handle();
            let reader = async move {
                let mut buffer = [0; 2];
                while reads.read(&mut buffer).await? > 0 {}
                io::Result::Ok(())
            };
            let writer = async move {
                writes.write_all(b"ab").await?;
                // Dropping the half shuts the sending side down.
                io::Result::Ok(())
            };
            if spawned {
                let reader = handle.spawn(reader);
                writer.await?;
                return reader.await?;
            }
            let tasks = LocalTasks::new();
            let reader = tasks.spawn(reader);
            let (written, read) = tasks.run_until(join_tasks(writer, reader)).await;
            written.and(read?)
        });
        report.assert_proved();
    }
}
