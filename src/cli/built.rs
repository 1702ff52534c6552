//! Prepares, builds and runs the programs of packages, and passes an interruption on to them.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

#[cfg(unix)]
use nix::sys::signal::{Signal, killpg};
#[cfg(unix)]
use nix::unistd::Pid;

use super::interrupt;
use crate::check::results::Results;
use crate::error::Misuse;

/// How long a program may take to end after an interruption.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a package was not run.
pub(super) const INTERRUPTED: &str = "interrupted";

/// Prepares a package before it is built: runs the package in its folder `prepare`, if there is one. The
/// inner error is one line, and means that the package cannot be run, like one that cannot be built.
///
/// # Errors
///
/// When the program of `prepare` refuses: it exits with 2 and prints one line.
pub(super) fn prepare(
    name: &str,
    package: &Path,
    target: &Path,
) -> Result<Result<(), String>, Misuse> {
    let manifest = package.join("prepare/Cargo.toml");
    if !manifest.is_file() {
        return Ok(Ok(()));
    }
    let mut prepare = cargo();
    prepare
        .args(["run", "--locked", "--quiet", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(target.join("prepare"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let output = match output(&mut prepare, "cargo does not start") {
        Ok(output) => output,
        Err(why) => return Ok(Err(why)),
    };
    Ok(match output.status.code() {
        Some(0) => Ok(()),
        Some(2) if !interrupt::happened() => {
            let text = String::from_utf8_lossy(&output.stderr);
            let why = text.lines().next().map_or("it is refused", str::trim);
            return Err(Misuse(format!("{name} cannot be prepared: {why}")));
        }
        _ => Err(why_not("prepared", &output)),
    })
}

/// Whether there was an interruption. This program knows of it, or the signal has ended the child first.
#[cfg_attr(
    not(unix),
    allow(unused_variables, reason = "a status has no signal there")
)]
fn is_interrupted(status: ExitStatus) -> bool {
    #[cfg(unix)]
    let ended = {
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        let signal = signal.and_then(|number| Signal::try_from(number).ok());
        matches!(signal, Some(Signal::SIGINT | Signal::SIGTERM))
    };
    #[cfg(not(unix))]
    let ended = false;
    ended || interrupt::happened()
}

/// Why cargo has failed, in one line.
fn why_not(done: &str, output: &Output) -> String {
    if is_interrupted(output.status) {
        return INTERRUPTED.to_owned();
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| line.starts_with("error"));
    format!("cannot be {done}: {}", first.unwrap_or("cargo failed"))
}

/// The cargo that has started this program, or the one on the path.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Builds one package; the error is one line.
pub(super) fn build(package: &Path, target: &Path, said: impl Fn(&str)) -> Result<PathBuf, String> {
    said("building");
    let mut build = cargo();
    build
        .args(["build", "--release", "--locked", "--quiet", "--bins"])
        .args(["--message-format", "json-render-diagnostics"])
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let built = output(&mut build, "cargo does not start")?;
    if !built.status.success() {
        return Err(why_not("built", &built));
    }
    let programs = built.stdout.split(|byte| *byte == b'\n');
    let mut programs = programs.filter_map(|line| {
        let message: serde_json::Value = serde_json::from_slice(line).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    let program = programs.next();
    program.ok_or_else(|| "cannot be built: cargo has made no program".to_owned())
}

/// Runs a package's program. `None` where it has nothing that is selected; an error is one line.
pub(super) fn explore(
    program: &Path,
    passed_on: &[String],
    said: impl Fn(&str),
) -> Result<Option<Results>, String> {
    // Listing only selects: if it is refused, nothing is selected.
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
    // After an interruption a program still prints what it has found, if it has got that far.
    serde_json::from_slice(&output.stdout)
        .map(Some)
        .map_err(|error| match is_interrupted(output.status) {
            true => INTERRUPTED.to_owned(),
            false => format!("{} and no results: {error}", output.status),
        })
}

/// Runs a program to its end and collects what it prints. An interruption is passed on to it.
fn output(command: &mut Command, otherwise: &str) -> Result<Output, String> {
    let failed = |error: io::Error| format!("{otherwise}: {error}");
    // In a process group of its own, the program and all that it starts are interrupted only from here.
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

/// Passes an interruption on. A program that explores then prints what it has found.
fn ask_to_end(child: &mut Child) {
    // It may have ended by itself just now.
    #[cfg(unix)]
    let _gone = killpg(group(child), Signal::SIGTERM);
    #[cfg(not(unix))]
    drop(child.kill());
}

/// Ends the processes that a program has left behind.
#[cfg_attr(not(unix), allow(unused_variables, reason = "there are no groups"))]
fn kill_what_is_left(child: &Child) {
    // Mostly there are none.
    #[cfg(unix)]
    let _gone = killpg(group(child), Signal::SIGKILL);
}

#[cfg(unix)]
fn group(child: &Child) -> Pid {
    Pid::from_raw(child.id().try_into().expect("process ids are small"))
}

/// Reads a pipe to its end, so that the program never waits for room in it.
fn collect(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // Output that cannot be read makes the results unreadable, and that is reported.
            drop(pipe.read_to_end(&mut bytes));
        }
        bytes
    })
}
