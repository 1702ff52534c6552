//! Connections that wait through a waker of their own and look at how often it was woken. They show defects
//! of the explorer that leave out a point at which others can move.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use lastbyte::{Handle, Running, Socket, Subject};

/// When the connection looks at its waker. If it sees a wake-up there, it keeps its byte back.
#[derive(Clone, Copy, Debug)]
pub enum Looks {
    /// At the beginning of a poll that it has asked for itself, before the first call. It looks for a wake-up
    /// since the end of the poll before.
    WhereAPollBegins,
    /// After the call that registers its waker. It looks for a wake-up that has come already.
    BehindACall,
}

/// Counts how often it is woken, and passes that on.
struct Counting {
    woken: AtomicUsize,
    outer: Waker,
}

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.woken.fetch_add(1, Ordering::Relaxed);
        self.outer.wake_by_ref();
    }
}

impl Looks {
    /// Waits for the signal. Returns whether the connection keeps its byte back.
    async fn wait(self, handle: &Handle) -> bool {
        let mut counting: Option<Arc<Counting>> = None;
        poll_fn(|cx| {
            if let Some(counting) = &counting {
                return Poll::Ready(counting.woken.load(Ordering::Relaxed) > 0);
            }
            let waker = Arc::new(Counting {
                woken: AtomicUsize::new(0),
                outer: cx.waker().clone(),
            });
            let raised =
                handle.poll_signal(0, &mut Context::from_waker(&Waker::from(waker.clone())));
            match self {
                Looks::BehindACall => {
                    Poll::Ready(raised.is_pending() && waker.woken.load(Ordering::Relaxed) > 0)
                }
                Looks::WhereAPollBegins => {
                    waker.woken.store(0, Ordering::Relaxed);
                    counting = Some(waker);
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
            }
        })
        .await
    }
}

impl Subject for Looks {
    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(self)
    }

    fn start(&self, mut socket: Socket) -> Running {
        let looks = *self;
        Box::pin(async move {
            let handle = socket.handle();
            handle.expect_delivery(Bytes::from_static(b"x"));
            if !looks.wait(&handle).await {
                socket.write_all(b"x").await.map_err(|e| e.to_string())?;
            }
            socket.close().await.map_err(|e| e.to_string())
        })
    }
}
