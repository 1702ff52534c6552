//! The program that the command line belongs to.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use super::{Exit, interrupt};
use crate::check::registry::{Clash, Registry};
use crate::error::Misuse;

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
        Program::new(super::quoted(Path::new(&word)))
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

    /// Runs the command line of this process with the given models. Models that clash are bad usage,
    /// whatever the command is.
    pub fn main(&self, registry: Result<Registry, Clash>) -> ExitCode {
        interrupt::allow();
        match self.start(registry, std::env::args_os(), &mut std::io::stdout()) {
            Ok(exit) => ExitCode::from(exit as u8),
            Err(misuse) => {
                // Without stderr there is nobody to tell.
                drop(writeln!(std::io::stderr(), "{}: {misuse}", self.name));
                ExitCode::from(Exit::Usage as u8)
            }
        }
    }

    /// [`Program::run`] with models that may clash.
    pub(super) fn start(
        &self,
        registry: Result<Registry, Clash>,
        words: impl IntoIterator<Item = OsString>,
        out: &mut dyn Write,
    ) -> Result<Exit, Misuse> {
        let registry = registry.map_err(|clash| Misuse(clash.to_string()))?;
        self.run(&registry, words, out)
    }

    /// Runs one command line, of which the first word is not looked at, and prints its results to
    /// `out`.
    ///
    /// # Errors
    ///
    /// When the command is not understood, its input cannot be used or its results cannot be
    /// written.
    pub fn run(
        &self,
        registry: &Registry,
        words: impl IntoIterator<Item = OsString>,
        out: &mut dyn Write,
    ) -> Result<Exit, Misuse> {
        super::dispatch(self, registry, words, out)
    }
}
