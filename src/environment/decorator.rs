//! Kernels that behave in another way: a decorator stands around each call of the modelled kernel.
//!
//! The kernel itself is one state machine without exceptions. What should be different, for a test that
//! has to notice it, is said from outside.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use bytes::Bytes;

use crate::environment::kernel::{Call, Caller, Kernel};

/// A call that a [`Decorator`] stands around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KernelCall {
    /// `send(2)` of the connection.
    Write,
    /// The layer below finishes a flush.
    FinishFlush,
    /// The layer forgets what the kernel has taken from it.
    TakenFromLayer,
    /// `shutdown(2)` of the connection.
    Shutdown,
    /// The layer below finishes a shutdown.
    FinishShutdown,
    /// `close(2)` of the connection.
    Close,
    /// `recv(2)` of the connection.
    ReadInput,
    /// The peer sends bytes.
    SendInput,
    /// The peer sends FIN.
    FinishInput,
    /// The peer reads.
    Read {
        /// Most bytes that it takes.
        max: usize,
    },
    /// The peer resets the connection.
    Reset,
}

/// Changes what the kernel does, call by call.
///
/// An instance with a decorator proves nothing: where nothing fails, its verdict is
/// [`Missed`](crate::Verdict::Missed).
///
/// ```
/// use lastbyte::environment::{Decorator, Kernel, KernelCall};
/// use lastbyte::{Checker, Property, Socket, Verdict};
///
/// /// A shutdown throws away what the buffer holds.
/// #[derive(Debug)]
/// struct ShutdownDiscards;
///
/// impl Decorator for ShutdownDiscards {
///     fn around(&self, call: KernelCall, kernel: &mut Kernel, carry_out: &mut dyn FnMut(&mut Kernel)) {
///         carry_out(kernel);
///         if call == KernelCall::Shutdown {
///             kernel.edit_outbound(|bytes| bytes.clear());
///         }
///     }
/// }
///
/// # #[cfg(feature = "explore")]
/// # {
/// let report = Checker::new().kernel_buffer([1]).decorate_kernel(ShutdownDiscards).run(
///     |mut socket: Socket| async move {
///         socket.expect_delivery(b"a");
///         socket.write_all(b"a").await?;
///         socket.close().await
///     },
/// );
/// assert_eq!(report.verdict(Property::NothingTruncated), Verdict::Refuted);
/// # }
/// ```
pub trait Decorator: fmt::Debug + Send + Sync {
    /// Stands around one call. `carry_out` is what the kernel does by itself; if it is not called, the
    /// kernel does so when this returns. A second call of it does nothing. What can be changed are the
    /// kernel's public methods.
    fn around(&self, call: KernelCall, kernel: &mut Kernel, carry_out: &mut dyn FnMut(&mut Kernel));

    /// What tells it apart from every other decorator, as
    /// [`Subject::fingerprint`](crate::Subject::fingerprint) does for subjects. Without one, two
    /// instances count as the same only if they share the decorator.
    fn fingerprint(&self) -> Option<String> {
        None
    }
}

/// A kernel with its decorator, if it has one. Everything but the decorated calls is the kernel's own.
pub(crate) struct Decorated {
    kernel: Kernel,
    by: Option<Arc<dyn Decorator>>,
}

impl fmt::Debug for Decorated {
    /// The kernel's state; a decorator has none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kernel.fmt(f)
    }
}

impl Deref for Decorated {
    type Target = Kernel;

    fn deref(&self) -> &Kernel {
        &self.kernel
    }
}

impl DerefMut for Decorated {
    fn deref_mut(&mut self) -> &mut Kernel {
        &mut self.kernel
    }
}

impl Decorated {
    pub(crate) fn new(kernel: Kernel, by: Option<Arc<dyn Decorator>>) -> Decorated {
        Decorated { kernel, by }
    }

    fn around<R>(&mut self, call: KernelCall, carry_out: impl FnOnce(&mut Kernel) -> R) -> R {
        let Some(by) = &self.by else {
            return carry_out(&mut self.kernel);
        };
        let mut carry_out = Some(carry_out);
        let mut result = None;
        let mut once = |kernel: &mut Kernel| {
            if let Some(carry_out) = carry_out.take() {
                result = Some(carry_out(kernel));
            }
        };
        by.around(call, &mut self.kernel, &mut once);
        once(&mut self.kernel);
        result.expect("it was carried out, now at the latest")
    }

    pub(crate) fn write(
        &mut self,
        slices: &[&[u8]],
        payloads: &[Bytes],
        caller: Caller<'_>,
    ) -> Call<usize> {
        self.around(KernelCall::Write, |kernel| {
            kernel.write(slices, payloads, caller)
        })
    }

    pub(crate) fn finish_flush(&mut self) -> bool {
        self.around(KernelCall::FinishFlush, Kernel::finish_flush)
    }

    pub(crate) fn taken_from_layer(&mut self, bytes: usize) {
        self.around(KernelCall::TakenFromLayer, |kernel| {
            kernel.taken_from_layer(bytes);
        });
    }

    pub(crate) fn shutdown(&mut self) -> Call<()> {
        self.around(KernelCall::Shutdown, Kernel::shutdown)
    }

    pub(crate) fn finish_shutdown(&mut self) {
        self.around(KernelCall::FinishShutdown, Kernel::finish_shutdown);
    }

    pub(crate) fn close(&mut self) {
        self.around(KernelCall::Close, Kernel::close);
    }

    pub(crate) fn read_input(&mut self, max: usize, caller: Caller<'_>) -> Call<Bytes> {
        self.around(KernelCall::ReadInput, |kernel| {
            kernel.read_input(max, caller)
        })
    }

    pub(crate) fn send_input(&mut self, bytes: Bytes) {
        self.around(KernelCall::SendInput, |kernel| kernel.send_input(bytes));
    }

    pub(crate) fn finish_input(&mut self) {
        self.around(KernelCall::FinishInput, Kernel::finish_input);
    }

    pub(crate) fn read(&mut self, max: usize, caller: Caller<'_>) -> Call<Bytes> {
        self.around(KernelCall::Read { max }, |kernel| kernel.read(max, caller))
    }

    pub(crate) fn reset(&mut self) {
        self.around(KernelCall::Reset, Kernel::reset);
    }
}
