//! A layer that buffers until it is flushed, and shutdowns that are pending.

use std::sync::Arc;

use futures::AsyncWriteExt;
use lastbyte::environment::{FlushMode, ShutdownMode};
use lastbyte::trace::Event;
use lastbyte::{
    Checker, Property, Reader, Running, Scenario, Script, ScriptStep, Socket, Subject, Verdict,
};
use lastbyte_models::mutants::KernelDefect;

use crate::agree::{agree, agree_state_by_state};

/// Writes, flushes if it does, and shuts down.
#[derive(Clone, Copy, Debug)]
struct Writes {
    flushes: bool,
    shuts_down: bool,
}

async fn writes(mut socket: Socket, how: Writes) -> std::io::Result<()> {
    socket.expect_delivery(b"abcd");
    socket.write_all(b"abcd").await?;
    if how.flushes {
        socket.flush().await?;
    }
    if how.shuts_down {
        socket.close().await?;
    }
    Ok(())
}

impl Subject for Writes {
    fn start(&self, socket: Socket) -> Running {
        let how = *self;
        Box::pin(async move { writes(socket, how).await.map_err(|error| error.to_string()) })
    }
}

const FLUSHES: Writes = Writes {
    flushes: true,
    shuts_down: true,
};
const FORGETS: Writes = Writes {
    flushes: false,
    shuts_down: true,
};

fn scenario(capacity: usize, layer: usize) -> Scenario {
    Scenario {
        flush: FlushMode::Buffers(layer),
        ..Scenario::new(
            format!("K={capacity}, layer of {layer}"),
            capacity,
            Reader::PROMPT,
        )
    }
}

fn shared(subject: impl Subject + 'static) -> Arc<dyn Subject> {
    Arc::new(subject)
}

#[test]
fn what_a_layer_holds_is_lost_without_a_flush() {
    for layer in [1, 3, 4, 8] {
        let checker = Checker::new()
            .kernel_buffer(1..=3)
            .flush(FlushMode::Buffers(layer));
        let lost = checker.run(|socket: Socket| writes(socket, FORGETS));
        lost.assert_refuted(Property::NoSilentLoss);
        lost.assert_refuted(Property::NothingBufferedAtShutdown);
        // With `close(2)` alone, too.
        let dropped = checker.run(|socket: Socket| {
            let how = Writes {
                shuts_down: false,
                ..FORGETS
            };
            writes(socket, how)
        });
        dropped.assert_refuted(Property::NoSilentLoss);
        checker
            .run(|socket: Socket| writes(socket, FLUSHES))
            .assert_proved();
        // The shutdown of `BufWriter` flushes by itself.
        checker
            .shutdown(ShutdownMode::FlushesFirst)
            .run(|socket: Socket| writes(socket, FORGETS))
            .assert_proved();
    }
}

