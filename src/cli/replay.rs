//! `replay`: shows a recorded counterexample as a whole or step by step.

use std::io::Write;

use super::args::Replay;
use super::exit::Exit;
use super::program::Program;
use crate::check::registry::Registry;
use crate::error::Misuse;

pub(super) fn run(
    program: &Program,
    registry: &Registry,
    arguments: &Replay,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    use super::args::Drawing;
    use super::terminal::{colour, print, quoted, width};
    use crate::check::recording::Recording;
    use crate::render::transcript::Caption;
    use crate::render::{chart, jsonl, mermaid, svg, visible};

    let recording = Recording::read(&arguments.file)?;
    // A release that is not built into this program has a package of its own.
    if recording.instance(registry).is_err()
        && let Some(version) = &recording.version
        && registry.subject_of(version).is_none()
    {
        let mut words = vec!["replay".into(), arguments.file.clone().into_os_string()];
        match arguments.step {
            true => words.push("--step".into()),
            false => words.extend(["--format".into(), arguments.format.name().into()]),
        }
        let model = recording.instance.text.split('/').next();
        let of = (model.unwrap_or_default(), version.as_str());
        if let Some(exit) = super::packages::hand_on(program.packages(), of, &words)? {
            return Ok(exit);
        }
    }
    let trace = recording.replay(registry)?;
    let command = format!("{} replay {}", program.name(), quoted(&arguments.file));
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
        super::step::show(&trace, options)?;
        return Ok(Exit::Differs);
    }
    let drawn = match arguments.format {
        Drawing::Text => {
            let instance = recording.instance(registry)?.id();
            format!("{}\n\n{}", visible(&instance), chart::text(&trace, options))
        }
        Drawing::Mermaid => mermaid::sequence(&trace, caption),
        Drawing::Svg => svg::sequence(&trace, caption),
        Drawing::Jsonl => jsonl::lines(&trace, caption),
    };
    print(out, &drawn)?;
    Ok(Exit::Differs)
}
