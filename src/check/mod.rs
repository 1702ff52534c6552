//! Many explorations: claims, comparisons and sweeps, the processes that explore them, and what
//! came of them as data.

#[cfg(feature = "cli")]
pub mod asked;
pub mod claim;
pub mod comparison;
#[cfg(feature = "cli")]
pub mod figures;
#[cfg(feature = "cli")]
pub mod recording;
#[cfg(feature = "cli")]
pub mod results;
#[cfg(feature = "cli")]
pub mod runner;
#[cfg(feature = "cli")]
pub mod selection;
pub mod sweep;