#[test]
fn the_chart_shows_what_the_layer_holds() {
    let report = Checker::new()
        .kernel_buffer([2])
        .flush(FlushMode::Buffers(8))
        .run(|socket: Socket| writes(socket, FORGETS));
    let text = report.to_string();
    for part in [
        "writes 4 bytes, 4 into",
        "shutdown(SHUT_WR) with 4 bytes not yet accepted",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let trace = report.counterexample(Property::NoSilentLoss);
    let steps = &trace.expect("it is refuted").steps;
    let shutdown = steps.iter().find(|step| step.event == Event::Shutdown);
    let levels = shutdown.expect("it shuts down").levels;
    assert_eq!((levels.inside, levels.owed, levels.kernel), (4, 4, 0));
}

/// A dropped pending flush is the defect that the crate is about, one layer higher.
#[test]
fn a_pending_flush_that_is_dropped_loses_bytes() {
    let drops = |socket: Socket| async move {
        let mut socket = socket;
        socket.expect_delivery(b"abcd");
        socket.write_all(b"abcd").await?;
        std::future::poll_fn(|cx| {
            let _dropped = socket.poll_flush_socket(cx).is_pending();
            std::task::Poll::Ready(())
        })
        .await;
        AsyncWriteExt::close(&mut socket).await
    };
    let report = Checker::new()
        .kernel_buffer(1..=3)
        .flush(FlushMode::Buffers(4))
        .run(drops);
    report.assert_refuted(Property::NothingTruncated);
    let roomy = Checker::new()
        .kernel_buffer([4])
        .flush(FlushMode::Buffers(4))
        .run(drops);
    roomy.assert_proved();
}

#[test]
fn the_explorations_of_a_layer_agree() {
    for (capacity, layer) in [(1, 2), (2, 1), (2, 4), (3, 2)] {
        let scenario = scenario(capacity, layer);
        let lost = agree(&shared(FORGETS), &scenario);
        assert!(lost.contains(&Property::NoSilentLoss), "{scenario}");
        assert!(agree(&shared(FLUSHES), &scenario).is_empty(), "{scenario}");
        let flushes_first = Scenario {
            shutdown: ShutdownMode::FlushesFirst,
            ..scenario.clone()
        };
        assert!(agree(&shared(FORGETS), &flushes_first).is_empty());
        let deferred = Scenario {
            shutdown: ShutdownMode::Deferred,
            ..scenario
        };
        assert!(agree_state_by_state(&shared(FLUSHES), &deferred).is_empty());
    }
}

#[test]
fn defects_of_a_layer_are_noticed() {
    let notices = |scenario: Scenario, defect, property| {
        let scenario = Scenario {
            decorator: KernelDefect::planted(defect),
            ..scenario
        };
        let broken = agree_state_by_state(&shared(FLUSHES), &scenario);
        assert!(broken.contains(&property), "{defect:?}: {broken:?}");
    };
    let layer = || scenario(2, 4);
    let forgets = KernelDefect::LayerForgetsTheRest;
    notices(layer(), forgets, Property::NothingTruncated);
    let unregistered = KernelDefect::WriterNotRegistered;
    notices(layer(), unregistered, Property::NoStall);
    let deferred = Scenario {
        shutdown: ShutdownMode::Deferred,
        ..Scenario::new("deferred", 2, Reader::PROMPT)
    };
    let silent = KernelDefect::ShutdownFinishWakesNobody;
    notices(deferred, silent, Property::NoStall);
}

/// Polls the shutdown again and again until it is ready.
async fn spins(mut socket: Socket) -> std::io::Result<()> {
    socket.expect_delivery(b"a");
    socket.write_all(b"a").await?;
    std::future::poll_fn(|cx| {
        let polled = socket.poll_shut(cx);
        if polled.is_pending() {
            cx.waker().wake_by_ref();
        }
        polled
    })
    .await
}

#[test]
fn a_shutdown_that_is_pending_is_waited_for() {
    let checker = Checker::new()
        .kernel_buffer([1, 2])
        .shutdown(ShutdownMode::Deferred);
    checker
        .run(|socket: Socket| writes(socket, FLUSHES))
        .assert_proved();
    checker.run(spins).assert_refuted(Property::NoSpin);
    // Who gives it up after the first poll leaves the peer without an end only until the close.
    let gives_up = checker.run(|socket: Socket| async move {
        socket.expect_delivery(b"");
        let _pending =
            std::future::poll_fn(|cx| std::task::Poll::Ready(socket.poll_shut(cx))).await;
        Ok::<(), String>(())
    });
    assert_eq!(gives_up.verdict(Property::OneShutdown), Verdict::Proved);
}

#[test]
fn a_script_says_when_a_shutdown_is_finished() {
    let steps = [ScriptStep::AwaitReceived(4), ScriptStep::FinishShutdown];
    let report = Checker::new()
        .kernel_buffer([2])
        .shutdown(ShutdownMode::Deferred)
        .script(Script::new("TLS", steps))
        .run(|socket: Socket| writes(socket, FLUSHES));
    report.assert_proved();
    let names = report.explored()[0].scenario.scripts.len();
    assert_eq!(names, 1);
}

#[test]
fn what_a_layer_cannot_be_is_refused() {
    let run = |checker: Checker| {
        let run = || drop(checker.run(|socket: Socket| writes(socket, FLUSHES)));
        crate::message(run)
    };
    let zero = crate::message(|| drop(Checker::new().flush(FlushMode::Buffers(0))));
    assert!(
        zero.contains("buffers 0 bytes; expected: at least 1"),
        "{zero}"
    );
    let nothing = run(Checker::new().shutdown(ShutdownMode::FlushesFirst));
    assert!(
        nothing.contains("expected: FlushMode::Buffers"),
        "{nothing}"
    );
}
