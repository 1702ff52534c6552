//! A connection that waits for two signals at once, each through a waker of its own, and goes by which
//! was raised first: for the defect of the explorer that leaves wake-ups out of an actor's history.

use std::future::poll_fn;

use bytes::Bytes;
use futures::stream::{FuturesUnordered, StreamExt};
use lastbyte::{Running, Socket, Subject};

/// The connection. It keeps its byte back when signal 1 was seen before signal 0. It is known by its
/// history.
#[derive(Clone, Copy, Debug)]
pub struct Unordered;

impl Subject for Unordered {
    fn start(&self, mut socket: Socket) -> Running {
        Box::pin(async move {
            let handle = socket.handle();
            handle.promise(Bytes::from_static(b"x"));
            let signals = [0, 1].map(|signal| {
                let handle = handle.clone();
                async move {
                    poll_fn(|cx| handle.poll_signal(signal, cx)).await;
                    signal
                }
            });
            let seen: Vec<_> = signals
                .into_iter()
                .collect::<FuturesUnordered<_>>()
                .collect()
                .await;
            if seen == [0, 1] {
                socket.write_all(b"x").await.map_err(|e| e.to_string())?;
            }
            socket.close().await.map_err(|e| e.to_string())
        })
    }
}
