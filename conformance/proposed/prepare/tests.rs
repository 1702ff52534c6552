//! What the program does with scripts and folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let folder = format!("prepare-{name}-{}", std::process::id());
        let scratch = Scratch(std::env::temp_dir().join(folder));
        fs::create_dir_all(&scratch.0).expect("scratch");
        scratch
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("scratch");
        let names = entries.map(|entry| entry.expect("scratch").file_name());
        let mut names: Vec<_> = names
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Prepares into `copy` with this script.
    fn prepare(&self, script: &str) -> Output {
        let edits = self.0.join("edits");
        fs::write(&edits, script).expect("scratch");
        Command::new(env!("CARGO_BIN_EXE_prepare"))
            .args([Path::new("--edits"), &edits])
            .args([Path::new("--to"), &self.0.join("copy")])
            .output()
            .expect("the program that was just built can be run")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn repair() -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../repair.edits");
    fs::read_to_string(script).expect("the repair")
}

/// The repair fits, says nothing, and a second time writes nothing.
#[test]
fn the_repair_fits_the_release() {
    let scratch = Scratch::new("fits");
    let output = scratch.prepare(&repair());
    assert!(output.status.success(), "{output:?}");
    assert_eq!((output.stdout, output.stderr), Default::default());
    assert_eq!(scratch.names(), ["copy", "edits"]);
    let manifest = scratch.0.join("copy/Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    assert!(text.contains("version = \"1.12.0+proposed\"\n"));
    let written = || {
        let metadata = fs::metadata(&manifest).expect("a manifest");
        metadata.modified().expect("a time")
    };
    let before = written();
    assert!(scratch.prepare(&repair()).status.success());
    assert_eq!(written(), before);
    // What somebody has changed in the copy is undone.
    fs::write(&manifest, "").expect("scratch");
    assert!(scratch.prepare(&repair()).status.success());
    assert_eq!(fs::read_to_string(&manifest).expect("a manifest"), text);
}

/// One line, exit 2, and no copy, not even that of a script before.
#[test]
fn a_place_that_is_not_there_is_refused_and_nothing_is_left() {
    let scratch = Scratch::new("refused");
    for (right, wrong) in [
        ("`if self.is_done`", "`if self.is_undone`"),
        ("`let flush_ready`", "`let`"),
        ("in fn poll_inner", "in fn poll_outer"),
        ("file src/proto/h1/io.rs", "file src/proto/h1/oi.rs"),
        ("in fn poll_inner below", "in fn poll_inner beneath"),
    ] {
        assert!(scratch.prepare(&repair()).status.success());
        let script = repair();
        assert!(script.contains(right), "{right}");
        let output = scratch.prepare(&script.replacen(right, wrong, 1));
        assert_eq!(output.status.code(), Some(2), "{wrong}: {output:?}");
        let told = String::from_utf8(output.stderr).expect("text");
        assert!(
            told.starts_with("prepare: ") && told.lines().count() == 1,
            "{told}"
        );
        assert_eq!(scratch.names(), ["edits"], "{wrong}");
    }
}

#[test]
fn words_that_are_not_understood_are_refused() {
    for words in [&["bogus"][..], &["--edits"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_prepare"));
        let output = command.args(words).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        let told = String::from_utf8(output.stderr).expect("text");
        assert!(
            told.starts_with("prepare: ") && told.lines().count() == 1,
            "{told}"
        );
    }
}
