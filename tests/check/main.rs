//! Claims, comparisons, registries, recordings and workers.

#[path = "../support/enumeration.rs"]
mod enumeration;
#[path = "../fixtures/mod.rs"]
mod fixtures;
#[path = "../support/verify.rs"]
mod program;

mod bounds;
mod comparison;
mod identity;
mod languages;
mod recording;
mod runner;
mod selection;
