//! `explore --release`: explores a scenario at several releases, some of which are built in packages of their
//! own.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::args::{Answer, Explore};
use super::exit::Exit;
use super::program::Program;
use super::terminal::print;
use super::{explore, packages};
use crate::check::registry::Registry;
use crate::error::Misuse;
use crate::render::version_numbers;

/// Explores the releases one after the other. Returns the worst of their exit codes.
pub(super) fn run(
    program: &Program,
    registry: &Registry,
    arguments: &Explore,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    let is_stdin = arguments.request.as_deref() == Some(Path::new(explore::STDIN));
    if is_stdin && arguments.release.len() > 1 {
        return Err(Misuse(
            "stdin can be read only once; expected: --request FILE with several releases"
                .to_owned(),
        ));
    }
    let mut exits = Vec::new();
    for (n, version) in arguments.release.iter().enumerate() {
        if n > 0 && arguments.format == Answer::Text {
            print(out, "\n")?;
        }
        exits.push(match registry.subject_of(version) {
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
        });
    }
    let mut worst = [Exit::Differs, Exit::Usage, Exit::Inconclusive].into_iter();
    Ok(worst
        .find(|exit| exits.contains(exit))
        .unwrap_or(Exit::Fine))
}

fn no_release(program: &Program, registry: &Registry, version: &str) -> Misuse {
    let subjects = registry.subjects().iter();
    let here = subjects.filter_map(|subject| subject.version.clone());
    let mut all: Vec<_> = here.chain(packages::names(program.packages())).collect();
    all.sort_by_key(|name| version_numbers(name));
    all.dedup();
    Misuse(match &all[..] {
        [] => format!("no such release: {version}; expected: none, this program has none"),
        all => format!("no such release: {version}; expected: {}", all.join(", ")),
    })
}

/// The command line that asks the program of a package about its release.
fn words(arguments: &Explore, version: &str) -> Vec<OsString> {
    let mut words: Vec<OsString> = vec!["explore".into(), "--release".into(), version.into()];
    let path = |option: &str, path: &Option<PathBuf>| {
        let path = path.as_ref().map(|path| [option.into(), path.into()]);
        path.into_iter().flatten()
    };
    words.extend(path("--request", &arguments.request));
    words.extend(path("--save", &arguments.save));
    let limits = [
        ("--max-seconds", arguments.max_seconds),
        ("--max-steps", arguments.max_steps),
    ];
    for (option, limit) in limits {
        words.extend([option.into(), limit.to_string().into()]);
    }
    if arguments.format == Answer::Json {
        words.extend(["--format".into(), "json".into()]);
    }
    for (option, value) in explore::asked(arguments) {
        words.push(option.into());
        words.extend(value.map(OsString::from));
    }
    words
}
