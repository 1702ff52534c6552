//! A collection of packages of several crates: which of them are meant, and what becomes of their
//! results.

#[cfg(not(unix))]
#[test]
fn packages_of_crates_are_tested_on_unix() {
    eprintln!("skipped: this is tested on Unix alone");
}

#[cfg(unix)]
mod unix {
    use lastbyte::Property;
    use lastbyte::check::results::{FromPackages, Results, Row};
    use lastbyte::check::{Expected, Reference};
    use lastbyte::render::documents::{self, part};
    use lastbyte::trace::Verdict;

    use crate::program::Scratch;
    use crate::versions::Versions;

    /// Exit code, stdout and stderr.
    fn run(versions: &Versions, words: &[&str]) -> (Option<i32>, String, String) {
        let output = versions.command(words).output().expect("it runs");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    fn results(versions: &Versions, words: &[&str]) -> (Option<i32>, Results) {
        let (code, out, error) = run(versions, &[words, &["--format", "json"]].concat());
        (
            code,
            serde_json::from_str(&out).unwrap_or_else(|_| panic!("{error}")),
        )
    }

    /// A row that came out as expected.
    fn row(name: &str, version: &str, property: Property, expected: Expected) -> Row {
        let id = format!("{name}/{version}/write and close/{property}");
        let link = "https://github.com/o/n/issues/1".to_owned();
        Row {
            subject: "write and close".to_owned(),
            version: Some(version.to_owned()),
            scenario: "K=3".to_owned(),
            executions: 1_234,
            references: vec![Reference {
                name: "o/n#1".to_owned(),
                link,
            }],
            ..crate::fixtures::row(&id, property, expected)
        }
    }

    /// Packages of two crates, and one file of results for each.
    fn crates() -> (Versions, Vec<Scratch>) {
        let versions = Versions::new();
        let mut files = Vec::new();
        for (name, version, expected) in [
            ("h2", "0.4.7", Expected::Refuted),
            ("h2", "0.4.20", Expected::Proved),
            ("tokio", "1.54.1", Expected::Proved),
        ] {
            let properties = [Property::NoSpin, Property::NoPanic];
            let results = Results {
                rows: properties.map(|p| row(name, version, p, expected)).into(),
                selected: 2,
                ..Results::none()
            };
            let json = serde_json::to_string(&results).expect("plain data");
            let file = Scratch::new("results", json);
            let program = format!("cat '{}'", file.path());
            versions.package_in(&format!("survey/{name}/{version}"), &program);
            files.push(file);
        }
        (versions, files)
    }

    fn named(results: &Results) -> Vec<String> {
        let names = results.rows.iter().map(|row| {
            let version = row.version.as_deref().unwrap_or_default();
            format!("{}@{version}", row.model)
        });
        let mut names: Vec<_> = names.collect();
        names.dedup();
        names
    }

    #[test]
    fn crates_and_releases_are_selected() {
        let (versions, _files) = crates();
        for (words, expected) in [
            ("--survey", &["h2@0.4.7", "h2@0.4.20", "tokio@1.54.1"][..]),
            ("--survey=h2", &["h2@0.4.7", "h2@0.4.20"]),
            ("--survey=tokio,h2@0.4.7", &["h2@0.4.7", "tokio@1.54.1"]),
            ("--survey=h2@0.4.20", &["h2@0.4.20"]),
        ] {
            let (code, found) = results(&versions, &[words]);
            assert_eq!(code, Some(0), "{words}");
            assert_eq!(named(&found), expected, "{words}");
            let packages = FromPackages {
                option: "survey".to_owned(),
                grouped: true,
                whole: words == "--survey",
            };
            assert_eq!(found.packages, Some(packages), "{words}");
        }
    }

    #[test]
    fn a_name_that_means_nothing_is_refused_in_one_line() {
        let (versions, _files) = crates();
        for (word, expected) in [
            (
                "--survey=h3",
                "no version h3 in survey/; expected: h2, tokio, or one of their",
            ),
            (
                "--survey=h2@0.4",
                "no version h2@0.4 in survey/; expected: h2, h2@0.4.7, h2@0.4.20",
            ),
            (
                "--survey=0.4.7",
                "no version 0.4.7 in survey/; expected: h2, tokio",
            ),
            ("--survey=", "expected: h2, tokio"),
            ("--survey=tokio,", "expected: h2, tokio"),
        ] {
            let (code, out, error) = run(&versions, &[word]);
            assert_eq!((code, &*out), (Some(2), ""), "{word}: {error}");
            assert_eq!(error.lines().count(), 1, "{error}");
            assert!(error.contains(expected), "{word}: {error}");
        }
        for words in [
            &["--survey", "--real"][..],
            &["--survey", "--list"],
            &["--survey", "--shard", "1/2"],
        ] {
            let (code, _, error) = run(&versions, words);
            assert_eq!(code, Some(2), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
        std::fs::remove_dir_all(versions.join("survey")).expect("scratch");
        let (code, _, error) = run(&versions, &["--survey"]);
        assert_eq!(code, Some(2));
        assert!(error.contains("no folder survey/ here or above"), "{error}");
    }

    #[test]
    fn a_package_that_cannot_be_built_is_not_run_and_never_passes() {
        let (versions, _files) = crates();
        versions.package_in("survey/yamux/0.13.3", "");
        std::fs::remove_file(versions.join("survey/yamux/0.13.3/program")).expect("it was there");
        let (code, found) = results(&versions, &["--survey"]);
        assert_eq!(code, Some(3));
        let [missing] = &found.not_run[..] else {
            panic!("{:?}", found.not_run);
        };
        assert_eq!(missing.name, "yamux@0.13.3");
        assert_eq!(missing.why, "cannot be built: cargo failed");
        assert!(found.rows.iter().all(|row| row.model != "yamux"));
        let (code, out, _) = run(&versions, &["--survey"]);
        assert_eq!(code, Some(3));
        assert!(out.contains("yamux@0.13.3"), "{out}");
        assert_eq!(run(&versions, &["--survey", "--allow-missing"]).0, Some(0));
        assert_eq!(run(&versions, &["--survey=yamux"]).0, Some(3));
        // Without a package there is no such option.
        let (code, _, error) = run(&versions, &["--allow-missing"]);
        assert_eq!((code, error.lines().count()), (Some(2), 1), "{error}");
    }

    #[test]
    fn the_tables_are_written_and_a_part_leaves_the_rest_alone() {
        let (versions, _files) = crates();
        let marked =
            |name: &str| format!("{}\n\nold\n\n{}\n", documents::open(name), documents::CLOSE);
        let document = marked("survey") + &marked("survey in short");
        let file = Scratch::new("table.md", &document);
        let (code, _, error) = run(&versions, &["--survey", "--update", file.path()]);
        assert_eq!(code, Some(0), "{error}");
        let text = || std::fs::read_to_string(file.path()).expect("it is there");
        let whole = text();
        let table = part(&whole, "survey").expect("it is marked");
        let reference = "[o/n#1](https://github.com/o/n/issues/1)";
        let refuted = format!(
            "| h2 | 0.4.7 | write and close | K=3 | no-spin, no-panic | **refuted** | 1,234 | {reference} |"
        );
        assert!(table.contains(&refuted), "{table}");
        assert_eq!(table.matches("\n| h2 | ").count(), 2, "{table}");
        let short = part(&whole, "survey in short").expect("it is marked");
        let line = format!("| h2 | 0.4.7, 0.4.20 | {reference} | 0.4.20 | 2 |  |");
        assert!(short.contains(&line), "{short}");
        // A part compares and writes its own lines.
        assert_eq!(
            run(&versions, &["--survey=h2", "--check", file.path()]).0,
            Some(0)
        );
        std::fs::write(
            file.path(),
            whole.replace("| h2 | 0.4.7 | write", "| h2 | 0.4.7 | wrote"),
        )
        .expect("scratch");
        assert_eq!(
            run(&versions, &["--survey=tokio", "--check", file.path()]).0,
            Some(0)
        );
        assert_eq!(
            run(&versions, &["--survey=h2", "--check", file.path()]).0,
            Some(1)
        );
        assert_eq!(
            run(&versions, &["--survey=h2", "--update", file.path()]).0,
            Some(0)
        );
        assert_eq!(text(), whole);
        // What is not there any more goes with the next whole run.
        let stale = whole.replace("| h2 | 0.4.7 |", "| h2 | 0.4.6 |");
        std::fs::write(file.path(), stale).expect("scratch");
        assert_eq!(
            run(&versions, &["--survey", "--update", file.path()]).0,
            Some(0)
        );
        assert_eq!(text(), whole);
    }

    #[test]
    fn a_recording_is_replayed_by_the_package_of_its_crate_and_release() {
        let (versions, _files) = crates();
        versions.package_in("survey/shutdown_ordering/2.0.0", "echo \"$@\"; exit 1");
        let recording = Versions::recording("2.0.0");
        let words = ["replay", recording.path(), "--format", "svg"];
        let (code, out, error) = run(&versions, &words);
        assert_eq!(code, Some(1), "{error}");
        assert_eq!(out, format!("replay {} --format svg\n", recording.path()));
    }

    #[test]
    fn the_command_for_a_row_names_its_package() {
        let (versions, _files) = crates();
        let (_, mut found) = results(&versions, &["--survey"]);
        found.program = "cargo verify".to_owned();
        let row = &found.rows[0];
        let command =
            lastbyte::render::commands::reproduce(&row.id.text, row.version.as_deref(), &found);
        assert_eq!(
            command,
            "cargo verify '--survey=h2@0.4.7' --only 'h2/0.4.7/write and close/no-spin'"
        );
        assert_eq!(row.verdict, Verdict::Refuted);
    }
}
