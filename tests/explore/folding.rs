//! Folded histories: they change nothing where the connection does not remember what is folded, and
//! a connection that does is noticed, whatever it remembers.

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::{BuildHasher, Hasher};
use std::pin::Pin;
use std::sync::Arc;

use futures::channel::oneshot;
use futures::future::poll_fn;
use lastbyte::run::ExecutorDefect;
use lastbyte::trace::{Exploration, Folding, Inconclusive};
use lastbyte::{
    Explorer, Limits, Outcome, Property, Reader, Running, Scenario, Socket, Subject, Verdict,
};
use lastbyte_models::registry;
use std::task::Poll;

/// Bytes of the response.
const BYTES: usize = 8;

/// What a connection remembers of how its bytes were taken, and does not do alike for it.
#[derive(Clone, Copy, Debug)]
enum Remembers {
    /// Nothing.
    Nothing,
    /// How many writes it made: it leaves out the rest after the fourth.
    Writes,
    /// A buffer that grows with the number of calls: the next write offers as many bytes.
    Growing,
    /// How many writes it made in this poll: it gives its turn away after three.
    WritesInThisPoll,
    /// A budget of calls: it leaves out the rest when that is used up.
    Budget,
    /// How much the last write took: it offers twice as much.
    LastWrite,
    /// How often it had to wait: it leaves out the rest after the third time.
    Waits,
}

const PLANTED: [Remembers; 6] = [
    Remembers::Writes,
    Remembers::Growing,
    Remembers::WritesInThisPoll,
    Remembers::Budget,
    Remembers::LastWrite,
    Remembers::Waits,
];

