//! Turns a subject's panic into a verdict instead of a message on the terminal.

use std::sync::Once;

std::thread_local! {
    static EXPLORING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Runs `explore`, in which a subject's panic is a verdict, not a message on the terminal.
pub(crate) fn silently<R>(explore: impl FnOnce() -> R) -> R {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let default = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !EXPLORING.with(std::cell::Cell::get) {
                default(info);
            }
        }));
    });
    let before = EXPLORING.with(|exploring| exploring.replace(true));
    let result = explore();
    EXPLORING.with(|exploring| exploring.set(before));
    result
}

/// Calls a method of a subject; `None` if it panics.
pub(crate) fn asked<R>(ask: impl FnOnce() -> R) -> Option<R> {
    crate::panics::guarded(ask).ok()
}
