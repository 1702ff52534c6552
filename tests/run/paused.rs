//! tokio's timers on virtual time: what they come to is what the model's own timers come to.

use std::collections::BTreeSet;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use futures::future::{Either, select};
use lastbyte::environment::{Script, ScriptStep};
use lastbyte::run::Paused;
use lastbyte::{Checker, Handle, Outcome, Property, Reader, Report, Socket};

const SECOND: Duration = Duration::from_secs(1);

fn checker() -> Checker {
    Checker::new()
        .kernel_buffer([1, 2])
        .readers([Reader::PROMPT])
        .error_is_proper()
        .clock()
}

/// Everything that it comes to, and what fails.
fn found(report: &Report) -> (BTreeSet<Outcome>, BTreeSet<Property>) {
    let (mut outcomes, mut broken) = (BTreeSet::new(), BTreeSet::new());
    for one in report.explored() {
        assert_eq!(one.exploration.inconclusive, None);
        outcomes.extend(one.exploration.histogram.keys().cloned());
        broken.extend(one.exploration.counterexamples.keys().copied());
    }
    (outcomes, broken)
}

/// A sleep of either kind, from now on.
fn asleep(handle: Option<Handle>, duration: Duration) -> Pin<Box<dyn Future<Output = ()>>> {
    match handle {
        Some(handle) => Box::pin(handle.sleep(duration)),
        None => Box::pin(tokio::time::sleep(duration)),
    }
}

/// The same connection with timers of both kinds.
fn both<F>(
    checker: &Checker,
    connection: impl Fn(Socket, Option<Handle>) -> F + Clone + Send + Sync + 'static,
) -> BTreeSet<Property>
where
    F: Future<Output = io::Result<()>> + 'static,
{
    let own = connection.clone();
    let own = checker.run(move |socket: Socket| {
        let handle = socket.handle().clone();
        own(socket, Some(handle))
    });
    let tokio = checker.run(move |socket: Socket| {
        let handle = socket.handle().clone();
        Paused::new(&handle, connection(socket, None))
    });
    assert_eq!(found(&own), found(&tokio));
    found(&tokio).1
}

/// Writes with a timeout, and says so or not when it comes.
async fn times_out(mut socket: Socket, handle: Option<Handle>, tells: bool) -> io::Result<()> {
    socket.expect_delivery(b"ab");
    let in_time = {
        let timeout = asleep(handle, SECOND);
        let write = Box::pin(socket.write_all(b"ab"));
        matches!(select(write, timeout).await, Either::Left((Ok(()), _)))
    };
    socket.close().await?;
    match in_time || !tells {
        true => Ok(()),
        false => Err(io::ErrorKind::TimedOut.into()),
    }
}

#[test]
fn a_timeout_comes_to_what_the_models_own_comes_to() {
    let silent = both(&checker(), |socket, handle| {
        times_out(socket, handle, false)
    });
    assert!(silent.contains(&Property::NoSilentLoss), "{silent:?}");
    let told = both(&checker(), |socket, handle| times_out(socket, handle, true));
    assert!(!told.contains(&Property::NoSilentLoss), "{told:?}");
    assert!(told.contains(&Property::NothingTruncated), "{told:?}");
}

/// Writes `a` when the sooner of two timers is the first that it sees, after that `b`.
async fn in_order(
    mut socket: Socket,
    handle: Option<Handle>,
    looks_at_later_first: bool,
) -> io::Result<()> {
    socket.expect_delivery(b"ab");
    let later = asleep(handle.clone(), 2 * SECOND);
    let sooner = asleep(handle, SECOND);
    let (sooner_came, rest) = match looks_at_later_first {
        true => match select(later, sooner).await {
            Either::Left((_, sooner)) => (false, sooner),
            Either::Right((_, later)) => (true, later),
        },
        false => match select(sooner, later).await {
            Either::Left((_, later)) => (true, later),
            Either::Right((_, sooner)) => (false, sooner),
        },
    };
    socket
        .write_all(if sooner_came { b"a" } else { b"b" })
        .await?;
    let mut byte = [0];
    let read = Box::pin(socket.read(&mut byte));
    if let Either::Right((read, _)) = select(rest, read).await {
        assert_eq!(read?, 1);
    }
    socket.write_all(b"b").await?;
    socket.close().await
}

/// Both may come before the connection looks: then it sees the one that it looks at first.
#[test]
fn deadlines_come_in_their_order() {
    let checker = checker()
        .kernel_buffer([2])
        .script(Script::new("peer", [ScriptStep::Send("x".into())]));
    let broken = both(&checker, |socket, handle| in_order(socket, handle, false));
    assert_eq!(broken, BTreeSet::new());
    let broken = both(&checker, |socket, handle| in_order(socket, handle, true));
    // As many bytes as were promised, and others.
    let others = [
        Property::NothingTruncated,
        Property::NoSilentLoss,
        Property::ReceivedIsPrefix,
    ];
    assert_eq!(broken, BTreeSet::from(others));
}

/// A connection that waits for what never comes is seen to wait, whatever its clock says.
#[test]
fn who_has_no_timer_left_waits_for_ever() {
    let broken = both(&checker(), |mut socket, handle| async move {
        socket.expect_delivery(b"ab");
        socket.write_all(b"a").await?;
        asleep(handle, SECOND).await;
        std::future::pending::<()>().await;
        Ok(())
    });
    assert!(broken.contains(&Property::NoStall), "{broken:?}");
}

#[test]
fn a_task_of_the_runtime_is_refused() {
    let report = checker().run(|socket: Socket| {
        let handle = socket.handle().clone();
        Paused::new(&handle, async move {
            let _socket = socket;
            tokio::spawn(async {}).await.map_err(io::Error::other)
        })
    });
    report.assert_refuted(Property::NoPanic);
    let told = report.to_string();
    assert!(told.contains("LocalTasks::spawn"), "{told}");
}
