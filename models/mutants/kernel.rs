//! Kernels with a defect: decorators that change one call each.

use std::sync::Arc;

use lastbyte::environment::{Decorator, Kernel, KernelCall, Place};

/// One defect of the kernel, or of how its answers are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KernelDefect {
    /// The buffer takes one byte more than its capacity.
    CapacityOffByOne,
    /// A write that finds the buffer full registers nobody.
    WriterNotRegistered,
    /// A read that makes room wakes nobody.
    WriterNotWoken,
    /// A write wakes no reader.
    ReaderNotWoken,
    /// The end of the stream wakes no reader.
    EofWakesNobody,
    /// The reader sees the end of the stream although bytes are left in the buffer.
    EofBeforeLastByte,
    /// The reader takes the end of the buffer for the end of the stream.
    EmptyIsEof,
    /// The first byte that the kernel accepts is thrown away.
    FirstByteDropped,
    /// Bytes come out in the wrong order: every read takes from the end.
    LastInFirstOut,
    /// A shutdown throws away what the buffer holds.
    ShutdownDiscards,
    /// A reset wakes no writer.
    ResetWakesNobody,
    /// A write after the shutdown is accepted.
    WriteAfterShutdown,
    /// A read that finds no input registers nobody.
    InputterNotRegistered,
    /// Input wakes nobody.
    InputWakesNobody,
    /// The peer's FIN wakes nobody.
    FinWakesNobody,
    /// A flush that is finished wakes nobody.
    FlushWakesNobody,
    /// A shutdown that is finished wakes nobody.
    ShutdownFinishWakesNobody,
    /// A flush of the layer drops the bytes that the kernel had no room for.
    LayerForgetsTheRest,
    /// A read wakes the writer only when it has emptied the buffer: everything that such a kernel does
    /// a right one can do, and not the other way round.
    WriterWokenWhenEmpty,
}

impl KernelDefect {
    /// The kernel with this defect, for a scenario.
    pub fn planted(self) -> Option<Arc<dyn Decorator>> {
        Some(Arc::new(self))
    }
}

impl Decorator for KernelDefect {
    fn around(
        &self,
        call: KernelCall,
        kernel: &mut Kernel,
        carry_out: &mut dyn FnMut(&mut Kernel),
    ) {
        use KernelCall::*;
        match (self, call) {
            (KernelDefect::CapacityOffByOne, Write) => {
                let capacity = kernel.capacity();
                kernel.set_capacity(capacity + 1);
                carry_out(kernel);
                kernel.set_capacity(capacity);
            }
            (KernelDefect::WriterNotRegistered, Write) => {
                carry_out(kernel);
                kernel.forget(Place::Writer);
            }
            (KernelDefect::WriterNotWoken, Read { .. }) => {
                kernel.without_waking(&[Place::Writer], carry_out);
            }
            (KernelDefect::WriterWokenWhenEmpty, Read { max }) if max < kernel.level() => {
                kernel.without_waking(&[Place::Writer], carry_out);
            }
            (KernelDefect::ReaderNotWoken, Write)
            | (KernelDefect::EofWakesNobody, Shutdown | Close) => {
                kernel.without_waking(&[Place::Reader], carry_out);
            }
            (KernelDefect::EofBeforeLastByte, Read { .. }) if kernel.is_shut() => {
                kernel.edit_outbound(Vec::clear);
            }
            (KernelDefect::EmptyIsEof, Read { .. }) if kernel.level() == 0 && !kernel.is_shut() => {
                kernel.set_shut(true);
                carry_out(kernel);
                kernel.set_shut(false);
            }
            (KernelDefect::FirstByteDropped, Write) => {
                let first = kernel.accepted() == 0;
                carry_out(kernel);
                if first && kernel.accepted() > 0 {
                    kernel.edit_outbound(|bytes| *bytes = bytes.split_off(1));
                }
            }
            (KernelDefect::LastInFirstOut, Read { max }) => {
                // The last bytes come first, where the read takes from.
                kernel.edit_outbound(|bytes| {
                    let taken = max.min(bytes.len());
                    bytes.rotate_right(taken);
                });
            }
            (KernelDefect::ShutdownDiscards, Shutdown) => {
                carry_out(kernel);
                kernel.edit_outbound(Vec::clear);
            }
            (KernelDefect::ResetWakesNobody, Reset) => {
                let all = [Place::Writer, Place::Flusher, Place::Shutter, Place::Input];
                kernel.without_waking(&all, carry_out);
            }
            (KernelDefect::WriteAfterShutdown, Write) if kernel.is_shut() => {
                kernel.set_shut(false);
                carry_out(kernel);
                kernel.set_shut(true);
            }
            (KernelDefect::InputterNotRegistered, ReadInput) => {
                carry_out(kernel);
                kernel.forget(Place::Input);
            }
            (KernelDefect::InputWakesNobody, SendInput)
            | (KernelDefect::FinWakesNobody, FinishInput) => {
                kernel.without_waking(&[Place::Input], carry_out);
            }
            (KernelDefect::FlushWakesNobody, FinishFlush) => {
                kernel.without_waking(&[Place::Flusher], carry_out);
            }
            (KernelDefect::ShutdownFinishWakesNobody, FinishShutdown) => {
                kernel.without_waking(&[Place::Shutter], carry_out);
            }
            (KernelDefect::LayerForgetsTheRest, TakenFromLayer) => {
                carry_out(kernel);
                kernel.clear_layer();
            }
            // What is not carried out here, the kernel does behind this.
            _ => {}
        }
    }

    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(self)
    }
}
