//! A program with models of its own, `examples/verify.rs`: its name, its settings, and nothing that
//! needs a checkout of lastbyte.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use crate::program::Scratch;

/// The example, built once.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--package",
            "lastbyte",
            "--example",
            "verify",
        ])
        .args(["--features", "cli,tokio"])
        .status()
        .expect("cargo runs this test");
    assert!(built.success());
    let mut folder = PathBuf::from(env!("CARGO_BIN_EXE_verify"));
    folder.pop();
    folder.join("examples/verify")
});

/// Runs the example in an empty folder, with this on stdin.
fn run_in(folder: &Scratch, words: &[&str], stdin: &str) -> Output {
    let request = Scratch::new("stdin", stdin);
    let stdin = std::fs::File::open(request.path()).expect("it was just written");
    Command::new(&*PROGRAM)
        .args(words)
        .env("COLUMNS", "200")
        .current_dir(folder.path())
        .stdin(Stdio::from(stdin))
        .output()
        .expect("it was just built")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn name() -> String {
    PROGRAM.display().to_string()
}

#[test]
fn its_help_has_its_name_and_asks_for_no_checkout() {
    let folder = Scratch::directory("foreign");
    for words in [
        &["--help"][..],
        &["explore", "--help"],
        &["merge", "--help"],
    ] {
        let output = run_in(&folder, words, "");
        let help = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{help}");
        assert!(help.contains(&format!("Usage: {}", name())), "{help}");
        for other in ["cargo verify", "--real", "--update", "conformance", "hyper"] {
            assert!(!help.contains(other), "{other}: {help}");
        }
    }
    for option in ["--real", "--allow-missing", "--update=x", "--check=x"] {
        let output = run_in(&folder, &[option], "");
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.starts_with(&name()), "{error}");
        assert!(error.contains("unexpected argument"), "{error}");
    }
}

#[test]
fn what_it_refutes_unexpectedly_comes_with_a_chart_and_the_next_command() {
    let folder = Scratch::directory("foreign");
    let output = run_in(&folder, &[], "");
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains("2 claims: 1 as declared, 1 not."), "{shown}");
    assert!(shown.contains("shutdown(SHUT_WR)"), "{shown}");
    let (_, commands) = shown.split_once("replay:").expect("the chart's end");
    let commands = commands.lines().next().expect("a line").trim();
    let file = "sender-hasty-arrives.json";
    let expected = format!(
        "{0} --only sender/hasty-arrives --save . ; {0} replay {file}",
        name()
    );
    assert_eq!(commands.replace("\\\n", ""), expected);
    // What it says can be done.
    let saved = run_in(
        &folder,
        &["--only", "sender/hasty-arrives", "--save", "."],
        "",
    );
    assert!(
        text(&saved.stderr).contains(&format!("saved ./{file}")),
        "{saved:?}"
    );
    assert!(text(&saved.stdout).contains(&format!("{} replay ./{file}\n", name())));
    let replayed = run_in(&folder, &["replay", file], "");
    let shown = text(&replayed.stdout);
    assert_eq!(replayed.status.code(), Some(1), "{shown}");
    assert!(
        shown.contains(&format!("{} replay {file}", name())),
        "{shown}"
    );
}

#[test]
fn it_has_settings_of_its_own() {
    let folder = Scratch::directory("foreign");
    let list = text(&run_in(&folder, &["explore", "--list"], "").stdout);
    assert!(list.contains("--set whole=VALUE"), "{list}");
    let ask = |more: &[&str]| {
        let words = ["explore", "--subject", "sender", "--request", "-"];
        run_in(&folder, &[&words[..], more].concat(), "any 'request'\n")
    };
    let size = ["--response-bytes", "8", "--capacity", "4"];
    let hasty = ask(&size);
    assert_eq!(hasty.status.code(), Some(1), "{hasty:?}");
    let shown = text(&hasty.stdout);
    let again = format!(
        "printf 'any\\040\\047request\\047\\n' | {} explore --subject sender --request - ",
        name()
    );
    assert!(shown.contains(&again), "{shown}");
    let whole = ask(&[&size[..], &["--set", "whole=true"]].concat());
    let shown = text(&whole.stdout);
    let sentence = lastbyte::Property::NoSilentLoss.sentence();
    let mut lines = shown.lines();
    let line = lines.find(|line| line.ends_with(sentence));
    assert!(
        line.is_some_and(|line| line.starts_with("proved ")),
        "{shown}"
    );
    for (set, expected) in [
        (
            "half_close=true",
            "sender has no setting half_close; expected: whole",
        ),
        ("whole=maybe", "expected: whole=true or false"),
        ("whole", "expected: KEY=VALUE"),
    ] {
        let refused = ask(&["--set", set]);
        let error = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{error}");
        assert!(
            error.contains(expected) && error.lines().count() == 1,
            "{error}"
        );
    }
}
