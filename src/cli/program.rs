//! The program of a command line: its name and its options.

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
    packages: Vec<Packages>,
}

/// A collection of packages, each with the program for one version of something. An option of the command
/// line builds and runs them and joins their results.
///
/// A package is a folder with a `Cargo.toml` and a lock file of its own; its name is the folder's. A folder
/// of packages belongs to a crate: its packages are called `CRATE@VERSION`, and `CRATE` means all of them. A
/// package has one binary, which takes this command line. If it has a folder `prepare`, that is another
/// package, which is run before the package is built. It refuses by exiting with 2 and printing one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packages {
    pub(super) option: &'static str,
    pub(super) folder: &'static str,
    pub(super) about: &'static str,
    pub(super) shared_target: bool,
}

impl Packages {
    /// The packages in `folder` of the checkout. The command line gets the option `--` and `option`, with
    /// `about` as its help.
    pub const fn new(option: &'static str, folder: &'static str, about: &'static str) -> Packages {
        Packages {
            option,
            folder,
            about,
            shared_target: false,
        }
    }

    /// The same packages, built in one directory, `target` in their folder, so that shared dependencies are
    /// compiled once. Their binaries must have different names.
    #[must_use]
    pub const fn in_one_target(self) -> Packages {
        Packages {
            shared_target: true,
            ..self
        }
    }
}

impl Program {
    /// A program that a user calls with these words. Its help, its errors and every command that it shows
    /// contain them.
    pub fn new(name: impl Into<String>) -> Program {
        Program {
            name: name.into(),
            checkout: false,
            packages: Vec::new(),
        }
    }

    /// The program named as it was called: by the first word of its command line.
    pub fn called() -> Program {
        let word = std::env::args_os().next().unwrap_or_default();
        Program::new(quoted(Path::new(&word)))
    }

    /// The same, run in a checkout: it offers `--update` and `--check` for the tables in documents.
    #[must_use]
    pub fn with_checkout(self) -> Program {
        Program {
            checkout: true,
            ..self
        }
    }

    /// The same with a collection of packages beside its models.
    #[must_use]
    pub fn with_packages(mut self, packages: Packages) -> Program {
        self.packages.push(packages);
        self
    }

    /// How a user calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it offers the options that need a checkout.
    pub(super) fn has_checkout(&self) -> bool {
        self.checkout
    }

    /// Its collections of packages.
    pub(super) fn packages(&self) -> &[Packages] {
        &self.packages
    }
}
