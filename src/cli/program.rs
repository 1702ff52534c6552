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
    packages: Vec<Packages>,
}

/// A collection of packages, each the program of one version of something: an option of that name has
/// them built and run, and joins their results.
///
/// A package is a folder with a `Cargo.toml` and a lock file of its own, and is called like the folder.
/// A folder of packages is a crate's: they are called `CRATE@VERSION`, and `CRATE` means all of them.
/// The program of a package is its one binary, and has this command line. What a package's folder
/// `prepare` holds is a package that is run before it is built, and that refuses with 2 and one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packages {
    pub(super) option: &'static str,
    pub(super) folder: &'static str,
    pub(super) about: &'static str,
    pub(super) shared_target: bool,
}

impl Packages {
    /// The packages in a folder of the checkout, for the option `--option`, which `about` explains in
    /// the help.
    pub const fn new(option: &'static str, folder: &'static str, about: &'static str) -> Packages {
        Packages {
            option,
            folder,
            about,
            shared_target: false,
        }
    }

    /// The same, built in one target directory, `target` in their folder, so that what they share is
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
    /// A program that is called with these words. They stand in its help, in its errors and in
    /// every command that it shows.
    pub fn new(name: impl Into<String>) -> Program {
        Program {
            name: name.into(),
            checkout: false,
            packages: Vec::new(),
        }
    }

    /// The program that is called like this one was: by the first word of its command line.
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

    /// Whether it offers what needs a checkout.
    pub(super) fn has_checkout(&self) -> bool {
        self.checkout
    }

    /// Its collections of packages.
    pub(super) fn packages(&self) -> &[Packages] {
        &self.packages
    }
}
