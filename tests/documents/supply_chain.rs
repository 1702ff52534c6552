//! What the project is built from: how many crates, and whether they can be had with the oldest
//! Rust that is promised.

use std::collections::BTreeSet;

use crate::cargo::{cargo, packages};

/// Figures are those of one platform; elsewhere its packages have not been downloaded.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// The crates that a build brings, without the package itself.
fn crates(package: &str, depth: &str, rustflags: &str) -> usize {
    let words = format!(
        "tree --package {package} --edges normal,build --prefix none --no-dedupe {depth} --target {PLATFORM}"
    );
    let tree = cargo(&words, rustflags);
    let name_and_version = |line: &str| line.split(" (").next().map(str::to_owned);
    let all: BTreeSet<_> = tree.lines().filter_map(name_and_version).collect();
    all.len() - 1
}

#[test]
fn the_document_shows_how_many_crates_there_are() {
    if env!("TARGET") != PLATFORM {
        eprintln!("the figures are those of {PLATFORM}: nothing is counted");
        return;
    }
    for (built, package, rustflags) in [
        (
            "lastbyte, no features",
            "lastbyte --no-default-features",
            "",
        ),
        ("lastbyte, default features", "lastbyte", ""),
        ("lastbyte, default features, loom", "lastbyte", "--cfg loom"),
        ("lastbyte-models", "lastbyte-models", ""),
        ("lastbyte-models, loom", "lastbyte-models", "--cfg loom"),
    ] {
        let counts = ["--depth 1", ""].map(|depth| crates(package, depth, rustflags).to_string());
        crate::figures::compare("models/trust/dependencies.md", built, &counts);
    }
}

/// The names of the crates that a build brings.
fn names(package: &str) -> BTreeSet<String> {
    let words = format!(
        "tree --package {package} --edges normal,build --prefix none --no-dedupe --target {PLATFORM}"
    );
    let tree = cargo(&words, "");
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

/// What is only for the command line is not compiled without it.
#[test]
fn a_dev_dependency_brings_few_crates_and_none_of_the_command_line() {
    if env!("TARGET") != PLATFORM {
        return;
    }
    assert!(crates("lastbyte", "", "") <= 45);
    let plain = names("lastbyte");
    let all = names("lastbyte --features cli");
    for of_the_command_line in [
        "askama",
        "clap",
        "comfy-table",
        "console",
        "crossterm",
        "ctrlc",
        "indicatif",
        "quick-junit",
        "serde",
        "serde_json",
        "strsim",
    ] {
        assert!(all.contains(of_the_command_line), "{of_the_command_line}");
        assert!(
            !plain.contains(of_the_command_line),
            "{of_the_command_line}"
        );
    }
    for (feature, brings) in [("tokio", "tokio"), ("http1", "httparse")] {
        assert!(!plain.contains(brings), "{brings}");
        assert!(names(&format!("lastbyte --features {feature}")).contains(brings));
    }
}

/// `1.88` and `1.88.0` are the same.
fn version(text: &str) -> Vec<u32> {
    let parts = text.split('.').map(|part| part.parse().expect("a number"));
    parts.chain([0, 0]).take(3).collect()
}

#[test]
fn no_dependency_asks_for_a_newer_rust() {
    let promised = version(env!("CARGO_PKG_RUST_VERSION"));
    // The dependencies of tests under loom are the same packages.
    let packages = packages("--cfg loom");
    let mut newer = Vec::new();
    let mut silent = 0;
    for package in &packages {
        let name = format!("{} {}", package["name"], package["version"]);
        match package["rust_version"].as_str() {
            Some(asked) if version(asked) > promised => newer.push((name, asked)),
            Some(_) => {}
            None => silent += 1,
        }
    }
    assert!(newer.is_empty(), "newer than {promised:?}: {newer:?}");
    println!("{} packages, {silent} declare no version", packages.len());
    assert!(silent < packages.len() / 2, "most say nothing");
}
