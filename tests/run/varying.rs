//! Bytes that differ from one execution to the next, as a head's time of day does: no part of a state.

use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicU8, Ordering};

use lastbyte::environment::{FlushMode, Parse, Parsed};
use lastbyte::explore::Stepper;
use lastbyte::{Checker, Property, Reader, Socket};

/// What stands for the time of day: another one in every execution.
fn time() -> u8 {
    static TIME: AtomicU8 = AtomicU8::new(0);
    b'a' + TIME.fetch_add(1, Ordering::Relaxed) % 23
}

/// A promise after a head with the time of day. The framing keeps the whole stream.
fn checker() -> Checker {
    let whole = |stream: &[u8], promises: &[bytes::Bytes]| {
        let body = stream.get(4..).unwrap_or_default();
        match promises {
            [promise] if body == promise => Parse::Complete,
            [promise] if promise.starts_with(body) => Parse::Incomplete,
            _ if body.is_empty() => Parse::Incomplete,
            _ => Parse::Wrong,
        }
    };
    Checker::new()
        .kernel_buffer([1, 2, 5])
        .readers([Reader::PROMPT, Reader::slow(2)])
        .varying(&[(b"t:", 1)])
        .framing(move || Parsed::new(whole))
}

/// Writes its head, `split` bytes of it first, and, without its last `missing` bytes, what it has promised.
async fn timed(mut socket: Socket, split: usize, missing: usize) -> io::Result<()> {
    socket.expect_delivery(b"abcd");
    let head = [b't', b':', time(), b'\n'];
    let (first, rest) = head.split_at(split);
    socket.write_all(first).await?;
    socket
        .write_all([rest, &b"abcd"[..4 - missing]].concat())
        .await?;
    socket.flush().await?;
    socket.close().await
}

#[test]
fn what_varies_is_no_part_of_a_framings_state() {
    for checker in [checker(), checker().flush(FlushMode::Buffers(3))] {
        for split in 0..=3 {
            let report = checker.run(move |socket: Socket| timed(socket, split, 0));
            report.assert_proved();
            let report = checker.run(move |socket: Socket| timed(socket, split, 1));
            report.assert_refuted(Property::NothingTruncated);
        }
    }
}

/// A promise that contains what varies is kept by whatever stands there.
#[test]
fn a_promise_may_contain_what_varies() {
    for fault in [0, 1] {
        let report = Checker::new()
            .kernel_buffer([2])
            .varying(&[(b"t:", 1)])
            .run(move |mut socket: Socket| async move {
                let promise = [b'a', b't', b':', time(), b'b'];
                socket.expect_delivery(promise);
                socket.write_all(&promise[..5 - fault]).await?;
                socket.close().await
            });
        match fault {
            0 => report.assert_proved(),
            _ => report.assert_refuted(Property::NothingTruncated),
        }
    }
}

#[test]
fn a_stepper_finds_the_same_states_again() {
    for checker in [checker(), checker().flush(FlushMode::Buffers(3))] {
        for instance in checker.instances("timed", |socket: Socket| timed(socket, 1, 1)) {
            let states = || {
                let mut states = Vec::new();
                let mut rest = vec![Vec::new()];
                let mut seen = BTreeSet::new();
                while let Some(schedule) = rest.pop() {
                    let mut stepper = Stepper::with_planted(
                        instance.run(),
                        instance.scenario(),
                        instance.planted(),
                    );
                    schedule.iter().for_each(|actor| stepper.step(*actor));
                    states.push(stepper.state());
                    if !seen.insert(stepper.state()) {
                        continue;
                    }
                    for actor in stepper.enabled() {
                        rest.push(schedule.iter().copied().chain([actor]).collect());
                    }
                }
                states
            };
            assert_eq!(states(), states(), "{}", instance.id());
        }
    }
}