impl Subject for Remembers {
    fn start(&self, mut socket: Socket) -> Running {
        let remembers = *self;
        Box::pin(async move {
            let response = [b'x'; BYTES];
            socket.expect_delivery(response);
            let (mut sent, mut writes, mut waits, mut last) = (0, 0, 0, 1);
            let mut in_this_poll = 0;
            poll_fn(|cx| {
                in_this_poll = 0;
                loop {
                    let enough = match remembers {
                        Remembers::Writes => writes >= 4,
                        Remembers::Budget => writes + waits >= 6,
                        Remembers::Waits => waits >= 3,
                        _ => false,
                    };
                    if sent == BYTES || enough {
                        return Poll::Ready(Ok(()));
                    }
                    if matches!(remembers, Remembers::WritesInThisPoll) && in_this_poll == 3 {
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    let most = match remembers {
                        Remembers::Growing => 1 + (writes + waits) / 3,
                        Remembers::LastWrite => 2 * last,
                        _ => BYTES,
                    };
                    let offered = &response[sent..BYTES.min(sent + most)];
                    match socket.poll_send(cx, offered) {
                        Poll::Ready(Ok(taken)) => {
                            (sent, writes, last) = (sent + taken, writes + 1, taken);
                            in_this_poll += 1;
                        }
                        Poll::Ready(Err(error)) => return Poll::Ready(Err(error.to_string())),
                        Poll::Pending => {
                            waits += 1;
                            return Poll::Pending;
                        }
                    }
                }
            })
            .await?;
            socket.close().await.map_err(|error| error.to_string())
        })
    }
}

fn explorer(folding: bool) -> Explorer {
    Explorer {
        folding,
        limits: Limits {
            unfolded: 1,
            ..Limits::default()
        },
        ..Explorer::default()
    }
}

/// The outcomes, and which properties fail.
fn findings(exploration: &Exploration) -> (BTreeSet<Outcome>, BTreeSet<Property>) {
    assert_eq!(exploration.inconclusive, None);
    (
        exploration.histogram.keys().cloned().collect(),
        exploration.counterexamples.keys().copied().collect(),
    )
}

fn both(subject: Remembers, scenario: &Scenario) -> (Exploration, Exploration) {
    let subject: Arc<dyn Subject> = Arc::new(subject);
    let full = explorer(false).explore(&subject, scenario);
    let folded = explorer(true).explore(&subject, scenario);
    assert_eq!(full.folding, None);
    (full, folded)
}

fn over(capacity: usize) -> Scenario {
    Scenario::new("over", capacity, Reader::slow(1))
}

#[test]
fn who_remembers_nothing_is_explored_in_fewer_executions() {
    let (full, folded) = both(Remembers::Nothing, &over(4));
    assert_eq!(findings(&full), findings(&folded));
    assert!(folded.executions < full.executions / 2);
    let Some(Folding::Held {
        checked, unchecked, ..
    }) = folded.folding
    else {
        panic!("{:?}", folded.folding);
    };
    assert!(checked > 0);
    assert_eq!(unchecked, 0, "every history was continued");
}

#[test]
fn whatever_a_connection_remembers_of_its_cuts_is_noticed() {
    for planted in PLANTED {
        // What it remembers does not show at every size.
        let mut contradictions = 0;
        for capacity in [2, 3, 4] {
            let (full, folded) = both(planted, &over(capacity));
            assert_eq!(findings(&full), findings(&folded), "{planted:?}");
            let Some(Folding::Contradicted(contradiction)) = &folded.folding else {
                continue;
            };
            contradictions += 1;
            assert_ne!(contradiction.first, contradiction.second, "{planted:?}");
            assert_eq!(contradiction.actor, "dispatcher");
            // It is explored as if histories had never been folded.
            assert_eq!(full.executions, folded.executions, "{planted:?}");
        }
        assert!(contradictions > 0, "{planted:?}");
    }
}

#[test]
fn without_the_check_a_loss_would_be_missed() {
    let planted = |planted| {
        let subject: Arc<dyn Subject> = Arc::new(Remembers::Writes);
        let explorer = Explorer {
            planted,
            ..explorer(true)
        };
        explorer.explore(&subject, &over(4))
    };
    let lost = |exploration: &Exploration| exploration.verdict(Property::NoSilentLoss);
    assert_eq!(lost(&planted(ExecutorDefect::None)), Verdict::Refuted);
    let unchecked = planted(ExecutorDefect::OF_FOLDING);
    assert!(
        unchecked
            .folding
            .is_some_and(|folding| folding.is_assumed())
    );
    let (full, _) = both(Remembers::Writes, &over(4));
    assert_ne!(
        unchecked.histogram.keys().collect::<Vec<_>>(),
        full.histogram.keys().collect::<Vec<_>>(),
    );
}

/// Who waits in it for the end of the connection: it is polled after the connection, in the same
/// task, and is registered only if the connection had to wait at all.
struct HasAWaiter;

impl Subject for HasAWaiter {
    fn start(&self, mut socket: Socket) -> Running {
        Box::pin(async move {
            let response = [b'x'; BYTES];
            socket.expect_delivery(response);
            let (ends, mut ended) = oneshot::channel();
            let mut connection = Box::pin(async move {
                socket.write_all(&response).await?;
                ends.send(()).map_err(|()| std::io::ErrorKind::BrokenPipe)?;
                socket.close().await
            });
            let (mut registered, mut closed) = (false, false);
            poll_fn(move |cx| {
                if !closed && let Poll::Ready(result) = connection.as_mut().poll(cx) {
                    result.map_err(|error| error.to_string())?;
                    closed = true;
                }
                match Pin::new(&mut ended).poll(cx) {
                    Poll::Pending => registered = true,
                    Poll::Ready(_) if registered => {
                        return Poll::Ready(Err("told later".to_owned()));
                    }
                    Poll::Ready(_) => return Poll::Ready(Ok(())),
                }
                Poll::Pending
            })
            .await
        })
    }
}

/// Not by the check, which is left out: the history itself tells whether a poll has ended in vain.
#[test]
fn whether_a_poll_has_come_to_its_end_is_remembered() {
    let subject: Arc<dyn Subject> = Arc::new(HasAWaiter);
    let mut executions = [0, 0];
    for capacity in [2, 3, 4, 7] {
        let explored = |folding| {
            let explorer = Explorer {
                planted: ExecutorDefect::OF_FOLDING,
                ..explorer(folding)
            };
            explorer.explore(&subject, &over(capacity))
        };
        let [full, folded] = [false, true].map(explored);
        assert_eq!(findings(&full), findings(&folded), "{capacity}");
        assert_eq!(full.histogram.len(), 2, "{:?}", full.histogram);
        executions[0] += full.executions;
        executions[1] += folded.executions;
    }
    assert!(2 * executions[1] < executions[0], "{executions:?}");
}

/// Offers one byte once in 400 writes, by chance, and all otherwise.
struct Tosses;

impl Subject for Tosses {
    fn start(&self, mut socket: Socket) -> Running {
        Box::pin(async move {
            let response = [b'x'; BYTES];
            socket.expect_delivery(response);
            let mut sent = 0;
            while sent < BYTES {
                let one = RandomState::new()
                    .build_hasher()
                    .finish()
                    .is_multiple_of(400);
                let offered = &response[sent..if one { sent + 1 } else { BYTES }];
                sent += socket.write(offered).await.map_err(|e| e.to_string())?;
            }
            socket.close().await.map_err(|error| error.to_string())
        })
    }
}

/// Every folding contradicts itself somewhere else, and there is an end to it.
#[test]
fn a_connection_that_is_not_deterministic_is_told_so_with_folded_histories_too() {
    let subject: Arc<dyn Subject> = Arc::new(Tosses);
    for _ in 0..50 {
        let exploration = explorer(true).explore(&subject, &over(2));
        let why = exploration.inconclusive;
        assert!(
            matches!(why, Some(Inconclusive::NotDeterministic(_))),
            "{why:?}"
        );
    }
}

#[test]
fn short_explorations_are_not_folded() {
    let subject: Arc<dyn Subject> = Arc::new(Remembers::Nothing);
    let exploration = Explorer::default().explore(&subject, &over(BYTES));
    assert_eq!(exploration.folding, None);
}

/// Where one is known by its history, and the full history is explored within a second or two.
fn compare_claims(every: usize, least: usize) {
    let registry = registry().expect("no clash");
    let (mut compared, mut contradicted, mut saved) = (0, Vec::new(), (0, 0));
    let mut seen = BTreeSet::new();
    for claim in registry.claims() {
        for instance in &claim.instances {
            let known = ["hyper/", "history/", "fault/"];
            let id = instance.id().to_string();
            let known = known.iter().any(|model| id.starts_with(model));
            let sound = instance.planted() == ExecutorDefect::None;
            if !known || !sound || !seen.insert(id.clone()) || !seen.len().is_multiple_of(every) {
                continue;
            }
            let explore = |folding| {
                let mut explorer = explorer(folding);
                explorer.limits.executions = Some(1_000);
                explorer.explore(instance.run(), instance.scenario())
            };
            let full = explore(false);
            if full.repeated == 0 || full.inconclusive.is_some() {
                // It declares its state, or it is long.
                continue;
            }
            let folded = explore(true);
            assert_eq!(findings(&full), findings(&folded), "{id}");
            if matches!(folded.folding, Some(Folding::Contradicted(_))) {
                contradicted.push(id);
            }
            compared += 1;
            saved = (saved.0 + full.executions, saved.1 + folded.executions);
        }
    }
    println!("{compared} compared: {saved:?} executions; contradicted: {contradicted:?}");
    assert!(compared >= least, "{compared}");
}

#[test]
fn folding_changes_nothing_for_some_connections_of_the_claims() {
    compare_claims(16, 50);
}

#[test]
#[ignore = "part of the longer explorations; cargo test -- --ignored"]
fn folding_changes_nothing_for_the_connections_of_the_claims() {
    compare_claims(1, 1_000);
}
