//! Connections that hold two sockets.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use lastbyte::environment::{FlushMode, ShutdownMode};
use lastbyte::run::{ExecutorDefect, FurtherSocket, KeyPart, Peer};
use lastbyte::trace::Monitor;
use lastbyte::{
    Checker, Limits, Property, Reader, Running, Scenario, Script, ScriptStep, Socket, Subject,
};
use lastbyte_models::mutants::KernelDefect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::agree::{agree, agree_state_by_state, parts};

/// Copies from the first socket to the second, and shuts the second one down: in as many writes as it
/// takes, or in one.
#[derive(Clone, Copy, Debug)]
struct OneWay {
    all: bool,
}

async fn one_way(mut client: Socket, mut server: Socket, how: OneWay) -> io::Result<()> {
    server.expect_delivery(b"abc");
    let mut buffer = [0; 4];
    loop {
        let n = AsyncReadExt::read(&mut client, &mut buffer).await?;
        match n {
            0 => break,
            n if how.all => AsyncWriteExt::write_all(&mut server, &buffer[..n]).await?,
            n => AsyncWriteExt::write(&mut server, &buffer[..n])
                .await
                .map(drop)?,
        }
    }
    AsyncWriteExt::shutdown(&mut server).await
}

fn told(result: io::Result<()>) -> Result<(), String> {
    result.map_err(|error| error.to_string())
}

impl Subject for OneWay {
    fn start(&self, _socket: Socket) -> Running {
        unreachable!("it takes two")
    }

    fn start_all(&self, sockets: Vec<Socket>) -> Running {
        let how = *self;
        let [client, server] = <[Socket; 2]>::try_from(sockets).expect("there are two");
        Box::pin(async move { told(one_way(client, server, how).await) })
    }

    fn sockets(&self) -> Option<usize> {
        Some(2)
    }
}

fn shared(all: bool) -> Arc<dyn Subject> {
    Arc::new(OneWay { all })
}

/// The same with input that is there from the start: few enough interleavings to go through each.
fn at_once(capacity: usize) -> Scenario {
    let mut scenario = to_server(capacity).with_input("abc").with_input_eof();
    scenario.scripts.clear();
    scenario
}

fn to_server(capacity: usize) -> Scenario {
    let mut scenario = Scenario::new(format!("K={capacity}"), 8, Reader::PROMPT)
        .with_further(FurtherSocket::new("server").with_capacity(capacity));
    scenario.socket = "client".to_owned();
    let sends = [ScriptStep::Send("abc".into()), ScriptStep::FinishInput];
    scenario.with_script(Script::new("user", sends))
}

#[test]
fn what_is_promised_on_a_socket_is_checked_on_it() {
    for capacity in [1, 2] {
        for (scenario, agree) in [
            (at_once(capacity), agree as fn(&_, &_) -> _),
            (to_server(capacity), agree_state_by_state),
        ] {
            assert!(agree(&shared(true), &scenario).is_empty(), "{scenario}");
            let broken = agree(&shared(false), &scenario);
            assert!(broken.contains(&Property::NoSilentLoss), "{broken:?}");
        }
    }
    assert!(agree(&shared(false), &at_once(3)).is_empty());
}

#[test]
fn traces_say_which_socket_and_are_judged_alone() {
    let checker = Checker::new()
        .kernel_buffer([2])
        .input(b"abc")
        .input_eof()
        .socket_name("client")
        .further_socket(FurtherSocket::new("server"));
    let report = checker
        .run(|client: Socket, server: Socket| one_way(client, server, OneWay { all: false }));
    report.assert_refuted(Property::NoSilentLoss);
    let trace = report.counterexample(Property::NoSilentLoss);
    let trace = trace.expect("it is refuted");
    assert_eq!(trace.broken_on, 1);
    assert_eq!(
        Monitor::judge(trace, &[]).of(Property::NoSilentLoss),
        trace.broken_at
    );
    let text = report.to_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "polled: client: reads",
        "server: writes 3",
        "server: shutdown(SHUT_WR) with 1 byte not yet accepted",
        "On the socket: server.",
        "server reader",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // The line that is printed replays it.
    let schedule = report
        .schedule(Property::NoSilentLoss)
        .expect("it is refuted");
    let replayed = checker.replay(&schedule, |client: Socket, server: Socket| {
        one_way(client, server, OneWay { all: false })
    });
    assert!(replayed.is_violated());
}

