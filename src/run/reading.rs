//! Runs the reader: reads until the end of the stream, a stop or a reset.

use std::future::poll_fn;
use std::num::NonZeroUsize;
use std::task::{Poll, Waker};

use crate::environment::kernel::Call;
use crate::environment::reader::Reader;
use crate::run::handle::Handle;
use crate::run::state::State;
use crate::trace::event::{ActorId, Event};

/// The result of a read.
enum Looked {
    /// There may be more.
    Again,
    /// The reader has finished.
    Through,
    /// It has to wait.
    Waits,
}

/// Reads until the end of the stream, a stop or a reset.
pub(crate) async fn read_to_end(peer: Handle, reader: Reader) -> Result<(), String> {
    poll_fn(move |cx| {
        loop {
            // All that the reader knows is in the shared state.
            peer.declare_state(&"reader");
            let looked = peer.section(|state| look(state, peer.actor, reader, cx.waker()));
            match looked {
                Ok(Looked::Again) => {}
                Ok(Looked::Through) => return Poll::Ready(Ok(())),
                Ok(Looked::Waits) | Err(_) => return Poll::Pending,
            }
        }
    })
    .await
}

fn look(state: &mut State, actor: ActorId, reader: Reader, waker: &Waker) -> Looked {
    let delivered = state.kernel.delivered();
    if reader.resets_after.is_some_and(|m| delivered >= m) {
        state.kernel.reset();
        state.wake_senders();
        state.changed();
        state.log(actor, Event::Reset);
        return Looked::Through;
    }
    if reader.stops_after.is_some_and(|m| delivered >= m) {
        state.changed();
        state.log(actor, Event::Stop);
        return Looked::Through;
    }
    let limits = [reader.stops_after, reader.resets_after];
    let max = limits
        .into_iter()
        .flatten()
        .map(|m| m - delivered)
        .chain(reader.max.map(NonZeroUsize::get))
        .min()
        .unwrap_or(usize::MAX);
    let caller = state.caller(actor, waker);
    match state.kernel.read(max, caller) {
        Call::WouldBlock => {
            state.log(actor, Event::ReadPending);
            Looked::Waits
        }
        Call::Failed(kind) => {
            let error = format!("{kind:?}");
            state.changed();
            state.log(actor, Event::ReadFailed { error });
            Looked::Through
        }
        Call::Done(bytes) if bytes.is_empty() => {
            state.changed();
            state.log(actor, Event::Eof);
            Looked::Through
        }
        Call::Done(bytes) => {
            state.changed();
            state.receive(&bytes);
            state.log(actor, Event::Read { bytes: bytes.len() });
            state.wake_progress();
            Looked::Again
        }
    }
}
