//! Runs the program as a user would.
#![allow(dead_code, reason = "every test takes what it needs")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs `cargo verify` with these words.
pub fn verify(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_verify"))
        .args(words)
        .output()
        .expect("the program that was just built can be run")
}

/// Expects exit code 2 and one line on stderr that contains every one of `parts`.
pub fn refused(words: &[&str], parts: &[&str]) {
    let output = verify(words);
    let error = String::from_utf8(output.stderr).expect("errors are text");
    assert_eq!(output.status.code(), Some(2), "{words:?}: {error}");
    assert_eq!(error.lines().count(), 1, "{words:?}: {error}");
    assert!(output.stdout.is_empty(), "{words:?}");
    for part in parts {
        assert!(
            error.contains(part),
            "{words:?} should mention {part}: {error}"
        );
    }
}

/// A file or directory in the temporary folder, removed at the end.
pub struct Scratch(PathBuf);

impl Scratch {
    fn unused(name: &str) -> PathBuf {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("lastbyte-{}-{number}-{name}", std::process::id());
        std::env::temp_dir().join(name)
    }

    /// A file with this content.
    pub fn new(name: &str, content: impl AsRef<[u8]>) -> Scratch {
        let path = Scratch::unused(name);
        std::fs::write(&path, content).expect("the temporary folder can be written");
        Scratch(path)
    }

    /// An empty directory.
    pub fn directory(name: &str) -> Scratch {
        let path = Scratch::unused(name);
        std::fs::create_dir(&path).expect("the temporary folder can be written");
        Scratch(path)
    }

    /// The path as a word for the command line.
    pub fn path(&self) -> &str {
        self.0
            .to_str()
            .expect("the temporary folder has a plain name")
    }

    /// The names in a directory, in order.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("it is a directory");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("it can be read").file_name().into_string()
        };
        let mut names: Vec<_> = entries
            .map(|entry| name(entry).expect("the program gives plain names"))
            .collect();
        names.sort();
        names
    }

    /// The path of a file in a directory.
    pub fn join(&self, name: &str) -> String {
        Path::new(self.path()).join(name).display().to_string()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
        drop(std::fs::remove_dir_all(&self.0));
    }
}
