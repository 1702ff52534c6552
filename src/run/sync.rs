//! The two builds in one place: where an actor may lose the processor.
//!
//! With `--cfg loom` a lock section begins with `loom::sync::Mutex::lock`, which is where loom
//! decides who moves. Without the flag the operating system decides, and the state's own mutex is
//! all that is needed.

#[cfg(loom)]
mod inner {
    /// The lock whose acquisition is the only scheduling point.
    #[derive(Debug)]
    pub(crate) enum Gate {
        /// Loom decides who moves.
        Loom(loom::sync::Mutex<()>),
        /// A [`Stepper`](crate::Stepper) does, and resumes the one that it has chosen.
        Stepper,
    }

    impl Gate {
        pub(crate) fn of_loom() -> Self {
            Gate::Loom(loom::sync::Mutex::new(()))
        }

        /// Waits for the turn. A `quiet` acquisition is no new choice: the actor was just chosen
        /// by being started or woken, and nobody has moved since.
        pub(crate) fn enter(&self, quiet: bool) -> Turn<'_> {
            match self {
                Gate::Loom(lock) => {
                    if quiet {
                        loom::stop_exploring();
                    }
                    let guard = lock.lock().expect("loom's mutex is never poisoned");
                    if quiet {
                        loom::explore();
                    }
                    Turn {
                        _guard: Some(guard),
                    }
                }
                Gate::Stepper => {
                    if !quiet {
                        give_way();
                    }
                    Turn { _guard: None }
                }
            }
        }

        /// A handle to the actor that is about to wait.
        pub(crate) fn current(&self) -> Parked {
            Parked(match self {
                Gate::Loom(_) => Some(loom::thread::current()),
                Gate::Stepper => None,
            })
        }

        /// Waits to be unparked and chosen.
        pub(crate) fn park(&self) {
            match self {
                Gate::Loom(_) => loom::thread::park(),
                Gate::Stepper => give_way(),
            }
        }

        /// Never returns: what called this would go on for ever. Under loom the whole thread stays
        /// here, without any work to do; a stepper never resumes the actor.
        pub(crate) fn never(&self) -> ! {
            loop {
                match self {
                    Gate::Loom(_) => std::thread::park(),
                    Gate::Stepper => give_way(),
                }
            }
        }

        /// Nothing below this point is explored any further.
        pub(crate) fn skip_branch(&self) {
            if let Gate::Loom(_) = self {
                loom::skip_branch();
            }
        }
    }

    /// Back to the stepper, until it resumes this actor.
    #[expect(
        deprecated,
        reason = "what replaces it would have to be handed through the code of every subject"
    )]
    fn give_way() {
        generator::yield_with(());
    }

    /// A turn, until it is dropped.
    pub(crate) struct Turn<'a> {
        _guard: Option<loom::sync::MutexGuard<'a, ()>>,
    }

    /// A handle to a waiting actor; a stepper sees by itself who waits.
    #[derive(Debug)]
    pub(crate) struct Parked(Option<loom::thread::Thread>);

    impl Parked {
        pub(crate) fn unpark(self) {
            if let Some(thread) = self.0 {
                thread.unpark();
            }
        }
    }
}

#[cfg(not(loom))]
mod inner {
    /// Nothing: the state's mutex suffices.
    #[derive(Debug)]
    pub(crate) struct Gate;
}

pub(crate) use inner::Gate;
#[cfg(loom)]
pub(crate) use inner::Parked;
