//! `explore --release`: a question about releases, of which some are built in packages of their own.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use super::args::{Answer, Explore};
use super::exit::Exit;
use super::program::Program;
use super::terminal::print;
use super::{explore, packages};
use crate::check::registry::Registry;
use crate::error::Misuse;
use crate::render::version_numbers;

/// Several releases, one after the other; the worst of their exit codes.
pub(super) fn run(
    program: &Program,
    registry: &Registry,
    arguments: &Explore,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    let is_stdin = arguments.request.as_deref() == Some(Path::new(explore::STDIN));
    if is_stdin && arguments.release.len() > 1 {
        return Err(Misuse(
            "stdin is read once; expected: --request FILE where there are several releases"
                .to_owned(),
        ));
    }
    let mut worst = Exit::Fine;
    for (n, version) in arguments.release.iter().enumerate() {
        if n > 0 && arguments.format == Answer::Text {
            print(out, "\n")?;
        }
        let mut subjects = registry.subjects().iter();
        let here = subjects.find(|subject| subject.version.as_ref() == Some(version));
        let exit = match here {
            Some(subject) => {
                if arguments.format == Answer::Text {
                    print(out, &format!("Release {version}\n"))?;
                }
                let of_it = Explore {
                    release: vec![version.clone()],
                    subject: Some(subject.name.clone()),
                    ..arguments.clone()
                };
                explore::run(program, registry, &of_it, out)?
            }
            None => {
                let words = words(arguments, version);
                let found = packages::hand_on(program.packages(), ("", version), &words)?;
                found.ok_or_else(|| no_release(program, registry, version))?
            }
        };
        worst = match (worst, exit) {
            (Exit::Differs, _) | (_, Exit::Differs) => Exit::Differs,
            (Exit::Fine, other) | (other, Exit::Fine) => other,
            (other, _) => other,
        };
    }
    Ok(worst)
}

fn no_release(program: &Program, registry: &Registry, version: &str) -> Misuse {
    let subjects = registry.subjects().iter();
    let here = subjects.filter_map(|subject| subject.version.clone());
    let mut all: Vec<_> = here.chain(packages::names(program.packages())).collect();
    all.sort_by_key(|name| (version_numbers(name).is_none(), version_numbers(name)));
    all.dedup();
    Misuse(match &all[..] {
        [] => format!("no such release: {version}; expected: none, this program has none"),
        all => format!("no such release: {version}; expected: {}", all.join(", ")),
    })
}

/// The same question to the program of a package, about its release.
fn words(arguments: &Explore, version: &str) -> Vec<OsString> {
    let mut words: Vec<OsString> = vec!["explore".into(), "--release".into(), version.into()];
    let mut value = |option: &str, value: OsString| words.extend([option.into(), value]);
    if let Some(request) = &arguments.request {
        value("--request", request.clone().into());
    }
    value(
        "--response-bytes",
        arguments.response_bytes.to_string().into(),
    );
    value("--capacity", arguments.capacity.to_string().into());
    value("--reader", arguments.reader.to_string().into());
    value("--max-seconds", arguments.max_seconds.to_string().into());
    value("--max-steps", arguments.max_steps.to_string().into());
    for (key, set_to) in &arguments.set {
        value("--set", format!("{key}={set_to}").into());
    }
    if !arguments.pieces.is_empty() {
        value("--pieces", explore::listed(&arguments.pieces).into());
    }
    if let Some(save) = &arguments.save {
        value("--save", save.clone().into());
    }
    if arguments.format == Answer::Json {
        value("--format", "json".into());
    }
    let flags = [
        (arguments.client_eof, "--client-eof"),
        (arguments.uncached, "--uncached"),
    ];
    words.extend(
        flags
            .into_iter()
            .filter(|(set, _)| *set)
            .map(|(_, flag)| flag.into()),
    );
    words
}
