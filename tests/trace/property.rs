//! What is a stall, case by case: who waits for ever, what for, and whether it is there. And what is
//! input that is not read during a flush.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use lastbyte::environment::FlushMode;
use lastbyte::{
    Explorer, Property, Reader, Running, Scenario, Script, ScriptStep, Socket, Subject, Verdict,
};
use lastbyte_models::mutants::KernelDefect;

/// What a connection does in its nth poll, counted from 1.
type InPoll = fn(&Socket, &mut Context<'_>, usize) -> Poll<Result<(), String>>;

#[derive(Debug)]
struct Connection(InPoll);

impl Subject for Connection {
    fn start(&self, socket: Socket) -> Running {
        let (in_poll, mut polls) = (self.0, 0);
        Box::pin(poll_fn(move |cx| {
            polls += 1;
            in_poll(&socket, cx, polls)
        }))
    }

    fn reads_while_writing(&self) -> bool {
        true
    }
}

fn stalls(in_poll: InPoll, scenario: &Scenario) -> bool {
    is_refuted(Property::NoStall, in_poll, scenario)
}

fn is_refuted(property: Property, in_poll: InPoll, scenario: &Scenario) -> bool {
    let subject: Arc<dyn Subject> = Arc::new(Connection(in_poll));
    let exploration = Explorer::default().explore(&subject, scenario);
    match exploration.verdict(property) {
        Verdict::Refuted => true,
        Verdict::Proved => false,
        // Over a changed kernel nothing is proved.
        Verdict::Missed if scenario.decorator.is_some() => false,
        verdict => panic!("{scenario}: {verdict}"),
    }
}

fn alone() -> Scenario {
    Scenario::new("alone", 2, Reader::PROMPT)
}

fn with(steps: impl Into<Vec<ScriptStep>>) -> Scenario {
    alone().with_script(Script::new("script", steps))
}

fn request() -> ScriptStep {
    ScriptStep::Send("1".into())
}

/// Asks for input in its first poll only.
fn asks_once(socket: &Socket, cx: &mut Context<'_>, poll: usize) -> Poll<Result<(), String>> {
    if poll == 1 {
        let _asked = socket.poll_recv(cx, 9).is_ready();
    }
    Poll::Pending
}

#[test]
fn waiting_for_what_never_comes_is_none() {
    assert!(!stalls(asks_once, &alone()));
    assert!(!stalls(|_, _, _| Poll::Pending, &alone()));
}

#[test]
fn input_that_nobody_has_asked_for_may_lie_there() {
    assert!(!stalls(|_, _, _| Poll::Pending, &alone().with_input("1")));
    assert!(!stalls(|_, _, _| Poll::Pending, &with([request()])));
}

#[test]
fn a_lost_wake_up_for_input_is_one() {
    assert!(!stalls(asks_once, &with([request()])), "woken");
    assert!(
        !stalls(asks_once, &with([ScriptStep::FinishInput])),
        "woken"
    );
    for (step, defect) in [
        (request(), KernelDefect::InputWakesNobody),
        (ScriptStep::FinishInput, KernelDefect::FinWakesNobody),
        (request(), KernelDefect::InputterNotRegistered),
    ] {
        let mut scenario = with([step]);
        scenario.decorator = defect.planted();
        assert!(stalls(asks_once, &scenario), "{defect:?}");
    }
    let registers_nobody: InPoll = |socket, _, _| {
        let mut nobody = Context::from_waker(Waker::noop());
        let _asked = socket.poll_recv(&mut nobody, 9).is_ready();
        Poll::Pending
    };
    assert!(stalls(registers_nobody, &with([request()])));
}

/// Who was polled for another reason before the input came still waits for it.
#[test]
fn a_poll_before_the_input_changes_nothing() {
    let mut scenario = with([ScriptStep::WakeSubject, request()]);
    assert!(!stalls(asks_once, &scenario));
    scenario.decorator = KernelDefect::InputWakesNobody.planted();
    assert!(stalls(asks_once, &scenario));
}

/// Writes one byte, flushes in its first poll only, and waits.
fn flushes_once(socket: &Socket, cx: &mut Context<'_>, poll: usize) -> Poll<Result<(), String>> {
    if poll == 1 {
        socket.handle().expect_delivery(Bytes::from_static(b"1"));
        let _written = socket.poll_send(cx, b"1").is_ready();
        let _flushed = socket.poll_flush_socket(cx).is_ready();
    }
    Poll::Pending
}

#[test]
fn a_lost_wake_up_for_a_flush_is_one() {
    let mut scenario = alone();
    scenario.flush = FlushMode::Deferred;
    assert!(!stalls(flushes_once, &scenario), "never finished");
    let finishes = Script::new("layer below", [ScriptStep::FinishFlush]);
    let mut scenario = scenario.with_script(finishes);
    assert!(!stalls(flushes_once, &scenario), "woken");
    scenario.decorator = KernelDefect::FlushWakesNobody.planted();
    assert!(stalls(flushes_once, &scenario));
}

#[test]
fn a_lost_wake_up_for_the_end_of_the_stream_is_one() {
    let shuts: InPoll = |socket, cx, _| match socket.poll_shut(cx) {
        Poll::Ready(Ok(())) => Poll::Ready(Ok(())),
        other => panic!("{other:?}"),
    };
    let mut scenario = alone();
    assert!(!stalls(shuts, &scenario));
    scenario.decorator = KernelDefect::EofWakesNobody.planted();
    assert!(stalls(shuts, &scenario));
}

#[test]
fn waiting_with_something_undelivered_is_one() {
    let promises: InPoll = |socket, _, _| {
        socket.handle().expect_delivery(Bytes::from_static(b"12"));
        Poll::Pending
    };
    assert!(stalls(promises, &alone()), "promised");
    let buffers: InPoll = |socket, _, _| {
        socket.handle().buffered(1);
        Poll::Pending
    };
    assert!(stalls(buffers, &alone()), "buffered");
    let mut scenario = alone();
    let accepted: InPoll = |socket, cx, _| {
        socket.handle().expect_delivery(Bytes::from_static(b"1"));
        let _written = socket.poll_send(cx, b"1").is_ready();
        Poll::Ready(Ok(()))
    };
    scenario.decorator = KernelDefect::FirstByteDropped.planted();
    assert!(!stalls(accepted, &scenario), "both have come to their ends");
}

/// A script that waits is no part of the connection.
#[test]
fn only_the_connection_and_its_reader_count() {
    let truncates: InPoll = |socket, cx, _| {
        socket.handle().expect_delivery(Bytes::from_static(b"12"));
        let _written = socket.poll_send(cx, b"1").is_ready();
        Poll::Ready(Ok(()))
    };
    assert!(!stalls(truncates, &with([ScriptStep::AwaitReceived(9)])));
}

/// Offers more than the kernel takes, until it waits.
fn writes(socket: &Socket, cx: &mut Context<'_>, _: usize) -> Poll<Result<(), String>> {
    while let Poll::Ready(Ok(_)) = socket.poll_send(cx, b"123") {}
    Poll::Pending
}

fn reads_and_writes(
    socket: &Socket,
    cx: &mut Context<'_>,
    poll: usize,
) -> Poll<Result<(), String>> {
    let _read = socket.poll_recv(cx, 1).is_ready();
    writes(socket, cx, poll)
}

#[test]
fn input_is_to_be_read_while_a_write_waits() {
    let unread = |in_poll, input: &'static str| {
        let reader = Reader::PROMPT.stops_after(2);
        let scenario = Scenario::new("stops", 2, reader).with_input(input);
        is_refuted(Property::ReadsDuringFlush, in_poll, &scenario)
    };
    assert!(unread(writes, "12345"));
    assert!(!unread(writes, ""), "nothing to read");
    assert!(!unread(reads_and_writes, "12345"), "it has read");
    assert!(!unread(|_, _, _| Poll::Pending, "12345"), "no write waits");
}

#[test]
fn a_connection_may_wait_for_a_reader_that_has_reset() {
    let outlives = |in_poll, reader| {
        let scenario = Scenario::new("reader", 2, reader);
        is_refuted(Property::EndsWithoutReader, in_poll, &scenario)
    };
    let waits: InPoll = |_, _, _| Poll::Pending;
    assert!(outlives(waits, Reader::PROMPT.stops_after(0)));
    assert!(!outlives(waits, Reader::PROMPT.resets_after(0)));
    let ends: InPoll = |_, _, _| Poll::Ready(Ok(()));
    assert!(!outlives(ends, Reader::PROMPT.stops_after(0)));
}
