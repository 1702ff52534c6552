//! hyper's timer, driven by the scenario's clock.
//!
//! A connection has at most one timer at a time, so one duration is as good as any. The deadline that hyper
//! computes from the time of day is ignored.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};
use lastbyte::Handle;

/// How long a head may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(1);

/// Makes timers of the scenario's clock.
#[derive(Debug)]
pub(super) struct HarnessTimer {
    handle: Handle,
}

impl HarnessTimer {
    pub(super) fn new(handle: Handle) -> HarnessTimer {
        HarnessTimer { handle }
    }
}

impl Timer for HarnessTimer {
    fn sleep(&self, _duration: Duration) -> Pin<Box<dyn Sleep>> {
        Box::pin(Asleep(self.handle.sleep(TIMEOUT)))
    }

    fn sleep_until(&self, _deadline: Instant) -> Pin<Box<dyn Sleep>> {
        self.sleep(TIMEOUT)
    }
}

struct Asleep(lastbyte::run::Sleep);

impl Future for Asleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl Sleep for Asleep {}
