//! One execution: the state that its actors share, the socket that the connection holds, and the
//! executor that polls them. Who moves next is decided one layer up.
//!
//! # Tasks of a connection
//!
//! A connection is one future, and may be several tasks:
//!
//! | what | its wakers | what is explored |
//! |---|---|---|
//! | `join!`, `select!` | one for all | every order in which peers, timers and scripts move |
//! | `FuturesUnordered`, `JoinAll` of many | one for each | the same; the futures are polled in the order in which they were woken |
//! | [`LocalTasks`] | one for each | the same, as `spawn_local` and a runtime with one thread do it |
//! | a `LocalSet` of tokio inside of a `runtime.enter()` | one for each | the same |
//! | [`Handle::spawn`] | one for each | every order of polls as well |
//! | `tokio::spawn` | one for each | nothing: the runtime's own threads would poll it; write [`Handle::spawn`] |
//!
//! Not explored: two polls of one connection's tasks at once, on two threads. Atomics of a subject are
//! sequentially consistent.
//!
//! ```
//! use futures::StreamExt;
//! use futures::stream::FuturesUnordered;
//! use lastbyte::{Checker, Socket};
//!
//! // Two parts of one connection, each with a waker of its own.
//! Checker::new().kernel_buffer([2]).input(b"x").run(|socket: Socket| async move {
//!     socket.expect_delivery(b"abc");
//!     let (mut reads, mut writes) = socket.into_split();
//!     let read = Box::pin(async move { reads.read(&mut [0]).await.map(drop) });
//!     let write = Box::pin(async move { writes.write_all(b"abc").await });
//!     let parts: [std::pin::Pin<Box<dyn Future<Output = std::io::Result<()>>>>; 2] = [read, write];
//!     let mut parts = FuturesUnordered::from_iter(parts);
//!     while let Some(ended) = parts.next().await {
//!         ended?;
//!     }
//!     Ok::<(), std::io::Error>(())
//! })
//! .assert_proved();
//! ```

pub(crate) mod actor;
mod below;
mod beside;
pub(crate) mod clock;
pub(crate) mod crew;
pub(crate) mod delivery;
pub(crate) mod digest;
#[cfg(feature = "explore")]
pub(crate) mod executor;
pub(crate) mod folded;
pub(crate) mod further;
mod halves;
pub(crate) mod handle;
mod in_hand;
pub(crate) mod layer;
mod local;
pub(crate) mod offer;
#[cfg(all(feature = "tokio-time", not(loom)))]
mod paused;
pub(crate) mod peer;
pub(crate) mod planted;
pub(crate) mod player;
mod polls;
pub(crate) mod protocol;
pub(crate) mod reading;
pub(crate) mod scenario;
pub(crate) mod setup;
pub(crate) mod slot;
pub(crate) mod socket;
pub(crate) mod state;
#[cfg(feature = "explore")]
pub(crate) mod state_key;
pub(crate) mod subject;
pub(crate) mod sync;
pub(crate) mod tasks;
pub(crate) mod timers;
mod told;
pub(crate) mod varying;
pub(crate) mod world;
mod written;

pub use actor::Actor;
pub use clock::Sleep;
pub use further::FurtherSocket;
pub use halves::{ReadHalf, WriteHalf};
pub use handle::Handle;
pub use local::LocalTasks;
#[cfg(all(feature = "tokio-time", not(loom)))]
pub use paused::Paused;
pub use peer::Peer;
#[cfg(feature = "planted")]
pub use planted::{ExecutorDefect, KeyPart};
pub use scenario::Scenario;
pub use slot::SPIN_POLLS;
pub use socket::Socket;
pub use subject::{Running, Subject, fingerprint};
pub use tasks::Task;
