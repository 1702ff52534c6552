//! Makes the copy of hyper that `conformance/proposed` is built with: the release that `conformance/1.12.0`
//! pins, out of cargo's registry, with the edits of `repair.edits`.
//!
//! Without words it makes the copy, which `cargo verify --real=proposed` asks for first; `--edits FILE` and
//! `--to FOLDER` are for its tests. `unit-tests` runs the tests in hyper's sources on the copy as it is
//! released and as it is repaired, and compares what they come to.
//!
//! It ends with 2 and one line when it refuses, and then there is no copy at all; with 1 when it cannot be
//! done, as the source is not to be had, and when the tests do not come to the same.

mod edits;
mod unit_tests;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use edits::Script;

/// The package that pins the release, beside the one that this prepares.
const RELEASE: &str = "1.12.0";

/// What a run refuses, in one line.
type Refused = String;

/// Why a run has not done what it was asked for.
enum Failed {
    Refused(Refused),
    /// What it needs cannot be had, or the tests do not come to the same.
    CannotRun(String),
}

impl From<Refused> for Failed {
    fn from(why: Refused) -> Failed {
        Failed::Refused(why)
    }
}

fn main() -> ExitCode {
    match run(std::env::args_os().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed::Refused(why)) => {
            eprintln!("prepare: {why}");
            ExitCode::from(2)
        }
        Err(Failed::CannotRun(why)) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: impl Iterator<Item = OsString>) -> Result<(), Failed> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = here.parent().unwrap_or(here);
    let (mut script, mut to) = (package.join("repair.edits"), package.join("target/hyper"));
    let mut tests = false;
    let mut words = words;
    while let Some(word) = words.next() {
        let mut file = || {
            let file = words.next().map(PathBuf::from);
            file.ok_or(format!("{} wants a path", word.to_string_lossy()))
        };
        match word.to_str() {
            Some("--edits") => script = file()?,
            Some("--to") => to = file()?,
            Some("unit-tests") => tests = true,
            _ => {
                let word = word.to_string_lossy();
                return Err(Failed::Refused(format!(
                    "{word} is not understood; accepted are unit-tests, --edits FILE and --to FOLDER"
                )));
            }
        }
    }
    let release = release(&package.with_file_name(RELEASE)).map_err(Failed::CannotRun)?;
    let prepared = prepare(&release, &script, &to);
    if prepared.is_err() {
        // Nobody is to build what an older script has made.
        remove(&to)?;
    }
    prepared?;
    if tests {
        let released = to.with_file_name("hyper-as-released");
        copy(on_its_own(files(&release)?), &released)?;
        unit_tests::compare(&released, &to).map_err(Failed::CannotRun)?;
    }
    Ok(())
}

/// Where cargo has the source of the hyper that a package pins.
fn release(package: &Path) -> Result<PathBuf, Refused> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--locked",
            "--format-version",
            "1",
            "--manifest-path",
        ])
        .arg(package.join("Cargo.toml"))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let first = text.lines().find(|line| line.starts_with("error"));
        return Err(format!(
            "the source of hyper cannot be had: {}",
            first.unwrap_or("cargo failed")
        ));
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo's metadata cannot be read: {error}"))?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let mut hyper = packages.filter(|package| package["name"] == "hyper");
    let manifest = hyper.find_map(|package| package["manifest_path"].as_str());
    let folder = manifest.and_then(|manifest| Path::new(manifest).parent());
    folder
        .map(Path::to_path_buf)
        .ok_or("cargo's metadata has no hyper".to_owned())
}

/// Makes the copy, or leaves it where it is as it should be already.
fn prepare(release: &Path, script: &Path, to: &Path) -> Result<(), Refused> {
    let text = fs::read_to_string(script).map_err(failed("read", script))?;
    let name = script.file_name().unwrap_or_default().to_string_lossy();
    let script = Script::parse(&text).map_err(|why| format!("{name}: {why}"))?;
    let read = |file: &str| {
        let path = release.join(file);
        fs::read_to_string(&path).map_err(failed("read", &path))
    };
    let changed = script.apply(read).map_err(|why| format!("{name}: {why}"))?;
    let mut files = files(release)?;
    for (file, text) in changed {
        files.insert(PathBuf::from(file), text.into_bytes());
    }
    copy(on_its_own(files), to)
}

/// The same package as a workspace of its own: it lies in the folders of others.
fn on_its_own(mut package: Files) -> Files {
    let manifest = package.entry("Cargo.toml".into()).or_default();
    manifest.extend_from_slice(b"\n[workspace]\n");
    package
}

/// The files of a folder with their bytes, by their paths in it.
type Files = BTreeMap<PathBuf, Vec<u8>>;

fn files(folder: &Path) -> Result<Files, Refused> {
    let mut files = Files::new();
    if folder.is_dir() {
        collect(folder, Path::new(""), &mut files)?;
        // Its dependencies are those of the package that it is built in, or of its tests.
        files.remove(Path::new("Cargo.lock"));
    }
    Ok(files)
}

/// Makes a folder of these files and of nothing else, at once; one that is as it should be stays.
fn copy(wanted: Files, to: &Path) -> Result<(), Refused> {
    if wanted == files(to)? {
        return Ok(());
    }
    let mut partial = to.as_os_str().to_owned();
    partial.push(format!(".{}.partial", std::process::id()));
    let partial = PathBuf::from(partial);
    let written = write(&partial, &wanted).and_then(|()| remove(to));
    let renamed = written.and_then(|()| fs::rename(&partial, to).map_err(failed("write", to)));
    if renamed.is_err() {
        remove(&partial)?;
    }
    renamed
}

/// The files of a folder, by their paths below `root`; not what is hidden or built.
fn collect(root: &Path, below: &Path, files: &mut Files) -> Result<(), Refused> {
    let folder = root.join(below);
    for entry in fs::read_dir(&folder).map_err(failed("read", &folder))? {
        let entry = entry.map_err(failed("read", &folder))?;
        let (name, path) = (entry.file_name(), entry.path());
        let path_below = below.join(&name);
        let kind = entry.file_type().map_err(failed("read", &path))?;
        if name.to_string_lossy().starts_with('.') || name == "target" {
            continue;
        } else if kind.is_dir() {
            collect(root, &path_below, files)?;
        } else {
            files.insert(path_below, fs::read(&path).map_err(failed("read", &path))?);
        }
    }
    Ok(())
}

fn write(folder: &Path, files: &Files) -> Result<(), Refused> {
    for (path, bytes) in files {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(failed("write", parent))?;
        fs::write(&path, bytes).map_err(failed("write", &path))?;
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<(), Refused> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(failed("remove", folder)(error))
        }
        _ => Ok(()),
    }
}

/// What is said of a file.
fn failed(what: &str, path: &Path) -> impl FnOnce(io::Error) -> Refused {
    let shown = path.display().to_string();
    move |error| format!("cannot {what} {shown}: {error}")
}
