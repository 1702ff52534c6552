//! The command line as a function of a registry: `cargo verify` is this with the models of
//! `models/`, and a program of your own is this with yours.

mod args;
mod collected;
mod explain;
mod explore;
mod interrupt;
mod merge;
mod pool;
mod program;
mod real;
mod replay;
mod saved;
mod step;
mod verify;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;

use crate::check::registry::{Clash, Registry};
use crate::check::runner::{WORKER, WORKER_VARIABLE};
use crate::error::Misuse;
use args::Task;
pub use program::Program;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything as declared; for `explore`: proved.
    Fine = 0,
    /// Something is not as declared; for `explore`: refuted.
    Differs = 1,
    /// The command was not understood, or its input cannot be used.
    Usage = 2,
    /// Inconclusive off before the end.
    Inconclusive = 3,
}

/// [`Program::main`] for a program that is called by the first word of its command line.
pub fn main(registry: Result<Registry, Clash>) -> ExitCode {
    Program::called().main(registry)
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
            "this process was started to explore, with the argument {WORKER:?}; expected is a \
             program whose main function calls lastbyte::cli with its arguments, and no test"
        )));
    }
    match arguments.command {
        None => verify::run(program, registry, &arguments.verify, &checkout, out),
        Some(Task::Explore(explore)) => explore::run(program, registry, &explore, out),
        Some(Task::Explain(explain)) => explain::run(program, registry, &explain, out),
        Some(Task::Replay(replay)) => replay::run(program, registry, &replay, out),
        Some(Task::Merge(merge)) => {
            let mut results = merge::join(registry, &merge.files)?;
            // What the files say of it is another program's.
            program.name().clone_into(&mut results.program);
            let shown = verify::Shown {
                format: merge.format,
                report: merge.report.as_deref(),
                save: None,
            };
            verify::show(&results, &shown, out)?;
            Ok(collected::exit(&results))
        }
        Some(Task::Worker) => crate::check::runner::serve(registry)
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

/// Prints results. A reader that has gone away is no error, a full disk is one.
fn print(out: &mut dyn Write, text: &str) -> Result<(), Misuse> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Misuse(format!("cannot write the output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Executions per second.
fn rate(executions: u64, time: Duration) -> u64 {
    (executions as f64 / time.as_secs_f64().max(0.001)) as u64
}

/// A path as a word for a shell.
pub(crate) fn quoted(path: &std::path::Path) -> String {
    let path = path.to_string_lossy();
    // No path has the NUL that cannot be quoted.
    shlex::try_quote(&path).map_or_else(|_| path.to_string(), |path| path.into_owned())
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
        for program in [Program::new("v"), Program::new("v").with_checkout()] {
            args::command(&program).debug_assert();
        }
    }

    #[test]
    fn no_command_is_run_with_models_that_clash() {
        use crate::check::claim::Model;

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
    fn a_rate_is_per_second() {
        assert_eq!(rate(100, Duration::from_secs(4)), 25);
        assert_eq!(rate(3, Duration::ZERO), 3000);
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
