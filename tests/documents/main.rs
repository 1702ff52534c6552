//! The documents, and how the project is built: nothing in them is typed by hand.

#[path = "../support/cargo.rs"]
mod cargo;
#[cfg(not(loom))]
#[path = "../support/figures.rs"]
mod figures;

mod console;
mod doc_tests;
#[cfg(not(loom))]
mod downstream;
mod generated;
mod layers;
#[cfg(not(loom))]
mod supply_chain;
mod survey;
