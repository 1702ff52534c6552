//! The command line as a function: `cargo verify` is this with the registry of `models/`.

mod args;
mod explore;
mod merge;
mod real;
mod replay;
mod verify;

use std::fmt;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::claim::{Claim, Model};
use crate::selection::Selection;
use args::{Arguments, Task};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything as declared; for `explore`: proved.
    Fine = 0,
    /// Something is not as declared; for `explore`: refuted.
    Differs = 1,
    /// The command was not understood, or its input cannot be used.
    Usage = 2,
    /// Cut off before the end.
    CutOff = 3,
}

/// Why a command did nothing: one line that says what was wrong and what is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misuse(pub String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line, whatever a path or a file name contains.
        for c in self.0.chars() {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Misuse {}

/// Runs the command line of this process with the given models.
pub fn main(registry: Vec<Model>) -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            // A closed pipe is not worth a word.
            drop(error.print());
            return ExitCode::SUCCESS;
        }
        Err(error) => return fail(&Misuse(in_one_line(&error.to_string()))),
    };
    let done = match arguments.command {
        None => verify::run(&registry, &arguments.verify),
        Some(Task::Explore(explore)) => explore::run(&registry, &explore),
        Some(Task::Explain(explain)) => verify::explain(&registry, &explain.claim),
        Some(Task::Replay(replay)) => replay::run(&registry, &replay),
        Some(Task::Merge(merge)) => merge::join(&registry, &merge.files).and_then(|results| {
            verify::show(&results, merge.format, merge.report.as_deref())?;
            Ok(verify::exit(&results))
        }),
        Some(Task::Worker) => crate::runner::serve(&Selection::all(&registry))
            .map(|()| Exit::Fine)
            .map_err(|error| Misuse(error.to_string())),
    };
    match done {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(misuse) => fail(&misuse),
    }
}

fn fail(misuse: &Misuse) -> ExitCode {
    // Without stderr there is nobody to tell.
    drop(writeln!(std::io::stderr(), "cargo verify: {misuse}"));
    ExitCode::from(Exit::Usage as u8)
}

/// clap explains in paragraphs; an error is one line.
fn in_one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let lines =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let line = lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}

fn all_claims(registry: &[Model]) -> Vec<Claim> {
    registry.iter().flat_map(|model| (model.claims)()).collect()
}

/// Prints to stdout; a reader that has gone away is no error.
fn print(text: &str) {
    drop(std::io::stdout().write_all(text.as_bytes()));
}

/// Columns of the terminal, or 100.
fn width() -> usize {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let terminal = || {
        console::Term::stdout()
            .size_checked()
            .map(|(_, columns)| columns.into())
    };
    columns.or_else(terminal).unwrap_or(100).clamp(60, 200)
}

/// Whether stdout wants colour: it is a terminal and `NO_COLOR` is not set.
fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn errors_are_one_line() {
        for words in [
            &[
                "v",
                "explore",
                "--subject",
                "x",
                "--request",
                "y",
                "--capacity",
                "0",
            ][..],
            &["v", "--format", "xml"],
            &["v", "--shard", "5/4"],
            &["v", "--bogus"],
        ] {
            let error = Arguments::try_parse_from(words).expect_err("bad usage");
            let line = in_one_line(&error.to_string());
            assert!(!line.contains('\n') && line.len() > 10, "{line}");
        }
    }
}
