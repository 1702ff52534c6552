//! What an exploration costs: `cargo benchmark` prints the table, and writes it with
//! `UPDATE_DOCUMENTS=1`. Only counts are compared: seconds are those of the machine.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::Poll;
use std::time::Instant;

use lastbyte::{Explorer, Instance, Reader};
use lastbyte_models::hyper_h1::claims::HYPER_1;
use lastbyte_models::hyper_h1::scenarios::Family;
use lastbyte_models::shutdown_ordering::{Ordering, lone_request};

use crate::explicit;

const DOCUMENT: &str = "DESIGN.md";

/// One measurement: what was explored, how, what was counted, and in how many seconds.
struct Measured {
    what: String,
    how: &'static str,
    counted: String,
    number: u64,
    seconds: f64,
}

fn measured(what: &str, how: &'static str, unit: &str, count: impl FnOnce() -> u64) -> Measured {
    let started = Instant::now();
    let number = count();
    Measured {
        what: what.to_owned(),
        how,
        counted: format!("{} {unit}", lastbyte::render::thousands(number)),
        number,
        seconds: started.elapsed().as_secs_f64(),
    }
}

fn explored(instance: &Instance, folding: bool) -> u64 {
    let explorer = Explorer {
        caching: instance.caching(),
        folding,
        ..Explorer::default()
    };
    let exploration = explorer.explore(instance.run(), instance.scenario());
    assert_eq!(exploration.inconclusive, None, "{}", instance.id());
    exploration.executions
}

// ---- loom as one would use it at first: its own mutex, wakers and block_on ----------------------

/// Bytes in the kernel, whether the stream has ended, and who waits.
#[derive(Default)]
struct Pipe {
    state: loom::sync::Mutex<(VecDeque<u8>, bool)>,
    writer: loom::future::AtomicWaker,
    reader: loom::future::AtomicWaker,
}

/// At most this many executions: it does not come to its end.
const MOST: usize = 20_000;

fn by_loom_alone(bytes: u8, capacity: usize) -> u64 {
    let executions = Arc::new(AtomicU64::new(0));
    let counted = executions.clone();
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = None;
    builder.max_permutations = Some(MOST);
    builder.check(move || {
        counted.fetch_add(1, Relaxed);
        let pipe = loom::sync::Arc::new(Pipe::default());
        let written = pipe.clone();
        let writer = loom::thread::spawn(move || {
            let mut next = 0;
            loom::future::block_on(poll_fn(|cx| {
                while next < bytes {
                    written.writer.register_by_ref(cx.waker());
                    let mut state = written.state.lock().expect("no panic");
                    if state.0.len() == capacity {
                        return Poll::Pending;
                    }
                    state.0.push_back(next);
                    next += 1;
                    drop(state);
                    written.reader.wake();
                }
                written.state.lock().expect("no panic").1 = true;
                written.reader.wake();
                Poll::Ready(())
            }));
        });
        let mut received = 0;
        loom::future::block_on(poll_fn(|cx| {
            pipe.reader.register_by_ref(cx.waker());
            let mut state = pipe.state.lock().expect("no panic");
            received += state.0.drain(..).count();
            let ended = state.1;
            drop(state);
            pipe.writer.wake();
            match ended {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        }));
        writer.join().expect("no panic");
        assert_eq!(received, usize::from(bytes));
    });
    executions.load(Relaxed)
}

// ---- the table ----------------------------------------------------------------------------------

fn measurements() -> Vec<Measured> {
    let fixed = Ordering::FlushBeforeShutdown;
    let model = lone_request(fixed, 64, 4, Reader::slow(1));
    let small = lone_request(fixed, 8, 1, Reader::PROMPT);
    let hyper = HYPER_1.instance(&Family::named("body-ignored"), 64);
    let hyper = hyper.with_scenario(|scenario| scenario.reader = Reader::slow(16));
    let minimal = "minimal model, N=64, K=4, reader slow:1";
    let real = "hyper 1.12.0, body-ignored, N=63, K=64, reader slow:16";
    let alone = "3 bytes over a buffer of 1";
    vec![
        measured(minimal, "lastbyte", "executions", || explored(&model, true)),
        measured(minimal, "stateright, over `Stepper`", "states", || {
            explicit::explore(&model, |_, _| {}) as u64
        }),
        measured(
            "minimal model, N=8, K=1, reader prompt",
            "lastbyte, without caching",
            "executions",
            || explored(&small.clone().without_caching(), true),
        ),
        measured(
            alone,
            "loom's mutex, `AtomicWaker` and `block_on`, given up",
            "executions",
            || by_loom_alone(3, 1),
        ),
        measured(real, "lastbyte, whole histories", "executions", || {
            explored(&hyper, false)
        }),
        measured(real, "lastbyte, folded histories", "executions", || {
            explored(&hyper, true)
        }),
    ]
}

fn table(all: &[Measured], date: &str) -> String {
    let mut text = format!(
        "\n| measured {date} | how | counted | seconds | a second |\n|---|---|---:|---:|---:|\n"
    );
    for one in all {
        let rate = lastbyte::render::thousands((one.number as f64 / one.seconds.max(1e-6)) as u64);
        let Measured {
            what,
            how,
            counted,
            seconds,
            ..
        } = one;
        writeln!(
            text,
            "| {what} | {how} | {counted} | {seconds:.2} | {rate} |"
        )
        .expect("text");
    }
    text + "\n"
}

/// The first three cells of every row: what does not depend on the machine.
fn counts(table: &str) -> Vec<String> {
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|row| row.split(" | ").take(3).collect::<Vec<_>>().join(" | "))
        .collect()
}

/// Today, as the calendar has it.
fn today() -> String {
    let output = std::process::Command::new("date").arg("+%Y-%m-%d").output();
    let printed = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    printed.unwrap_or_default()
}

#[test]
#[ignore = "part of the longer explorations; cargo benchmark"]
fn the_benchmark_counts_what_the_document_shows() {
    let shown = table(&measurements(), &today());
    println!("{shown}");
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(DOCUMENT);
    let document = std::fs::read_to_string(&file).expect(DOCUMENT);
    let part = lastbyte::render::documents::part(&document, "benchmark").expect("it has the part");
    if counts(part) == counts(&shown) {
        return;
    }
    assert!(
        std::env::var_os("UPDATE_DOCUMENTS").is_some(),
        "{DOCUMENT} shows other counts; UPDATE_DOCUMENTS=1 cargo benchmark writes them"
    );
    let updated = lastbyte::render::documents::replace(&document, "benchmark", &shown);
    std::fs::write(&file, updated.expect("it has the part")).expect(DOCUMENT);
}