/// 4 bytes each way over buffers of 2.
#[test]
fn copy_bidirectional_is_decided() {
    let started = Instant::now();
    let both = |capacity, bytes: &'static [u8], back: &'static [u8]| {
        let scenario = Checker::new()
            .kernel_buffer([capacity])
            .readers([Reader::PROMPT])
            .input(bytes)
            .input_eof()
            .socket_name("client")
            .further_socket(
                FurtherSocket::new("server")
                    .with_input(back)
                    .with_input_eof(),
            );
        scenario.run(move |mut client: Socket, mut server: Socket| async move {
            server.expect_delivery(bytes);
            client.expect_delivery(back);
            tokio::io::copy_bidirectional(&mut client, &mut server)
                .await
                .map(drop)
        })
    };
    let report = both(2, b"abcd", b"wxyz");
    println!(
        "{} executions in {:?}",
        report.executions(),
        started.elapsed()
    );
    println!("{report}");
    report.assert_proved();
    // A count, and no time: it does not depend on the machine.
    assert!(report.executions() < 5_000, "{}", report.executions());
}

#[test]
fn every_mode_of_a_further_socket_is_its_own() {
    let further = |further: FurtherSocket| {
        let mut scenario = to_server(2);
        scenario.further = vec![further.with_capacity(2)];
        scenario
    };
    let mut layer = FurtherSocket::new("server");
    layer.flush = FlushMode::Buffers(8);
    let broken = agree_state_by_state(&shared(true), &further(layer.clone()));
    assert!(broken.contains(&Property::NoSilentLoss), "{broken:?}");
    layer.shutdown = ShutdownMode::FlushesFirst;
    assert!(agree_state_by_state(&shared(true), &further(layer)).is_empty());
    let mut deferred = FurtherSocket::new("server");
    deferred.shutdown = ShutdownMode::Deferred;
    assert!(agree_state_by_state(&shared(true), &further(deferred)).is_empty());
    let slow = FurtherSocket::new("server").with_reader(Reader::slow(1));
    assert!(agree_state_by_state(&shared(true), &further(slow)).is_empty());
    let stops = FurtherSocket::new("server").with_reader(Reader::PROMPT.stops_after(0));
    let broken = agree_state_by_state(&shared(true), &further(stops));
    assert!(broken.contains(&Property::EndsWithoutReader), "{broken:?}");
}

#[test]
fn defects_of_a_further_socket_are_noticed() {
    for (defect, property) in [
        (KernelDefect::WriterNotWoken, Property::NoStall),
        (KernelDefect::ReaderNotWoken, Property::NoStall),
        (KernelDefect::ShutdownDiscards, Property::NothingTruncated),
        (KernelDefect::FirstByteDropped, Property::ReceivedIsPrefix),
    ] {
        let mut scenario = to_server(2);
        scenario.further[0].decorator = defect.planted();
        let broken = agree_state_by_state(&shared(true), &scenario);
        assert!(broken.contains(&property), "{defect:?}: {broken:?}");
    }
}

/// Without the further sockets in the key, states are taken for one that differ in what lies there.
#[test]
fn a_key_without_the_further_sockets_is_noticed() {
    let mut scenario = to_server(3);
    scenario.further[0].reader = Some(Reader::slow(1));
    let noticed = |defect| parts(&shared(true), &scenario, defect);
    assert!(!noticed(ExecutorDefect::None));
    assert!(noticed(ExecutorDefect::KeyWithout(KeyPart::Beside)));
}

