//! The ten-line test: what it proves, what its failures say, and how misuse is answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use futures::future::pending;
use lastbyte::environment::Faults;
use lastbyte::trace::Event;
use lastbyte::{
    Checker, Limits, Property, Reader, Running, Script, ScriptStep, Socket, Subject, Verdict,
    check, replay, stays_fixed,
};

async fn writes_once(mut socket: Socket) -> std::io::Result<()> {
    socket.expect_delivery(b"response");
    socket.write(b"response").await?;
    socket.close().await
}

async fn writes_all(mut socket: Socket) -> std::io::Result<()> {
    socket.expect_delivery(b"response");
    socket.write_all(b"response").await?;
    socket.close().await
}

/// What `act` panics with.
fn message(act: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(act)).expect_err("it panics");
    let text = payload.downcast_ref::<String>().cloned();
    text.or_else(|| {
        payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
    })
    .expect("a panic with a text")
}

#[test]
fn the_last_byte_arrives() {
    lastbyte::check(|mut socket: lastbyte::Socket| async move {
        socket.expect_delivery(b"response");
        socket.write_all(b"response").await?;
        socket.close().await
    });
}

#[test]
fn a_failure_shows_the_chart_the_sentence_and_the_line_that_replays_it() {
    let failure = message(|| check(writes_once));
    for part in [
        "refuted: nothing-truncated",
        "All promised bytes arrive",
        "not yet accepted",
        "unavoidable from: step",
        "replay:",
    ] {
        assert!(failure.contains(part), "{part}: {failure}");
    }
    let report = Checker::new().run(writes_once);
    let schedule = report
        .schedule(Property::NothingTruncated)
        .expect("it is refuted");
    assert!(
        failure.replace("\\\n  ", "").contains(&schedule),
        "{failure}"
    );

    // The line works, and a regression test of it fails as long as the bug is there.
    let replayed = replay(&schedule, writes_once);
    assert!(replayed.is_possible() && replayed.is_violated());
    assert!(
        replayed.to_string().contains("shutdown(SHUT_WR)"),
        "{replayed}"
    );
    assert!(message(|| drop(stays_fixed(&schedule, writes_once))).contains("not fixed"));
}

#[test]
fn a_schedule_stays_fixed_when_it_is_impossible_or_harmless() {
    let report = Checker::new().run(writes_once);
    let schedule = report
        .schedule(Property::NoSilentLoss)
        .expect("it is refuted");
    let fixed = stays_fixed(&schedule, writes_all);
    assert!(!fixed.is_violated());
    assert!(
        fixed
            .summary()
            .starts_with("fixed: the schedule is not possible"),
        "{fixed}"
    );
}

#[test]
fn a_schedule_of_something_else_is_refused() {
    let checker = Checker::new().input("request");
    let report = checker.run(writes_once);
    let schedule = report
        .schedule(Property::NoSilentLoss)
        .expect("it is refuted");
    drop(checker.replay(&schedule, writes_once));
    assert!(message(|| drop(replay(&schedule, writes_once))).contains("another scenario"));
    let older = schedule.replace("lastbyte-1", "lastbyte-0");
    assert!(message(|| drop(checker.replay(&older, writes_once))).contains("another version"));
    assert!(message(|| drop(replay("nonsense", writes_once))).contains("no schedule"));
}

#[test]
fn misuse_of_the_builder_is_refused_at_the_call() {
    let new = Checker::new;
    assert!(message(|| drop(new().kernel_buffer([]))).contains("at least one capacity"));
    assert!(message(|| drop(new().kernel_buffer(0..3))).contains("each of at least 1"));
    assert!(message(|| drop(new().readers([]))).contains("expected: at least one"));
    assert!(message(|| drop(new().properties([]))).contains("no property"));
    let script = || Script::new("s", [ScriptStep::Raise(0)]);
    let run = |checker: Checker| message(|| drop(checker.run(writes_all)));
    assert!(run(new().script(script())).contains("signal 0, which is not there"));
    let four = (0..4).fold(new().signals(1), |checker, _| checker.script(script()));
    assert!(run(four).contains("at most 3"));
}

