//! Inputs that once came out wrong: what an exploration must find in each, with caching and without.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use lastbyte::trace::Ending;
use lastbyte::{
    Explorer, Handle, Property, Reader, Running, Scenario, Script, ScriptStep, Socket, Subject,
};

use super::Findings;

/// One of several wakers, which write down who was woken.
struct Noted {
    number: usize,
    order: Arc<Mutex<Vec<usize>>>,
    outer: Waker,
}

impl Wake for Noted {
    fn wake(self: Arc<Self>) {
        self.order.lock().expect("no panic").push(self.number);
        self.outer.wake_by_ref();
    }
}

/// When the connection looks at what its wakers have noted.
#[derive(Clone, Copy, Debug)]
enum Looks {
    /// Where each poll begins, before its first call.
    WhereAPollBegins,
    /// Once, where the poll begins that it asks for itself.
    WhereItAskedForAPoll,
}

/// Two signals with a waker each. Loses its byte when signal 1 was raised first.
struct Order(Looks);

impl Order {
    fn poll(order: &Arc<Mutex<Vec<usize>>>, handle: &Handle, cx: &mut Context<'_>) -> bool {
        let raised = [0, 1].map(|number| {
            let waker = Waker::from(Arc::new(Noted {
                number,
                order: order.clone(),
                outer: cx.waker().clone(),
            }));
            let mut cx = Context::from_waker(&waker);
            handle.poll_signal(number, &mut cx).is_ready()
        });
        raised == [true; 2]
    }
}

impl Subject for Order {
    fn start(&self, mut socket: Socket) -> Running {
        let looks = self.0;
        Box::pin(async move {
            let handle = socket.handle();
            handle.expect_delivery("a".into());
            let order = Arc::new(Mutex::new(Vec::new()));
            let mut loses = false;
            let mut polls = 0;
            poll_fn(|cx| {
                polls += 1;
                let noted = std::mem::take(&mut *order.lock().expect("no panic"));
                loses |= noted == [1, 0];
                match looks {
                    Looks::WhereAPollBegins if Order::poll(&order, &handle, cx) => Poll::Ready(()),
                    Looks::WhereItAskedForAPoll if polls == 2 => Poll::Ready(()),
                    Looks::WhereItAskedForAPoll => {
                        Order::poll(&order, &handle, cx);
                        cx.waker().wake_by_ref();
                        Poll::Pending
                    }
                    Looks::WhereAPollBegins => Poll::Pending,
                }
            })
            .await;
            if !loses {
                socket.write_all(b"a").await.map_err(|e| e.to_string())?;
            }
            socket.close().await.map_err(|e| e.to_string())
        })
    }
}

/// What both explorations find; they must find the same.
fn findings(subject: &Arc<dyn Subject>, scenario: &Scenario) -> Findings {
    let [cached, every] = [true, false].map(|caching| {
        let explorer = Explorer {
            caching,
            ..Explorer::default()
        };
        let exploration = explorer.explore(subject, scenario);
        assert_eq!(exploration.inconclusive, None, "caching: {caching}");
        Findings::of(&exploration)
    });
    assert_eq!(cached, every);
    every
}

fn two_scripts(steps: [Vec<ScriptStep>; 2]) -> Scenario {
    let mut scenario = Scenario::new("by hand", 2, Reader::PROMPT);
    scenario.signals = 2;
    let names = ["one", "two"];
    for (name, steps) in names.into_iter().zip(steps) {
        scenario = scenario.with_script(Script::new(name, steps));
    }
    scenario
}

/// The wake-ups lie between the poll that asks for another one, and that one.
#[test]
fn others_move_before_a_poll_begins() {
    let scenario = two_scripts([0, 1].map(|signal| vec![ScriptStep::Raise(signal)]));
    for looks in [Looks::WhereAPollBegins, Looks::WhereItAskedForAPoll] {
        let subject: Arc<dyn Subject> = Arc::new(Order(looks));
        let found = findings(&subject, &scenario);
        let lost = found.broken.contains(&Property::NoSilentLoss);
        assert!(lost, "{looks:?}: {found:?}");
        assert!(found.outcomes.iter().any(|outcome| outcome.received == 1));
    }
}

/// Takes a snapshot of who was woken, and polls these.
struct Snapshot;

impl Subject for Snapshot {
    fn start(&self, mut socket: Socket) -> Running {
        Box::pin(async move {
            let handle = socket.handle();
            handle.expect_delivery("a".into());
            let order = Arc::new(Mutex::new(vec![0, 1]));
            let mut raised = [false; 2];
            poll_fn(|cx| {
                let woken = std::mem::take(&mut *order.lock().expect("no panic"));
                for number in woken {
                    let waker = Waker::from(Arc::new(Noted {
                        number,
                        order: order.clone(),
                        outer: cx.waker().clone(),
                    }));
                    let mut cx = Context::from_waker(&waker);
                    raised[number] |= handle.poll_signal(number, &mut cx).is_ready();
                }
                match raised {
                    [true, true] => Poll::Ready(()),
                    _ => Poll::Pending,
                }
            })
            .await;
            socket.write_all(b"a").await.map_err(|e| e.to_string())?;
            socket.close().await.map_err(|e| e.to_string())
        })
    }
}

