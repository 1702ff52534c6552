//! **lastbyte** checks, with loom and to the end, whether a connection delivers its last byte
//! before it shuts down.
//!
#![cfg_attr(
    feature = "explore",
    doc = r##"
# The first test

A connection is a closure from a [`Socket`] to a future. It says what must arrive, writes, and gives the
socket up. [`check`](fn@check) explores every interleaving of it with the kernel's buffer and the peer that
reads, for a few small buffers, and panics with a chart unless everything that must hold is proved:

```
lastbyte::check(|mut socket: lastbyte::Socket| async move {
    socket.expect_delivery(b"response");
    socket.write_all(b"response").await?;
    socket.close().await
});
```

No flag is needed: `lastbyte` is a dev-dependency, and `cargo test` explores. Whatever takes a
`futures::io::AsyncRead + AsyncWrite`, or tokio's traits with the feature `tokio`, takes a [`Socket`]. The
connection must be deterministic: no clock of its own, no random numbers.

# What a failure says

With `write` in the place of `write_all` a part of the response is lost where the buffer is smaller. A
[`Report`] has the verdicts and the shortest counterexamples; as text it is what [`check`](fn@check) panics
with:

```
use lastbyte::{Checker, Property, Socket};

let hasty = |mut socket: Socket| async move {
    socket.expect_delivery(b"response");
    socket.write(b"response").await?;
    socket.close().await
};
let report = Checker::new().kernel_buffer([4]).run(hasty);
report.assert_refuted(Property::NoSilentLoss);
let text = report.to_string();
assert!(text.contains("kernel buffer of 4"));

// The last line of it makes a regression test, which says whether the defect is still there.
let schedule = text.split('"').nth(1).expect("a line that replays it");
assert!(Checker::new().replay(schedule, hasty).to_string().contains("shutdown(SHUT_WR)"));
```

A [`Verdict`] is *proved* only when every interleaving was explored, without a bound; *refuted* comes with
a trace; everything else is *inconclusive*, with the reason.

# What surrounds a connection

[`Checker`] is a builder. [`Checker::kernel_buffer`] and [`Checker::readers`] say what is swept,
[`Checker::input`] what the peer has sent, [`Checker::properties`] what must hold. Layers that buffer until
they are flushed are [`Checker::flush`]; faults are [`Checker::faults`]; input that fills up is
[`Checker::input_buffer`]. Who reads can have a protocol, a connection several sockets, time can pass,
and a connection can consist of tasks ([`run`] has a table of them):

```
use std::time::Duration;
use lastbyte::{Checker, Socket};
use lastbyte::run::Peer;

Checker::new()
    .kernel_buffer([1, 2])
    .clock()
    .peer(|mut peer: Peer| async move {
        peer.send(b"?").await?;
        peer.read_exact(2).await?;
        peer.finish().await
    })
    .run(|mut socket: Socket| async move {
        socket.read(&mut [0]).await?;
        socket.handle().sleep(Duration::from_secs(1)).await;
        socket.expect_delivery(b"ok");
        socket.write_all(b"ok").await?;
        socket.close().await
    })
    .assert_proved();
```

# A subject

A closure is known by its history: all its calls with their results. A state machine that implements
[`Subject`] can [declare its state](Handle::declare_state) and is then explored much faster, and it can be
explored in a [`Scenario`] by the [`Explorer`] itself:

```
use std::sync::Arc;
use lastbyte::{Explorer, Property, Reader, Running, Scenario, Socket, Subject, Verdict};

#[derive(Debug)]
struct Sends(&'static str);

impl Subject for Sends {
    fn start(&self, mut socket: Socket) -> Running {
        let text = self.0;
        Box::pin(async move {
            socket.expect_delivery(text);
            socket.write_all(text).await.map_err(|error| error.to_string())?;
            socket.close().await.map_err(|error| error.to_string())
        })
    }

    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(self)
    }
}

let subject: Arc<dyn Subject> = Arc::new(Sends("abc"));
let scenario = Scenario::new("K=2", 2, Reader::slow(1));
let exploration = Explorer::default().explore(&subject, &scenario);
assert_eq!(exploration.verdict(Property::NothingTruncated), Verdict::Proved);
```

# A model

A [`Claim`] says of [`Instance`]s what must come out. A [`Model`] has claims and subjects, and a
[`Registry`] of models is a program with the feature `cli`: `lastbyte::cli::main(registry)` explores every
claim, compares it with what is expected, and answers questions (`examples/verify.rs`).

```
use std::sync::Arc;
use lastbyte::{Claim, Expected, Instance, Model, Property, Reader, Registry, Scenario};
# use lastbyte::{Running, Socket, Subject};
# #[derive(Debug)]
# struct Sends(&'static str);
# impl Subject for Sends {
#     fn start(&self, mut socket: Socket) -> Running {
#         Box::pin(async move { socket.close().await.map_err(|error| error.to_string()) })
#     }
#     fn fingerprint(&self) -> Option<String> {
#         lastbyte::run::fingerprint(self)
#     }
# }

fn claims() -> Vec<Claim> {
    let scenario = Scenario::new("K=2", 2, Reader::PROMPT);
    let instance = Instance::new("abc", scenario, Arc::new(Sends("abc"))).with_capacity();
    let sentence = "What was promised arrives.";
    let proved = Expected::Proved;
    vec![Claim::new("arrives", sentence, Property::NothingTruncated, proved, [instance])]
}

let model = Model { claims, ..Model::new("sender", "a message and no more") };
assert!(Registry::new([model]).is_ok());
```
"##
)]
//!
//! # Features
//!
//! | feature | what it adds | crates that it brings |
//! |---|---|---|
//! | `explore`, a default | the explorer, `check` and `Checker` | loom, generator |
//! | `tokio` | tokio's traits for sockets and their halves | tokio, without any feature |
//! | `tokio-time` | tokio's timers on virtual time: `run::Paused` | tokio's `rt`, `test-util` and `time` |
//! | `http1` | HTTP/1 as a framing | httparse |
//! | `cli` | the command line, reports, JSON | clap, serde, askama and others |
//!
//! Without `explore` the same kernel, reader and subjects run on std types, on any executor
//! (`explore::run_once`).

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(
    not(feature = "explore"),
    allow(dead_code, reason = "what only the explorer uses")
)]

pub mod check;
#[cfg(feature = "explore")]
pub mod checker;
#[cfg(feature = "cli")]
pub mod cli;
pub mod environment;
#[cfg(feature = "cli")]
pub mod error;
pub mod explore;
#[cfg(feature = "cli")]
pub mod files;
mod panics;
pub mod render;
pub mod run;
pub mod trace;

pub use check::{Claim, Expected, Instance, Model, Registry};
#[cfg(feature = "explore")]
pub use checker::{Checker, Report, check, replay, stays_fixed};
pub use environment::{Framing, Reader, Script, ScriptStep};
#[cfg(feature = "explore")]
pub use explore::Explorer;
pub use explore::Limits;
pub use run::{Handle, Running, Scenario, Socket, Subject};
pub use trace::{Outcome, Property, Trace, Verdict};
