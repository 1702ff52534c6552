//! Asks cargo about this very build and about the one with `--cfg loom`, whose packages cargo
//! downloads unless they are there.

use std::path::Path;
use std::process::Command;

/// The top of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("models/ lies in the repository")
}

/// What cargo prints.
pub fn cargo(words: &str, rustflags: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(words.split_whitespace())
        .arg("--locked")
        .env("RUSTFLAGS", rustflags)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .current_dir(root())
        .output()
        .expect("cargo runs this test");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {words}: {error}");
    String::from_utf8(output.stdout).expect("text")
}

/// The packages that this platform builds; what only others build may never have been downloaded.
pub fn packages(rustflags: &str) -> Vec<serde_json::Value> {
    let words = format!(
        "metadata --format-version 1 --filter-platform {}",
        env!("TARGET")
    );
    let mut metadata: serde_json::Value =
        serde_json::from_str(&cargo(&words, rustflags)).expect("JSON");
    let packages = metadata["packages"].take();
    serde_json::from_value(packages).expect("packages")
}
