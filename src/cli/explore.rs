//! `explore`: one subject in a scenario of the user's own.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use serde::Serialize;

use super::args::{Answer, Explore};
use super::exit::Exit;
use super::pool::rate;
use super::program::Program;
use super::terminal::{colour, print, quoted, width};
use super::verify::{cannot_write, check_directory};
use super::{interrupt, saved};
use crate::check::instance::Instance;
use crate::check::query::{Query, REQUEST_BYTES};
use crate::check::recording::{self, Recording};
use crate::check::registry::Registry;
use crate::check::resolve;
use crate::error::Misuse;
use crate::explore::explorer::Explorer;
use crate::explore::limits::{Limits, Progress};
use crate::files;
use crate::render::transcript::Caption;
use crate::render::{chart, commands, count, count_of, paragraph};
use crate::trace::numbers::bytes;
use crate::trace::property::Property;
use crate::trace::verdict::{Exploration, Verdict};

/// The request's file that stands for stdin.
pub(super) const STDIN: &str = "-";

pub(super) fn run(
    program: &Program,
    registry: &Registry,
    arguments: &Explore,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    if arguments.list {
        print(out, &list(registry))?;
        return Ok(Exit::Fine);
    }
    let query = query(registry, arguments)?;
    let instance = query.instance(registry)?;
    let exploring = Exploring {
        program,
        arguments,
        query: &query,
        instance: &instance,
        writes: resolve::writes(registry, &query.subject),
    };
    exploring.answer(out)
}

/// The subjects with their settings.
fn list(registry: &Registry) -> String {
    let mut text = String::new();
    for subject in registry.subjects() {
        text += &format!("{}  {}\n", subject.name, subject.about);
        for setting in &subject.settings {
            let (key, values) = (&setting.key, &setting.accepted);
            let about = format!("--set {key}=VALUE  {} Expected: {values}.", setting.about);
            paragraph(&mut text, width(), 4, &about);
        }
    }
    text
}

/// The query of a command line, with the request's bytes.
fn query(registry: &Registry, arguments: &Explore) -> Result<Query, Misuse> {
    let path = arguments
        .request
        .as_deref()
        .expect("clap requires --request");
    let is_stdin = path == Path::new(STDIN);
    let shown = match is_stdin {
        true => "from stdin".to_owned(),
        false => format!("file {}", path.display()),
    };
    let request = match is_stdin {
        true => stdin(),
        false => files::read(path, REQUEST_BYTES as u64),
    };
    let request =
        request.map_err(|error| Misuse(format!("cannot read the request {shown}: {error}")))?;
    if request.is_empty() {
        return Err(Misuse(format!(
            "the request {shown} is empty; expected: the raw bytes of a request"
        )));
    }
    let name = match is_stdin {
        true => "stdin".into(),
        false => path.file_stem().unwrap_or_default().to_string_lossy(),
    };
    let mut settings = std::collections::BTreeMap::new();
    for (key, value) in &arguments.set {
        if settings.insert(key.clone(), value.clone()).is_some() {
            return Err(Misuse(format!(
                "--set {key} is given twice; expected: every setting once"
            )));
        }
    }
    Ok(Query {
        subject: resolve::side(registry, arguments.subject(), arguments.client)?,
        // It is going to be a part of a file name.
        name: name.chars().take(40).collect(),
        request: request.into(),
        response_bytes: arguments.response_bytes,
        capacity: arguments.capacity,
        reader: arguments.reader.to_string(),
        settings,
        pieces: arguments.pieces.clone(),
        client_eof: arguments.client_eof,
    })
}

/// All of stdin, up to the bound of a file.
fn stdin() -> std::io::Result<Vec<u8>> {
    files::read_all(std::io::stdin().lock(), REQUEST_BYTES as u64)
}

/// A query on its way to its answer.
struct Exploring<'a> {
    program: &'a Program,
    arguments: &'a Explore,
    query: &'a Query,
    instance: &'a Instance,
    writes: &'static str,
}