#[test]
fn beginners_mistakes_are_answered() {
    let forgotten = message(|| {
        check(|mut socket: Socket| async move {
            socket.write_all(b"response").await?;
            socket.close().await
        });
    });
    assert!(
        forgotten.contains("expected: `socket.expect_delivery(bytes)`"),
        "{forgotten}"
    );

    let waits = message(|| {
        check(|mut socket: Socket| async move {
            socket.expect_delivery(b"response");
            socket.write_all(b"response").await?;
            pending::<std::io::Result<()>>().await
        });
    });
    assert!(
        waits.contains("refuted: no-stall") || waits.contains("refuted: ends"),
        "{waits}"
    );

    let no_runtime = message(|| {
        check(|mut socket: Socket| async move {
            socket.expect_delivery(b"response");
            tokio::task::yield_now().await;
            tokio::runtime::Handle::current();
            socket.close().await
        });
    });
    assert!(
        no_runtime.contains("no reactor running") || no_runtime.contains("runtime"),
        "{no_runtime}"
    );

    for part in ["runtime.enter()", "`Checker::clock()`"] {
        assert!(no_runtime.contains(part), "{no_runtime}");
    }

    let leaked = message(|| {
        check(|mut socket: Socket| async move {
            socket.expect_delivery(b"response");
            socket.write_all(b"response").await?;
            std::mem::forget(socket);
            Ok::<(), std::io::Error>(())
        });
    });
    assert!(leaked.contains("leaves its socket open"), "{leaked}");

    let timer = message(|| {
        check(|mut socket: Socket| async move {
            socket.expect_delivery(b"response");
            socket.handle().sleep(Duration::from_secs(1)).await;
            socket.close().await
        });
    });
    assert!(
        timer.contains("a timer without a clock; expected"),
        "{timer}"
    );

    let stack = message(|| {
        Checker::new()
            .stack_bytes(16 * 1024)
            .run(|mut socket: Socket| async move {
                let large = std::hint::black_box([1u8; 64 * 1024]);
                socket.expect_delivery(&large[..4]);
                socket.write_all(&large[..4]).await?;
                socket.close().await
            })
            .assert_proved();
    });
    assert!(stack.contains("stack_bytes"), "{stack}");

    let chance = message(|| {
        check(|mut socket: Socket| async move {
            use std::hash::{BuildHasher, RandomState};
            let bytes = RandomState::new().hash_one(1) as usize % 2 + 1;
            socket.expect_delivery(&b"abc"[..bytes]);
            socket.write_all(&b"abc"[..bytes]).await?;
            socket.close().await
        });
    });
    assert!(
        chance.contains("not deterministic") && chance.contains("HashMap"),
        "{chance}"
    );

    let feed = message(|| {
        check(|socket: Socket| async move {
            let handle = socket.handle();
            futures::future::poll_fn(|cx| handle.poll_feed(0, cx)).await;
            Ok::<(), String>(())
        });
    });
    assert!(feed.contains("feed 0, which is not there"), "{feed}");
}

struct Own;

impl Subject for Own {
    fn start(&self, socket: Socket) -> Running {
        Box::pin(async { writes_all(socket).await.map_err(|error| error.to_string()) })
    }
}

#[test]
fn closures_and_subjects_by_value_and_shared_are_checked() {
    check(writes_all);
    check(Own);
    let shared: Arc<dyn Subject> = Arc::new(Own);
    check(&shared);
    check(shared);
    // Any error that can be displayed will do.
    check(|socket: Socket| async move {
        writes_all(socket)
            .await
            .map_err(|error| format!("could not write: {error}"))
    });
}

#[test]
fn a_report_tells_every_verdict() {
    let report = Checker::new()
        .kernel_buffer(1..=9)
        .readers([Reader::PROMPT])
        .run(writes_once);
    assert_eq!(report.explored().len(), 9);
    report.assert_refuted(Property::NoSilentLoss);
    assert_eq!(report.verdict(Property::NoSpin), Verdict::Proved);
    assert_eq!(
        report.verdict(Property::ReadsDuringFlush),
        Verdict::NotApplicable
    );
    assert!(message(|| report.assert_refuted(Property::NoSpin)).contains("no-spin is not refuted"));
    let counterexample = report
        .counterexample(Property::NoSilentLoss)
        .expect("it is refuted");
    assert!(
        counterexample
            .steps
            .iter()
            .any(|step| step.event == Event::Shutdown)
    );
    assert!(
        report
            .to_string()
            .contains("refuted        When the connection ends with Ok")
    );
    // What is not asked for does not count.
    let spins = Checker::new()
        .properties([Property::NoSpin])
        .run(writes_once);
    spins.assert_proved();
}

#[test]
fn faults_and_limits_are_honoured() {
    let faults = Faults {
        write_error_after: Some(3),
        ..Faults::default()
    };
    let failing = Checker::new().faults(faults).run(writes_all);
    failing.assert_refuted(Property::NothingTruncated);
    assert_eq!(failing.verdict(Property::NoSilentLoss), Verdict::Proved);
    let limits = Limits {
        time: Some(Duration::ZERO),
        ..Limits::default()
    };
    let report = Checker::new().limits(limits).run(writes_all);
    assert!(message(|| report.assert_proved()).contains("inconclusive, out of time"));
}

/// What cannot be is refused where it is said, and not when it is explored.
#[test]
fn misuse_is_refused_at_the_call() {
    use lastbyte::environment::FlushMode;
    use lastbyte::run::FurtherSocket;

    let refused = |build: fn() -> Checker, expected: &str| {
        let told = message(|| drop(build()));
        assert!(told.contains(expected), "{told}");
    };
    refused(
        || Checker::new().kernel_buffer([]),
        "expected: at least one capacity",
    );
    refused(
        || Checker::new().kernel_buffer(3..3),
        "expected: at least one capacity",
    );
    refused(
        || Checker::new().kernel_buffer([4, 0]),
        "each of at least 1",
    );
    refused(|| Checker::new().readers([]), "such as Reader::PROMPT");
    refused(
        || Checker::new().properties([]),
        "expected: at least one of Property::ALL",
    );
    refused(|| Checker::new().input_buffer(0), "expected: at least 1");
    refused(|| Checker::new().tasks(0), "expected: 1 to 3");
    refused(|| Checker::new().tasks(4), "expected: 1 to 3");
    refused(
        || Checker::new().flush(FlushMode::Buffers(0)),
        "expected: at least 1",
    );
    refused(
        || Checker::new().further_socket(FurtherSocket::new("server").with_capacity(0)),
        "at least 1",
    );
    refused(
        || Checker::new().further_socket(FurtherSocket::new("server").with_input_capacity(0)),
        "at least 1",
    );
}
