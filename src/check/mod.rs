//! Many explorations: claims, comparisons and sweeps, the processes that explore them, and their
//! results as data.
//!
//! ```
//! use lastbyte::{Model, Registry};
//!
//! let model = || Model::new("mine", "what it is about");
//! assert!(Registry::new([model()]).is_ok());
//! // Two models of one name could not be told apart.
//! assert!(Registry::new([model(), model()]).is_err());
//! ```

#[cfg(feature = "explore")]
mod automaton;
pub(crate) mod bounds;
pub(crate) mod claim;
#[cfg(feature = "explore")]
mod compare;
pub(crate) mod comparison;
#[cfg(feature = "cli")]
pub mod figures;
pub(crate) mod identity;
pub(crate) mod instance;
pub(crate) mod model;
pub(crate) mod observable;
pub mod query;
#[cfg(feature = "cli")]
pub mod recording;
pub(crate) mod registry;
#[cfg(feature = "cli")]
pub(crate) mod resolve;
#[cfg(feature = "cli")]
pub mod results;
#[cfg(feature = "cli")]
pub mod runner;
#[cfg(feature = "cli")]
pub mod selection;
pub(crate) mod setting;
pub(crate) mod sweep;
#[cfg(feature = "cli")]
pub(crate) mod worker;

pub use bounds::{Parameters, Value, bounds};
pub use claim::{Claim, Expected, Meaning, Reference};
pub use comparison::{Compared, Comparison, Deviation, Size};
pub use identity::{Identity, Parts};
pub use instance::Instance;
pub use model::{Model, NamedSubject};
pub use observable::{Left, Observable, Over};
pub use query::Query;
pub use registry::{Clash, Registry};
pub use setting::{Accepted, Setting};
pub use sweep::{Class, Classified, Entry, LeftOut, Sweep, Swept, SweptInstance};