/// A tunnel: the head is answered, then both directions are copied.
#[test]
fn a_connect_tunnel_delivers_what_comes_behind_its_head() {
    let tunnel = |keeps: bool| {
        move |mut client: Socket, mut server: Socket| async move {
            client.expect_delivery(b"ok\n");
            server.expect_delivery(b"hi");
            let mut head = Vec::new();
            let mut buffer = [0; 8];
            let end = loop {
                let n = AsyncReadExt::read(&mut client, &mut buffer).await?;
                if n == 0 {
                    return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
                }
                head.extend_from_slice(&buffer[..n]);
                if let Some(end) = head.iter().position(|byte| *byte == b'\n') {
                    break end + 1;
                }
            };
            AsyncWriteExt::write_all(&mut client, b"ok\n").await?;
            if keeps {
                // What came with the head belongs to the server.
                AsyncWriteExt::write_all(&mut server, &head[end..]).await?;
            }
            tokio::io::copy(&mut client, &mut server).await?;
            AsyncWriteExt::shutdown(&mut server).await?;
            AsyncWriteExt::shutdown(&mut client).await
        }
    };
    let checker = Checker::new()
        .kernel_buffer([1, 4])
        .readers([Reader::PROMPT])
        .socket_name("client")
        .further_socket(FurtherSocket::new("server"))
        .peer(|mut peer: Peer| async move {
            peer.send(b"C\nh").await?;
            peer.read_until(b"\n").await?;
            peer.send(b"i").await?;
            peer.finish().await
        });
    checker.run(tunnel(true)).assert_proved();
    checker
        .run(tunnel(false))
        .assert_refuted(Property::ReceivedIsPrefix);
}

#[test]
fn a_proxy_between_two_writers_stalls_where_it_copies_one_way_at_a_time() {
    let proxy = |both: bool| {
        move |mut client: Socket, mut server: Socket| async move {
            server.expect_delivery(b"ab");
            client.expect_delivery(b"yz");
            if both {
                tokio::io::copy_bidirectional(&mut client, &mut server)
                    .await
                    .map(drop)
            } else {
                tokio::io::copy(&mut client, &mut server).await?;
                AsyncWriteExt::shutdown(&mut server).await?;
                tokio::io::copy(&mut server, &mut client).await?;
                AsyncWriteExt::shutdown(&mut client).await
            }
        }
    };
    let checker = Checker::new()
        .kernel_buffer([1])
        .readers([Reader::PROMPT])
        .input(b"ab")
        .input_eof()
        .socket_name("client")
        .further_socket(
            FurtherSocket::new("server")
                .with_input_capacity(1)
                .with_peer(|mut peer: Peer| async move {
                    // It writes before it reads.
                    peer.send(b"yz").await?;
                    peer.finish().await
                }),
        );
    checker.run(proxy(false)).assert_refuted(Property::NoStall);
    // However busy the machine is.
    let checker = checker.limits(Limits::default());
    checker.run(proxy(true)).assert_proved();
}

#[test]
fn misuse_of_further_sockets_is_answered() {
    let two = |checker: Checker| {
        crate::message(|| {
            drop(checker.run(|client: Socket, server: Socket| {
                one_way(client, server, OneWay { all: true })
            }))
        })
    };
    let one = two(Checker::new());
    assert!(one.contains("the connection takes 2"), "{one}");
    assert!(one.contains("`Checker::further_socket`"), "{one}");
    let socket = || FurtherSocket::new("server");
    let empty = crate::message(|| {
        drop(Checker::new().further_socket(socket().with_capacity(0)));
    });
    assert!(empty.contains("\"server\" holds 0 bytes"), "{empty}");
    let script = || Script::new("s", [ScriptStep::WakeSubject]);
    let many = (0..3).fold(Checker::new(), |checker, _| checker.script(script()));
    let many = two(many.further_socket(socket()));
    assert!(many.contains("loom has five threads"), "{many}");
    let nowhere = Script::new("s", [ScriptStep::FinishInput.on(2)]);
    let nowhere = two(Checker::new().further_socket(socket()).script(nowhere));
    assert!(nowhere.contains("acts on socket 2"), "{nowhere}");
    let single = crate::message(|| {
        drop(
            Checker::new()
                .further_socket(socket())
                .run(|mut socket: Socket| async move { socket.close().await }),
        )
    });
    assert!(single.contains("the connection takes 1"), "{single}");
}

#[test]
fn scripts_act_on_the_socket_that_they_name() {
    let mut scenario = to_server(2);
    let waits = [
        ScriptStep::AwaitReceived(3).on(1),
        ScriptStep::Send("late".into()).on(1),
        ScriptStep::FinishInput.on(1),
    ];
    scenario.scripts.push(Script::new("server", waits));
    assert!(agree_state_by_state(&shared(true), &scenario).is_empty());
    let steps: Vec<_> = scenario.scripts[1]
        .steps
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(steps[2], "on socket 1: sends FIN");
}
