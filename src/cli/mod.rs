//! The command line as a function of a registry: `cargo verify` is this with the models of
//! `models/`, and a program of your own is this with yours.

mod args;
mod collected;
mod dispatch;
mod exit;
mod explain;
mod explore;
mod interrupt;
mod merge;
mod packages;
mod pool;
mod program;
mod replay;
mod saved;
mod step;
mod terminal;
mod verify;

pub use dispatch::main;
pub use exit::Exit;
pub use program::{Packages, Program};
