//! What the views look like, and what holds of all of them.

#[path = "../fixtures/mod.rs"]
mod fixtures;

mod properties;
#[cfg(not(loom))]
mod report;
mod views;
