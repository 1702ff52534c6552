//! Subjects that do one thing this time and another thing the next time. There is one right verdict
//! on them, whatever the property.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::future::{pending, poll_fn, ready};
use std::hash::{BuildHasher, RandomState};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::Poll;
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use futures::FutureExt;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use lastbyte::environment::FlushMode;
use lastbyte::run::Actor;
use lastbyte::{
    Explorer, Handle, Property, Reader, Running, Scenario, Script, ScriptStep, Subject, Verdict,
};
use lastbyte_models::hyper_h1::{DATE, v1::Io};

use super::support::*;

/// A random number.
pub fn random() -> u64 {
    RandomState::new().hash_one(1)
}

fn heads() -> bool {
    random().is_multiple_of(2)
}

/// Delivers "abcd", or forgets the last two bytes.
async fn delivers_if(mut socket: lastbyte::Socket, all: bool) -> Result<(), String> {
    socket.handle().expect_delivery(Bytes::from_static(b"abcd"));
    socket.write_all(b"ab").await.map_err(text)?;
    if all {
        socket.write_all(b"cd").await.map_err(text)?;
    }
    socket.close().await.map_err(text)
}

/// Every `n`th start is different.
fn every(n: u64) -> Arc<dyn Subject> {
    let starts = Arc::new(AtomicU64::new(0));
    subject(move |socket| {
        let start = starts.fetch_add(1, Ordering::Relaxed);
        delivers_if(socket, start % n != n - 1)
    })
}

/// Real hyper with this handler: how many bytes it answers with, and whether it reads the request.
fn hyper_service(handler: fn() -> (usize, bool)) -> Arc<dyn Subject> {
    made(move |socket| async move {
        let handle = socket.handle();
        let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
            let handle = handle.clone();
            async move {
                let (bytes, reads) = handler();
                if reads {
                    let _read = request.into_body().collect().await.is_ok();
                }
                let body = Bytes::from(vec![b'x'; bytes]);
                handle.expect_delivery(body.clone());
                let response = hyper::Response::builder().header("date", DATE);
                response.body(Full::new(body))
            }
        });
        let server = hyper::server::conn::http1::Builder::new();
        let served = server.serve_connection(Io(socket), service).await;
        served.map_err(text)
    })
    .stack(256 * 1024)
    .framed(|| Box::new(lastbyte_models::Responses::new(1, false)))
    .arc()
}

fn request() -> Scenario {
    let request = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nunfin";
    Scenario::new("request", 64, Reader::PROMPT).with_input(request)
}

fn two_signals() -> Scenario {
    let scenario = Scenario {
        signals: 2,
        ..plain()
    };
    scenario
        .with_script(Script::new("one", [ScriptStep::Raise(0)]))
        .with_script(Script::new("two", [ScriptStep::Raise(1)]))
}

/// An actor that raises its signal or does not.
#[derive(Debug)]
struct Moody;

impl Actor for Moody {
    fn name(&self) -> String {
        "moody".to_owned()
    }

