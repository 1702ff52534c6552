//! The program that the command line belongs to.

use std::path::Path;

use super::terminal::quoted;

/// A program with this command line: how a user calls it, and what it offers beside its models.
///
/// ```no_run
/// use lastbyte::cli::Program;
///
/// fn main() -> std::process::ExitCode {
///     let models = []; // your own
///     Program::new("cargo check-connections").main(lastbyte::Registry::new(models))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    name: String,
    checkout: bool,
}

impl Program {
    /// A program that is called with these words. They stand in its help, in its errors and in
    /// every command that it shows.
    pub fn new(name: impl Into<String>) -> Program {
        Program {
            name: name.into(),
            checkout: false,
        }
    }

    /// The program that is called like this one was: by the first word of its command line.
    pub fn called() -> Program {
        let word = std::env::args_os().next().unwrap_or_default();
        Program::new(quoted(Path::new(&word)))
    }

    /// The same, run in a checkout of lastbyte: it offers `--real` for the releases of
    /// `conformance/`, and `--update` and `--check` for the tables in documents.
    #[must_use]
    pub fn with_checkout(self) -> Program {
        Program {
            checkout: true,
            ..self
        }
    }

    /// How a user calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it offers what needs a checkout of lastbyte.
    pub(super) fn has_checkout(&self) -> bool {
        self.checkout
    }
}
