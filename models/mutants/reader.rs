//! Readers with a defect: actors in the reader's place.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, ready};

use lastbyte::run::{Actor, Peer};
use lastbyte::{Handle, Running};

/// One defect of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReaderDefect {
    /// Takes every byte, and drops the first one of the stream.
    ForgetsFirstByte,
    /// Does not look again after it was woken.
    IgnoresWakeUp,
}

impl ReaderDefect {
    /// The reader with this defect, for a scenario.
    pub fn planted(self) -> Option<Arc<dyn Actor>> {
        Some(Arc::new(self))
    }
}

impl Actor for ReaderDefect {
    fn name(&self) -> String {
        "reader".to_owned()
    }

    fn reads(&self) -> bool {
        true
    }

    fn start(&self, handle: Handle) -> Running {
        let defect = *self;
        let mut peer = Peer::new(handle);
        let (mut is_first, mut has_waited) = (true, false);
        Box::pin(poll_fn(move |cx| {
            loop {
                peer.handle()
                    .declare_state(&("reader", is_first, has_waited));
                if defect == ReaderDefect::IgnoresWakeUp && has_waited {
                    return Poll::Pending;
                }
                let forgets = defect == ReaderDefect::ForgetsFirstByte && is_first;
                let lost = usize::from(forgets);
                let read = peer.poll_read_keeping(usize::MAX, cx, |read| match read.is_empty() {
                    true => read,
                    false => read.slice(lost..),
                });
                has_waited |= read.is_pending();
                let read = ready!(read).map_err(|error| error.kind().to_string())?;
                if read.is_empty() {
                    return Poll::Ready(Ok(()));
                }
                is_first = false;
            }
        }))
    }
}
