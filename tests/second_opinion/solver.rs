//! An SMT solver as a subprocess, and what becomes of obligations there.
//!
//! Nothing but a solver's own `unsat` proves anything. One that is not installed skips, loudly; one
//! that says `unknown`, nothing, or anything else, fails.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use easy_smt::{Context, ContextBuilder, Response, SExpr};

use crate::obligations::{Answer, Obligation, Part, Script};
use crate::terms::{Values, coded_names};

/// A solver that reads SMT-LIB on its standard input.
#[derive(Clone, Debug)]
pub struct Solver {
    pub program: String,
    pub arguments: &'static [&'static str],
    /// Where it reads a file instead.
    pub arguments_for_files: &'static [&'static str],
    /// After so long it is ended.
    pub seconds: u32,
}

/// Why there are no answers.
#[derive(Debug)]
pub enum Error {
    /// The solver is not there: nothing is proved, and nothing is wrong.
    NotInstalled(String),
    /// It is there, and did not answer.
    NoAnswer(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotInstalled(why) | Error::NoAnswer(why) => f.write_str(why),
        }
    }
}

/// An answer that was not expected.
#[derive(Debug)]
pub struct Surprise {
    pub obligation: Obligation,
    /// What satisfies it, if the answer is that something does.
    pub model: Option<Values>,
}

/// What came of a script.
#[derive(Debug, Default)]
pub struct Report {
    /// Obligations that were answered as expected, and the time for all, by group.
    pub groups: BTreeMap<&'static str, (usize, Duration)>,
    pub surprises: Vec<Surprise>,
}

impl Solver {
    pub fn z3() -> Solver {
        Solver {
            program: "z3".to_owned(),
            arguments: &["-smt2", "-in"],
            arguments_for_files: &["-smt2"],
            seconds: 60,
        }
    }

    pub fn cvc5() -> Solver {
        Solver {
            program: "cvc5".to_owned(),
            arguments: &["--lang=smt2", "--incremental", "--quiet"],
            arguments_for_files: &["--incremental", "--quiet"],
            ..Solver::z3()
        }
    }

    /// The first line of what it says of itself.
    pub fn version(&self) -> Result<String, Error> {
        let mut command = Command::new("timeout");
        command.args(self.in_time()).arg("--version");
        let output = command.stdin(Stdio::null()).output();
        let output = output.map_err(|error| self.not_installed("timeout", &error.to_string()))?;
        match output.status.code() {
            Some(126 | 127) => Err(self.not_installed(&self.program, "there is no such program")),
            Some(0) => {
                let text = String::from_utf8_lossy(&output.stdout);
                Ok(text.lines().next().unwrap_or_default().to_owned())
            }
            _ => Err(Error::NoAnswer(format!(
                "{} --version ended with {}",
                self.program, output.status
            ))),
        }
    }

    fn not_installed(&self, what: &str, why: &str) -> Error {
        Error::NotInstalled(format!(
            "{what} is not installed ({why}); `apt-get install z3 cvc5 coreutils` installs it"
        ))
    }

    /// What `timeout` is called with.
    fn in_time(&self) -> [String; 3] {
        let seconds = self.seconds.to_string();
        ["--signal=KILL".to_owned(), seconds, self.program.clone()]
    }

