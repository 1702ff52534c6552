//! `cargo verify explore`: a reviewer's own question.

use std::io::Write;

use super::args::{Explore, Format};
use super::{Exit, print};
use crate::check::asked::{Asked, REQUEST_BYTES, Raw};
use crate::check::registry::Registry;
use crate::error::Misuse;
use crate::files;

pub(super) fn run(
    registry: &Registry,
    arguments: &Explore,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    if !matches!(arguments.format, Format::Text | Format::Json) {
        return Err(Misuse(
            "explore prints no such format; accepted are text and json".to_owned(),
        ));
    }
    if arguments.list {
        let subjects = registry.subjects().iter();
        let lines = subjects.map(|subject| format!("{}  {}\n", subject.name, subject.about));
        print(out, &lines.collect::<String>())?;
        return Ok(Exit::Fine);
    }
    let asked = asked(arguments)?;
    // What is wrong with the question is said even by a build that explores nothing.
    let instance = asked.instance(registry)?;
    inner::answer(&asked, &instance, arguments, out)
}

/// The question, with the request's bytes.
fn asked(arguments: &Explore) -> Result<Asked, Misuse> {
    let path = arguments
        .request
        .as_deref()
        .expect("clap requires --request");
    let shown = path.display();
    let request = files::read(path, REQUEST_BYTES as u64)
        .map_err(|error| Misuse(format!("cannot read the request file {shown}: {error}")))?;
    if request.is_empty() {
        return Err(Misuse(format!(
            "the request file {shown} is empty; accepted is a file with the raw bytes of a request"
        )));
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Ok(Asked {
        subject: arguments.subject.clone().unwrap_or_default(),
        // It is going to be a part of a file name.
        name: name.chars().take(40).collect(),
        request: Raw::from(request),
        response_bytes: arguments.response_bytes,
        capacity: arguments.capacity,
        reader: arguments.reader.to_string(),
        pipeline_flush: arguments.pipeline_flush,
        half_close: arguments.half_close,
        upgrade: arguments.upgrade,
        client_eof: arguments.client_eof,
    })
}

mod inner {
    use std::io::IsTerminal;
    use std::path::Path;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use indicatif::{HumanCount, ProgressBar, ProgressStyle};
    use serde::Serialize;

    use super::*;
    use crate::check::asked::STEPS;
    use crate::check::instance::Instance;
    use crate::check::recording::{self, Recording};
    use crate::cli::verify::{cannot_write, check_directory};
    use crate::cli::{colour, interrupt, quoted, rate, width};
    use crate::explore::explorer::Explorer;
    use crate::explore::limits::{Limits, Progress};
    use crate::render::chart;
    use crate::render::story::Caption;
    use crate::trace::event::bytes;
    use crate::trace::property::Property;
    use crate::trace::verdict::{Exploration, Verdict};

    pub(super) fn answer(
        asked: &Asked,
        instance: &Instance,
        arguments: &Explore,
        out: &mut dyn Write,
    ) -> Result<Exit, Misuse> {
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
                steps: STEPS,
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
            Format::Text => text(instance, arguments, &exploration),
            _ => json(instance, &exploration),
        };
        print(out, &text)?;
        if let Some(directory) = &arguments.save {
            let counterexamples = exploration.counterexamples.iter();
            let recordings = counterexamples.map(|(property, trace)| {
                let recording = Recording::of_answer(asked, instance, *property, trace);
                (file_name(instance, *property), recording)
            });
            recording::save_all(directory, recordings)
                .map_err(|error| cannot_write(directory, &error))?;
        }
        Ok(exit(&exploration))
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
            Exit::CutOff
        }
    }

    fn text(instance: &Instance, arguments: &Explore, exploration: &Exploration) -> String {
        let mut text = String::new();
        let mut line = |words: std::fmt::Arguments<'_>| {
            text += &format!("{words}\n");
        };
        line(format_args!(
            "{}, {} of response, kernel buffer of {}, reader {}",
            instance.subject(),
            bytes(arguments.response_bytes as usize),
            bytes(arguments.capacity as usize),
            arguments.reader
        ));
        let complete = match (&exploration.cut, exploration.bound) {
            (None, None) => "every interleaving, unbounded and complete".to_owned(),
            (None, Some(bound)) => format!(
                "only interleavings with at most {bound} preemptions; more time may suffice for all, \
                 see --max-seconds"
            ),
            (Some(cut), _) => format!("not complete: {cut}"),
        };
        line(format_args!(
            "{} executions in {:.2} s: {complete}\n",
            exploration.executions, exploration.seconds
        ));
        let verdicts = Property::ALL.map(|property| match exploration.verdict(property) {
            // Why is said above, once.
            Verdict::CutOff(_) => "inconclusive".to_owned(),
            verdict => verdict.to_string(),
        });
        // As wide as they mostly are, or as the longest.
        let wide = verdicts.iter().map(String::len).fold(14, usize::max);
        for (verdict, property) in verdicts.iter().zip(Property::ALL) {
            line(format_args!("{verdict:<wide$} {}", property.sentence()));
        }
        line(format_args!("\nexecutions  outcome"));
        for (outcome, executions) in &exploration.histogram {
            line(format_args!("{executions:>10}  {outcome}"));
        }
        if let Some((property, trace)) = exploration.counterexamples.iter().next() {
            line(format_args!("\nThe shortest counterexample:\n"));
            let caption = Caption {
                property: *property,
                replay: &replay(instance, *property, arguments),
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
    fn replay(instance: &Instance, property: Property, arguments: &Explore) -> String {
        let file = file_name(instance, property);
        let directory = arguments.save.as_deref();
        let file = quoted(&directory.unwrap_or(Path::new("")).join(file));
        match directory {
            Some(_) => format!("cargo verify replay {file}"),
            None => format!("{} --save . ; cargo verify replay {file}", again(arguments)),
        }
    }

    /// The command that asks the same question again.
    fn again(arguments: &Explore) -> String {
        let path = arguments.request.as_deref();
        let mut command = format!(
            "cargo verify explore --subject {} --request {} --response-bytes {} --capacity {} \
             --reader {}",
            arguments.subject.as_deref().unwrap_or_default(),
            quoted(path.expect("clap requires --request")),
            arguments.response_bytes,
            arguments.capacity,
            arguments.reader
        );
        let flags = [
            (arguments.pipeline_flush, " --pipeline-flush"),
            (arguments.half_close, " --half-close"),
            (arguments.upgrade, " --upgrade"),
            (arguments.client_eof, " --client-eof"),
            (arguments.uncached, " --uncached"),
        ];
        for (_, flag) in flags.into_iter().filter(|(set, _)| *set) {
            command += flag;
        }
        command
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
}
