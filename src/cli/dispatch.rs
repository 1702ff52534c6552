//! One command line: which command it is, and its exit code.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::error::ErrorKind;

use super::args::{self, Task};
use super::exit::Exit;
use super::program::Program;
use super::terminal::{colour, print};
use super::{collected, explain, explore, interrupt, merge, releases, replay, verify};
use crate::check::registry::{Clash, Registry};
use crate::check::runner::{WORKER, WORKER_VARIABLE};
use crate::error::Misuse;

/// [`Program::main`] for a program that is called by the first word of its command line.
pub fn main(registry: Result<Registry, Clash>) -> ExitCode {
    Program::called().main(registry)
}

impl Program {
    /// Runs the command line of this process with the given models. Models that clash are bad usage,
    /// whatever the command is.
    pub fn main(&self, registry: Result<Registry, Clash>) -> ExitCode {
        interrupt::allow();
        match self.start(registry, std::env::args_os(), &mut std::io::stdout()) {
            Ok(exit) => ExitCode::from(exit as u8),
            Err(misuse) => {
                // If stderr is closed, nobody can be told.
                drop(writeln!(std::io::stderr(), "{}: {misuse}", self.name()));
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

    /// Runs one command line and prints its results to `out`. The first word is the program's name and is
    /// ignored.
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
        dispatch(self, registry, words, out)
    }
}

/// Runs one command line of this program.
fn dispatch(
    program: &Program,
    registry: &Registry,
    words: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    let (arguments, checkout) = match args::parse(program, words) {
        Ok(arguments) => arguments,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            let help = error.render();
            let help = if colour() {
                help.ansi().to_string()
            } else {
                help.to_string()
            };
            print(out, &help)?;
            return Ok(Exit::Fine);
        }
        Err(error) => return Err(Misuse(in_one_line(&error.to_string()))),
    };
    let is_worker = std::env::var_os(WORKER_VARIABLE).is_some();
    if is_worker && !matches!(arguments.command, Some(Task::Worker)) {
        return Err(Misuse(format!(
            "this process was started to explore, with the argument {WORKER:?}; expected: a \
             program whose main function calls lastbyte::cli with its arguments, and no test"
        )));
    }
    match arguments.command {
        None => verify::run(program, registry, &arguments.verify, &checkout, out),
        Some(Task::Explore(explore)) if !explore.release.is_empty() => {
            releases::run(program, registry, &explore, out)
        }
        Some(Task::Explore(explore)) => explore::run(program, registry, &explore, out),
        Some(Task::Explain(explain)) => explain::run(program, registry, &explain, out),
        Some(Task::Replay(replay)) => replay::run(program, registry, &replay, out),
        Some(Task::Merge(merge)) => {
            let mut results = merge::join(registry, &merge.files)?;
            // The files name the program that made them, which may be another one.
            program.name().clone_into(&mut results.program);
            let shown = verify::Shown {
                format: merge.format,
                report: merge.report.as_deref(),
                save: None,
            };
            verify::show(&results, &shown, out)?;
            Ok(collected::exit(&results))
        }
        Some(Task::Worker) => crate::check::worker::serve(registry)
            .map(|()| Exit::Fine)
            .map_err(|error| Misuse(error.to_string())),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        for program in [Program::new("v"), Program::new("v").with_checkout()] {
            args::command(&program).debug_assert();
        }
    }

    #[test]
    fn no_command_is_run_with_models_that_clash() {
        use crate::check::model::Model;

        for words in [
            &["v", "--help"][..],
            &["v", "--list"],
            &["v", "worker"],
            &["v"],
        ] {
            let clash = || Registry::new([Model::new("twice", ""), Model::new("twice", "")]);
            let mut out = Vec::new();
            let refused =
                Program::new("v").start(clash(), words.iter().map(OsString::from), &mut out);
            let Misuse(why) = refused.expect_err("nothing can be told apart");
            assert_eq!(
                Err(why),
                clash().map(drop).map_err(|clash| clash.to_string())
            );
            assert_eq!(out, b"");
        }
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
            let words = words.iter().map(OsString::from);
            let error = args::parse(&Program::new("v"), words).expect_err("bad usage");
            let line = in_one_line(&error.to_string());
            assert!(!line.contains('\n') && line.len() > 10, "{line}");
            assert!(
                !line.contains("Usage:") && !line.contains("For more"),
                "{line}"
            );
        }
        assert_eq!(
            in_one_line("error: wrong\n\n  tip: right\n\nFor more: --help\nrest"),
            "wrong tip: right"
        );
        assert_eq!(in_one_line("error: wrong\n\nUsage: it\nrest"), "wrong");
    }
}
