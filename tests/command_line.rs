//! The command line: exit codes, one-line errors, formats.

#[path = "support/verify.rs"]
mod program;

use program::{Scratch, refused, verify};

const SUBJECT: &str = "shutdown_ordering:original";

#[test]
fn bad_usage_is_one_line_and_exit_code_2() {
    refused(&["--only", "no-such-claim"], &["no-such-claim", "--list"]);
    refused(&["--format", "xml"], &["xml", "text", "json"]);
    refused(&["--max-seconds", "0"], &["0", "1..="]);
    refused(&["--shard", "3/2"], &["3/2", "I/N"]);
    refused(&["--jobs", "many"], &["many"]);
    refused(&["--bogus"], &["--bogus"]);
    refused(&["bogus"], &["bogus"]);
    refused(&["explore"], &["--subject", "--request"]);
}

#[test]
fn bad_questions_are_one_line_and_exit_code_2() {
    let request = Scratch::new("request", "G");
    let good = request.path();
    let ask = |subject, file, more: &[&'static str], parts: &[&str]| {
        let words = ["explore", "--subject", subject, "--request", file];
        refused(&[&words, more].concat(), parts);
    };
    ask("bogus", good, &[], &["bogus", SUBJECT]);
    ask(SUBJECT, good, &["--capacity", "0"], &["--capacity", "1..="]);
    ask(SUBJECT, good, &["--capacity", "-1"], &["-1"]);
    ask(SUBJECT, good, &["--response-bytes", "1e9"], &["1e9"]);
    ask(
        SUBJECT,
        good,
        &["--response-bytes", "99999999999999999999999"],
        &["--response-bytes"],
    );
    ask(
        SUBJECT,
        good,
        &["--reader", "slow:0"],
        &["slow:0", "slow:R"],
    );
    if cfg!(loom) {
        ask(SUBJECT, "/no/such\nfile", &[], &["/no/such\\nfile"]);
        ask(SUBJECT, "/dev/null", &[], &["empty"]);
        ask(SUBJECT, "/", &[], &["cannot read"]);
        ask(SUBJECT, good, &["--half-close"], &["hyper-1"]);
    }
}

#[test]
fn bad_slices_are_one_line_and_exit_code_2() {
    refused(&["merge"], &["FILES"]);
    refused(&["merge", "/no/such/file"], &["/no/such/file"]);
    let no_result = Scratch::new("no-result", "{}");
    refused(&["merge", no_result.path()], &["no result", "--shard"]);
}

#[cfg(loom)]
#[test]
fn slices_are_joined_without_a_hole() {
    let slice = |shard: &str| {
        let only = [
            "--only",
            "template",
            "--only",
            "mutant/pending-flush",
            "--format",
            "json",
        ];
        let only = [&only[..], &["--shard", shard]].concat();
        String::from_utf8(verify(&only).stdout).expect("JSON is text")
    };
    let (first, second) = (slice("1/2"), slice("2/2"));
    let first = Scratch::new("first", &first);
    let second_file = Scratch::new("second", &second);
    let merged = verify(&[
        "merge",
        "--format",
        "json",
        second_file.path(),
        first.path(),
    ]);
    assert_eq!(merged.status.code(), Some(0));
    let merged: lastbyte::results::Results =
        serde_json::from_slice(&merged.stdout).expect("the format that is documented");
    assert_eq!(merged.rows.len(), merged.selected);
    assert!(merged.hold());
    let killed = |figures: &lastbyte::figures::Figures| figures.title == "Who is killed by what";
    let killed: Vec<_> = merged.figures.iter().filter(|f| killed(f)).collect();
    let [killed] = killed[..] else {
        panic!("one table of the mutants: {killed:?}");
    };
    let mutants = merged.rows.iter().filter(|row| row.model == "mutant");
    assert_eq!(killed.rows.len(), mutants.count(), "those of both slices");
    refused(&["merge", first.path()], &["slice 2 of 2 is missing"]);
    refused(
        &["merge", first.path(), first.path()],
        &["slice 1 is there twice"],
    );
    let older = second.replace(env!("CARGO_PKG_VERSION"), "0.0.1");
    let older = Scratch::new("older", &older);
    refused(
        &["merge", first.path(), older.path()],
        &["slice 2 is of lastbyte 0.0.1"],
    );
}

