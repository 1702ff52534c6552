//! One execution: what a connection sees of its socket, and how it can end.

mod agree;
mod clock;
mod ended;
mod executor;
mod further;
mod layer;
// tokio's runtime is made for loom there.
#[cfg(not(loom))]
mod paused;
mod peer;
mod readiness;
mod socket;
mod tasks;
mod varying;

/// What `act` panics with.
fn message(act: impl FnOnce()) -> String {
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act));
    let payload = payload.expect_err("it panics");
    let text = payload.downcast_ref::<String>().cloned();
    let literal = || {
        payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
    };
    text.or_else(literal).expect("a panic with a text")
}
