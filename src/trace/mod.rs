//! Plain data: what happens in an execution, what must hold, and what an exploration found.
//!
//! Nothing here knows who made the data: the other layers write it, and every view reads it.
//!
//! ```
//! use lastbyte::trace::{ActorId, Event, Levels, Monitor, Step, Trace};
//! use lastbyte::Property;
//!
//! // A connection that shuts the socket down while two bytes are left.
//! let step = Step {
//!     actor: ActorId::SUBJECT,
//!     event: Event::Shutdown,
//!     levels: Levels { owed: 2, shut: true, ..Levels::default() },
//!     begins: false,
//!     socket: 0,
//!     beside: Vec::new(),
//! };
//! let trace = Trace { steps: vec![step], ..Trace::default() };
//! let broken = Monitor::judge(&trace, &[]);
//! assert_eq!(broken.of(Property::NothingBufferedAtShutdown), Some(0));
//! ```

pub(crate) mod event;
pub(crate) mod facts;
pub(crate) mod folding;
pub(crate) mod monitor;
pub(crate) mod numbers;
pub(crate) mod outcome;
pub(crate) mod property;
mod sockets;
pub(crate) mod verdict;
pub(crate) mod watched;
pub(crate) mod words;

pub use event::{ActorId, Conclusion, Event, Levels, NamedSocket, Step, Trace};
pub use facts::{Ends, Facts};
pub use folding::{ASSUMPTION, Disagreement, Folding, Kept};
pub use monitor::Monitor;
pub use outcome::{Arrived, Ending, Outcome, ReaderEnding};
pub use property::{Definition, Property, Violations};
pub use verdict::{Divergence, Exploration, Inconclusive, USUAL_REASONS, Verdict};
pub use watched::{Moment, ReaderState, Watched};
