//! Ctrl-C, SIGTERM and SIGHUP end an exploration early; its results so far are still shown.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Misuse;

static ALLOWED: AtomicBool = AtomicBool::new(false);
static NOTED: AtomicBool = AtomicBool::new(false);
static HAPPENED: AtomicBool = AtomicBool::new(false);

/// Allows this process to handle signals. A test that runs a command line in its own process does not
/// call it.
pub(super) fn allow() {
    ALLOWED.store(true, Ordering::Relaxed);
}

/// From now on, an interruption is recorded instead of ending the process.
pub(super) fn note() -> Result<(), Misuse> {
    static HANDLER: OnceLock<Result<(), Misuse>> = OnceLock::new();
    if !ALLOWED.load(Ordering::Relaxed) {
        return Ok(());
    }
    let handler = HANDLER.get_or_init(|| {
        ctrlc::set_handler(|| HAPPENED.store(true, Ordering::Relaxed))
            .map(|()| NOTED.store(true, Ordering::Relaxed))
            .map_err(|error| Misuse(format!("cannot handle interrupts: {error}")))
    });
    handler.clone()
}

/// Whether an interruption is only recorded. Otherwise it ends this process and all others in its process
/// group.
#[cfg(unix)]
pub(super) fn noted() -> bool {
    NOTED.load(Ordering::Relaxed)
}

/// Whether there was an interruption.
pub(super) fn happened() -> bool {
    HAPPENED.load(Ordering::Relaxed)
}
