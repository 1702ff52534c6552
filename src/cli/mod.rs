//! The command line as a function of a registry: `cargo verify` runs it with the models of `models/`,
//! your program with yours.

mod args;
mod collected;
mod dispatch;
mod exit;
mod explain;
mod explore;
mod interrupt;
mod merge;
mod pool;
mod program;
mod real;
mod replay;
mod saved;
mod seconds;
mod step;
mod terminal;
mod verify;

pub use dispatch::main;
pub use exit::Exit;
pub use program::Program;
