//! Peers with a protocol of their own, and an input buffer that is bounded.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Waker};

use lastbyte::run::{Actor, Peer};
use lastbyte::trace::Event;
use lastbyte::{
    Checker, Property, Reader, Running, Scenario, Script, ScriptStep, Socket, Subject, Verdict,
};

use crate::agree::agree_state_by_state;

/// Answers a question once it is whole; or at once, which is wrong.
async fn answers(mut socket: Socket, waits: bool) -> io::Result<()> {
    let mut question = Vec::new();
    let mut buffer = [0; 8];
    while waits && !question.ends_with(b"?") {
        match socket.read(&mut buffer).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => question.extend_from_slice(&buffer[..n]),
        }
    }
    socket.expect_delivery(b"yes.");
    socket.write_all(b"yes.").await?;
    socket.close().await
}

#[test]
fn a_peer_waits_for_bytes_for_a_pattern_and_for_the_end() {
    let checker = Checker::new().kernel_buffer(1..=3);
    checker
        .clone()
        .peer(|mut peer: Peer| async move {
            peer.send(b"wh").await?;
            peer.send(b"y?").await?;
            let first = peer.read_exact(1).await?;
            let rest = peer.read_until(b".").await?;
            let end = peer.read_to_end().await?;
            match (&first[..], &rest[..], &end[..]) {
                (b"y", b"es.", b"") => Ok(()),
                other => Err(io::Error::other(format!("{other:?}"))),
            }
        })
        .run(|socket: Socket| answers(socket, true))
        .assert_proved();
    // Whoever reads too far keeps what it did not ask for.
    checker
        .peer(|mut peer: Peer| async move {
            peer.send(b"why?").await?;
            let first = peer.read_until(b"e").await?;
            let rest = peer.read_exact(2).await?;
            match (&first[..], &rest[..]) {
                (b"ye", b"s.") => Ok(()),
                other => Err(io::Error::other(format!("{other:?}"))),
            }
        })
        .run(|socket: Socket| answers(socket, true))
        .assert_proved();
}

#[test]
fn what_a_peer_finds_wrong_is_refuted() {
    let report = Checker::new()
        .kernel_buffer([8])
        .peer(|mut peer: Peer| async move {
            let _early = peer.send(b"why?").await.is_ok();
            let answer = peer.read_to_end().await?;
            match &answer[..] {
                b"no." => Ok(()),
                _ => Err(io::Error::other("not the answer")),
            }
        })
        .run(|socket: Socket| answers(socket, true));
    report.assert_refuted(Property::ReceivedIsPrefix);
    let text = report.to_string();
    assert!(text.contains("finds fault with what"), "{text}");
}

/// The question's second half comes only when the first half is answered.
#[test]
fn a_peer_that_reacts_finds_who_waits_for_the_wrong_thing() {
    let reacts = |mut peer: Peer| async move {
        peer.send(b"a").await?;
        peer.read_exact(1).await?;
        peer.send(b"b").await?;
        peer.read_exact(1).await?;
        peer.finish().await
    };
    // Echoes each byte as it comes; or only when it has both.
    let echo = |both: bool| {
        move |mut socket: Socket| async move {
            socket.expect_delivery(b"ab");
            let mut buffer = [0; 2];
            let mut have = 0;
            loop {
                let n = socket.read(&mut buffer[have..]).await?;
                if n == 0 {
                    break;
                }
                have += n;
                if !both || have == 2 {
                    let from = if both { 0 } else { have - n };
                    socket.write_all(&buffer[from..have]).await?;
                }
                if have == 2 {
                    break;
                }
            }
            socket.close().await
        }
    };
    let checker = Checker::new().kernel_buffer([1, 2]).peer(reacts);
    checker.run(echo(false)).assert_proved();
    checker.run(echo(true)).assert_refuted(Property::NoStall);
}

#[test]
fn a_protocol_that_ends_early_reads_on() {
    let report = Checker::new()
        .kernel_buffer([1])
        .peer(|mut peer: Peer| async move { peer.read_exact(1).await.map(drop) })
        .run(|mut socket: Socket| async move {
            socket.expect_delivery(b"abc");
            socket.write(b"abc").await?;
            socket.close().await
        });
    report.assert_refuted(Property::NothingTruncated);
}

#[test]
fn a_peer_stops_and_resets() {
    let writes = |mut socket: Socket| async move {
        socket.expect_delivery(b"abcd");
        socket.write_all(b"abcd").await?;
        socket.close().await
    };
    let stops = Checker::new()
        .kernel_buffer([1])
        .peer(|mut peer: Peer| async move {
            peer.read_exact(1).await?;
            peer.stop().await
        })
        .run(writes);
    stops.assert_refuted(Property::EndsWithoutReader);
    let resets = Checker::new()
        .kernel_buffer([1])
        .peer(|mut peer: Peer| async move {
            peer.read_exact(1).await?;
            peer.reset().await
        })
        .run(writes);
    assert_eq!(
        resets.verdict(Property::ResetEndsWithError),
        Verdict::Proved
    );
    let trace = resets.explored()[0].exploration.histogram.keys();
    let endings: Vec<_> = trace.map(ToString::to_string).collect();
    assert!(
        endings
            .iter()
            .all(|ending| ending.contains("ConnectionReset") || ending.contains("reset")),
        "{endings:?}"
    );
}

/// Whoever reads before it writes, and whoever does not.
#[derive(Debug)]
struct Side {
    reads_first: bool,
}

