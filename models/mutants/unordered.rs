//! A connection that waits for two signals at once, each through a waker of its own, and acts on which was
//! raised first. It shows the defect of the explorer that leaves wake-ups out of an actor's history.

use std::future::poll_fn;
use std::task::Poll;

use bytes::Bytes;
use futures::stream::{FuturesUnordered, StreamExt};
use lastbyte::{Handle, Running, Socket, Subject};

/// The connection. It keeps its byte back when both signals were raised between two of its polls, signal 1
/// before signal 0. Only the order of the wake-ups shows that. It declares no state: its history identifies
/// it.
#[derive(Clone, Copy, Debug)]
pub struct Unordered;

/// Waits for a signal. Returns its number and whether it had to wait.
async fn wait(handle: Handle, signal: usize) -> (usize, bool) {
    let mut waited = false;
    poll_fn(|cx| {
        let polled = handle.poll_signal(signal, cx);
        waited |= polled.is_pending();
        polled
    })
    .await;
    (signal, waited)
}

impl Subject for Unordered {
    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(self)
    }

    fn start(&self, mut socket: Socket) -> Running {
        Box::pin(async move {
            let handle = socket.handle();
            handle.expect_delivery(Bytes::from_static(b"x"));
            let signals = [0, 1].map(|signal| wait(handle.clone(), signal));
            let mut signals: FuturesUnordered<_> = signals.into_iter().collect();
            let seen = poll_fn(|cx| {
                let mut seen = Vec::new();
                loop {
                    match signals.poll_next_unpin(cx) {
                        Poll::Ready(Some(signal)) => seen.push(signal),
                        Poll::Ready(None) => return Poll::Ready(seen),
                        Poll::Pending => return Poll::Pending,
                    }
                }
            })
            .await;
            if seen != [(1, true), (0, true)] {
                socket.write_all(b"x").await.map_err(|e| e.to_string())?;
            }
            socket.close().await.map_err(|e| e.to_string())
        })
    }
}
