//! The scheduling point, where another actor may move. Loom, a stepper or an async runtime decides
//! which one.

/// The lock whose acquisition is the only scheduling point.
#[derive(Debug)]
pub(crate) enum Gate {
    /// Loom decides who moves: a lock section begins with its lock.
    #[cfg(feature = "explore")]
    Loom(loom::sync::Mutex<()>),
    /// A [`Stepper`](crate::explore::Stepper) decides, and resumes the actor that it has chosen.
    #[cfg(feature = "explore")]
    Stepper,
    /// The executor that polls the actors decides, such as an async runtime. The state's own mutex is
    /// enough.
    Free,
}

impl Gate {
    /// Whether an executor of our own polls the actors.
    pub(crate) fn is_free(&self) -> bool {
        matches!(self, Gate::Free)
    }

    /// Nothing below this point is explored any further.
    pub(crate) fn skip_branch(&self) {
        #[cfg(feature = "explore")]
        if let Gate::Loom(_) = self {
            loom::skip_branch();
        }
    }
}

#[cfg(feature = "explore")]
mod chosen {
    use super::Gate;

    impl Gate {
        pub(crate) fn of_loom() -> Self {
            Gate::Loom(loom::sync::Mutex::new(()))
        }

        /// Waits for the turn. A `quiet` acquisition is no new choice: the actor was just chosen by
        /// being started or woken, and no other actor has moved since.
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
                Gate::Free => Turn { _guard: None },
            }
        }

        /// A handle to the actor that is about to wait.
        pub(crate) fn current(&self) -> Parked {
            Parked(match self {
                Gate::Loom(_) => Some(loom::thread::current()),
                Gate::Stepper | Gate::Free => None,
            })
        }

        /// Waits to be unparked and chosen.
        pub(crate) fn park(&self) {
            match self {
                Gate::Loom(_) => loom::thread::park(),
                Gate::Stepper => give_way(),
                Gate::Free => {}
            }
        }

        /// Never returns, because its caller would loop for ever. Under loom the whole thread stays
        /// blocked here; a stepper never resumes the actor.
        pub(crate) fn never(&self) -> ! {
            loop {
                match self {
                    Gate::Stepper => give_way(),
                    Gate::Loom(_) | Gate::Free => std::thread::park(),
                }
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

#[cfg(not(feature = "explore"))]
mod chosen {
    /// Nobody waits under an executor of ours.
    #[derive(Debug)]
    pub(crate) struct Parked;

    impl Parked {
        pub(crate) fn unpark(self) {}
    }
}

pub(crate) use chosen::Parked;
