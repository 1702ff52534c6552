//! A socket with a layer that buffers, and with a shutdown that may be pending: see
//! [`FlushMode::Buffers`](crate::environment::FlushMode::Buffers) and
//! [`ShutdownMode`](crate::environment::ShutdownMode).

use std::io;
use std::task::Waker;

use crate::environment::kernel::{Call, Place, ShutdownMode};
use crate::run::socket::error_name;
use crate::run::state::State;
use crate::trace::event::{ActorId, Event};

impl State {
    /// Hands over what the layer holds, as far as the kernel has room for it. If it has none, the
    /// caller is registered with the kernel.
    fn hand_over(&mut self, actor: ActorId, waker: &Waker) -> Call<()> {
        loop {
            let held = self.kernel.in_layer();
            if held.is_empty() {
                return Call::Done(());
            }
            let before = self.kernel.accepted();
            let caller = self.caller(actor, waker);
            match self.kernel.write(&[&held], &[], caller) {
                Call::Done(0) => {
                    let (offered, error) = (held.len(), error_name(io::ErrorKind::WriteZero));
                    self.log(actor, Event::WriteFailed { offered, error });
                    return Call::Failed(io::ErrorKind::WriteZero);
                }
                Call::Done(accepted) => {
                    self.changed();
                    self.kernel.taken_from_layer(accepted);
                    let offer = self.offer(&[&held], accepted);
                    self.delivery.accept(&offer, before);
                    let offered = held.len();
                    self.log(actor, Event::HandedOver { offered, accepted });
                }
                Call::WouldBlock => return Call::WouldBlock,
                Call::Failed(kind) => {
                    let (offered, error) = (held.len(), error_name(kind));
                    self.log(actor, Event::WriteFailed { offered, error });
                    return Call::Failed(kind);
                }
            }
        }
    }

    /// A write through the layer.
    pub(crate) fn write_into_layer(
        &mut self,
        actor: ActorId,
        bytes: &[u8],
        waker: &Waker,
    ) -> Call<usize> {
        let offered = bytes.len();
        if self.kernel.is_shut() || self.kernel.is_reset() {
            let caller = self.caller(actor, waker);
            let call = self.kernel.write(&[bytes], &[], caller);
            if let Call::Failed(kind) = &call {
                let error = error_name(*kind);
                self.log(actor, Event::WriteFailed { offered, error });
            }
            return call;
        }
        let mut taken = self.kernel.put_into_layer(bytes);
        if taken == 0 && offered > 0 {
            // Full: there is room when the kernel takes something.
            match self.hand_over(actor, waker) {
                Call::Failed(kind) => return Call::Failed(kind),
                Call::Done(()) | Call::WouldBlock => taken = self.kernel.put_into_layer(bytes),
            }
        }
        self.inside = offered - taken;
        if taken == 0 && offered > 0 {
            self.log(actor, Event::WritePending { offered });
            return Call::WouldBlock;
        }
        if taken > 0 {
            self.changed();
        }
        self.log(actor, Event::Buffered { offered, taken });
        Call::Done(taken)
    }

    /// A flush of the layer.
    pub(crate) fn flush_layer(&mut self, actor: ActorId, waker: &Waker) -> Call<()> {
        let call = self.hand_over(actor, waker);
        match call {
            Call::Done(()) => self.log(actor, Event::Flush),
            Call::WouldBlock => self.log(actor, Event::FlushPending),
            Call::Failed(_) => {}
        }
        call
    }

    /// Does what must be done before a shutdown can be carried out.
    pub(crate) fn prepare_shutdown(&mut self, actor: ActorId, waker: &Waker) -> Call<()> {
        if self.kernel.shutdown_mode() == ShutdownMode::FlushesFirst && !self.kernel.is_shut() {
            let call = self.hand_over(actor, waker);
            if call == Call::WouldBlock {
                self.log(actor, Event::ShutdownPending);
            }
            return call;
        }
        let caller = self.caller(actor, waker);
        if self.kernel.ask_shutdown(caller) {
            return Call::Done(());
        }
        for device in &mut self.device {
            device.fire(Place::Device, &mut self.kernel.due);
        }
        self.log(actor, Event::ShutdownPending);
        Call::WouldBlock
    }
}
