//! With `--real`: further versions of a connection, each a package of its own.
//!
//! Cargo cannot build two compatible versions of one crate together, so each lives in a folder of
//! `conformance/` with its own lock file and target directory, and its program speaks the same
//! command line as this one.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

#[cfg(unix)]
use nix::sys::signal::{Signal, killpg};
#[cfg(unix)]
use nix::unistd::Pid;

use super::exit::Exit;
use super::interrupt;
use crate::check::results::{NotRun, Results};
use crate::error::Misuse;
use crate::render::version_numbers;

/// The folder with one package for each version.
const FOLDER: &str = "conformance";

/// How long a program may take to end after an interruption.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a package was not run.
const INTERRUPTED: &str = "interrupted";

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
                "no version {name} in {FOLDER}/; expected: {accepted}"
            )));
        }
    }
    if !names.is_empty() {
        packages.retain(|package| names.contains(package));
    }
    interrupt::note()?;
    let mut joined = Results {
        real: true,
        ..Results::none()
    };
    let all = packages.len();
    for (n, name) in packages.into_iter().enumerate() {
        if interrupt::happened() {
            joined.complete = false;
            let why = INTERRUPTED.to_owned();
            joined.not_run.push(NotRun { name, why });
            continue;
        }
        let package = folder.join(&name);
        // Without stderr there is nobody to tell.
        let said = |doing: &str| drop(writeln!(io::stderr(), "{}/{all} {name}: {doing}", n + 1));
        match build(&package, said).and_then(|program| explore(&program, passed_on, said)) {
            Ok(None) => said("nothing is selected"),
            Ok(Some(results)) => {
                joined.complete &= results.complete;
                joined.selected += results.selected;
                joined.not_selected += results.not_selected;
                joined.executions += results.executions;
                joined.rows.extend(results.rows);
                joined.selected_beside += results.selected_beside;
                joined.comparisons.extend(results.comparisons);
            }
            Err(why) => {
                joined.complete &= why != INTERRUPTED;
                joined.not_run.push(NotRun { name, why });
            }
        }
    }
    if joined.rows.is_empty() && joined.beside() == 0 && joined.not_run.is_empty() {
        return Err(Misuse(
            "nothing matches --only in any version; expected: a part of an id, version, scenario \
             or property as the results show them"
                .to_owned(),
        ));
    }
    Ok(joined)
}

/// Has the package of a version do what these words say, if there is one.
///
/// # Errors
///
/// When it cannot be built or run.
pub(super) fn hand_on(version: &str, words: &[OsString]) -> Result<Option<Exit>, Misuse> {
    let Ok(folder) = find() else {
        return Ok(None);
    };
    if !packages(&folder)?.iter().any(|package| package == version) {
        return Ok(None);
    }
    // Without stderr there is nobody to tell.
    let said = |doing: &str| drop(writeln!(io::stderr(), "{version}: {doing}"));
    let failed = |why: String| Misuse(format!("{version} {why}"));
    let program = build(&folder.join(version), said).map_err(failed)?;
    let status = Command::new(program)
        .args(words)
        .status()
        .map_err(|error| failed(format!("cannot be run: {error}")))?;
    Ok(Some(match status.code() {
        Some(0) => Exit::Fine,
        Some(1) => Exit::Differs,
        Some(2) => Exit::Usage,
        _ => Exit::Inconclusive,
    }))
}

fn find() -> Result<PathBuf, Misuse> {
    let here = std::env::current_dir().map_err(|error| Misuse(error.to_string()))?;
    let mut folders = here.ancestors().map(|folder| folder.join(FOLDER));
    folders.find(|folder| folder.is_dir()).ok_or_else(|| {
        Misuse(format!(
            "no folder {FOLDER}/ here or above; expected: a checkout of lastbyte"
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
        let numbers = version_numbers(name);
        (numbers.is_none(), numbers)
    });
    Ok(names)
}

/// Builds one package; the error is one line.
fn build(package: &Path, said: impl Fn(&str)) -> Result<PathBuf, String> {
    said("building");
    let target = package.join("target");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build
        .args(["build", "--release", "--locked", "--quiet"])
        .args(["--bin", "verify"])
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let built = output(&mut build, "cargo does not start")?;
    if !built.status.success() {
        if interrupt::happened() {
            return Err(INTERRUPTED.to_owned());
        }
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
    // Listing does nothing but select, so what it refuses is the selection.
    let listed = Command::new(program)
        .arg("--list")
        .args(passed_on)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| format!("cannot be run: {error}"))?;
    if listed.code() == Some(super::exit::Exit::Usage as i32) {
        return Ok(None);
    }
    said("exploring");
    let mut explore = Command::new(program);
    explore
        .args(["--format", "json"])
        .args(passed_on)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    let output = output(&mut explore, "cannot be run")?;
    // What it has found until an interruption it tells as well, if it has come as far as that.
    serde_json::from_slice(&output.stdout)
        .map(Some)
        .map_err(|error| match interrupt::happened() {
            true => INTERRUPTED.to_owned(),
            false => format!("{} and no results: {error}", output.status),
        })
}

/// What a program prints until it ends; an interruption is handed on to it.
fn output(command: &mut Command, otherwise: &str) -> Result<Output, String> {
    let failed = |error: io::Error| format!("{otherwise}: {error}");
    // An interruption reaches the program from here alone, and with it all that it has started.
    #[cfg(unix)]
    if interrupt::noted() {
        std::os::unix::process::CommandExt::process_group(command, 0);
    }
    let mut child = command.spawn().map_err(failed)?;
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let mut interrupted = None;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break status;
        }
        if interrupt::happened() {
            let since = interrupted.get_or_insert_with(|| {
                ask_to_end(&mut child);
                Instant::now()
            });
            if since.elapsed() > PATIENCE {
                drop(child.kill());
            }
        }
        std::thread::park_timeout(Duration::from_millis(50));
    };
    if interrupted.is_some() {
        kill_what_is_left(&child);
    }
    let text = |pipe: JoinHandle<Vec<u8>>| pipe.join().unwrap_or_default();
    Ok(Output {
        status,
        stdout: text(stdout),
        stderr: text(stderr),
    })
}

/// Passes an interruption on; a program that explores then tells what it has found.
fn ask_to_end(child: &mut Child) {
    // It may have ended by itself just now.
    #[cfg(unix)]
    let _gone = killpg(group(child), Signal::SIGTERM);
    #[cfg(not(unix))]
    drop(child.kill());
}

/// Ends what a program that has ended has left behind.
#[cfg_attr(not(unix), allow(unused_variables, reason = "there are no groups"))]
fn kill_what_is_left(child: &Child) {
    // Mostly nobody.
    #[cfg(unix)]
    let _gone = killpg(group(child), Signal::SIGKILL);
}

#[cfg(unix)]
fn group(child: &Child) -> Pid {
    Pid::from_raw(child.id().try_into().expect("process ids are small"))
}

/// Reads a pipe to its end, so that nobody waits for room in it.
fn collect(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What cannot be read is missing from the results, which says enough.
            drop(pipe.read_to_end(&mut bytes));
        }
        bytes
    })
}
