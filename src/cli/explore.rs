//! `cargo verify explore`: a reviewer's own question.

use super::args::{Explore, Format};
use super::{Exit, Misuse, print};
use crate::claim::{Model, NamedSubject};

pub(super) fn run(registry: &[Model], arguments: &Explore) -> Result<Exit, Misuse> {
    let subjects: Vec<NamedSubject> = registry
        .iter()
        .flat_map(|model| (model.subjects)())
        .collect();
    if !matches!(arguments.format, Format::Text | Format::Json) {
        return Err(Misuse(
            "explore prints no such format; accepted are text and json".to_owned(),
        ));
    }
    if arguments.list {
        for subject in &subjects {
            print(&format!("{}  {}\n", subject.name, subject.about));
        }
        return Ok(Exit::Fine);
    }
    let name = arguments.subject.as_deref().unwrap_or_default();
    let Some(subject) = subjects.iter().find(|subject| subject.name == name) else {
        let names: Vec<_> = subjects
            .iter()
            .map(|subject| subject.name.as_str())
            .collect();
        return Err(Misuse(format!(
            "no such subject: {name}; accepted are {}",
            names.join(", ")
        )));
    };
    inner::answer(subject, arguments)
}

#[cfg(not(loom))]
mod inner {
    use super::*;

    pub(super) fn answer(_: &NamedSubject, _: &Explore) -> Result<Exit, Misuse> {
        Err(Misuse(
            "this build explores nothing, it lacks --cfg loom; use `cargo verify explore`"
                .to_owned(),
        ))
    }
}

#[cfg(loom)]
mod inner {
    use std::io::IsTerminal;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use bytes::Bytes;
    use indicatif::{HumanCount, ProgressBar, ProgressStyle};
    use serde::Serialize;

    use super::*;
    use crate::claim::Question;
    use crate::cli::{colour, width};
    use crate::explorer::{Explorer, Limits, Progress};
    use crate::property::Property;
    use crate::render::chart;
    use crate::render::story::Caption;
    use crate::scenario::Scenario;
    use crate::verdict::{Cut, Exploration, Verdict};

    pub(super) fn answer(subject: &NamedSubject, arguments: &Explore) -> Result<Exit, Misuse> {
        let path = arguments
            .request
            .as_deref()
            .expect("clap requires --request");
        let request = std::fs::read(path).map_err(|error| {
            Misuse(format!(
                "cannot read the request file {}: {error}",
                path.display()
            ))
        })?;
        if request.is_empty() {
            return Err(Misuse(format!(
                "the request file {} is empty; accepted is a file with the raw bytes of a request",
                path.display()
            )));
        }
        let question = Question {
            request: Bytes::from(request),
            response_bytes: arguments.response_bytes as usize,
            pipeline_flush: arguments.pipeline_flush,
            half_close: arguments.half_close,
            upgrade: arguments.upgrade,
        };
        let run = (subject.make)(&question).map_err(Misuse)?;
        let mut scenario = Scenario::new("explore", arguments.capacity as usize, arguments.reader)
            .with_input(question.request.clone());
        scenario.input_eof = arguments.client_eof;

        let bar = ProgressBar::new_spinner();
        if std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("{spinner} {msg}");
            bar.set_style(style.expect("the template is constant"));
        }
        let started = Instant::now();
        let shown = bar.clone();
        let progress: Progress = Arc::new(move |executions| {
            let rate = executions as f64 / started.elapsed().as_secs_f64().max(0.001);
            let (executions, rate) = (HumanCount(executions), HumanCount(rate as u64));
            shown.set_message(format!("{executions} executions, {rate}/s"));
            shown.tick();
        });
        let explorer = Explorer {
            caching: !arguments.uncached,
            limits: Limits {
                time: Some(Duration::from_secs(arguments.max_seconds)),
                steps: 20_000,
                ..Limits::default()
            },
            progress: Some(progress),
            ..Explorer::default()
        };
        let exploration = explorer.decide(&run, &scenario);
        bar.finish_and_clear();
        match arguments.format {
            Format::Text => print(&text(subject, arguments, &exploration)),
            _ => print(&json(subject, &exploration)),
        }
        Ok(exit(&exploration))
    }

    fn exit(exploration: &Exploration) -> Exit {
        let verdicts = Property::ALL.map(|property| exploration.verdict(property));
        if verdicts.contains(&Verdict::Refuted) {
            Exit::Differs
        } else if verdicts.iter().all(|verdict| *verdict == Verdict::Proved) {
            Exit::Fine
        } else {
            Exit::CutOff
        }
    }

    fn text(subject: &NamedSubject, arguments: &Explore, exploration: &Exploration) -> String {
        let mut text = String::new();
        let mut line = |words: std::fmt::Arguments<'_>| {
            text += &format!("{words}\n");
        };
        line(format_args!(
            "{}, {} bytes of response, kernel buffer of {} bytes, reader {}",
            subject.name, arguments.response_bytes, arguments.capacity, arguments.reader
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
        for property in Property::ALL {
            let verdict = exploration.verdict(property);
            line(format_args!("{verdict:<12} {}", property.sentence()));
        }
        line(format_args!("\nexecutions  outcome"));
        for (outcome, executions) in &exploration.histogram {
            line(format_args!("{executions:>10}  {outcome}"));
        }
        if let Some((property, trace)) = exploration.counterexamples.iter().next() {
            line(format_args!("\nThe shortest counterexample:\n"));
            let caption = Caption {
                property: *property,
                replay: &command(arguments),
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
        if matches!(exploration.cut, Some(Cut::NotDeterministic)) {
            text += "The subject behaved differently under the same schedule, so nothing can be \
                     said about it.\n";
        }
        text
    }

    /// The command that finds the same counterexample again.
    fn command(arguments: &Explore) -> String {
        let path = arguments
            .request
            .as_deref()
            .expect("clap requires --request");
        let mut command = format!(
            "cargo verify explore --subject {} --request {} --response-bytes {} --capacity {} \
             --reader {}",
            arguments.subject.as_deref().unwrap_or_default(),
            path.display(),
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
        command.extend(
            flags
                .into_iter()
                .filter_map(|(set, flag)| set.then_some(flag)),
        );
        command
    }

    fn json(subject: &NamedSubject, exploration: &Exploration) -> String {
        #[derive(Serialize)]
        struct Answer<'a> {
            subject: &'a str,
            verdicts: Vec<(Property, Verdict)>,
            exploration: &'a Exploration,
        }
        let answer = Answer {
            subject: &subject.name,
            verdicts: Property::ALL.map(|p| (p, exploration.verdict(p))).into(),
            exploration,
        };
        let json = serde_json::to_string_pretty(&answer).expect("an answer is plain data");
        json + "\n"
    }
}