impl Exploring<'_> {
    fn answer(&self, out: &mut dyn Write) -> Result<Exit, Misuse> {
        let Exploring {
            arguments,
            query,
            instance,
            ..
        } = self;
        if let Some(directory) = &arguments.save {
            check_directory(directory)?;
        }
        let bar = ProgressBar::new_spinner();
        if std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("{spinner} {msg}");
            bar.set_style(style.expect("the template is constant"));
        }
        let started = Instant::now();
        let shown = bar.clone();
        let progress: Progress = Arc::new(move |executions| {
            let rate = HumanCount(rate(executions, started.elapsed()));
            let executions = HumanCount(executions);
            shown.set_message(format!("{executions} executions, {rate}/s"));
            shown.tick();
        });
        let explorer = Explorer {
            caching: !arguments.uncached,
            limits: Limits {
                time: Some(Duration::from_secs(arguments.max_seconds)),
                steps: arguments.max_steps as usize,
                ..Limits::default()
            },
            progress: Some(progress),
            stop: Some(Arc::new(interrupt::happened)),
            ..Explorer::default()
        };
        interrupt::note()?;
        let exploration = explorer.decide(instance.run(), instance.scenario());
        bar.finish_and_clear();
        let text = match arguments.format {
            Answer::Text => self.text(&exploration),
            Answer::Json => json(instance, &exploration),
        };
        print(out, &text)?;
        if let Some(directory) = &arguments.save {
            let counterexamples = exploration.counterexamples.iter();
            let recordings = counterexamples.map(|(property, trace)| {
                let recording = Recording::of_answer(query, instance, *property, trace);
                (file_name(instance, *property), recording)
            });
            let names = recording::save_all(directory, recordings)
                .map_err(|error| cannot_write(directory, &error))?;
            saved::say(directory, &names);
        }
        Ok(exit(&exploration))
    }

    fn text(&self, exploration: &Exploration) -> String {
        let Exploring {
            arguments,
            instance,
            ..
        } = self;
        let mut text = String::new();
        let mut line = |words: std::fmt::Arguments<'_>| {
            text += &format!("{words}\n");
        };
        line(format_args!(
            "{}, {} of {}, kernel buffer of {}, reader {}",
            instance.subject(),
            bytes(arguments.response_bytes as usize),
            self.writes,
            bytes(arguments.capacity as usize),
            arguments.reader
        ));
        let complete = match (&exploration.inconclusive, exploration.bound) {
            (None, None) => "every interleaving, unbounded and complete".to_owned(),
            (None, Some(bound)) => format!(
                "only interleavings with at most {}; more time may suffice for all, see --max-seconds",
                count(bound, "preemption")
            ),
            (Some(why), _) => format!("not complete: {why}"),
        };
        line(format_args!(
            "{} in {:.2} s: {complete}\n",
            count_of(exploration.executions, "execution"),
            exploration.seconds
        ));
        if let Some(folding) = &exploration.folding {
            let mut words = String::new();
            paragraph(&mut words, width(), 0, &folding.to_string());
            line(format_args!("{words}"));
        }
        let verdicts = Property::ALL.map(|property| match exploration.verdict(property) {
            // Why is said above, once.
            Verdict::Inconclusive(_) => "inconclusive".to_owned(),
            verdict => verdict.to_string(),
        });
        // As wide as they mostly are, or as the longest.
        let wide = verdicts.iter().map(String::len).fold(14, usize::max);
        for (verdict, property) in verdicts.iter().zip(Property::ALL) {
            let head = format!("{verdict:<wide$} ");
            line(format_args!(
                "{}",
                hanging(&head, property.sentence(), width())
            ));
        }
        line(format_args!("\nexecutions  outcome"));
        for (outcome, executions) in &exploration.histogram {
            let head = format!("{executions:>10}  ");
            line(format_args!(
                "{}",
                hanging(&head, &outcome.to_string(), width())
            ));
        }
        if let Some((property, trace)) = exploration.counterexamples.iter().next() {
            line(format_args!("\nThe shortest counterexample:\n"));
            let caption = Caption {
                property: *property,
                replay: &self.replay(*property),
            };
            text += &chart::text(
                trace,
                chart::Options {
                    width: width(),
                    colour: colour(),
                    caption,
                },
            );
        }
        text
    }

    /// The commands that replay the counterexample, for a shell. A refuted property is exit code 1,
    /// so the second command does not ask how the first one ended.
    fn replay(&self, property: Property) -> String {
        let program = self.program.name();
        let file = file_name(self.instance, property);
        let directory = self.arguments.save.as_deref();
        let file = quoted(&directory.unwrap_or(Path::new("")).join(file));
        match directory {
            Some(_) => format!("{program} replay {file}"),
            None => format!("{} ; {program} replay {file}", self.again()),
        }
    }

    /// The command that explores the same again and saves what it finds.
    fn again(&self) -> String {
        let Exploring {
            program,
            arguments,
            query,
            ..
        } = self;
        let path = arguments.request.as_deref();
        let path = path.expect("clap requires --request");
        let of = match &arguments.release[..] {
            [version] => format!("--release {version}"),
            _ => format!("--subject {}", commands::quoted(arguments.subject())),
        };
        let name = program.name();
        let mut command = format!("{name} explore {of} --request {}", quoted(path));
        for (option, value) in asked(arguments) {
            command += &format!(" {option}");
            if let Some(value) = value {
                command += &format!(" {}", commands::quoted(&value));
            }
        }
        if path == Path::new(STDIN) {
            command = format!("{} | {command}", printf(&query.request));
        }
        command + " --save ."
    }
}

