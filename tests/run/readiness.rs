//! Calls that are pending although the kernel could carry them out, wake-ups that come late, and what
//! arrives behind a close.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use futures::stream::{FuturesUnordered, StreamExt};
use lastbyte::environment::{Budget, Faults, UnreadInput, Wakes};
use lastbyte::run::Peer;
use lastbyte::{
    Checker, Explorer, Property, Reader, Running, Scenario, Script, ScriptStep, Socket, Subject,
    Verdict,
};
use lastbyte_models::mutants::KernelDefect;

use crate::agree::{agree, agree_state_by_state};

/// Writes some bytes, all of them or as many as one write takes, and shuts down.
#[derive(Clone, Copy, Debug)]
struct Writes {
    bytes: &'static [u8],
    /// A write that is pending is given up.
    gives_up: bool,
}

impl Subject for Writes {
    fn start(&self, mut socket: Socket) -> Running {
        let Writes { bytes, gives_up } = *self;
        Box::pin(async move {
            socket.expect_delivery(bytes);
            let text = |error: io::Error| error.to_string();
            match gives_up {
                true => drop(poll_fn(|cx| Poll::Ready(socket.poll_send(cx, bytes))).await),
                false => socket.write_all(bytes).await.map_err(text)?,
            }
            socket.close().await.map_err(text)
        })
    }
}

const WAITS: Writes = Writes {
    bytes: b"abc",
    gives_up: false,
};
const GIVES_UP: Writes = Writes {
    bytes: b"abc",
    gives_up: true,
};

fn shared(subject: impl Subject + 'static) -> Arc<dyn Subject> {
    Arc::new(subject)
}

fn spent(behind: usize, polls: usize) -> Faults {
    Faults {
        budget: Some(Budget { behind, polls }),
        ..Faults::default()
    }
}

#[test]
fn a_write_can_be_pending_although_there_is_room() {
    for polls in [1, 2] {
        for behind in 0..4 {
            let scenario = Scenario {
                faults: spent(behind, polls),
                ..Scenario::new(format!("behind {behind}, {polls}"), 2, Reader::slow(1))
            };
            assert!(agree(&shared(WAITS), &scenario).is_empty(), "{scenario}");
            agree_state_by_state(&shared(WAITS), &scenario);
        }
    }
    // Whoever gives a pending write up has lost everything, though the kernel has room.
    let mut scenario = Scenario::new("fits", 8, Reader::PROMPT);
    assert!(agree(&shared(GIVES_UP), &scenario).is_empty());
    scenario.faults = spent(0, 1);
    let broken = agree(&shared(GIVES_UP), &scenario);
    assert!(broken.contains(&Property::NoSilentLoss), "{broken:?}");
    scenario.faults = spent(0, 0);
    assert!(agree(&shared(GIVES_UP), &scenario).is_empty(), "in no poll");
}

/// A budget that is spent is no fault of the socket's.
#[test]
fn a_spent_budget_excuses_no_error() {
    let faults = Faults {
        joined_input: true,
        ..spent(0, 1)
    };
    let fails = |faults| {
        let checker = Checker::new().kernel_buffer([8]).faults(faults);
        let report = checker.run(|mut socket: Socket| async move {
            socket.expect_delivery(b"a");
            socket.write_all(b"a").await?;
            socket.close().await?;
            Err(io::Error::other("for no reason"))
        });
        report.verdict(Property::NoNeedlessError)
    };
    assert_eq!(fails(faults), Verdict::Refuted);
    let failing = Faults {
        shutdown_error: true,
        ..spent(0, 1)
    };
    assert_eq!(fails(failing), Verdict::Proved);
}

type Part<'a> = Pin<Box<dyn Future<Output = io::Result<bool>> + 'a>>;

/// Writes until it is told to stop, whichever comes first; each of the two has a waker of its own, and only
/// who was woken is polled.
#[derive(Clone, Copy, Debug)]
struct UntilToldToStop;

