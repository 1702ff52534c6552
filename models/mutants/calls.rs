//! A connection that is only a list of calls. It shows defects of the explorer that miss no violation in the
//! models.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use lastbyte::{Handle, Running, Socket, Subject};

/// One call, or a step between two calls. The feed and the signal are number 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Promises a byte to the reader; no step of its own.
    Promise,
    /// Sends a byte; waits for room.
    Send,
    /// Sends a byte if there is room; otherwise stays registered and goes on.
    Offer,
    /// Tells the harness that nothing is buffered; no step of its own.
    Forget,
    /// Reads a byte of input; waits for it.
    Recv,
    /// Reads a byte of input if there is one; otherwise stays registered and goes on.
    TryRecv,
    /// Takes an item from the feed; waits for it.
    Take,
    /// Takes an item from the feed if there is one; otherwise stays registered and goes on.
    TryTake,
    /// Looks at the signal; the next call is made only if it is raised.
    IfRaised,
    /// Looks at the signal; the next call is made only if it is not raised.
    UnlessRaised,
    /// Shuts the socket down.
    Shut,
    /// Gives the socket up.
    Close,
    /// Ends the poll. The next poll goes on; some wake-up has to ask for it.
    Pause,
    /// Ends the poll and asks for the next one.
    Yield,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Call::Promise => "promise",
            Call::Send => "send",
            Call::Offer => "offer",
            Call::Forget => "forget",
            Call::Recv => "recv",
            Call::TryRecv => "try recv",
            Call::Take => "take",
            Call::TryTake => "try take",
            Call::IfRaised => "if raised",
            Call::UnlessRaised => "unless raised",
            Call::Shut => "shut",
            Call::Close => "close",
            Call::Pause => "pause",
            Call::Yield => "yield",
        })
    }
}

/// The connection. Its state is the number of its next call.
#[derive(Clone, Copy, Debug)]
pub struct Calls(pub &'static [Call]);

impl Subject for Calls {
    fn reads_while_writing(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(self)
    }

    fn start(&self, socket: Socket) -> Running {
        let mut caller = Caller {
            calls: self.0,
            next: 0,
            handle: socket.handle(),
            socket: Some(socket),
        };
        Box::pin(poll_fn(move |cx| {
            let polled = caller.poll(cx);
            // Nobody can move between the last call of a poll and its end, so that the state declared here is
            // the next poll's.
            caller.handle.declare_state(&caller.next);
            polled.map_err(|error| error.kind().to_string())
        }))
    }
}

struct Caller {
    calls: &'static [Call],
    next: usize,
    handle: Handle,
    /// `None` once it is given up.
    socket: Option<Socket>,
}

impl Caller {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        const BYTE: &[u8] = b"x";
        while let Some(&call) = self.calls.get(self.next) {
            self.handle.declare_state(&self.next);
            let socket = || self.socket.as_ref().ok_or(io::ErrorKind::NotConnected);
            let mut skipped = 0;
            match call {
                Call::Promise => self.handle.expect_delivery(Bytes::from_static(BYTE)),
                Call::Send => drop(ready!(socket()?.poll_send(cx, BYTE))?),
                Call::Offer => drop(socket()?.poll_send(cx, BYTE)?),
                Call::Forget => self.handle.buffered(0),
                Call::Recv => drop(ready!(socket()?.poll_recv(cx, 1))?),
                Call::TryRecv => drop(socket()?.poll_recv(cx, 1)?),
                Call::Take => drop(ready!(self.handle.poll_feed(0, cx))),
                Call::TryTake => drop(self.handle.poll_feed(0, cx)),
                Call::IfRaised => {
                    skipped = usize::from(self.handle.poll_signal(0, cx).is_pending())
                }
                Call::UnlessRaised => {
                    skipped = usize::from(self.handle.poll_signal(0, cx).is_ready());
                }
                Call::Shut => ready!(socket()?.poll_shut(cx))?,
                Call::Close => drop(self.socket.take()),
                Call::Pause | Call::Yield => {}
            }
            self.next += 1 + skipped;
            if call == Call::Yield {
                cx.waker().wake_by_ref();
            }
            if matches!(call, Call::Pause | Call::Yield) {
                return Poll::Pending;
            }
        }
        Poll::Ready(Ok(()))
    }
}
