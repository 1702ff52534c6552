//! Versions of a connection in packages of their own: which there are, and what becomes of their
//! results.

#[cfg(not(unix))]
#[test]
fn other_versions_are_tested_on_unix() {
    eprintln!("skipped: this is tested on Unix alone");
}

#[cfg(unix)]
mod unix {
    use lastbyte::check::results::Results;

    use crate::program::{Scratch, verify};
    use crate::versions::Versions;

    /// Results of which none is wrong.
    fn fine() -> Results {
        let mut fine = crate::fixtures::results();
        fine.rows.truncate(1);
        fine.comparisons.truncate(1);
        fine.sweeps.clear();
        fine.not_run.clear();
        fine
    }

    /// A program that selects something and prints these results.
    fn prints(results: &Results) -> (Scratch, String) {
        let json = serde_json::to_string(results).expect("plain data");
        let file = Scratch::new("results", json);
        let program = format!("cat '{}'", file.path());
        (file, program)
    }

    /// Exit code, results or the error.
    fn run(versions: &Versions, words: &[&str]) -> (Option<i32>, Result<Results, String>) {
        let words = [words, &["--format", "json"]].concat();
        let output = versions.command(&words).output();
        let output = output.expect("the program that was just built can be run");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        let results = match output.stdout.is_empty() {
            true => Err(text(output.stderr)),
            false => Ok(serde_json::from_slice(&output.stdout).expect("the documented format")),
        };
        (output.status.code(), results)
    }

    fn ids(results: &Results) -> Vec<&str> {
        results
            .rows
            .iter()
            .map(|row| row.id.text.as_str())
            .collect()
    }

    #[test]
    fn the_results_of_all_versions_are_one_result() {
        let versions = Versions::new();
        let mut first = crate::fixtures::results();
        first.rows.truncate(2);
        (first.selected, first.not_selected, first.executions) = (2, 5, 100);
        first.comparisons.truncate(2);
        first.selected_beside = 2;
        let mut second = crate::fixtures::results();
        second.rows.drain(..4);
        (second.selected, second.not_selected, second.executions) = (5, 3, 20);
        second.comparisons.drain(..2);
        second.selected_beside = 2;
        let (_first, program) = prints(&first);
        versions.package("1.0.0", &program);
        let (_second, program) = prints(&second);
        versions.package("2.0.0", &program);
        versions.package("3.0.0", "exit 2");
        let (code, results) = run(&versions, &["--real"]);
        let results = results.expect("results");
        assert_eq!(code, Some(1), "some are not as declared");
        assert!(results.real && results.complete && results.not_run.is_empty());
        assert_eq!(ids(&results), [ids(&first), ids(&second)].concat());
        assert_eq!((results.selected, results.not_selected), (7, 8));
        assert_eq!(results.executions, 120);
        assert_eq!(results.selected_beside, 4);
        assert_eq!(
            results.comparisons,
            [first.comparisons.clone(), second.comparisons.clone()].concat()
        );
        // Only the one that is named.
        let (_, results) = run(&versions, &["--real=2.0.0"]);
        assert_eq!(ids(&results.expect("results")), ids(&second));
        let named = ["--real=1.0.0,2.0.0"];
        let (_, results) = run(&versions, &named);
        assert_eq!(results.expect("results").rows.len(), 7);
        // One that is not complete makes the whole incomplete.
        first.complete = false;
        let (_partial, program) = prints(&first);
        versions.package("0.9.0", &program);
        let (_, results) = run(&versions, &["--real"]);
        assert!(!results.expect("results").complete);
    }