impl Subject for Side {
    fn start(&self, mut socket: Socket) -> Running {
        let reads_first = self.reads_first;
        let serve = async move {
            socket.expect_delivery(b"abcd");
            let mut question = [0; 4];
            if reads_first {
                futures::AsyncReadExt::read_exact(&mut socket, &mut question).await?;
            }
            socket.write_all(b"abcd").await?;
            if !reads_first {
                futures::AsyncReadExt::read_exact(&mut socket, &mut question).await?;
            }
            socket.close().await
        };
        Box::pin(async move { serve.await.map_err(|error: io::Error| error.to_string()) })
    }
}

/// Writes four bytes before it reads.
#[derive(Debug)]
struct Writer {
    /// Whether it is registered where there is no room.
    is_registered: bool,
}

impl Actor for Writer {
    fn name(&self) -> String {
        "client".to_owned()
    }

    fn reads(&self) -> bool {
        true
    }

    fn start(&self, handle: lastbyte::Handle) -> Running {
        let is_registered = self.is_registered;
        Box::pin(async move {
            let mut peer = Peer::new(handle);
            let served = async {
                let mut rest = &b"wxyz"[..];
                while !rest.is_empty() {
                    let mut nobody = Context::from_waker(Waker::noop());
                    let sent = poll_fn(|cx| match is_registered {
                        true => peer.poll_send(rest, cx),
                        false => peer.poll_send(rest, &mut nobody),
                    });
                    rest = &rest[sent.await?..];
                }
                peer.read_to_end().await.map(drop)
            };
            served.await.map_err(|error: io::Error| error.to_string())
        })
    }
}

fn two_writers(input_capacity: usize) -> Scenario {
    Scenario {
        input_capacity: Some(input_capacity),
        peer: Some(Arc::new(Writer {
            is_registered: true,
        })),
        ..Scenario::new(format!("input of {input_capacity}"), 2, Reader::PROMPT)
    }
}

#[test]
fn two_sides_that_write_first_wait_for_each_other() {
    let [reads, writes]: [Arc<dyn Subject>; 2] =
        [true, false].map(|reads_first| -> Arc<dyn Subject> { Arc::new(Side { reads_first }) });
    for room in 1..=3 {
        let scenario = two_writers(room);
        assert!(
            agree_state_by_state(&reads, &scenario).is_empty(),
            "{scenario}"
        );
        let broken = agree_state_by_state(&writes, &scenario);
        assert!(
            broken.contains(&Property::NoStall),
            "{scenario}: {broken:?}"
        );
    }
    // With room for all of it there is nothing to wait for.
    assert!(agree_state_by_state(&writes, &two_writers(4)).is_empty());
}

#[test]
fn a_peer_that_nobody_wakes_waits_for_room_for_ever() {
    let reads: Arc<dyn Subject> = Arc::new(Side { reads_first: true });
    let scenario = Scenario {
        peer: Some(Arc::new(Writer {
            is_registered: false,
        })),
        ..two_writers(2)
    };
    let broken = agree_state_by_state(&reads, &scenario);
    assert!(broken.contains(&Property::NoStall), "{broken:?}");
}

#[test]
fn scripts_wait_for_room_as_well() {
    let report = Checker::new()
        .kernel_buffer([2])
        .input_buffer(2)
        .script(Script::new(
            "client",
            [ScriptStep::Send("wh".into()), ScriptStep::Send("y?".into())],
        ))
        .run(|socket: Socket| answers(socket, true));
    report.assert_proved();
    // Who does not read leaves the second half outside.
    let never = Checker::new()
        .kernel_buffer([8])
        .input_buffer(2)
        .script(Script::new(
            "client",
            [
                ScriptStep::Send("wh".into()),
                ScriptStep::Send("y?".into()),
                ScriptStep::Raise(0),
            ],
        ))
        .signals(1)
        .run(|socket: Socket| answers(socket, false));
    never.assert_proved();
}

#[test]
fn a_connection_that_is_gone_is_noticed_by_who_sends() {
    let report = Checker::new()
        .kernel_buffer([8])
        .peer(|mut peer: Peer| async move {
            peer.read_to_end().await?;
            // It may still be there: the end of the stream is not the close.
            match peer.send(b"late").await {
                Ok(()) => peer.finish().await,
                Err(error) => Err(error),
            }
        })
        .run(|socket: Socket| answers(socket, false));
    report.assert_proved();
    let told =
        |event: &Event| matches!(event, Event::SendFailed { error } if error == "BrokenPipe");
    let traces = report.explored()[0].exploration.histogram.len();
    assert!(traces > 0 && !told(&Event::Finish));
}

#[test]
fn what_does_not_fit_is_refused() {
    let run = |checker: Checker| {
        crate::message(|| drop(checker.run(|socket: Socket| answers(socket, true))))
    };
    let large = run(Checker::new().input_buffer(2).input(b"why?"));
    assert!(large.contains("there is room for 2"), "{large}");
    let script = Script::new("client", [ScriptStep::Send("why?".into())]);
    let step = run(Checker::new().input_buffer(2).script(script));
    assert!(
        step.contains("expected: steps of at most so many"),
        "{step}"
    );
    let none = crate::message(|| drop(Checker::new().input_buffer(0)));
    assert!(none.contains("expected: at least 1"), "{none}");
    let stops = run(Checker::new()
        .readers([Reader::PROMPT.stops_after(1)])
        .peer(|peer: Peer| peer.stop()));
    assert!(stops.contains("`Peer::stop`"), "{stops}");
}