    fn start(&self, handle: Handle) -> Running {
        Box::pin(async move {
            if heads() {
                poll_fn(|cx| handle.perform(&ScriptStep::Raise(0), cx)).await;
            }
            Ok(())
        })
    }
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

type Case = (&'static str, Arc<dyn Subject>, Scenario);

/// Every subject of chance.
pub fn all() -> Vec<Case> {
    let case = |name, subject| (name, subject, plain());
    let mut all = vec![
        case(
            "tokio-select",
            subject(|socket| async move {
                let first = tokio::select! { () = ready(()) => true, () = ready(()) => false };
                delivers_if(socket, first).await
            }),
        ),
        case(
            "futures-select",
            subject(|socket| async move {
                let (mut a, mut b) = (ready(()).fuse(), ready(()).fuse());
                let first = futures::select! { () = a => true, () = b => false };
                delivers_if(socket, first).await
            }),
        ),
        (
            "tokio-select-of-signals",
            subject(|socket| async move {
                let handle = socket.handle();
                let wait = |n| {
                    poll_fn({
                        let handle = &handle;
                        move |cx| handle.poll_signal(n, cx)
                    })
                };
                let first = tokio::select! { () = wait(0) => true, () = wait(1) => false };
                delivers_if(socket, first).await
            }),
            two_signals(),
        ),
        case(
            "hash-map",
            subject(|mut socket| async move {
                let map: HashMap<u8, ()> = (b'a'..=b'h').map(|key| (key, ())).collect();
                let bytes: Vec<u8> = map.into_keys().collect();
                socket.handle().expect_delivery(bytes.clone().into());
                socket.write_all(&bytes).await.map_err(text)?;
                socket.close().await.map_err(text)
            }),
        ),
        case(
            "hash-set",
            subject(|socket| async move {
                let set: HashSet<u8> = (0..16).collect();
                let first = set.into_iter().next();
                delivers_if(socket, first.is_some_and(|first| first < 8)).await
            }),
        ),
        case(
            "random-state",
            subject(|socket| delivers_if(socket, heads())),
        ),
        case(
            "random-length",
            subject(|mut socket| async move {
                let bytes = vec![b'x'; 1 + random() as usize % 30];
                socket.handle().expect_delivery(bytes.clone().into());
                socket.write_all(&bytes).await.map_err(text)?;
                socket.close().await.map_err(text)
            }),
        ),
        case(
            "random-length-without-an-end",
            subject(|mut socket| async move {
                let bytes = vec![b'x'; 1 + random() as usize % 30];
                socket.write_all(&bytes).await.map_err(text)?;
                pending().await
            }),
        ),
        case(
            "random-bytes",
            subject(|mut socket| async move {
                let bytes: Vec<u8> = (0..12).map(|_| random() as u8).collect();
                socket.handle().expect_delivery(bytes.clone().into());
                socket.write_all(&bytes).await.map_err(text)?;
                socket.close().await.map_err(text)
            }),
        ),
        case(
            "instant",
            subject(|socket| {
                // Since long before: what lies between two looks at the clock is nearly the same
                // every time, and the parity of a coarse clock may always be.
                static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
                delivers_if(
                    socket,
                    BEGUN.elapsed().as_nanos().count_ones().is_multiple_of(2),
                )
            }),
        ),
        case(
            "system-time",
            subject(|socket| {
                let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                let nanoseconds = now.map_or(0, |now| now.as_nanos());
                delivers_if(socket, nanoseconds.count_ones().is_multiple_of(2))
            }),
        ),
        case(
            "thread-local",
            subject(|socket| {
                thread_local!(static STARTS: Cell<u64> = const { Cell::new(0) });
                let start = STARTS.with(|starts| starts.replace(starts.get() + 1));
                delivers_if(socket, start.is_multiple_of(2))
            }),
        ),
        case(
            "addresses",
            subject(|mut socket| async move {
                let leaked: &'static [u8; 64] = Box::leak(Box::new([7; 64]));
                let bytes = (leaked.as_ptr() as usize).to_be_bytes();
                socket.handle().expect_delivery(bytes.to_vec().into());
                socket.write_all(&bytes).await.map_err(text)?;
                socket.close().await.map_err(text)
            }),
        ),
        case(
            "error-text",
            subject(|socket| async move {
                deliver(socket, b"abc").await?;
                Err(random().to_string())
            }),
        ),
        case(
            "panics-sometimes",
            subject(|mut socket| async move {
                write(&mut socket, b"abc").await?;
                assert!(heads(), "tails");
                socket.close().await.map_err(text)
            }),
        ),
        case(
            "panics-at-the-start",
            subject(|socket| {
                assert!(heads(), "tails");
                deliver(socket, b"abc")
            }),
        ),
        case(
            "wakes-itself-sometimes",
            subject(|socket| async move {
                let mut yields = heads();
                poll_fn(|cx| {
                    if std::mem::take(&mut yields) {
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    Poll::Ready(())
                })
                .await;
                deliver(socket, b"abc").await
            }),
        ),
        case(
            "promises-sometimes",
            subject(|socket| async move {
                if heads() {
                    socket
                        .handle()
                        .expect_delivery(Bytes::from_static(b"never"));
                }
                drop(socket);
                Ok(())
            }),
        ),
        case(
            "waits-sometimes",
            subject(|socket| async move {
                deliver(socket, b"abc").await?;
                if heads() { pending().await } else { Ok(()) }
            }),
        ),
        case(
            "flushes-sometimes",
            subject(|mut socket| async move {
                for _ in 0..random() % 4 {
                    socket.flush().await.map_err(text)?;
                }
                deliver(socket, b"abc").await
            }),
        ),
        case(
            "notes",
            subject(|socket| async move {
                socket.handle().note(random().to_string());
                deliver(socket, b"abc").await
            }),
        ),
        case(
            "no-call-at-all",
            subject(|socket| async move {
                // Not even a close.
                std::mem::forget(socket);
                if heads() {
                    Ok(())
                } else {
                    Err("tails".to_owned())
                }
            }),
        ),
        case(
            "no-call-and-no-end",
            subject(|socket| async move {
                socket.handle().expect_delivery(Bytes::from_static(b"abc"));
                std::mem::forget(socket);
                if heads() { pending().await } else { Ok(()) }
            }),
        ),
        case(
            "catches-panics",
            subject(|socket| async move {
                let delivers = AssertUnwindSafe(delivers_if(socket, heads()));
                let caught = delivers.catch_unwind().await;
                caught.unwrap_or_else(|_| Err("caught".to_owned()))
            }),
        ),
        case(
            "panics-when-dropped",
            subject(|socket| async move {
                let _guard = PanicsWhenDropped;
                delivers_if(socket, heads()).await
            }),
        ),
        (
            "closes-with-unread-input",
            subject(|mut socket| async move {
                socket.handle().expect_delivery(Bytes::from_static(b"ab"));
                socket.write_all(b"ab").await.map_err(text)?;
                if heads() {
                    drop(socket);
                    return Ok(());
                }
                socket.close().await.map_err(text)
            }),
            plain().with_input("1"),
        ),
        (
            "deferred-flush",
            subject(|mut socket| async move {
                write(&mut socket, b"ab").await?;
                if heads() {
                    socket.flush().await.map_err(text)?;
                }
                socket.close().await.map_err(text)
            }),
            Scenario {
                flush: FlushMode::Deferred,
                ..plain().with_script(Script::new("device", [ScriptStep::FinishFlush]))
            },
        ),
        (
            "an-actor",
            subject(|socket| async move {
                let handle = socket.handle();
                let raised = poll_fn(|cx| Poll::Ready(handle.poll_signal(0, cx).is_ready())).await;
                delivers_if(socket, raised).await
            }),
            Scenario {
                signals: 1,
                actors: vec![Arc::new(Moody)],
                ..plain()
            },
        ),
        (
            "hyper-body-length",
            hyper_service(|| (random() as usize % 40, false)),
            request(),
        ),
        (
            "hyper-reads-the-body",
            hyper_service(|| (5, heads())),
            request().with_input_eof(),
        ),
    ];
    for (name, n) in [
        ("every-2nd", 2),
        ("every-3rd", 3),
        ("every-5th", 5),
        ("every-7th", 7),
    ] {
        all.push(case(name, every(n)));
    }
    all
}

/// Explores the subjects in turn, so many times altogether; there is one verdict.
fn explores(rounds: usize) {
    let all = all();
    for (name, subject, scenario) in all.iter().cycle().take(rounds) {
        let explored = explorer().explore(subject, scenario);
        for property in Property::ALL {
            let verdict = explored.verdict(property);
            let right = matches!(&verdict, Verdict::Inconclusive(why) if why.to_string().starts_with("not deterministic: step "));
            assert!(right, "{name}, {property}: {verdict}");
        }
        is_not_deterministic(&explored);
    }
}

each_apart! {
    fn every_subject_of_chance_is_found_out() {
        explores(all().len());
    }

    /// A thousand explorations, and no other verdict in any.
    fn a_thousand_explorations_find_chance_every_time() {
        explores(1_000);
    }

    fn deciding_finds_it_out_as_well() {
        for (name, subject, scenario) in all() {
            println!("{name}");
            is_not_deterministic(&explorer().decide(&subject, &scenario));
        }
    }

    fn without_caching_it_is_found_out_as_well() {
        for (name, subject, scenario) in all() {
            println!("{name}");
            let uncached = Explorer { caching: false, ..explorer() };
            is_not_deterministic(&uncached.explore(&subject, &scenario));
        }
    }

    fn with_a_bound_it_is_found_out_as_well() {
        for (name, subject, scenario) in all() {
            println!("{name}");
            let bounded = Explorer { bound: Some(1), ..explorer() };
            is_not_deterministic(&bounded.explore(&subject, &scenario));
        }
    }

    /// The same code without chance has its verdict.
    fn what_is_deterministic_is_not_suspected() {
        is_clean(&explore(&subject(|socket| delivers_if(socket, true)), &plain()));
        let lost = explore(&subject(|socket| delivers_if(socket, false)), &plain());
        assert_eq!(lost.inconclusive, None);
        is_refuted(&lost, Property::NothingTruncated);
        let biased = subject(|socket| async move {
            let first = tokio::select! { biased; () = ready(()) => true, () = ready(()) => false };
            delivers_if(socket, first).await
        });
        is_clean(&explore(&biased, &plain()));
        let hyper = explore(&hyper_service(|| (5, false)), &request());
        assert_eq!(hyper.inconclusive, None);
        is_proved(&hyper, Property::NothingTruncated);
        assert!(hyper.repeated >= lastbyte::explore::REPEATED_EXECUTIONS, "{}", hyper.repeated);
    }
}
/// A coin that is tossed in one interleaving alone is tossed once for each exploration of the instance,
/// which is therefore explored again as often as that costs little.
#[test]
fn a_coin_that_is_tossed_in_one_interleaving_alone_is_found_out() {
    let tosses = subject(|socket| async move {
        let handle = socket.handle();
        let look = || poll_fn(|cx| Poll::Ready(handle.poll_signal(0, cx).is_ready()));
        let (before, behind) = (look().await, look().await);
        std::mem::forget(socket);
        match !before && behind && heads() {
            true => Err("tails".to_owned()),
            false => Ok(()),
        }
    });
    let scenario = Scenario {
        signals: 1,
        ..plain()
    };
    let scenario = scenario.with_script(Script::new("raiser", [ScriptStep::Raise(0)]));
    for _ in 0..200 {
        is_not_deterministic(&explore(&tosses, &scenario));
    }
}