    #[test]
    fn a_version_that_cannot_be_built_or_run_is_told_and_no_failure_if_it_may_be_missing() {
        let versions = Versions::new();
        let fine = fine();
        let (_file, program) = prints(&fine);
        versions.package("1.0.0", &program);
        let code = |words: &[&str]| run(&versions, words).0;
        assert_eq!(code(&["--real"]), Some(0));
        assert_eq!(code(&["--real", "--allow-missing"]), Some(0));
        versions.package("2.0.0", "echo nonsense");
        versions.package("3.0.0", "");
        // cargo finds no program there.
        std::fs::remove_file(versions.join("conformance/3.0.0/program")).expect("it was there");
        let (code_of_missing, results) = run(&versions, &["--real"]);
        assert_eq!(code_of_missing, Some(3));
        let results = results.expect("results");
        assert!(results.complete, "what was run came to its end");
        let missing = results
            .not_run
            .iter()
            .map(|m| (m.name.as_str(), m.why.as_str()));
        let missing: Vec<_> = missing.collect();
        let [("2.0.0", nonsense), ("3.0.0", unbuilt)] = missing[..] else {
            panic!("{missing:?}");
        };
        assert!(
            nonsense.starts_with("exit status: 0 and no results: "),
            "{nonsense}"
        );
        assert_eq!(unbuilt, "cannot be built: cargo failed");
        assert_eq!(code(&["--real", "--allow-missing"]), Some(0));
        // Also when there is nothing else.
        let (code_of_missing, results) = run(&versions, &["--real=3.0.0"]);
        assert_eq!(code_of_missing, Some(3));
        assert_eq!(results.expect("results").not_run.len(), 1);
    }

    #[test]
    fn a_package_is_prepared_before_it_is_built_or_refused_before_anything_is_explored() {
        let versions = Versions::new();
        let fine = fine();
        let (_file, program) = prints(&fine);
        let explored = versions.join("explored");
        versions.package("1.0.0", &format!("touch '{explored}'; {program}"));
        // What is built here is what was prepared.
        versions.package("patched", "exit 3");
        let patched = versions.join("conformance/patched/program");
        let prepared = versions.join("prepared");
        std::fs::write(&prepared, format!("#!/bin/sh\n{program}\n")).expect("scratch");
        let copies = format!("cat '{prepared}' > '{patched}'");
        versions.package_in("conformance/patched/prepare", &copies);
        let (code, results) = run(&versions, &["--real"]);
        assert_eq!(code, Some(0));
        assert_eq!(results.expect("results").rows.len(), 2);

        std::fs::remove_file(&explored).expect("1.0.0 was explored");
        let refuses = "echo 'prepare: line 2 does not fit' >&2; exit 2";
        versions.package_in("conformance/patched/prepare", refuses);
        for words in [
            &["--real"][..],
            &["--real=patched"],
            &["--real", "--allow-missing"],
        ] {
            let (code, refused) = run(&versions, words);
            assert_eq!(code, Some(2), "{words:?}");
            assert_eq!(
                refused.expect_err("it is refused"),
                "cargo verify: patched cannot be prepared: prepare: line 2 does not fit\n"
            );
            assert!(!std::path::Path::new(&explored).exists(), "{words:?}");
        }
        // The others need it no more than one that cannot be built.
        versions.package_in(
            "conformance/patched/prepare",
            "echo 'error: no network' >&2; exit 101",
        );
        let (code, results) = run(&versions, &["--real"]);
        assert_eq!(code, Some(3));
        let results = results.expect("results");
        assert_eq!(results.rows.len(), 1);
        assert_eq!(
            results.not_run.iter().map(|m| &*m.why).collect::<Vec<_>>(),
            ["cannot be prepared: error: no network"]
        );
        let recording = Versions::recording("patched");
        let replay = ["replay", recording.path()];
        let output = versions.command(&replay).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        let told = String::from_utf8(output.stderr).expect("text");
        let expected = "patched cannot be prepared: error: no network\n";
        assert!(told.ends_with(expected), "{told}");
    }

    #[test]
    fn versions_are_listed_in_order_and_nothing_else_is_one() {
        let versions = Versions::new();
        for version in ["next", "1.10.0", "1.9.0", "0.14.32"] {
            versions.package(version, "exit 2");
        }
        std::fs::create_dir(versions.join("conformance/no-package")).expect("scratch");
        std::fs::write(versions.join("conformance/README.md"), "").expect("scratch");
        let (code, refused) = run(&versions, &["--real=1.11.0"]);
        assert_eq!(code, Some(2));
        let refused = refused.expect_err("there is none");
        let accepted = "no version 1.11.0 in conformance/; expected: 0.14.32, 1.9.0, 1.10.0, next";
        assert!(refused.contains(accepted), "{refused}");
        let (code, refused) = run(&versions, &["--real", "--only", "bogus"]);
        assert_eq!(code, Some(2));
        let refused = refused.expect_err("nothing is selected");
        assert!(
            refused.contains("nothing matches --only in any package"),
            "{refused}"
        );
    }

