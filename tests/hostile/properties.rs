//! The newer properties: where each fails, and where it must not.

use std::future::{pending, poll_fn};
use std::sync::Arc;

use bytes::Bytes;
use futures::io::AsyncWriteExt;
use lastbyte::environment::{Faults, FlushMode};
use lastbyte::trace::{Ends, Exploration};
use lastbyte::{Property, Reader, Scenario, Script, ScriptStep, Socket, Subject, Verdict};

use super::support::*;

#[track_caller]
fn refuted(property: Property, subject: &Arc<dyn Subject>, scenario: &Scenario) {
    let explored = decided(subject, scenario);
    is_refuted(&explored, property);
}

#[track_caller]
fn proved(property: Property, subject: &Arc<dyn Subject>, scenario: &Scenario) {
    is_proved(&decided(subject, scenario), property);
}

#[track_caller]
fn decided(subject: &Arc<dyn Subject>, scenario: &Scenario) -> Exploration {
    let explored = explore(subject, scenario);
    assert_eq!(explored.inconclusive, None);
    explored
}

/// Delivers, and waits for ever.
fn lingers() -> Arc<dyn Subject> {
    subject(|mut socket| async move {
        write(&mut socket, b"abcd").await?;
        pending().await
    })
}

/// Delivers, and waits for input.
fn reads_on() -> Arc<dyn Subject> {
    subject(|mut socket| async move {
        write(&mut socket, b"abcd").await?;
        let mut input = [0; 8];
        while socket.read(&mut input).await.map_err(text)? > 0 {}
        socket.close().await.map_err(text)
    })
}

fn delivers() -> Arc<dyn Subject> {
    subject(|socket| deliver(socket, b"abcd"))
}

#[test]
fn ends_unless_something_keeps_it_open() {
    refuted(Property::Ends, &lingers(), &plain());
    proved(Property::Ends, &delivers(), &plain());
    // A peer that may still say something.
    proved(Property::Ends, &reads_on(), &plain());
    proved(Property::Ends, &reads_on(), &plain().with_input_eof());
    // A feed that may still bring something.
    let feeds = subject(|mut socket: Socket| async move {
        let handle = socket.handle();
        write(&mut socket, b"abcd").await?;
        while poll_fn(|cx| handle.poll_feed(0, cx)).await.is_some() {}
        pending().await
    });
    let scenario = Scenario {
        feeds: 1,
        ..plain()
    };
    proved(Property::Ends, &feeds, &scenario);
    let steps = [ScriptStep::EndFeed(0), ScriptStep::WakeFeed(0)];
    let ended = scenario.with_script(Script::new("feeder", steps));
    refuted(Property::Ends, &feeds, &ended);
    // FIN that nobody waits for.
    refuted(Property::Ends, &lingers(), &plain().with_input_eof());
}

#[test]
fn ends_when_delivered() {
    let when_delivered = plain().with_ends(Ends::WhenDelivered);
    refuted(Property::Ends, &reads_on(), &when_delivered);
    refuted(Property::Ends, &lingers(), &when_delivered);
    proved(Property::Ends, &delivers(), &when_delivered);
}

#[test]
fn ends_when_told() {
    let when_told = Scenario {
        signals: 1,
        ..plain().with_ends(Ends::WhenTold)
    };
    assert_eq!(
        decided(&lingers(), &when_told).verdict(Property::Ends),
        Verdict::NotApplicable
    );
    // Somebody stops it from outside.
    let mut stops = when_told.clone();
    stops.stops = vec![0];
    let stops = stops.with_script(Script::new("admin", [ScriptStep::Raise(0)]));
    refuted(Property::Ends, &lingers(), &stops);
    let obeys = subject(|mut socket: Socket| async move {
        write(&mut socket, b"abcd").await?;
        let handle = socket.handle();
        poll_fn(|cx| handle.poll_signal(0, cx)).await;
        socket.close().await.map_err(text)
    });
    proved(Property::Ends, &obeys, &stops);
    // It is told by what it sees itself.
    let told = subject(|mut socket: Socket| async move {
        write(&mut socket, b"abcd").await?;
        socket.handle().told_to_stop();
        pending().await
    });
    refuted(Property::Ends, &told, &plain());
    // Where nobody else can tell it, it can still tell itself.
    refuted(Property::Ends, &told, &when_told);
    // Told at the beginning, and waiting for a peer that says nothing.
    let waits = subject(|mut socket: Socket| async move {
        socket.handle().told_to_stop();
        let mut input = [0; 8];
        socket.read(&mut input).await.map(drop).map_err(text)
    });
    refuted(Property::Ends, &waits, &plain());
}