/// Everything is listed below its own model, and once.
#[test]
fn a_list_says_what_belongs_where() {
    let list = String::from_utf8(verify(&["--list"]).stdout).expect("text");
    let models: Vec<_> = lastbyte_models::registry();
    let mut model = "";
    let mut listed = 0;
    for line in list.lines() {
        match line.strip_prefix("  ") {
            None => model = line.split(':').next().expect("a name"),
            Some(entry) if entry.starts_with("--subject ") => {}
            Some(entry) => {
                assert!(
                    entry.starts_with(&format!("{model}/")),
                    "{entry} below {model}"
                );
                listed += 1;
            }
        }
    }
    let sweeps = models.iter().filter(|model| model.sweep.is_some()).count();
    let claims: usize = models.iter().map(|model| (model.claims)().len()).sum();
    let comparisons: usize = models.iter().map(|model| (model.comparisons)().len()).sum();
    assert_eq!(listed, sweeps + claims + comparisons);
    assert!(
        list.contains(", 1 cell\n") && list.contains(", 2 cells\n"),
        "{list}"
    );
}

#[test]
fn help_and_lists_work_in_both_builds() {
    for words in [
        &["--help"][..],
        &["--list"],
        &["explore", "--list"],
        &["explore", "--help"],
    ] {
        let output = verify(words);
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        assert!(!output.stdout.is_empty(), "{words:?}");
    }
    let list = String::from_utf8(verify(&["--list"]).stdout).expect("text");
    assert!(list.contains("shutdown_ordering/original-loses"), "{list}");
    assert!(list.contains(SUBJECT), "{list}");
}

#[cfg(not(loom))]
#[test]
fn a_build_without_the_flag_says_which_command_to_use() {
    refused(&[], &["cargo verify", "--cfg loom"]);
    refused(
        &["explore", "--subject", SUBJECT, "--request", "Cargo.toml"],
        &["cargo verify explore"],
    );
}

#[cfg(loom)]
mod exploring {
    use std::process::Output;

    use super::*;

    fn explore(more: &[&str]) -> Output {
        let request = Scratch::new("question", "G");
        verify(&[&["explore", "--request", request.path()], more].concat())
    }

    #[test]
    fn exit_codes_tell_proved_refuted_and_cut_off() {
        let size = [
            "--response-bytes",
            "8",
            "--capacity",
            "3",
            "--reader",
            "slow:1",
        ];
        let fixed = "shutdown_ordering:flush-before-shutdown";
        let proved = explore(&[&["--subject", fixed], &size[..]].concat());
        assert_eq!(proved.status.code(), Some(0));
        let refuted = explore(&[&["--subject", SUBJECT], &size[..]].concat());
        assert_eq!(refuted.status.code(), Some(1));
        // 1,000 bytes through a buffer of 1 without caching: more interleavings than atoms.
        let large = [
            "--response-bytes",
            "1000",
            "--capacity",
            "1",
            "--uncached",
            "--max-seconds",
            "1",
        ];
        let cut_off = explore(&[&["--subject", fixed], &large[..]].concat());
        assert_eq!(cut_off.status.code(), Some(3), "{cut_off:?}");
        let text = String::from_utf8(cut_off.stdout).expect("text");
        assert!(!text.contains("proved"), "{text}");
    }

    #[test]
    fn json_holds_what_machines_want() {
        let filter = "shutdown_ordering/fixed-waits-for-reader";
        let output = verify(&["--only", filter, "--format", "json"]);
        assert_eq!(output.status.code(), Some(0));
        let results: lastbyte::results::Results =
            serde_json::from_slice(&output.stdout).expect("the format that is documented");
        assert!(results.complete && results.hold());
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let row = &value["rows"][0];
        for field in [
            "model",
            "subject",
            "version",
            "scenario",
            "property",
            "expected",
            "verdict",
            "executions",
            "seconds",
            "counterexample",
        ] {
            assert!(row.get(field).is_some(), "{field} is missing");
        }
        assert_eq!(row["verdict"], "refuted");
        let steps = row["counterexample"]["trace"]["steps"]
            .as_array()
            .expect("a list of events");
        assert!(
            steps.iter().any(|step| step["event"] == "stop"),
            "{steps:?}"
        );
    }

    #[test]
    fn comparisons_are_explained_and_what_is_unknown_is_refused() {
        let output = verify(&["explain", "conformance/hyper-1.12.0/request-complete"]);
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(
            text.contains("Alike: both have the same set of sequences"),
            "{text}"
        );
        assert!(text.contains("Outside of them:"), "{text}");
        refused(&["explain", "conformance/nothing"], &["no such", "--list"]);
    }

    #[test]
    fn what_is_not_reached_in_time_is_cut_off() {
        let output = verify(&[
            "--only",
            "fixed-never-loses",
            "--max-seconds",
            "1",
            "--format",
            "json",
        ]);
        assert_eq!(output.status.code(), Some(3));
        let results: lastbyte::results::Results =
            serde_json::from_slice(&output.stdout).expect("the format that is documented");
        assert!(!results.complete && !results.hold());
        assert!(results.rows.iter().all(|row| !row.holds));
    }
}
