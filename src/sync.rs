//! The two builds in one place: where an actor may lose the processor.
//!
//! With `--cfg loom` a lock section begins with `loom::sync::Mutex::lock`, which is where loom
//! decides who moves. Without the flag the operating system decides, and the state's own mutex is
//! all that is needed.

#[cfg(loom)]
mod inner {
    /// The lock whose acquisition is the only scheduling point of an exploration.
    #[derive(Debug)]
    pub(crate) struct Gate(loom::sync::Mutex<()>);

    impl Gate {
        pub(crate) fn new() -> Self {
            Gate(loom::sync::Mutex::new(()))
        }

        /// Waits for the turn. A `quiet` acquisition is no new choice: the actor was just chosen
        /// by being started or woken, and nobody has moved since.
        pub(crate) fn enter(&self, quiet: bool) -> impl Drop + '_ {
            if quiet {
                loom::stop_exploring();
            }
            let guard = self.0.lock().expect("loom's mutex is never poisoned");
            if quiet {
                loom::explore();
            }
            guard
        }
    }

    /// A handle to a waiting thread.
    #[derive(Debug)]
    pub(crate) struct Parked(loom::thread::Thread);

    impl Parked {
        pub(crate) fn current() -> Self {
            Parked(loom::thread::current())
        }

        pub(crate) fn unpark(self) {
            self.0.unpark();
        }
    }

    pub(crate) fn park() {
        loom::thread::park();
    }

    /// Nothing below this point is explored any further.
    pub(crate) fn skip_branch() {
        loom::skip_branch();
    }
}

#[cfg(not(loom))]
mod inner {
    /// Nothing: the state's mutex suffices.
    #[derive(Debug)]
    pub(crate) struct Gate;

    impl Gate {
        pub(crate) fn new() -> Self {
            Gate
        }
    }
}

#[cfg(not(loom))]
pub(crate) use inner::Gate;
#[cfg(loom)]
pub(crate) use inner::{Gate, Parked, park, skip_branch};
