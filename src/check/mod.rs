//! Many explorations: claims, comparisons and sweeps, the processes that explore them, and what
//! came of them as data.

pub mod bounds;
pub mod claim;
pub mod comparison;
#[cfg(feature = "cli")]
pub mod figures;
pub mod identity;
pub mod instance;
pub mod model;
pub mod query;
#[cfg(feature = "cli")]
pub mod recording;
pub mod registry;
#[cfg(feature = "cli")]
mod resolve;
#[cfg(feature = "cli")]
pub mod results;
#[cfg(feature = "cli")]
pub mod runner;
#[cfg(feature = "cli")]
pub mod selection;
pub mod setting;
pub mod sweep;