    #[test]
    fn a_recording_of_another_version_is_replayed_by_its_package() {
        let recording = Versions::recording("2.0.0");
        let file = recording.path();
        let versions = Versions::new();
        // Without such a package it is refused as anywhere else.
        let without = versions
            .command(&["replay", file])
            .output()
            .expect("it runs");
        assert_eq!(without.status.code(), Some(2));
        assert_eq!(without.stderr, verify(&["replay", file]).stderr);
        for (ends_with, code) in [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3)] {
            std::fs::remove_dir_all(versions.join("conformance")).expect("scratch");
            std::fs::create_dir(versions.join("conformance")).expect("scratch");
            versions.package("2.0.0", &format!("echo \"$@\"; exit {ends_with}"));
            let words = ["replay", file, "--format", "svg"];
            let output = versions.command(&words).output().expect("it runs");
            assert_eq!(output.status.code(), Some(code));
            let words = format!("replay {file} --format svg\n");
            assert_eq!(String::from_utf8_lossy(&output.stdout), words);
        }
        let words = ["replay", file, "--step"];
        let output = versions.command(&words).output().expect("it runs");
        let words = format!("replay {file} --step\n");
        assert_eq!(String::from_utf8_lossy(&output.stdout), words);
    }

    #[test]
    fn a_question_about_another_release_is_asked_of_its_package() {
        let versions = Versions::new();
        versions.package("9.9.9", "echo \"$@\"; exit 3");
        let request = Scratch::new("question", "GET / HTTP/1.1\r\n\r\n");
        let asked = |release: &str, more: &[&str]| {
            let words = ["explore", "--release", release, "--request", request.path()];
            let output = versions.command(&[&words[..], more].concat()).output();
            let output = output.expect("it runs");
            let text = |bytes| String::from_utf8(bytes).expect("text");
            (
                output.status.code(),
                text(output.stdout),
                text(output.stderr),
            )
        };
        let more = ["--set", "a=b", "--pieces", "4,2", "--client-eof"];
        let (exit, told, _) = asked("9.9.9", &more);
        let words = format!(
            "explore --release 9.9.9 --request {} --max-seconds 60 --max-steps 20000 \
             --response-bytes 100 --capacity 64 --reader prompt --set a=b --pieces 4,2 --client-eof\n",
            request.path()
        );
        assert_eq!((exit, told), (Some(3), words));
        // Those of this program, one after the other, and the worst of the exit codes.
        let (exit, told, _) = asked("1.12.0,9.9.9,0.14.32", &["--response-bytes", "8"]);
        let place = |text: &str| {
            told.find(text)
                .unwrap_or_else(|| panic!("no {text}: {told}"))
        };
        let places = [
            place("Release 1.12.0\nhyper-1, 8"),
            place("--release 9.9.9"),
            place("Release 0.14.32\nhyper-0.14, 8"),
        ];
        assert!(places.is_sorted(), "{told}");
        assert_eq!(exit, Some(3), "{told}");
        let (exit, told, error) = asked("1.2.3", &[]);
        assert_eq!((exit, &*told), (Some(2), ""));
        // The commands below a chart ask the same release.
        let half = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello";
        let half = Scratch::new("question", half);
        let words = ["explore", "--release", "0.14.32", "--request", half.path()];
        let output = versions.command(&words).output().expect("it runs");
        let told = String::from_utf8(output.stdout).expect("text");
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(
            told.contains("explore --release 0.14.32 --request"),
            "{told}"
        );
        assert!(
            error.ends_with("no such release: 1.2.3; expected: 0.14.32, 1.12.0, 9.9.9\n"),
            "{error}"
        );
    }
}
