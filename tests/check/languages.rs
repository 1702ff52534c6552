//! A comparison tells the same apart as an enumeration of every sequence does, and is never made of a
//! part.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use lastbyte::check::{Compared, Comparison};
use lastbyte::trace::Inconclusive;
use lastbyte::{Explorer, Instance, Reader, Running, Scenario, Socket, Subject};
use lastbyte_models::shutdown_ordering::{Connection, Ordering, ReadSide};

use crate::enumeration::{enumerated, only};

/// A connection that does this.
struct Does(fn(Socket) -> Running);

impl Subject for Does {
    fn start(&self, socket: Socket) -> Running {
        (self.0)(socket)
    }
}

fn instance(name: &str, scenario: &Scenario, run: Arc<dyn Subject>) -> Instance {
    Instance::new(name, scenario.clone(), run)
}

/// These two against each other, in one scenario.
fn compare(scenario: &Scenario, [one, other]: [fn(Socket) -> Running; 2]) -> Compared {
    let side = |name, does| instance(name, scenario, Arc::new(Does(does)));
    let pair = [side("one", one), side("other", other)];
    against_enumeration(&Comparison::new("two", 100_000, vec![pair]))
}

/// The comparison of one pair, which must say what an enumeration of both sides says.
fn against_enumeration(comparison: &Comparison) -> Compared {
    let compared = comparison.run(None, None);
    let [pair] = &comparison.pairs[..] else {
        panic!("one pair is compared here");
    };
    let sides = pair.each_ref().map(|one| enumerated(one, 100_000));
    let [Ok((one, _)), Ok((other, _))] = &sides else {
        assert!(!compared.agrees(), "{compared:?}");
        return compared;
    };
    if compared.inconclusive.is_some() {
        return compared;
    }
    let counted = [one, other].map(|set| set.len() as u64);
    assert_eq!(compared.sequences, counted, "{}", comparison.id());
    assert_eq!(compared.agrees(), one == other);
    let told = |n: usize, found: Option<String>| {
        let side = format!("only {} at {}: ", pair[n].subject(), compared.scenarios[0]);
        found.map(|found| side + &found)
    };
    let expected = [told(0, only(one, other)), told(1, only(other, one))];
    for told in expected.iter().flatten() {
        assert!(compared.differences.contains(told), "{told} {compared:#?}");
    }
    let expected = expected.iter().flatten().count();
    assert_eq!(compared.differences.len(), expected, "{compared:#?}");
    compared
}

/// Every ordering of the minimal model against every other one.
#[test]
fn every_two_orderings_are_told_apart_as_by_enumeration() {
    let (mut alike, mut unlike) = (0, 0);
    let all = [
        Ordering::Original,
        Ordering::FlushBeforeShutdown,
        Ordering::ReadGatedFlush,
    ];
    for (capacity, reader) in [
        (1, Reader::PROMPT),
        (2, Reader::slow(1)),
        (3, Reader::slow(2)),
        (4, Reader::PROMPT),
        (2, Reader::PROMPT.stops_after(1)),
        (2, Reader::PROMPT.resets_after(1)),
    ] {
        let scenario = Scenario::new(format!("K={capacity} {reader}"), capacity, reader);
        let scenario = scenario.with_input("1");
        let side = |ordering| {
            let connection = Connection {
                ordering,
                read_side: ReadSide::Closes,
                response: 4,
            };
            instance(&ordering.to_string(), &scenario, Arc::new(connection))
        };
        for one in all {
            for other in all {
                let pair = [side(one), side(other)];
                let comparison = Comparison::new("orderings", 100_000, vec![pair]);
                let compared = against_enumeration(&comparison);
                assert_eq!(compared.inconclusive, None);
                assert!(one != other || compared.agrees());
                *(if compared.agrees() {
                    &mut alike
                } else {
                    &mut unlike
                }) += 1;
            }
        }
    }
    assert!(alike > 18 && unlike > 18, "{alike} alike, {unlike} not");
}

fn small() -> Scenario {
    Scenario::new("small", 2, Reader::slow(1))
}

/// Sends these pieces one after the other, as one that is known by its history.
fn sends(mut socket: Socket, pieces: &'static [&'static str]) -> Running {
    Box::pin(async move {
        for piece in pieces {
            socket.write_all(piece).await.map_err(|e| e.to_string())?;
        }
        socket.close().await.map_err(|e| e.to_string())
    })
}

#[test]
fn how_many_bytes_a_write_offers_is_compared() {
    let whole: fn(Socket) -> Running = |socket| sends(socket, &["abc"]);
    let in_two: fn(Socket) -> Running = |socket| sends(socket, &["ab", "c"]);
    let compared = compare(&small(), [whole, in_two]);
    assert_eq!(compared.inconclusive, None);
    assert!(!compared.agrees());
    let told = &compared.differences;
    assert!(
        told.iter().any(|told| told.contains("write 3:2")),
        "{told:?}"
    );
    assert!(
        told.iter().any(|told| told.contains("write 2:2")),
        "{told:?}"
    );
    assert!(compare(&small(), [whole, whole]).agrees());
}

