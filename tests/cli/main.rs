//! The command line.

#[path = "../fixtures/mod.rs"]
mod fixtures;
#[path = "../support/mutation.rs"]
mod mutation;
#[path = "../support/verify.rs"]
mod program;
#[path = "../support/terminal.rs"]
mod terminal;
#[path = "../support/versions.rs"]
mod versions;

mod args;
mod foreign;
mod inputs;
mod interrupt;
mod merge;
mod real;
mod step;
mod survey;
mod verify;
