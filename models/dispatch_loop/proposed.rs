//! Not hyper's: what only the proposed revision does.

use std::task::{Context, Poll};

use super::dispatch::Dispatcher;
use super::message::Failure;

impl Dispatcher {
    /// Not hyper's: the way out of the loop. The proposed revision flushes here.
    pub(super) fn leave_loop(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        if self.config.revision.leaves_flushed && self.conn.io.holds_back() {
            self.enter("leave");
            // Whether it is ready does not matter here: `poll_inner` flushes again before it gives the socket
            // up.
            let _blocked = self.conn.io.poll_flush_flattened(cx)?;
            if self.conn.is_header_timer_due() {
                cx.waker().wake_by_ref();
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Not hyper's: whether only the queue keeps the next head from being written.
    pub(super) fn head_waits(&self) -> bool {
        self.body_rx.is_none() && self.conn.head_waits()
    }
}
