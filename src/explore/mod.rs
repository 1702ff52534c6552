//! Many executions of one subject in one scenario: every interleaving, one schedule, or one step
//! at a time.
//!
#![cfg_attr(
    feature = "explore",
    doc = r#"
```
use std::sync::Arc;

use lastbyte::{Explorer, Property, Reader, Running, Scenario, Socket, Subject, Verdict};

struct WritesOnce;

impl Subject for WritesOnce {
    fn start(&self, mut socket: Socket) -> Running {
        Box::pin(async move {
            socket.handle().expect_delivery("response".into());
            let _taken = socket.write(b"response").await.map_err(|e| e.to_string())?;
            socket.close().await.map_err(|e| e.to_string())
        })
    }
}

let subject: Arc<dyn Subject> = Arc::new(WritesOnce);
let explored = |capacity| {
    let scenario = Scenario::new("scenario", capacity, Reader::PROMPT);
    Explorer::default().explore(&subject, &scenario)
};
let verdict = |capacity| explored(capacity).verdict(Property::NoSilentLoss);
assert_eq!((verdict(8), verdict(7)), (Verdict::Proved, Verdict::Refuted));
```
"#
)]

#[cfg(feature = "explore")]
mod complete;
#[cfg(feature = "explore")]
mod execute;
#[cfg(feature = "explore")]
pub(crate) mod explorer;
#[cfg(feature = "explore")]
mod folding;
#[cfg(feature = "explore")]
mod follow;
#[cfg(feature = "explore")]
mod graph;
#[cfg(feature = "explore")]
mod labelled;
pub(crate) mod limits;
pub(crate) mod live;
#[cfg(feature = "explore")]
mod search;
#[cfg(feature = "explore")]
mod shared;
#[cfg(feature = "explore")]
mod silent;
#[cfg(feature = "explore")]
pub(crate) mod stepper;
#[cfg(feature = "explore")]
pub(crate) mod transitions;
#[cfg(feature = "explore")]
mod watch;

#[cfg(feature = "explore")]
pub use explorer::Explorer;
pub use limits::{Limits, Observer, Progress, REPEATED_EXECUTIONS, Stop};
pub use live::{Observed, run_once};
#[cfg(feature = "explore")]
pub use stepper::Stepper;
#[cfg(feature = "explore")]
pub use transitions::{Label, NOTHING, Transition, Transitions};
