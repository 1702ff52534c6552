//! The modelled kernel by hand: its calls one by one, in any order, with whom each has woken. For
//! comparisons with a real kernel, and for a look at what a setting does.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};

use bytes::Bytes;

use crate::environment::kernel::{Call, Caller, Kernel};

/// What a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// So many bytes were taken or returned; 0 at the end of a stream, and of a call without bytes.
    Done(usize),
    /// It has to wait, and is registered for a wake-up.
    Pending,
    /// It failed.
    Failed(io::ErrorKind),
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A connection's socket and its peer's, over the modelled kernel.
///
/// ```
/// use lastbyte::environment::{Answer, ByHand, Kernel, Wakes};
///
/// let mut socket = ByHand::new(Kernel::new(4).with_wakes(Wakes::Later));
/// assert_eq!(socket.write(9), Answer::Pending, "nothing has been reported yet");
/// assert!(socket.report_room() && socket.was_woken_to_write());
/// assert_eq!(socket.write(9), Answer::Done(4));
/// assert_eq!(socket.peer_read(3), Answer::Done(3));
/// assert_eq!(socket.write(5), Answer::Pending, "that is not reported yet");
/// ```
pub struct ByHand {
    kernel: Kernel,
    writer: Arc<Flag>,
    input: Arc<Flag>,
    peer: Arc<Flag>,
}

impl fmt::Debug for ByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByHand")
            .field("kernel", &self.kernel)
            .finish_non_exhaustive()
    }
}

fn answer<T>(call: Call<T>, bytes: impl FnOnce(T) -> usize) -> Answer {
    match call {
        Call::Done(done) => Answer::Done(bytes(done)),
        Call::WouldBlock => Answer::Pending,
        Call::Failed(kind) => Answer::Failed(kind),
    }
}

impl ByHand {
    /// A connection over this kernel.
    pub fn new(kernel: Kernel) -> ByHand {
        let [writer, input, peer] = [(); 3].map(|()| Arc::default());
        ByHand {
            kernel,
            writer,
            input,
            peer,
        }
    }

    /// Makes a call of whoever has this flag, and delivers the wake-ups that it causes.
    fn call<R>(&mut self, flag: &Arc<Flag>, call: impl FnOnce(&mut Kernel, Caller<'_>) -> R) -> R {
        let waker = Waker::from(flag.clone());
        let caller = Caller {
            waker: &waker,
            own: None,
        };
        let result = call(&mut self.kernel, caller);
        for due in std::mem::take(&mut self.kernel.due) {
            due.waker.wake();
        }
        result
    }

    fn silently<R>(&mut self, call: impl FnOnce(&mut Kernel) -> R) -> R {
        let nobody = Arc::default();
        self.call(&nobody, |kernel, _| call(kernel))
    }

    /// `send(2)` of the connection: so many bytes.
    pub fn write(&mut self, bytes: usize) -> Answer {
        let (flag, bytes) = (self.writer.clone(), vec![b'x'; bytes]);
        let call = self.call(&flag, |kernel, caller| kernel.write(&[&bytes], &[], caller));
        answer(call, |taken| taken)
    }

    /// `recv(2)` of the connection: at most so many bytes.
    pub fn read(&mut self, max: usize) -> Answer {
        let flag = self.input.clone();
        let call = self.call(&flag, |kernel, caller| kernel.read_input(max, caller));
        answer(call, |bytes| bytes.len())
    }

    /// `shutdown(SHUT_WR)` of the connection.
    pub fn shutdown(&mut self) -> Answer {
        answer(self.silently(Kernel::shutdown), |()| 0)
    }

    /// `close(2)` of the connection.
    pub fn close(&mut self) {
        self.silently(Kernel::close);
    }

    /// The connection's next poll begins; see [`Budget`](super::Budget).
    pub fn begin_poll(&mut self) {
        self.kernel.begin_poll();
    }

    /// Reports room to write, if there is some and it is not known; see [`Wakes::Later`](super::Wakes::Later).
    pub fn report_room(&mut self) -> bool {
        let nobody = Arc::default();
        self.call(&nobody, Kernel::report_room)
    }

    /// `recv(2)` of the peer: at most so many bytes.
    pub fn peer_read(&mut self, max: usize) -> Answer {
        let flag = self.peer.clone();
        let call = self.call(&flag, |kernel, caller| kernel.read(max, caller));
        answer(call, |bytes| bytes.len())
    }

    /// `send(2)` of the peer: so many bytes, in one piece.
    pub fn peer_send(&mut self, bytes: usize) {
        self.silently(|kernel| kernel.send_input(Bytes::from(vec![b'y'; bytes])));
    }

    /// `shutdown(SHUT_WR)` of the peer.
    pub fn peer_finish(&mut self) {
        self.silently(Kernel::finish_input);
    }

    /// The peer resets the connection.
    pub fn peer_reset(&mut self) {
        self.silently(Kernel::reset);
    }

    /// Whether whoever waits for room was woken since this was asked last.
    pub fn was_woken_to_write(&mut self) -> bool {
        self.writer.0.swap(false, Ordering::Relaxed)
    }

    /// The same of whoever waits for input.
    pub fn was_woken_to_read(&mut self) -> bool {
        self.input.0.swap(false, Ordering::Relaxed)
    }

    /// The same of the peer.
    pub fn peer_was_woken(&mut self) -> bool {
        self.peer.0.swap(false, Ordering::Relaxed)
    }
}
