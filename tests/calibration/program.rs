//! Generated programs, and how they run as actors of an exploration.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use lastbyte::run::Actor;
use lastbyte::{Handle, Reader, Running, Scenario, ScriptStep, Socket, Subject};
use proptest::collection::vec;
use proptest::prelude::*;

/// One instruction. `Pause` and `Yield` are no lock sections; all the others are one each.
///
/// Feed and signal number `i` belong to actor `i`: nobody else takes from them or waits for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// Puts an item into an actor's feed; wakes nobody.
    Put(usize),
    /// Wakes whoever is registered with an actor's feed.
    Wake(usize),
    /// Raises an actor's signal and wakes whoever is registered with it.
    Raise(usize),
    /// Wakes the subject, whatever it is doing.
    WakeSubject,
    /// Takes an item from the own feed; waits until there is one.
    Take,
    /// Takes an item from the own feed if there is one; otherwise stays registered and goes on.
    Try,
    /// Waits for the own signal.
    Await,
    /// Waits for the own signal, asking for one poll after the other.
    Nag,
    /// Looks at the own signal; if it is not raised, stays registered and goes on.
    Look,
    /// Ends the poll and goes on in the next one, which somebody has to ask for.
    Pause,
    /// The same, and asks for it.
    Yield,
    /// Closes the socket; the subject's last step.
    Close,
}

/// What the actors do, by `ActorId`: the peer (on loom's main thread), the subject, another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Program(pub Vec<Vec<Op>>);

fn ops(actors: usize, longest: usize) -> impl Strategy<Value = Vec<Op>> {
    let any_actor = 0..actors;
    let section = prop_oneof![
        3 => any_actor.clone().prop_map(Op::Put),
        3 => any_actor.clone().prop_map(Op::Wake),
        2 => any_actor.prop_map(Op::Raise),
        1 => Just(Op::WakeSubject),
        3 => Just(Op::Take),
        2 => Just(Op::Try),
        2 => Just(Op::Await),
        1 => Just(Op::Nag),
        2 => Just(Op::Look),
    ];
    let local =
        prop_oneof![6 => Just(None), 2 => Just(Some(Op::Pause)), 1 => Just(Some(Op::Yield))];
    // Every poll begins with a lock section: so does a program, and so it does after a pause.
    (vec((section.clone(), local), 0..longest), section).prop_map(|(body, last)| {
        let body = body.into_iter();
        let mut ops: Vec<_> = body
            .flat_map(|(op, local)| [Some(op), local])
            .flatten()
            .collect();
        ops.push(last);
        ops
    })
}

/// Programs of 2 and 3 actors.
pub fn programs() -> impl Strategy<Value = Program> {
    let two = vec(ops(2, 7), 2);
    let three = vec(ops(3, 5), 3);
    prop_oneof![two, three].prop_map(|mut actors| {
        actors[1].push(Op::Close);
        Program(actors)
    })
}

#[derive(Clone, Debug)]
struct Thread {
    ops: Vec<Op>,
    me: usize,
    /// Tells the explorer its state; otherwise it is known by its history.
    declares: bool,
}

impl Thread {
    fn run(self, handle: Handle, mut socket: Option<Socket>) -> Running {
        let (mut pc, mut taken) = (0, 0);
        Box::pin(poll_fn(move |cx| {
            let polled = self.poll(&handle, cx, &mut pc, &mut taken, &mut socket);
            self.declare(&handle, pc, taken);
            polled
        }))
    }

    fn declare(&self, handle: &Handle, pc: usize, taken: u32) {
        if self.declares {
            handle.declare_state(&(pc, taken));
        }
    }

    fn poll(
        &self,
        handle: &Handle,
        cx: &mut Context<'_>,
        pc: &mut usize,
        taken: &mut u32,
        socket: &mut Option<Socket>,
    ) -> Poll<Result<(), String>> {
        let me = self.me;
        while let Some(op) = self.ops.get(*pc) {
            self.declare(handle, *pc, *taken);
            let mut perform = |step| handle.perform(&step, cx);
            match *op {
                Op::Put(to) => ready!(perform(ScriptStep::Feed(to, Bytes::from(vec![me as u8])))),
                Op::Wake(whom) => ready!(perform(ScriptStep::WakeFeed(whom))),
                Op::Raise(whose) => ready!(perform(ScriptStep::Raise(whose))),
                Op::WakeSubject => ready!(perform(ScriptStep::WakeSubject)),
                Op::Take | Op::Try => match handle.poll_feed(me, cx) {
                    Poll::Ready(Some(item)) => *taken = 4 * *taken + u32::from(item[0]) + 1,
                    Poll::Pending if *op == Op::Take => return Poll::Pending,
                    Poll::Ready(None) | Poll::Pending => {}
                },
                Op::Await => ready!(handle.poll_signal(me, cx)),
                Op::Nag => {
                    if handle.poll_signal(me, cx).is_pending() {
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
                Op::Look => *taken += u32::from(handle.poll_signal(me, cx).is_ready()),
                Op::Close => drop(socket.take()),
                Op::Pause | Op::Yield => {
                    *pc += 1;
                    if *op == Op::Yield {
                        cx.waker().wake_by_ref();
                    }
                    return Poll::Pending;
                }
            }
            *pc += 1;
        }
        Poll::Ready(Ok(()))
    }
}

impl Actor for Thread {
    fn name(&self) -> String {
        format!("actor {}", self.me)
    }

    fn start(&self, handle: Handle) -> Running {
        self.clone().run(handle, None)
    }
}

impl Subject for Thread {
    fn start(&self, socket: Socket) -> Running {
        self.clone().run(socket.handle(), Some(socket))
    }
}

impl Program {
    /// The program as a subject and its surroundings.
    pub fn scenario(&self, declares: bool) -> (Arc<dyn Subject>, Scenario) {
        let thread = |me: usize| Thread {
            ops: self.0[me].clone(),
            me,
            declares,
        };
        let mut scenario = Scenario::new("program", 1, Reader::PROMPT);
        scenario.feeds = self.0.len();
        scenario.signals = self.0.len();
        scenario.peer = Some(Arc::new(thread(0)));
        scenario.actors = (2..self.0.len())
            .map(|me| Arc::new(thread(me)) as Arc<dyn Actor>)
            .collect();
        (Arc::new(thread(1)), scenario)
    }
}