#[test]
fn no_flush_after_shutdown() {
    let flushes = subject(|mut socket: Socket| async move {
        write(&mut socket, b"abcd").await?;
        socket.close().await.map_err(text)?;
        socket.flush().await.map_err(text)
    });
    refuted(Property::NoFlushAfterShutdown, &flushes, &plain());
    let before = subject(|mut socket: Socket| async move {
        write(&mut socket, b"abcd").await?;
        socket.flush().await.map_err(text)?;
        socket.close().await.map_err(text)
    });
    proved(Property::NoFlushAfterShutdown, &before, &plain());
    let deferred = Scenario {
        flush: FlushMode::Deferred,
        ..plain()
    };
    let deferred = deferred.with_script(Script::new("device", [ScriptStep::FinishFlush; 1]));
    proved(Property::NoFlushAfterShutdown, &before, &deferred);
}

#[test]
fn no_needless_error() {
    let errs = subject(|socket| async move {
        deliver(socket, b"abcd").await?;
        Err("connection closed normally".to_owned())
    });
    refuted(Property::NoNeedlessError, &errs, &plain());
    proved(Property::NoNeedlessError, &delivers(), &plain());
    // An error is in order where the scenario says so, where a call failed, where bytes are lost,
    // and where the reader has gone.
    proved(
        Property::NoNeedlessError,
        &errs,
        &plain().with_proper_error(),
    );
    let faulty = Scenario {
        faults: Faults {
            shutdown_error: true,
            ..Faults::default()
        },
        ..plain()
    };
    proved(Property::NoNeedlessError, &delivers(), &faulty);
    let loses = subject(|mut socket: Socket| async move {
        socket.handle().expect_delivery(Bytes::from_static(b"abcd"));
        socket.write_all(b"ab").await.map_err(text)?;
        drop(socket);
        Err("given up".to_owned())
    });
    proved(Property::NoNeedlessError, &loses, &plain());
    let stops = Scenario::new("stops", 8, Reader::PROMPT.stops_after(1));
    proved(Property::NoNeedlessError, &errs, &stops);
}

#[test]
fn nothing_buffered_at_shutdown_by_what_was_promised() {
    let buffered = |flushes: bool| {
        subject(move |socket: Socket| async move {
            socket
                .handle()
                .expect_delivery(Bytes::from_static(b"abcdefgh"));
            let mut buffer = futures::io::BufWriter::new(socket);
            buffer.write_all(b"abcdefgh").await.map_err(text)?;
            if flushes {
                buffer.flush().await.map_err(text)?;
            }
            drop(buffer);
            Ok(())
        })
    };
    refuted(
        Property::NothingBufferedAtShutdown,
        &buffered(false),
        &plain(),
    );
    proved(
        Property::NothingBufferedAtShutdown,
        &buffered(true),
        &plain(),
    );
}

#[test]
fn reads_during_flush_applies_to_whoever_says_so() {
    let writes = || {
        made(|mut socket: Socket| async move {
            write(&mut socket, b"abcd").await?;
            socket.close().await.map_err(text)
        })
    };
    let scenario = Scenario::new("stops", 2, Reader::PROMPT.stops_after(0)).with_input("1");
    let one_way = decided(&writes().arc(), &scenario);
    assert_eq!(
        one_way.verdict(Property::ReadsDuringFlush),
        Verdict::NotApplicable
    );
    refuted(
        Property::ReadsDuringFlush,
        &writes().reads_while_writing().arc(),
        &scenario,
    );
    proved(
        Property::ReadsDuringFlush,
        &writes().reads_while_writing().arc(),
        &Scenario::new("no input", 2, Reader::PROMPT),
    );
}

/// As many bytes as were promised, and not those: they have not arrived.
#[test]
fn bytes_in_another_order_are_not_those_that_were_promised() {
    let swaps = subject(|mut socket: Socket| async move {
        socket.handle().expect_delivery(Bytes::from_static(b"abcd"));
        socket.write_all(b"acbd").await.map_err(text)?;
        socket.close().await.map_err(text)
    });
    for property in [
        Property::NothingTruncated,
        Property::NoSilentLoss,
        Property::ReceivedIsPrefix,
    ] {
        refuted(property, &swaps, &plain());
        proved(property, &delivers(), &plain());
    }
    proved(Property::NothingBufferedAtShutdown, &swaps, &plain());
}
