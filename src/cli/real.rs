//! `cargo verify --real`: further versions of a connection, each a package of its own.
//!
//! Cargo cannot build two compatible versions of one crate together, so each lives in a folder of
//! `conformance/` with its own lock file and target directory, and its program speaks the same
//! command line as this one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Misuse;
use crate::results::{NotRun, Results};

/// The folder with one package for each version.
const FOLDER: &str = "conformance";

/// Builds and runs the packages with these names, or all of them.
///
/// # Errors
///
/// When there is no such folder or package. One that cannot be built or run is no error: it is
/// listed as not run.
pub(super) fn run(names: &[String], passed_on: &[String]) -> Result<Results, Misuse> {
    let folder = find()?;
    let mut packages = packages(&folder)?;
    for name in names {
        if !packages.contains(name) {
            let accepted = packages.join(", ");
            return Err(Misuse(format!(
                "no version {name} in {FOLDER}/; accepted are {accepted}"
            )));
        }
    }
    if !names.is_empty() {
        packages.retain(|package| names.contains(package));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let interrupted = stop.clone();
    ctrlc::set_handler(move || interrupted.store(true, Ordering::Relaxed))
        .map_err(|error| Misuse(format!("cannot handle interrupts: {error}")))?;
    let mut joined = Results::none();
    let all = packages.len();
    for (n, name) in packages.into_iter().enumerate() {
        if stop.load(Ordering::Relaxed) {
            joined.complete = false;
            let why = "interrupted".to_owned();
            joined.not_run.push(NotRun { name, why });
            continue;
        }
        let package = folder.join(&name);
        let said = |doing: &str| eprintln!("{}/{all} {name}: {doing}", n + 1);
        match build(&package, said).and_then(|program| explore(&program, passed_on, said)) {
            Ok(None) => eprintln!("{name}: nothing is selected"),
            Ok(Some(results)) => {
                joined.complete &= results.complete;
                joined.selected += results.selected;
                joined.not_selected += results.not_selected;
                joined.executions += results.executions;
                joined.rows.extend(results.rows);
                joined.selected_beside += results.selected_beside;
                joined.comparisons.extend(results.comparisons);
            }
            Err(why) => joined.not_run.push(NotRun { name, why }),
        }
    }
    if joined.rows.is_empty() && joined.beside() == 0 && joined.not_run.is_empty() {
        return Err(Misuse(
            "nothing matches --only in any version; accepted is a part of an id, version, scenario \
             or property as the results show them"
                .to_owned(),
        ));
    }
    Ok(joined)
}

fn find() -> Result<PathBuf, Misuse> {
    let here = std::env::current_dir().map_err(|error| Misuse(error.to_string()))?;
    let mut folders = here.ancestors().map(|folder| folder.join(FOLDER));
    folders.find(|folder| folder.is_dir()).ok_or_else(|| {
        Misuse(format!(
            "no folder {FOLDER}/ here or above; accepted is a checkout of lastbyte"
        ))
    })
}

fn packages(folder: &Path) -> Result<Vec<String>, Misuse> {
    let failed = |error| Misuse(format!("cannot read {}: {error}", folder.display()));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    // 1.9.0 comes before 1.10.0.
    names.sort_by_key(|name| {
        name.split('.')
            .map(|part| part.parse::<u64>().unwrap_or(u64::MAX))
            .collect::<Vec<_>>()
    });
    Ok(names)
}

/// Builds one package; the error is one line.
fn build(package: &Path, said: impl Fn(&str)) -> Result<PathBuf, String> {
    said("building");
    let target = package.join("target");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "--locked", "--quiet"])
        .args(["--bin", "verify"])
        .args(["--config", "build.rustflags=['--cfg','loom']"])
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        // The alias has its own way to set the flag; what the environment says would win.
        .env_remove("RUSTFLAGS")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if !built.status.success() {
        let text = String::from_utf8_lossy(&built.stderr);
        let mut lines = text.lines().map(str::trim);
        let first = lines.find(|line| line.starts_with("error"));
        return Err(format!(
            "cannot be built: {}",
            first.unwrap_or("cargo failed")
        ));
    }
    let program = format!("verify{}", std::env::consts::EXE_SUFFIX);
    Ok(target.join("release").join(program))
}

/// Runs a package's program, which may have nothing that is selected; the error is one line.
fn explore(
    program: &Path,
    passed_on: &[String],
    said: impl Fn(&str),
) -> Result<Option<Results>, String> {
    said("exploring");
    let output = Command::new(program)
        .args(["--format", "json"])
        .args(passed_on)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot be run: {error}"))?;
    if output.status.code() == Some(super::Exit::Usage as i32) && output.stdout.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(&output.stdout)
        .map(Some)
        .map_err(|error| format!("{} and no results: {error}", output.status))
}