/// Both make the same calls; one is polled again and again, and one is never polled again.
#[test]
fn what_an_execution_comes_to_is_compared() {
    fn never(mut socket: Socket, wakes: bool) -> Running {
        Box::pin(async move {
            socket.write_all("a").await.map_err(|e| e.to_string())?;
            poll_fn(|cx| {
                if wakes {
                    cx.waker().wake_by_ref();
                }
                Poll::Pending
            })
            .await
        })
    }
    let compared = compare(
        &small(),
        [|socket| never(socket, false), |socket| never(socket, true)],
    );
    assert_eq!(compared.inconclusive, None);
    let told = &compared.differences;
    let ends = |how: &str| told.iter().any(|told| told.ends_with(how));
    assert!(ends("write 1:1, waits for ever, 1 received"), "{told:?}");
    assert!(ends("write 1:1, spins, 0 received"), "{told:?}");
}

/// Sends three bytes, and one more if it had to wait for room; what it declares knows of that or not.
fn waits(socket: Socket, tells: bool) -> Running {
    let handle = socket.handle();
    Box::pin(async move {
        let (mut sent, mut waited) = (0, false);
        let mut socket = socket;
        poll_fn(|cx| {
            while sent < 3 {
                handle.declare_state(&(sent, tells && waited));
                match socket.poll_send(cx, &b"abc"[sent..]) {
                    Poll::Ready(taken) => sent += taken.expect("nothing fails"),
                    Poll::Pending => {
                        waited = true;
                        handle.declare_state(&(sent, tells && waited));
                        return Poll::Pending;
                    }
                }
            }
            handle.declare_state(&(sent, tells && waited));
            Poll::Ready(())
        })
        .await;
        if waited {
            socket.write_all("d").await.map_err(|e| e.to_string())?;
        }
        socket.close().await.map_err(|e| e.to_string())
    })
}

/// Two executions meet in one declared state and go on differently: what was explored is a part.
#[test]
fn what_depends_on_more_than_the_declared_state_is_not_compared() {
    let tells: fn(Socket) -> Running = |socket| waits(socket, true);
    let forgets: fn(Socket) -> Running = |socket| waits(socket, false);
    let compared = compare(&small(), [tells, tells]);
    assert!(compared.agrees(), "{compared:?}");
    for pair in [[forgets, forgets], [tells, forgets], [forgets, tells]] {
        let compared = compare(&small(), pair);
        let why = &compared.inconclusive;
        let noticed = matches!(why, Some(Inconclusive::NotDeterministic(_)));
        assert!(noticed && !compared.agrees(), "{compared:?}");
    }
}

/// An execution that goes on for ever is no sequence, and the others are not all there is.
#[test]
fn what_goes_on_for_ever_is_not_compared() {
    fn for_ever(mut socket: Socket) -> Running {
        Box::pin(async move {
            let handle = socket.handle();
            handle.declare_state(&());
            loop {
                socket.flush().await.map_err(|e| e.to_string())?;
                socket.write(b"a").await.map_err(|e| e.to_string())?;
            }
        })
    }
    let compared = compare(&small(), [for_ever, for_ever]);
    assert!(compared.inconclusive.is_some() && !compared.agrees());
    let compared = compare(&small(), [|socket| sends(socket, &["a"]), for_ever]);
    assert!(compared.inconclusive.is_some() && !compared.agrees());
}

/// Without all moves there are no transitions, whatever the explorer was told.
#[test]
fn a_part_of_the_moves_is_not_handed_out() {
    let subject: Arc<dyn Subject> = Arc::new(Does(|socket| sends(socket, &["abc"])));
    let label = || -> lastbyte::explore::Label { Arc::new(|steps, _| steps.len() as u32) };
    let explorer = Explorer {
        bound: Some(0),
        caching: false,
        ..Explorer::default()
    };
    let (explored, all) = explorer.transitions(&subject, &small(), label());
    assert_eq!((explored.bound, explored.inconclusive), (None, None));
    let all = all.expect("it came to its end");
    let mut explorer = explorer;
    explorer.limits.executions = Some(explored.executions - 1);
    let (explored, part) = explorer.transitions(&subject, &small(), label());
    assert_eq!(explored.inconclusive, Some(Inconclusive::Executions));
    assert_eq!(part, None);
    explorer.limits.executions = None;
    // Under folded histories it is the same language; here it is also the same graph or a smaller one.
    explorer.limits.unfolded = 1;
    let (explored, folded) = explorer.transitions(&subject, &small(), label());
    assert!(explored.folding.is_some());
    assert!(folded.expect("it came to its end").moves() <= all.moves());
    explorer.planted = lastbyte::run::ExecutorDefect::MovesNotCompared;
    let (explored, none) = explorer.transitions(&subject, &small(), label());
    assert!(explored.defective && none.is_none());
}
