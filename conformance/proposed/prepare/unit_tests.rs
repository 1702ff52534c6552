//! The tests in hyper's sources, with the repair as without. The package ships these alone: not those in the
//! folders `tests` and `benches` of its repository.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// What each test came to: `ok`, `FAILED`, `ignored`.
type Outcomes = BTreeMap<String, String>;

/// Runs them on both copies, and compares what each came to.
///
/// # Errors
///
/// In one line, when they cannot be run, when one came to something else, or when there is none.
pub fn compare(released: &Path, repaired: &Path) -> Result<(), String> {
    let [before, after] = [run(released)?, run(repaired)?];
    let passed = after.values().filter(|outcome| *outcome == "ok").count();
    let differ = |name: &&String| before.get(*name) != after.get(*name);
    let mut names = before.keys().chain(after.keys());
    if let Some(name) = names.find(differ) {
        let told =
            |outcomes: &Outcomes| outcomes.get(name).cloned().unwrap_or("not run".to_owned());
        let [before, after] = [told(&before), told(&after)];
        return Err(format!(
            "{name} is {before} as released, and {after} as repaired"
        ));
    }
    if passed == 0 {
        return Err("no test of hyper has passed".to_owned());
    }
    println!(
        "{} unit tests of hyper come to the same as released and as repaired: {passed} pass",
        before.len()
    );
    Ok(())
}

/// Runs those of one copy.
fn run(copy: &Path) -> Result<Outcomes, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "test",
            "--quiet",
            "--lib",
            "--no-fail-fast",
            "--features",
            "full",
        ])
        .arg("--manifest-path")
        .arg(copy.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(copy.with_file_name("unit-tests"))
        .args(["--", "--format", "pretty"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    let outcomes = outcomes(&String::from_utf8_lossy(&output.stdout));
    if outcomes.is_empty() {
        let text = String::from_utf8_lossy(&output.stderr);
        let first = text.lines().find(|line| line.starts_with("error"));
        let first = first.unwrap_or("cargo test has said nothing");
        return Err(format!(
            "the tests of {} cannot be run: {first}",
            copy.display()
        ));
    }
    Ok(outcomes)
}

/// What a test program says of each test.
fn outcomes(text: &str) -> Outcomes {
    let lines = text.lines().filter_map(|line| {
        let (name, outcome) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
        Some((name.to_owned(), outcome.to_owned()))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::outcomes;

    #[test]
    fn a_test_is_a_line() {
        let text = "\nrunning 2 tests\ntest a::b ... ok\ntest c ... FAILED\n\ntest result: FAILED. 1 passed\n";
        let found: Vec<_> = outcomes(text).into_iter().collect();
        let expected = [("a::b", "ok"), ("c", "FAILED")];
        assert_eq!(
            found,
            expected.map(|(name, outcome)| (name.to_owned(), outcome.to_owned()))
        );
    }
}
