//! The command line as a function of a registry: `cargo verify` runs it with the models of `models/`,
//! your program with yours.
//!
//! ```
//! use lastbyte::cli::{Exit, Program};
//! use lastbyte::{Model, Registry};
//!
//! let registry = Registry::new([Model::new("mine", "a model without claims")]).expect("one model");
//! let mut out = Vec::new();
//! let words = ["my-program", "--list"].map(Into::into);
//! let exit = Program::called().run(&registry, words, &mut out).expect("it is understood");
//! assert_eq!(exit, Exit::Fine);
//! ```

mod args;
mod built;
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
mod releases;
mod replay;
mod saved;
mod seconds;
mod step;
mod terminal;
mod verify;

pub use dispatch::main;
pub use exit::Exit;
pub use program::{Packages, Program};
