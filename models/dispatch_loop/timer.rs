//! Not hyper's: the timer for `header_read_timeout`, in hyper the fields `h1_header_read_timeout_fut` and
//! `h1_header_read_timeout_running` of `State`, and what `Conn::poll_read_head` does with them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::conn::Conn;

/// How long the timer runs; any duration would do.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(1);

/// The state of the timer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum HeaderTimer {
    /// It does not run.
    #[default]
    Off,
    /// It runs, and was not polled yet.
    Set,
    /// It runs, and wakes the connection.
    Armed,
}

impl Conn {
    /// Whether there is a timer for reading a head.
    pub(super) fn has_header_timer(&self) -> bool {
        self.config.header_read_timeout
    }

    /// Starts the timer before a head is parsed. The proposed revision first waits until the response before
    /// it is flushed.
    pub(super) fn start_header_timer(&mut self) {
        let too_early = self.config.revision.timer_waits && self.has_buffered_write();
        let is_off = self.state.header_timer == HeaderTimer::Off;
        if self.has_header_timer() && is_off && !too_early {
            self.state.header_timer = HeaderTimer::Set;
            self.sleep = Some(self.io.io.handle().sleep(HEADER_READ_TIMEOUT));
        }
    }

    /// Ready when the time is over; asked while there is no head yet.
    pub(super) fn poll_header_timer(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(mut sleep) = self.sleep.take() else {
            return Poll::Pending;
        };
        self.io.at("wait for the timer");
        let polled = Pin::new(&mut sleep).poll(cx);
        self.sleep = Some(sleep);
        self.state.header_timer = match polled {
            Poll::Ready(()) => HeaderTimer::Off,
            Poll::Pending => HeaderTimer::Armed,
        };
        polled
    }

    /// Stops the timer after a head.
    pub(super) fn stop_header_timer(&mut self) {
        if let Some(sleep) = self.sleep.take() {
            self.io.at("drop the timer");
            self.state.header_timer = HeaderTimer::Off;
            drop(sleep);
        }
    }

    /// Whether the timer has waited for a response that is flushed now, and must be started.
    pub(super) fn is_header_timer_due(&self) -> bool {
        self.config.revision.timer_waits
            && self.has_header_timer()
            && self.can_read_head()
            && !self.has_buffered_write()
            && self.state.header_timer == HeaderTimer::Off
    }
}
