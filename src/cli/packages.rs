//! Collections of packages: versions of connections, each a program of its own.
//!
//! Cargo cannot build two compatible versions of one crate together, so each lives in a folder with a
//! lock file of its own, and its program speaks the same command line as this one.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::built::{INTERRUPTED, build, explore, prepare};
use super::exit::Exit;
use super::interrupt;
use super::program::Packages;
use crate::check::results::{FromPackages, NotRun, Results};
use crate::error::Misuse;
use crate::render::version_numbers;

/// A package of a collection.
struct Package {
    /// `1.7.0`, or `h2@0.4.7` where a folder holds the versions of one crate.
    name: String,
    folder: PathBuf,
}

impl Package {
    /// Whether a word on the command line names this package.
    fn is(&self, word: &str) -> bool {
        let group = self.name.split_once('@').map(|(group, _)| group);
        self.name == word || group == Some(word)
    }
}

/// Builds and runs the packages that these words name, or all packages.
///
/// # Errors
///
/// When there is no such folder or package. A package that cannot be built or run is not an error: it is
/// listed as not run.
pub(super) fn run(
    collection: &Packages,
    words: &[String],
    passed_on: &[String],
) -> Result<Results, Misuse> {
    let folder = find(collection)?;
    let mut packages = packages(&folder)?;
    for word in words {
        if !packages.iter().any(|package| package.is(word)) {
            return Err(nothing_called(word, collection, &packages));
        }
    }
    if !words.is_empty() {
        packages.retain(|package| words.iter().any(|word| package.is(word)));
    }
    interrupt::note()?;
    // A package that refuses does so before anything is explored.
    let mut prepared = Vec::new();
    for package in packages {
        let target = collection.target(&folder, &package);
        let prepares = prepare(&package.name, &package.folder, &target)?;
        prepared.push((package, target, prepares));
    }
    let mut joined = Results {
        real: true,
        packages: Some(FromPackages {
            option: collection.option.to_owned(),
            grouped: prepared
                .iter()
                .any(|(package, ..)| package.name.contains('@')),
            whole: words.is_empty(),
        }),
        ..Results::none()
    };
    let all = prepared.len();
    for (n, (package, target, prepares)) in prepared.into_iter().enumerate() {
        let name = package.name.clone();
        if interrupt::happened() {
            joined.complete = false;
            let why = INTERRUPTED.to_owned();
            joined.not_run.push(NotRun { name, why });
            continue;
        }
        // If stderr is closed, nobody can be told.
        let said = |doing: &str| drop(writeln!(io::stderr(), "{}/{all} {name}: {doing}", n + 1));
        match prepares
            .and_then(|()| build(&package.folder, &target, said))
            .and_then(|program| explore(&program, passed_on, said))
        {
            Ok(None) => said("nothing is selected"),
            Ok(Some(results)) => {
                joined.complete &= results.complete;
                joined.selected += results.selected;
                joined.not_selected += results.not_selected;
                joined.executions += results.executions;
                joined.rows.extend(results.rows);
                joined.selected_beside += results.selected_beside;
                joined.comparisons.extend(results.comparisons);
                joined.about.extend(results.about);
            }
            Err(why) => {
                joined.complete &= why != INTERRUPTED;
                joined.not_run.push(NotRun { name, why });
            }
        }
    }
    if joined.rows.is_empty() && joined.beside() == 0 && joined.not_run.is_empty() {
        return Err(Misuse(
            "nothing matches --only in any package; expected: a part of an id, version, scenario or \
             property, as the results show them"
                .to_owned(),
        ));
    }
    Ok(joined)
}