/// Whoever is woken after the beginning of a poll is owed another one.
#[test]
fn a_wake_up_behind_the_beginning_of_a_poll_is_not_absorbed() {
    let scenario = two_scripts([0, 1].map(|signal| vec![ScriptStep::Raise(signal)]));
    let subject: Arc<dyn Subject> = Arc::new(Snapshot);
    let found = findings(&subject, &scenario);
    assert!(!found.broken.contains(&Property::NoStall), "{found:?}");
}

/// Ends with an error that says who had been woken where each of its polls began. It asks for a last
/// poll itself.
struct Tells;

impl Subject for Tells {
    fn start(&self, socket: Socket) -> Running {
        Box::pin(async move {
            let order = Arc::new(Mutex::new(Vec::new()));
            let (mut told, mut last) = (Vec::new(), false);
            poll_fn(|cx| {
                told.push(std::mem::take(&mut *order.lock().expect("no panic")));
                if last {
                    return Poll::Ready(());
                }
                last = Order::poll(&order, &socket.handle(), cx);
                if last {
                    cx.waker().wake_by_ref();
                }
                Poll::Pending
            })
            .await;
            Err(format!("{told:?}"))
        })
    }
}

/// Whether a waker was woken before its actor's poll began, or after that, is a difference.
#[test]
fn where_a_poll_begins_is_part_of_the_history() {
    let scenario = two_scripts([0, 1].map(|signal| vec![ScriptStep::Raise(signal)]));
    let subject: Arc<dyn Subject> = Arc::new(Tells);
    let found = findings(&subject, &scenario);
    let told = found.outcomes.iter().map(|outcome| &outcome.subject);
    for expected in ["[[], [0], [1]]", "[[], [0, 1], []]", "[[], [1, 0], []]"] {
        let expected = Ending::Err(expected.to_owned());
        let mut told = told.clone();
        assert!(told.any(|ending| *ending == expected), "{found:#?}");
    }
}

/// Sends a byte and waits for a signal.
struct WaitsForASignal;

impl Subject for WaitsForASignal {
    fn start(&self, mut socket: Socket) -> Running {
        Box::pin(async move {
            let handle = socket.handle();
            handle.expect_delivery("a".into());
            socket.write_all(b"a").await.map_err(|e| e.to_string())?;
            poll_fn(|cx| handle.poll_signal(0, cx)).await;
            socket.close().await.map_err(|e| e.to_string())
        })
    }
}

/// Both scripts wait for the reader; both go on when it has read.
#[test]
fn two_scripts_wait_for_the_reader() {
    let both = [
        vec![ScriptStep::AwaitReceived(1), ScriptStep::Raise(0)],
        vec![ScriptStep::AwaitReceived(1)],
    ];
    let subject: Arc<dyn Subject> = Arc::new(WaitsForASignal);
    let found = findings(&subject, &two_scripts(both));
    assert!(!found.broken.contains(&Property::NoStall), "{found:?}");
}

/// Registers a waker of its own for a signal. Loses its byte when that waker was woken before the code
/// after the registration looks.
struct LooksBehindTheCall;

impl Subject for LooksBehindTheCall {
    fn start(&self, mut socket: Socket) -> Running {
        Box::pin(async move {
            let handle = socket.handle();
            handle.expect_delivery("a".into());
            let order = Arc::new(Mutex::new(Vec::new()));
            let mut loses = false;
            poll_fn(|cx| {
                let waker = Waker::from(Arc::new(Noted {
                    number: 0,
                    order: order.clone(),
                    outer: cx.waker().clone(),
                }));
                let raised = handle.poll_signal(0, &mut Context::from_waker(&waker));
                loses |= raised.is_pending() && !order.lock().expect("no panic").is_empty();
                raised
            })
            .await;
            if !loses {
                socket.write_all(b"a").await.map_err(|e| e.to_string())?;
            }
            socket.close().await.map_err(|e| e.to_string())
        })
    }
}

/// Between a call and the code after it, others can move.
#[test]
fn others_move_between_a_call_and_the_code_behind_it() {
    let scenario = two_scripts([vec![ScriptStep::Raise(0)], Vec::new()]);
    let subject: Arc<dyn Subject> = Arc::new(LooksBehindTheCall);
    let found = findings(&subject, &scenario);
    let lost = found.broken.contains(&Property::NoSilentLoss);
    assert!(lost, "{found:?}");
    assert!(found.outcomes.iter().any(|outcome| outcome.received == 1));
}
