//! What a connection sees of its socket, and what the trace tells of it: single executions, stepped
//! through.

use std::future::poll_fn;
use std::io::{ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures::AsyncWriteExt as _;
use lastbyte::environment::{Faults, FlushMode, UnreadInput};
use lastbyte::explore::Stepper;
use lastbyte::trace::{ActorId, Event};
use lastbyte::{Property, Reader, Running, Scenario, Script, ScriptStep, Socket, Subject, Trace};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

type Start = Box<dyn FnOnce(Socket) -> Running + Send>;

struct Once(Mutex<Option<Start>>);

impl Subject for Once {
    fn start(&self, socket: Socket) -> Running {
        let start = self.0.lock().expect("no panic").take();
        start.expect("it is started once")(socket)
    }
}

/// What one execution shows.
struct Seen {
    trace: Trace,
    broken: Vec<Property>,
}

impl Seen {
    /// What the connection did, without what the executor did to it.
    fn calls(&self) -> Vec<Event> {
        let steps = self.trace.steps.iter();
        let own = steps.filter(|step| step.actor == ActorId::SUBJECT);
        let events = own.map(|step| step.event.clone());
        let executor = |event: &Event| {
            matches!(
                event,
                Event::Poll | Event::Park | Event::Wake { .. } | Event::Ended { .. }
            )
        };
        events.filter(|event| !executor(event)).collect()
    }
}

/// One execution, in which `first` moves whenever it can.
fn run<F>(
    scenario: &Scenario,
    first: ActorId,
    start: impl FnOnce(Socket) -> F + Send + 'static,
) -> Seen
where
    F: Future<Output = ()> + 'static,
{
    let start: Start = Box::new(|socket| {
        let running = start(socket);
        Box::pin(async {
            running.await;
            Ok(())
        })
    });
    let subject: Arc<dyn Subject> = Arc::new(Once(Mutex::new(Some(start))));
    let mut stepper = Stepper::new(&subject, scenario);
    while let Some(any) = stepper.enabled().first().copied() {
        let prefers = stepper.enabled().contains(&first);
        stepper.step(if prefers { first } else { any });
    }
    let outcome = stepper.outcome().expect("nobody can move: it is over");
    let panicked = matches!(outcome.subject, lastbyte::trace::Ending::Panicked(_));
    assert!(!panicked, "{outcome}");
    Seen {
        trace: stepper.trace(),
        broken: stepper.broken(),
    }
}

/// A kernel buffer of 3 bytes, and a reader that takes all there is.
fn plain() -> Scenario {
    Scenario::new("plain", 3, Reader::PROMPT)
}

/// The result of a call that need not wait.
fn now<T>(polled: Poll<T>) -> T {
    match polled {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the call waits"),
    }
}

/// Makes calls within one poll.
async fn within<T>(mut calls: impl FnMut(&mut Context<'_>) -> T) -> T {
    poll_fn(|cx| Poll::Ready(calls(cx))).await
}

#[test]
fn failures_have_the_names_of_their_kinds() {
    let faults = Faults {
        write_error_after: Some(0),
        shutdown_error: true,
        ..Faults::default()
    };
    let failing = Scenario { faults, ..plain() };
    let seen = run(&failing, ActorId::SUBJECT, |socket| {
        within(move |cx| {
            let write = now(socket.poll_send(cx, b"x")).expect_err("it fails");
            let shut = now(socket.poll_shut(cx)).expect_err("it fails");
            assert_eq!(write.kind(), ErrorKind::BrokenPipe);
            assert_eq!(shut.kind(), ErrorKind::NotConnected);
        })
    });
    let [write, shut, close] = &seen.calls()[..] else {
        panic!("{:?}", seen.calls());
    };
    let error = "BrokenPipe".to_owned();
    assert_eq!(*write, Event::WriteFailed { offered: 1, error });
    let error = "NotConnected".to_owned();
    assert_eq!(*shut, Event::ShutdownFailed { error });
    assert_eq!(*close, Event::Close);
}

#[test]
fn a_reset_fails_every_call() {
    let reset = Scenario {
        flush: FlushMode::Deferred,
        ..Scenario::new("reset", 3, Reader::PROMPT.resets_after(0))
    };
    let seen = run(&reset, ActorId::READER, |socket| {
        within(move |cx| {
            let kinds = [
                now(socket.poll_recv(cx, 1)).map(drop),
                now(socket.poll_send(cx, b"x")).map(drop),
                now(socket.poll_flush_socket(cx)),
                now(socket.poll_shut(cx)),
            ]
            .map(|result| result.expect_err("the peer is gone").kind());
            let reset = ErrorKind::ConnectionReset;
            assert_eq!(kinds, [reset, reset, reset, ErrorKind::NotConnected]);
        })
    });
    let error = || "ConnectionReset".to_owned();
    assert_eq!(
        seen.calls()[..3],
        [
            Event::InputFailed { error: error() },
            Event::WriteFailed {
                offered: 1,
                error: error()
            },
            Event::WriteFailed {
                offered: 0,
                error: error()
            },
        ]
    );
}

#[test]
fn vectored_writes_are_one_call_where_they_are_wanted() {
    for (vectored, taken) in [(true, 3), (false, 1)] {
        let seen = run(&plain(), ActorId::SUBJECT, move |socket| async move {
            assert!(!socket.is_write_vectored(), "unless it is asked for");
            let mut socket = socket.with_vectored_writes(vectored);
            assert_eq!(socket.is_write_vectored(), vectored);
            let tokios = AsyncWrite::is_write_vectored(&socket);
            assert_eq!(tokios, vectored);
            let slices = [&b""[..], b"a", b"bc"].map(IoSlice::new);
            let ours = within(|cx| now(socket.poll_send_vectored(cx, &slices))).await;
            assert_eq!(ours.expect("there is room"), taken);
            // The reader takes what is there.
            within(|cx| cx.waker().wake_by_ref()).await;
            let futures = socket.write_vectored(&slices).await;
            assert_eq!(futures.expect("no fault"), taken);
            let tokios = poll_fn(|cx| {
                let socket = Pin::new(&mut socket);
                AsyncWrite::poll_write_vectored(socket, cx, &slices)
            });
            assert_eq!(tokios.await.expect("no fault"), taken);
        });
        let writes = seen.calls();
        let writes = writes.iter().filter_map(|event| match event {
            Event::Write { offered, accepted } => Some((*offered, *accepted)),
            _ => None,
        });
        assert_eq!(writes.collect::<Vec<_>>(), [(taken, taken); 3]);
    }
}

/// The same calls through the traits of futures and of tokio.
#[test]
fn both_traits_are_the_same_calls() {
    let input = || Scenario {
        flush: FlushMode::Deferred,
        ..plain().with_input("ab")
    };
    let finishes = || input().with_script(Script::new("device", [ScriptStep::FinishFlush]));
    let futures = run(&finishes(), ActorId::SUBJECT, |mut socket| async move {
        let mut bytes = [0; 4];
        assert_eq!(socket.read(&mut bytes).await.expect("input"), 2);
        assert_eq!(&bytes[..2], b"ab");
        assert_eq!(socket.write(b"xy").await.expect("room"), 2);
        socket.flush().await.expect("no fault");
        socket.close().await.expect("no fault");
    });
    let tokio = run(&finishes(), ActorId::SUBJECT, |mut socket| async move {
        let mut bytes = [0; 4];
        let mut buffer = ReadBuf::new(&mut bytes);
        poll_fn(|cx| AsyncRead::poll_read(Pin::new(&mut socket), cx, &mut buffer))
            .await
            .expect("input");
        assert_eq!(buffer.filled(), b"ab");
        let written = poll_fn(|cx| AsyncWrite::poll_write(Pin::new(&mut socket), cx, b"xy"));
        assert_eq!(written.await.expect("room"), 2);
        poll_fn(|cx| AsyncWrite::poll_flush(Pin::new(&mut socket), cx))
            .await
            .expect("no fault");
        poll_fn(|cx| AsyncWrite::poll_shutdown(Pin::new(&mut socket), cx))
            .await
            .expect("no fault");
    });
    let (offered, accepted) = (2, 2);
    let expected = [
        Event::Input { bytes: 2 },
        Event::Write { offered, accepted },
        Event::FlushPending,
        Event::Flush,
        Event::Shutdown,
        Event::Close,
    ];
    assert_eq!(futures.calls(), expected);
    assert_eq!(tokio.calls(), expected);
}

#[test]
fn what_is_inside_is_what_the_kernel_did_not_take() {
    let seen = run(&plain(), ActorId::SUBJECT, |socket| {
        within(move |cx| {
            assert_eq!(now(socket.poll_send(cx, b"abcde")).expect("room"), 3);
            assert!(socket.poll_send(cx, b"de").is_pending());
            now(socket.poll_shut(cx)).expect("no fault");
        })
    });
    let steps = seen.trace.steps.iter();
    let own = steps.filter(|step| step.actor == ActorId::SUBJECT);
    let levels: Vec<_> = own
        .filter(|step| matches!(step.event, Event::Write { .. } | Event::WritePending { .. }))
        .map(|step| (step.levels.inside, step.levels.kernel))
        .collect();
    assert_eq!(levels, [(2, 3), (2, 3)]);
    assert!(seen.broken.contains(&Property::NothingBufferedAtShutdown));
}

/// Nothing inside, or nobody there who could get it: then giving the socket up loses nothing.
#[test]
fn giving_up_is_a_loss_only_before_what_can_be_delivered() {
    let lost = |scenario: &Scenario, first, bytes: &'static [u8], shut: bool| {
        let seen = run(scenario, first, move |socket| {
            within(move |cx| {
                drop(socket.poll_send(cx, bytes));
                if shut {
                    drop(socket.poll_shut(cx));
                }
            })
        });
        seen.broken.contains(&Property::NothingBufferedAtShutdown)
    };
    let resets = Scenario::new("resets", 3, Reader::PROMPT.resets_after(0));
    for shut in [true, false] {
        assert!(lost(&plain(), ActorId::SUBJECT, b"abcd", shut));
        assert!(!lost(&plain(), ActorId::SUBJECT, b"abc", shut));
        assert!(!lost(&resets, ActorId::READER, b"abcd", shut));
    }
    // What is left after an orderly shutdown was counted there, or came later.
    let seen = run(&plain(), ActorId::SUBJECT, |socket| {
        within(move |cx| {
            now(socket.poll_shut(cx)).expect("no fault");
            socket.handle().buffered(1);
        })
    });
    assert!(!seen.broken.contains(&Property::NothingBufferedAtShutdown));
}

#[test]
fn only_bytes_behind_a_shutdown_are_a_write_behind_it() {
    for (bytes, second, broken) in [
        (&b""[..], false, false),
        (b"x", false, true),
        (b"", true, true),
    ] {
        let seen = run(&plain(), ActorId::SUBJECT, move |socket| {
            within(move |cx| {
                now(socket.poll_shut(cx)).expect("no fault");
                drop(socket.poll_send(cx, bytes));
                if second {
                    now(socket.poll_shut(cx)).expect("no fault");
                }
            })
        });
        let told = seen.broken.contains(&Property::OneShutdown);
        assert_eq!(told, broken, "{bytes:?} {second}");
    }
}

/// A shutdown that fails shuts nothing down.
#[test]
fn a_failed_shutdown_does_not_count() {
    let faults = Faults {
        shutdown_error: true,
        ..Faults::default()
    };
    let failing = Scenario { faults, ..plain() };
    let seen = run(&failing, ActorId::SUBJECT, |socket| {
        within(move |cx| {
            for _ in 0..2 {
                now(socket.poll_shut(cx)).expect_err("it fails");
            }
        })
    });
    assert!(!seen.broken.contains(&Property::OneShutdown));
}

/// Whether a call changes anything decides what a spin is.
#[test]
fn calls_that_change_nothing_are_no_progress() {
    type Call = fn(&Socket, &mut Context<'_>);
    let spins = |scenario: Scenario, call: Call| {
        let seen = run(&scenario, ActorId::SUBJECT, move |socket| {
            let mut polls = 0;
            poll_fn(move |cx| {
                polls += 1;
                call(&socket, cx);
                cx.waker().wake_by_ref();
                match polls {
                    // More than enough to be taken for a spin.
                    20 => Poll::Ready(()),
                    _ => Poll::Pending,
                }
            })
        });
        seen.broken.contains(&Property::NoSpin)
    };
    assert!(spins(plain(), |socket, cx| drop(socket.poll_send(cx, b""))));
    let ended = plain().with_input_eof();
    assert!(spins(ended, |socket, cx| drop(socket.poll_recv(cx, 1))));
    let input = plain().with_input("01234567890123456789");
    assert!(!spins(input, |socket, cx| drop(socket.poll_recv(cx, 1))));
    let large = Scenario::new("large", 30, Reader::PROMPT);
    assert!(!spins(large, |socket, cx| drop(socket.poll_send(cx, b"x"))));
    assert!(!spins(plain(), |socket, cx| drop(socket.poll_shut(cx))));
}

/// A close that the peer cannot tell from what came before is no step.
#[test]
fn a_close_is_a_step_where_somebody_can_see_it() {
    let unread = |unread_input, shut: bool| {
        let scenario = Scenario {
            unread_input,
            ..plain().with_input("unread")
        };
        let seen = run(&scenario, ActorId::SUBJECT, move |socket| {
            within(move |cx| {
                if shut {
                    now(socket.poll_shut(cx)).expect("no fault");
                }
            })
        });
        let schedule = seen.trace.schedule.iter();
        schedule.filter(|actor| **actor == ActorId::SUBJECT).count()
    };
    assert_eq!(unread(UnreadInput::Ignored, false), 1, "the close");
    assert_eq!(unread(UnreadInput::Ignored, true), 1, "the shutdown");
    assert_eq!(unread(UnreadInput::Resets, true), 2, "both");
}

/// A reader that stops or resets takes what it was told to, however much is there.
#[test]
fn a_limited_reader_takes_no_more() {
    let takes = |reader: Reader| {
        let scenario = Scenario::new("limited", 5, reader);
        let seen = run(&scenario, ActorId::SUBJECT, |socket| {
            within(move |cx| drop(socket.poll_send(cx, b"abcde")))
        });
        let reads = seen.trace.steps.iter().filter_map(|step| match step.event {
            Event::Read { bytes } => Some(bytes),
            _ => None,
        });
        reads.collect::<Vec<_>>()
    };
    assert_eq!(takes(Reader::PROMPT), [5]);
    assert_eq!(takes(Reader::slow(2)), [2, 2, 1]);
    assert_eq!(takes(Reader::PROMPT.stops_after(3)), [3]);
    assert_eq!(takes(Reader::slow(2).stops_after(3)), [2, 1]);
    assert_eq!(takes(Reader::slow(2).resets_after(3)), [2, 1]);
}
