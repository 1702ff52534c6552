//! `cargo verify replay`: a recorded counterexample, as a whole or step by step.

use std::io::Write;

use super::args::Replay;
use super::{Exit, Misuse};
use crate::claim::Model;

#[cfg(not(loom))]
pub(super) fn run(
    registry: &[Model],
    arguments: &Replay,
    _: &mut dyn Write,
) -> Result<Exit, Misuse> {
    // What is wrong with the file is said even here.
    crate::recording::Recording::read(&arguments.file)?.cell(registry)?;
    Err(Misuse(
        "this build explores nothing, it lacks --cfg loom; use `cargo verify replay`".to_owned(),
    ))
}

#[cfg(loom)]
pub(super) fn run(
    registry: &[Model],
    arguments: &Replay,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    use super::args::Drawing;
    use super::{colour, print, quoted, width};
    use crate::recording::Recording;
    use crate::render::story::Caption;
    use crate::render::{chart, jsonl, mermaid, svg, visible};

    let recording = Recording::read(&arguments.file)?;
    let trace = recording.replay(registry)?;
    let command = format!("cargo verify replay {}", quoted(&arguments.file));
    let caption = Caption {
        property: recording.property,
        replay: &command,
    };
    let options = chart::Options {
        width: width(),
        colour: colour(),
        caption,
    };
    if arguments.step {
        step(&trace, |trace| chart::text(trace, options))?;
        return Ok(Exit::Differs);
    }
    let drawn = match arguments.format {
        Drawing::Text => {
            let cell = recording.cell(registry)?.id();
            format!("{}\n\n{}", visible(&cell), chart::text(&trace, options))
        }
        Drawing::Mermaid => mermaid::sequence(&trace, caption),
        Drawing::Svg => svg::sequence(&trace, caption),
        Drawing::Jsonl => jsonl::lines(&trace, caption),
    };
    print(out, &drawn)?;
    Ok(Exit::Differs)
}

/// Shows the trace up to a step that the keyboard moves.
#[cfg(loom)]
fn step(
    trace: &crate::event::Trace,
    draw: impl Fn(&crate::event::Trace) -> String,
) -> Result<(), Misuse> {
    use console::Key;

    let failed = |error: std::io::Error| Misuse(format!("cannot use the terminal: {error}"));
    let terminal = console::Term::stdout();
    if !terminal.is_term() {
        return Err(Misuse(
            "--step wants a terminal; without it the whole chart is printed".to_owned(),
        ));
    }
    let last = trace.steps.len();
    let mut shown = 1.min(last);
    loop {
        let mut part = trace.clone();
        part.steps.truncate(shown);
        part.broken_at = part.broken_at.filter(|step| *step < shown);
        let chart = if shown == last {
            draw(&part)
        } else {
            // What the whole comes to is not known yet.
            let chart = draw(&part);
            let end = chart.rfind("\n\n").map_or(chart.len(), |end| end + 1);
            chart[..end].to_owned()
        };
        terminal.clear_screen().map_err(failed)?;
        let help = "right or space: forward, left: back, home, end, q: quit";
        terminal
            .write_line(&format!("step {shown} of {last}    {help}\n\n{chart}"))
            .map_err(failed)?;
        match terminal.read_key().map_err(failed)? {
            Key::ArrowRight | Key::ArrowDown | Key::Char(' ' | 'l' | 'j') => {
                shown = (shown + 1).min(last);
            }
            Key::ArrowLeft | Key::ArrowUp | Key::Char('h' | 'k') => {
                shown = shown.saturating_sub(1).max(1.min(last));
            }
            Key::Home => shown = 1.min(last),
            Key::End => shown = last,
            Key::Char('q') | Key::Escape | Key::CtrlC => return Ok(()),
            _ => {}
        }
    }
}