/// Runs this command line in the package of a version, if there is one.
///
/// # Errors
///
/// When it cannot be built or run.
pub(super) fn hand_on(
    collections: &[Packages],
    (model, version): (&str, &str),
    words: &[OsString],
) -> Result<Option<Exit>, Misuse> {
    for collection in collections {
        let Ok(folder) = find(collection) else {
            continue;
        };
        let names = [version.to_owned(), format!("{model}@{version}")];
        let mut packages = packages(&folder)?.into_iter();
        let Some(package) = packages.find(|package| names.contains(&package.name)) else {
            continue;
        };
        let name = &package.name;
        // If stderr is closed, nobody can be told.
        let said = |doing: &str| drop(writeln!(io::stderr(), "{name}: {doing}"));
        let failed = |why: String| Misuse(format!("{name} {why}"));
        let target = collection.target(&folder, &package);
        let program = prepare(name, &package.folder, &target)?
            .and_then(|()| build(&package.folder, &target, said))
            .map_err(failed)?;
        let status = Command::new(program)
            .args(words)
            .status()
            .map_err(|error| failed(format!("cannot be run: {error}")))?;
        return Ok(Some(match status.code() {
            Some(0) => Exit::Fine,
            Some(1) => Exit::Differs,
            Some(2) => Exit::Usage,
            _ => Exit::Inconclusive,
        }));
    }
    Ok(None)
}

/// The names of the packages in these collections, as far as they can be found; without those that belong to
/// a crate.
pub(super) fn names(collections: &[Packages]) -> Vec<String> {
    let folders = collections.iter().filter_map(|one| find(one).ok());
    let found = folders
        .filter_map(|folder| packages(&folder).ok())
        .flatten();
    let names = found.map(|package| package.name);
    names
        .filter(|name| version_numbers(name).is_some())
        .collect()
}

impl Packages {
    /// Where a package is built.
    fn target(&self, folder: &Path, package: &Package) -> PathBuf {
        match self.shared_target {
            true => folder.join("target"),
            false => package.folder.join("target"),
        }
    }
}

fn find(collection: &Packages) -> Result<PathBuf, Misuse> {
    let name = collection.folder;
    let here = std::env::current_dir().map_err(|error| Misuse(error.to_string()))?;
    let mut folders = here.ancestors().map(|folder| folder.join(name));
    folders.find(|folder| folder.is_dir()).ok_or_else(|| {
        Misuse(format!(
            "no folder {name}/ here or above; expected: to be run in a checkout that has it"
        ))
    })
}

/// The packages of a folder, and those of the folders in it.
fn packages(folder: &Path) -> Result<Vec<Package>, Misuse> {
    let mut found = Vec::new();
    for (name, folder) in folders(folder)? {
        if folder.join("Cargo.toml").is_file() {
            found.push(Package { name, folder });
            continue;
        }
        for (version, folder) in folders(&folder)? {
            if folder.join("Cargo.toml").is_file() {
                let name = format!("{name}@{version}");
                found.push(Package { name, folder });
            }
        }
    }
    // 1.9.0 comes before 1.10.0.
    found.sort_by_key(|Package { name, .. }| {
        let (group, version) = name.split_once('@').unwrap_or(("", name));
        let numbers = version_numbers(version);
        (group.to_owned(), numbers.is_none(), numbers)
    });
    Ok(found)
}

/// The folders in a folder, with their names.
fn folders(folder: &Path) -> Result<Vec<(String, PathBuf)>, Misuse> {
    let failed = |error| Misuse(format!("cannot read {}: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && name != "target" {
            found.push((name.to_string_lossy().into_owned(), path));
        }
    }
    Ok(found)
}

/// The error for a word that names no package.
fn nothing_called(word: &str, collection: &Packages, packages: &[Package]) -> Misuse {
    let folder = collection.folder;
    let groups = packages
        .iter()
        .filter_map(|package| package.name.split_once('@'));
    let mut groups: Vec<_> = groups.map(|(group, _)| group).collect();
    groups.dedup();
    let group = word.split('@').next().unwrap_or_default();
    let of_group = packages.iter().filter(|package| package.is(group));
    let names = |packages: &[&Package]| {
        let names = packages.iter().map(|package| package.name.clone());
        names.collect::<Vec<_>>().join(", ")
    };
    let of_group: Vec<_> = of_group.collect();
    let expected = match (&groups[..], &of_group[..]) {
        ([], _) => names(&packages.iter().collect::<Vec<_>>()),
        (_, []) => format!("{}, or one of their versions after an @", groups.join(", ")),
        (_, of_group) => format!("{group}, {}", names(of_group)),
    };
    Misuse(format!(
        "no version {word} in {folder}/; expected: {expected}"
    ))
}