    /// What it says of a file.
    pub fn read(&self, file: &Path) -> Result<String, Error> {
        let started = Instant::now();
        let mut command = Command::new("timeout");
        command.args(self.in_time()).args(self.arguments_for_files);
        let output = command.arg(file).stdin(Stdio::null()).output();
        let name = file.display().to_string();
        let output = output.map_err(|error| self.no_answer(started, &name, &error))?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => {
                let why = format!(
                    "{}: {}",
                    output.status,
                    String::from_utf8_lossy(&output.stdout)
                );
                Err(self.no_answer(started, &name, &why))
            }
        }
    }

    /// Asks for every obligation of the script.
    pub fn run(&self, script: &Script) -> Result<Report, Error> {
        self.version()?;
        let started = Instant::now();
        let mut arguments = self.in_time().to_vec();
        arguments.extend(self.arguments.iter().map(|argument| (*argument).to_owned()));
        let context = ContextBuilder::new()
            .solver("timeout")
            .solver_args(arguments)
            .build();
        let mut session = Session {
            solver: self,
            started,
            context: context
                .map_err(|error| self.no_answer(started, "the first command", &error))?,
        };
        session.command("(set-logic QF_LIA)")?;
        for (name, number) in coded_names() {
            session.command(&format!("(define-fun {name} () Int {number})"))?;
        }
        let mut report = Report::default();
        for part in &script.parts {
            match part {
                Part::Comment(_) => {}
                Part::Command(command) => session.command(command)?,
                Part::Obligation(obligation) => session.ask(script, obligation, &mut report)?,
            }
        }
        Ok(report)
    }

    fn no_answer(&self, started: Instant, to: &str, why: &dyn fmt::Display) -> Error {
        let program = &self.program;
        let late = started.elapsed() >= Duration::from_secs(self.seconds.into());
        Error::NoAnswer(match late {
            true => format!("{program} gave no answer to {to} within {} s", self.seconds),
            false => format!("{program} gave no answer to {to}: {why}"),
        })
    }
}

/// A solver that is running.
struct Session<'a> {
    solver: &'a Solver,
    started: Instant,
    context: Context,
}

impl Session<'_> {
    fn checked<T>(&self, to: &str, result: io::Result<T>) -> Result<T, Error> {
        result.map_err(|error| self.solver.no_answer(self.started, to, &error))
    }

    /// A command that has no answer but that it was understood. It goes out as it stands in the file,
    /// on one line.
    fn command(&mut self, text: &str) -> Result<(), Error> {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let command = self.context.atom(line);
        let sent = self.context.raw_send(command);
        self.checked(text, sent)?;
        let answer = self.context.raw_recv();
        let answer = self.checked(text, answer)?;
        if answer != self.context.atoms().success {
            let answer = self.context.display(answer).to_string();
            return Err(self.solver.no_answer(self.started, text, &answer));
        }
        Ok(())
    }

    fn ask(
        &mut self,
        script: &Script,
        obligation: &Obligation,
        report: &mut Report,
    ) -> Result<(), Error> {
        let started = Instant::now();
        let name = format!("\"{}\"", obligation.title());
        self.command("(push 1)")?;
        for assertion in obligation.assertions() {
            self.command(&assertion)?;
        }
        let response = self.context.check();
        let answer = match self.checked(&name, response)? {
            Response::Unsat => Answer::Unsat,
            Response::Sat => Answer::Sat,
            Response::Unknown => {
                let reason = "it says `unknown`";
                return Err(self.solver.no_answer(self.started, &name, &reason));
            }
        };
        if answer == obligation.expected {
            let (count, time) = report.groups.entry(obligation.group).or_default();
            *count += 1;
            *time += started.elapsed();
        } else {
            let model = match answer {
                Answer::Sat => Some(self.model(script, &name)?),
                Answer::Unsat => None,
            };
            report.surprises.push(Surprise {
                obligation: obligation.clone(),
                model,
            });
        }
        self.command("(pop 1)")
    }

    /// The values of all that is declared.
    fn model(&mut self, script: &Script, name: &str) -> Result<Values, Error> {
        let declared = script.declared();
        let atoms = declared.iter().map(|name| self.context.atom(name.as_str()));
        let values = self.context.get_value(atoms.collect());
        let values = self.checked(name, values)?;
        let mut model: Values = coded_names().into_iter().collect();
        for (name, (_, value)) in declared.into_iter().zip(values) {
            let number = self.number(value);
            let number = number.ok_or_else(|| {
                let value = self.context.display(value).to_string();
                let why = format!("{value} is no value");
                self.solver.no_answer(self.started, &name, &why)
            })?;
            model.insert(name, number);
        }
        Ok(model)
    }

    fn number(&self, value: SExpr) -> Option<i128> {
        match self.context.get_atom(value) {
            Some("true") => Some(1),
            Some("false") => Some(0),
            _ => self.context.get_i128(value),
        }
    }
}