impl Subject for UntilToldToStop {
    fn start(&self, socket: Socket) -> Running {
        Box::pin(async move {
            socket.expect_delivery(b"abc");
            let writes: Part<'_> = Box::pin(async {
                let mut rest = &b"abc"[..];
                while !rest.is_empty() {
                    let taken = poll_fn(|cx| socket.poll_send(cx, rest)).await?;
                    rest = &rest[taken..];
                }
                Ok(true)
            });
            let stops: Part<'_> = Box::pin(async {
                poll_fn(|cx| socket.poll_recv(cx, 1)).await?;
                Ok(false)
            });
            let mut parts: FuturesUnordered<_> = [stops, writes].into_iter().collect();
            let first = parts.next().await.expect("there are two");
            drop(parts);
            let shut = poll_fn(|cx| socket.poll_shut(cx)).await;
            first.and(shut).map_err(|error| error.to_string())
        })
    }
}

fn until_told_to_stop(wakes: Wakes) -> Scenario {
    let stop = [ScriptStep::AwaitReceived(1), ScriptStep::Send("1".into())];
    Scenario {
        wakes,
        ..Scenario::new(format!("{wakes:?}"), 2, Reader::slow(1))
    }
    .with_script(Script::new("peer", stop))
}

/// That a wake-up comes late is not the same as that its poll does: here the connection is polled for
/// something else in between, and who waits for room is not.
#[test]
fn a_wake_up_that_is_late_shows_what_an_early_one_hides() {
    let subject = shared(UntilToldToStop);
    let broken = agree_state_by_state(&subject, &until_told_to_stop(Wakes::AtEveryRead));
    assert!(broken.is_empty(), "{broken:?}");
    let broken = agree_state_by_state(&subject, &until_told_to_stop(Wakes::Later));
    assert!(broken.contains(&Property::NoSilentLoss), "{broken:?}");
}

/// Everything that an early wake-up leads to, a late one does, too.
#[test]
fn late_wake_ups_are_a_superset() {
    for subject in [shared(WAITS), shared(GIVES_UP), shared(UntilToldToStop)] {
        let early = agree_state_by_state(&subject, &until_told_to_stop(Wakes::AtEveryRead));
        let late = agree_state_by_state(&subject, &until_told_to_stop(Wakes::Later));
        assert!(early.is_subset(&late), "{early:?}, {late:?}");
    }
}

/// Nobody is left waiting for room that there is, although it is reported late.
#[test]
fn room_is_reported_in_the_end() {
    for (capacity, reader) in [
        (1, Reader::PROMPT),
        (2, Reader::slow(1)),
        (3, Reader::slow(2)),
    ] {
        let scenario = Scenario {
            wakes: Wakes::Later,
            ..Scenario::new(format!("K={capacity}"), capacity, reader)
        };
        assert!(
            agree_state_by_state(&shared(WAITS), &scenario).is_empty(),
            "{scenario}"
        );
    }
    // Nobody reads, and nobody is told that there is room.
    let scenario = Scenario {
        wakes: Wakes::Later,
        ..Scenario::new("unread", 2, Reader::PROMPT.stops_after(0))
    };
    let broken = agree_state_by_state(&shared(WAITS), &scenario);
    assert!(broken.contains(&Property::EndsWithoutReader), "{broken:?}");
}

/// Readiness that proves to be none is asked for again, and does no harm to who looks.
#[test]
fn spurious_room_is_looked_at() {
    let wakes = || Script::new("nobody", [ScriptStep::WakeWriter, ScriptStep::WakeWriter]);
    for mode in [Wakes::AtEveryRead, Wakes::Later] {
        let scenario = Scenario {
            wakes: mode,
            ..Scenario::new(format!("{mode:?}"), 2, Reader::slow(1))
        };
        let broken = agree_state_by_state(&shared(WAITS), &scenario.with_script(wakes()));
        assert!(broken.is_empty(), "{broken:?}");
    }
    // Who believes it does not ask again.
    let believes = |scenario: Script| {
        let checker = Checker::new().kernel_buffer([2]).script(scenario);
        let report = checker.run(|socket: Socket| async move {
            socket.expect_delivery(b"abc");
            let mut rest = &b"abc"[..];
            let mut waited = false;
            poll_fn(|cx| {
                while !rest.is_empty() && !waited {
                    match socket.poll_send(cx, rest)? {
                        Poll::Ready(taken) => rest = &rest[taken..],
                        Poll::Pending => {
                            waited = true;
                            return Poll::Pending;
                        }
                    }
                }
                let _taken_or_not = socket.poll_send(cx, rest)?;
                Poll::Ready(io::Result::Ok(()))
            })
            .await?;
            poll_fn(|cx| socket.poll_shut(cx)).await
        });
        report.verdict(Property::NoSilentLoss)
    };
    assert_eq!(believes(Script::new("nobody", [])), Verdict::Proved);
    assert_eq!(believes(wakes()), Verdict::Refuted);
}

