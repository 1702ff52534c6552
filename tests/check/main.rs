//! Claims, comparisons, registries, recordings and workers.

#[path = "../fixtures/mod.rs"]
mod fixtures;
#[path = "../support/verify.rs"]
mod program;

mod bounds;
mod comparison;
mod identity;
mod recording;
mod runner;
mod selection;
