//! Versions of a connection that are no packages: programs that a script puts where cargo would put
//! those of packages.

use std::process::Command;

use crate::program::Scratch;

/// A folder with versions, and a program in cargo's place that builds none of them: it puts
/// `program` where cargo would put the version's own. It takes its time if there is a file
/// `takes-long`, and is ended by an interruption if there is a file `is-interrupted`. What it says on
/// stdout goes to the terminal.
pub struct Versions(Scratch);

impl Versions {
    const CARGO: &str = r#"
        command=$1
        while [ $# -gt 0 ]; do
            case $1 in --manifest-path) package=${2%/*} ;; --target-dir) target=$2 ;; esac
            shift
        done
        if [ "$command" = run ]; then exec "$package/program"; fi
        if [ -e "$package/is-interrupted" ]; then kill -INT $$; fi
        if [ -e "$package/takes-long" ]; then sleep 600; echo compiled; fi
        mkdir -p "$target/release" || exit
        program="$target/release/$(echo "$package" | tr / _)"
        cp "$package/program" "$program" && echo "{\"executable\":\"$program\"}"
    "#;

    /// No version yet.
    pub fn new() -> Versions {
        let versions = Versions(Scratch::directory("versions"));
        versions.script("cargo", Versions::CARGO);
        std::fs::create_dir(versions.join("conformance")).expect("scratch");
        versions
    }

    /// Adds a version with this program.
    pub fn package(&self, version: &str, program: &str) {
        self.package_in(&format!("conformance/{version}"), program);
    }

    /// Adds a package with this program in a folder.
    pub fn package_in(&self, folder: &str, program: &str) {
        let package = self.join(folder);
        std::fs::create_dir_all(&package).expect("scratch");
        std::fs::write(format!("{package}/Cargo.toml"), "").expect("scratch");
        self.script(&format!("{folder}/program"), program);
    }

    /// A counterexample that was recorded with a version.
    pub fn recording(version: &str) -> Scratch {
        let recording = include_str!("../recordings/shutdown_ordering-original-loses.json");
        let version = format!("\"version\": \"{version}\"");
        Scratch::new(
            "recording",
            recording.replace("\"version\": null", &version),
        )
    }

    /// The path of a file.
    pub fn join(&self, name: &str) -> String {
        self.0.join(name)
    }

    /// `cargo verify` with these words, in the folder.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_verify"));
        command.args(words).current_dir(self.0.path());
        command.env("CARGO", self.join("cargo"));
        command
    }

    fn script(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("scratch");
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, executable).expect("scratch");
    }
}