/// The most that a read returns, by whether `recv` joins what several sends have brought.
#[test]
fn a_read_can_join_what_several_sends_brought() {
    for joined_input in [false, true] {
        let checker = Checker::new().kernel_buffer([8]).faults(Faults {
            joined_input,
            ..Faults::default()
        });
        let sends = ["ab", "c"].map(|sent| ScriptStep::Send(sent.into()));
        let report =
            checker
                .script(Script::new("peer", sends))
                .run(|mut socket: Socket| async move {
                    socket.expect_delivery(b"ok");
                    let mut buffer = [0; 8];
                    let first = socket.read(&mut buffer).await?;
                    // A server that takes one read for one message.
                    if first <= 2 {
                        socket.write_all(b"ok").await?;
                    }
                    socket.close().await
                });
        let expected = match joined_input {
            false => Verdict::Proved,
            true => Verdict::Refuted,
        };
        assert_eq!(report.verdict(Property::NoSilentLoss), expected);
    }
}

/// On TCP a request that comes behind the close takes away what the kernel had accepted.
#[test]
fn input_behind_the_close_can_reset() {
    let verdict = |unread_input| {
        let checker = Checker::new()
            .kernel_buffer([8])
            .unread_input(unread_input)
            .script(Script::new("peer", [ScriptStep::Send("more".into())]))
            .error_is_proper();
        let report = checker.run(|mut socket: Socket| async move {
            socket.expect_delivery(b"bytes");
            socket.write_all(b"bytes").await?;
            // Only what is there is read.
            drop(poll_fn(|cx| Poll::Ready(socket.poll_recv(cx, 9))).await);
            socket.close().await
        });
        report.verdict(Property::AcceptedArrives)
    };
    assert_eq!(verdict(UnreadInput::Ignored), Verdict::Proved);
    assert_eq!(verdict(UnreadInput::ResetsLater), Verdict::Refuted);
}

/// The peer's first send behind the close is accepted by its own kernel, and answered with a reset.
#[test]
fn a_peer_learns_of_the_reset_by_its_next_call() {
    let checker = Checker::new()
        .kernel_buffer([8])
        .unread_input(UnreadInput::ResetsLater)
        .properties([Property::NoPanic])
        .peer(|mut peer: Peer| async move {
            peer.read_to_end().await?;
            peer.send(b"one").await?;
            let again = peer.send(b"two").await;
            assert_eq!(
                again.map_err(|error| error.kind()),
                Err(io::ErrorKind::ConnectionReset)
            );
            Ok(())
        });
    let report = checker.run(|mut socket: Socket| async move {
        socket.expect_delivery(b"bytes");
        socket.write_all(b"bytes").await
    });
    report.assert_proved();
}

/// A kernel that does less than it may passes for a right one wherever nothing else is asked.
#[test]
fn a_kernel_that_does_less_breaks_no_property() {
    for defect in [None, Some(KernelDefect::WriterWokenWhenEmpty)] {
        let scenario = Scenario {
            decorator: defect.and_then(KernelDefect::planted),
            ..Scenario::new(format!("{defect:?}"), 2, Reader::slow(1))
        };
        assert!(agree(&shared(WAITS), &scenario).is_empty());
        // It proves nothing about the right one.
        let explored = Explorer::default().explore(&shared(WAITS), &scenario);
        assert_eq!(explored.defective, defect.is_some());
    }
}