/// The options of the query, without the request, each with its value; a flag has none.
pub(super) fn asked(arguments: &Explore) -> Vec<(&'static str, Option<String>)> {
    let mut asked = vec![
        (
            "--response-bytes",
            Some(arguments.response_bytes.to_string()),
        ),
        ("--capacity", Some(arguments.capacity.to_string())),
        ("--reader", Some(arguments.reader.to_string())),
    ];
    let mut settings: Vec<_> = arguments.set.iter().collect();
    settings.sort();
    asked.extend(
        settings
            .iter()
            .map(|(key, value)| ("--set", Some(format!("{key}={value}")))),
    );
    if !arguments.pieces.is_empty() {
        let pieces: Vec<_> = arguments.pieces.iter().map(u64::to_string).collect();
        asked.push(("--pieces", Some(pieces.join(","))));
    }
    let flags = [
        (arguments.client_eof, "--client-eof"),
        (arguments.client, "--client"),
        (arguments.uncached, "--uncached"),
    ];
    asked.extend(
        flags
            .into_iter()
            .filter(|(set, _)| *set)
            .map(|(_, flag)| (flag, None)),
    );
    asked
}

fn file_name(instance: &Instance, property: Property) -> String {
    recording::file_name(&format!("{}/{property}", instance.id()))
}

fn exit(exploration: &Exploration) -> Exit {
    let verdicts = Property::ALL.map(|property| exploration.verdict(property));
    if verdicts.contains(&Verdict::Refuted) {
        Exit::Differs
    } else if verdicts
        .iter()
        .all(|verdict| matches!(verdict, Verdict::Proved | Verdict::NotApplicable))
    {
        Exit::Fine
    } else {
        Exit::Inconclusive
    }
}

/// The command that prints these bytes, for a shell, without a space in its second word.
fn printf(bytes: &[u8]) -> String {
    let mut format = String::new();
    for byte in bytes {
        match byte {
            b'\r' => format += "\\r",
            b'\n' => format += "\\n",
            b'%' => format += "%%",
            b'\\' | b'\'' => format += &format!("\\{byte:03o}"),
            byte if byte.is_ascii_graphic() => format.push(char::from(*byte)),
            byte => format += &format!("\\{byte:03o}"),
        }
    }
    format!("printf '{format}'")
}

fn json(instance: &Instance, exploration: &Exploration) -> String {
    #[derive(Serialize)]
    struct Answer<'a> {
        subject: &'a str,
        verdicts: Vec<(Property, Verdict)>,
        exploration: &'a Exploration,
    }
    let answer = Answer {
        subject: instance.subject(),
        verdicts: Property::ALL.map(|p| (p, exploration.verdict(p))).into(),
        exploration,
    };
    let json = serde_json::to_string_pretty(&answer).expect("an answer is plain data");
    json + "\n"
}

/// The words after a head, in lines of this width, the later ones indented as far as the head is long.
fn hanging(head: &str, words: &str, width: usize) -> String {
    let indent = " ".repeat(head.chars().count());
    let options = textwrap::Options::new(width)
        .initial_indent(head)
        .subsequent_indent(&indent);
    textwrap::fill(words, options)
}
