//! The command line: exit codes, one-line errors, formats.

use crate::program::{Scratch, refused, verify};

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
fn what_cannot_be_written_is_said_before_anything_is_explored() {
    let file = Scratch::new("file", "");
    for directory in ["--save", "--report"] {
        let words = ["--only", "template", directory, file.path()];
        let accepted = ["cannot write", file.path(), "expected: a directory"];
        refused(&words, &accepted);
    }
}

#[test]
fn bad_queries_are_one_line_and_exit_code_2() {
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
    ask(SUBJECT, "/no/such\nfile", &[], &["/no/such\\nfile"]);
    ask(SUBJECT, "/dev/null", &[], &["empty"]);
    ask(SUBJECT, "/", &[], &["cannot read"]);
    ask(
        SUBJECT,
        good,
        &["--set", "half_close=true"],
        &["no setting half_close", "has no settings"],
    );
}

#[test]
fn bad_slices_are_one_line_and_exit_code_2() {
    refused(&["merge"], &["FILES"]);
    refused(&["merge", "/no/such/file"], &["/no/such/file"]);
    let no_result = Scratch::new("no-result", "{}");
    refused(&["merge", no_result.path()], &["no results", "--shard"]);
}

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
    let merged: lastbyte::check::results::Results =
        serde_json::from_slice(&merged.stdout).expect("the format that is documented");
    assert_eq!(merged.rows.len(), merged.selected);
    assert!(merged.hold());
    let detected = |figures: &lastbyte::check::figures::Figures| {
        figures.title == "Which property detects which mutant"
    };
    let detected: Vec<_> = merged.figures.iter().filter(|f| detected(f)).collect();
    let [detected] = detected[..] else {
        panic!("one table of the mutants: {detected:?}");
    };
    let mutants = merged.rows.iter().filter(|row| row.model == "mutant");
    assert_eq!(detected.rows.len(), mutants.count(), "those of both slices");
    refused(&["merge", first.path()], &["slice 2 of 2 is missing"]);
    refused(
        &["merge", first.path(), first.path()],
        &["slice 1 is there twice"],
    );
    let older = second.replace(env!("CARGO_PKG_VERSION"), "0.0.1");
    let older = Scratch::new("older", &older);
    refused(
        &["merge", first.path(), older.path()],
        &["slice 2 is from lastbyte 0.0.1"],
    );
}

/// A slice knows how much there is beside the claims, and has its part of it.
#[test]
fn a_slice_of_a_sweep_is_explored() {
    let all =
        lastbyte::check::selection::Selection::all(&lastbyte_models::registry().expect("no clash"));
    let instances = all
        .sweeps
        .iter()
        .find(|(model, _)| model == "dispatch_loop");
    let instances = instances.expect("it has one").1.instances.len();
    let only = [
        "--only",
        "dispatch_loop/sweep",
        "--shard",
        "2/1000",
        "--format",
        "json",
    ];
    let output = verify(&only);
    assert_eq!(output.status.code(), Some(0));
    let results: lastbyte::check::results::Results =
        serde_json::from_slice(&output.stdout).expect("the documented format");
    assert_eq!((results.selected, results.selected_beside), (0, instances));
    assert_eq!(results.not_selected, all.claims.len());
    assert_eq!(results.shard, Some((2, 1000)));
    assert!((instances / 1000..=instances / 1000 + 1).contains(&results.beside()));
    assert!(results.executions > 0 && results.hold());
}

/// Everything is listed below its own model, and once.
#[test]
fn a_list_says_what_belongs_where() {
    let list = String::from_utf8(verify(&["--list"]).stdout).expect("text");
    let registry = lastbyte_models::registry().expect("no clash");
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
    let (claims, comparisons) = (registry.claims().len(), registry.comparisons().len());
    assert_eq!(listed, registry.sweeps().len() + claims + comparisons);
    assert!(
        list.contains(", 1 instance\n") && list.contains(", 2 instances\n"),
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
        &["explore", "--client", "--help"],
    ] {
        let output = verify(words);
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        assert!(!output.stdout.is_empty(), "{words:?}");
    }
    let help = String::from_utf8(verify(&["--help"]).stdout).expect("text");
    assert!(
        help.starts_with("Explores every claim to the end"),
        "{help}"
    );
    assert!(
        help.contains("\n  3  inconclusive") && help.contains("--real"),
        "{help}"
    );
    let list = String::from_utf8(verify(&["--list"]).stdout).expect("text");
    assert!(list.contains("shutdown_ordering/original-loses"), "{list}");
    assert!(list.contains(SUBJECT), "{list}");
}

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
        // 2,000 bytes through a buffer of 1 without caching: more interleavings than atoms.
        let large = [
            "--response-bytes",
            "2000",
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
        assert!(text.contains("not complete: out of time"), "{text}");
        let column = |property: lastbyte::Property| {
            let mut lines = text.lines();
            lines.find_map(|line| line.find(property.sentence()))
        };
        let columns = lastbyte::Property::ALL.map(column);
        assert!(columns[0].is_some(), "{text}");
        assert!(columns.iter().all(|column| *column == columns[0]), "{text}");
    }

    #[test]
    fn states_are_cached_unless_that_is_not_wanted() {
        let states = |more: &[&str]| {
            let fixed = [
                "--subject",
                SUBJECT,
                "--response-bytes",
                "4",
                "--capacity",
                "2",
            ];
            let output = explore(&[&fixed[..], &["--format", "json"], more].concat());
            let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
            answer["exploration"]["states"].as_u64().expect("a number")
        };
        assert!(states(&[]) > 0);
        assert_eq!(states(&["--uncached"]), 0);
    }

    /// What the subjects say of a request, with sizes by default and this reader.
    fn asked(
        subject: &str,
        request: &str,
        reader: &str,
        settings: &[&str],
    ) -> (Option<i32>, String) {
        let request = Scratch::new("question", request);
        let mut words = vec!["explore", "--request", request.path(), "--subject", subject];
        words.extend(["--reader", reader]);
        words.extend(settings.iter().flat_map(|setting| ["--set", setting]));
        let output = verify(&words);
        let [told, errors] = [output.stdout, output.stderr].map(String::from_utf8);
        let text = told.expect("text") + &errors.expect("text");
        (output.status.code(), text)
    }

    fn is_refuted(text: &str, property: lastbyte::Property) -> bool {
        let mut lines = text.lines();
        lines.any(|line| line.starts_with("refuted") && line.contains(property.sentence()))
    }

    /// A request that comes in pieces is there as a whole in no execution at the start, and in the end it is.
    #[test]
    fn a_request_in_pieces_is_answered_as_one_that_is_there_at_once() {
        let request = Scratch::new("question", WHOLE);
        let asked = |pieces: &[&str]| {
            let words = [
                "explore",
                "--request",
                request.path(),
                "--subject",
                "hyper-1",
            ];
            let output = verify(&[&words[..], pieces].concat());
            let text = |bytes| String::from_utf8(bytes).expect("text");
            (
                output.status.code(),
                text(output.stdout),
                text(output.stderr),
            )
        };
        let handler = ["--set", "handler=reads"];
        let (exit, at_once, _) = asked(&handler);
        let (in_pieces, told, _) =
            asked(&[&handler[..], &["--pieces", "10,43", "--client-eof"]].concat());
        assert_eq!((exit, in_pieces), (Some(0), Some(1)), "{at_once}{told}");
        // A peer that ends its side is taken to be gone; no byte of an answer is lost silently for it.
        assert!(
            is_refuted(&told, lastbyte::Property::NothingTruncated),
            "{told}"
        );
        assert!(
            !is_refuted(&told, lastbyte::Property::NoSilentLoss),
            "{told}"
        );
        let (exit, whole, _) = asked(&[&handler[..], &["--pieces", "10,43"]].concat());
        assert_eq!(exit, Some(0), "{whole}");
        for wrong in ["0", "1000", "10,1000", "63"] {
            let (exit, told, error) = asked(&["--pieces", wrong]);
            assert_eq!((exit, &*told), (Some(2), ""), "{wrong}");
            assert!(
                error.contains("of the request are left; expected: 1 to"),
                "{wrong}: {error}"
            );
        }
    }

    const WHOLE: &str = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhelloworld";
    const HALF: &str = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello";

    /// Every handler is decided at the sizes by default, for real hyper and for the model, and they do
    /// what they are called.
    #[test]
    fn a_handler_is_a_setting() {
        use lastbyte::Property::{NoSilentLoss, NoStall, NothingTruncated};
        let handlers = [
            "reads",
            "ignores",
            "echoes",
            "answers-first",
            "keeps",
            "fails",
            "never",
        ];
        let subjects = [
            ("hyper-1", [WHOLE, HALF]),
            ("hyper-0.14", [WHOLE, HALF]),
            ("dispatch_loop:1.12.0", ["P2xx", "P2x"]),
        ];
        for (subject, [whole, half]) in subjects {
            for handler in handlers {
                if handler == "echoes" && subject.starts_with("dispatch_loop") {
                    continue;
                }
                let setting = format!("handler={handler}");
                // The slow reader is the one by default; it takes ten times as long.
                let reader = match handler {
                    "reads" | "ignores" => "slow:7",
                    _ => "prompt",
                };
                let [(exit, all), (_, part)] =
                    [whole, half].map(|request| asked(subject, request, reader, &[&setting]));
                for text in [&all, &part] {
                    let decided = text.contains("every interleaving, unbounded and complete");
                    assert!(decided, "{subject} {handler}: {text}");
                }
                let answers = !["fails", "never"].contains(&handler);
                assert_eq!(exit == Some(0), answers, "{subject} {handler}: {all}");
                // Who reads first waits for the rest of a body.
                let waits = ["reads", "echoes", "never"].contains(&handler);
                assert_eq!(
                    is_refuted(&part, NoStall),
                    waits,
                    "{subject} {handler}: {part}"
                );
                // The last 0.14 loses what is not flushed when a body is dropped.
                let loses = subject == "hyper-0.14" && handler == "ignores";
                assert_eq!(
                    is_refuted(&part, NoSilentLoss),
                    loses,
                    "{subject} {handler}: {part}"
                );
                if loses {
                    assert!(is_refuted(&part, NothingTruncated), "{part}");
                }
            }
        }
    }

    /// Told to stop, a connection ends; an idle one waits for more if nobody tells it, and one with a body
    /// that is kept unread does not end when it is told.
    #[test]
    fn graceful_shutdown_comes_at_any_time() {
        use lastbyte::Property::Ends;
        for (subject, [whole, half]) in [
            ("hyper-1", [WHOLE, HALF]),
            ("dispatch_loop:1.12.0", ["P2xx", "P2x"]),
        ] {
            let ask = |request, settings: &[&str]| {
                let text = asked(subject, request, "prompt", settings).1;
                let decided = text.contains("every interleaving, unbounded and complete");
                assert!(decided, "{text}");
                text
            };
            let told = ask(whole, &["handler=reads", "graceful=at-any-time"]);
            assert!(
                told.contains("subject: Ok") && !is_refuted(&told, Ends),
                "{told}"
            );
            let idle = ask(whole, &["handler=reads", "graceful=never"]);
            assert!(!idle.contains("subject: Ok"), "{idle}");
            let kept = ask(half, &["handler=keeps", "graceful=at-any-time"]);
            assert!(is_refuted(&kept, Ends), "{kept}");
        }
    }

    /// With `--client` the file is what the server sends, once it has seen the beginning of the request.
    #[test]
    fn a_client_is_asked_about_what_its_server_sends() {
        use lastbyte::Property::{NoSilentLoss, NothingTruncated};
        let client = |subject, answer: &str, more: &[&str]| {
            let answer = Scratch::new("answer", answer);
            let words = ["explore", "--subject", subject, "--client", "--request"];
            let words = [&words[..], &[answer.path()], more].concat();
            let output = verify(&words);
            let [told, errors] = [output.stdout, output.stderr].map(String::from_utf8);
            let text = told.expect("text") + &errors.expect("text");
            (output.status.code(), text)
        };
        let ok = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
        for subject in ["hyper-1", "hyper-0.14"] {
            for answer in ["drops", "reads", "keeps"] {
                let answer = format!("answer={answer}");
                let (exit, text) = client(subject, ok, &["--set", &answer]);
                assert_eq!(exit, Some(0), "{text}");
                let first = format!("{subject}-client, 100 bytes of request, kernel buffer");
                assert!(text.starts_with(&first), "{text}");
            }
            // The request is not flushed when a response comes after which the connection closes.
            let last = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
            let (_, text) = client(subject, last, &["--pieces", "20"]);
            let loses = subject == "hyper-0.14";
            assert_eq!(is_refuted(&text, NoSilentLoss), loses, "{text}");
            assert_eq!(text.contains(" --client "), loses, "{text}");
            // A server that ends its side before it has answered.
            let half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello";
            let words = [
                "--client-eof",
                "--response-bytes",
                "0",
                "--set",
                "lets_go=true",
            ];
            let (_, text) = client(subject, half, &words);
            assert!(text.contains("subject: error ("), "{text}");
            assert!(!is_refuted(&text, NothingTruncated), "{text}");
        }
        let switches =
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: words\r\n\r\n";
        let words = ["--response-bytes", "0", "--set", "upgrade=true"];
        let (exit, text) = client("hyper-1", switches, &words);
        assert_eq!(exit, Some(0), "{text}");
        let (_, text) = client("hyper-1", switches, &["--set", "upgrade=true"]);
        assert!(is_refuted(&text, NothingTruncated), "{text}");
        for (subject, accepted) in [(SUBJECT, "hyper-1, hyper-0.14"), ("none", "hyper-1")] {
            let (exit, text) = client(subject, ok, &[]);
            assert_eq!((exit, text.lines().count()), (Some(2), 1), "{text}");
            let told = format!("has no client side; expected: {accepted}");
            assert!(text.contains(&told), "{text}");
        }
        let (exit, text) = client("hyper-1", ok, &["--set", "handler=reads"]);
        assert_eq!((exit, text.lines().count()), (Some(2), 1), "{text}");
        // A recording of it is replayed by its own name.
        let folder = std::env::temp_dir().join(format!("lastbyte-client-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a place for it");
        let half = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let save = folder.to_str().expect("text");
        let (exit, text) = client("hyper-0.14", half, &["--save", save]);
        assert_eq!(exit, Some(1), "{text}");
        for file in std::fs::read_dir(&folder).expect("it is there") {
            let file = file.expect("it is there").path();
            let replayed = verify(&["replay", file.to_str().expect("text")]);
            assert_eq!(replayed.status.code(), Some(1), "{replayed:?}");
        }
        std::fs::remove_dir_all(&folder).expect("it was there");
    }

    #[test]
    fn settings_that_contradict_each_other_are_refused() {
        let (exit, text) = asked(
            "hyper-1",
            WHOLE,
            "prompt",
            &["upgrade=true", "handler=reads"],
        );
        assert_eq!((exit, text.lines().count()), (Some(2), 1), "{text}");
        assert!(text.contains("expected: one of the two"), "{text}");
        for bad in ["handler=waits", "graceful=later"] {
            let (exit, text) = asked("hyper-1", WHOLE, "prompt", &[bad]);
            assert_eq!((exit, text.lines().count()), (Some(2), 1), "{text}");
        }
        let (exit, text) = asked(
            "shutdown_ordering:original",
            "G",
            "prompt",
            &["graceful=never"],
        );
        assert_eq!(exit, Some(2), "{text}");
    }

    #[test]
    fn json_holds_what_machines_want() {
        let filter = "shutdown_ordering/fixed-waits-for-reader";
        let output = verify(&["--only", filter, "--format", "json"]);
        assert_eq!(output.status.code(), Some(0));
        let results: lastbyte::check::results::Results =
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
        assert!(text.contains("Not compared: other payloads"), "{text}");
        refused(
            &["explain", "conformance/nothing"],
            &["no such", "conformance/", "--list"],
        );
    }

    #[test]
    fn what_is_not_reached_in_time_is_inconclusive() {
        let output = verify(&[
            "--only",
            "fixed-never-loses",
            "--max-seconds",
            "1",
            "--format",
            "json",
        ]);
        assert_eq!(output.status.code(), Some(3));
        let results: lastbyte::check::results::Results =
            serde_json::from_slice(&output.stdout).expect("the format that is documented");
        assert!(!results.complete && !results.hold());
        assert!(results.rows.iter().all(|row| !row.holds));
        assert!(results.executions > 0, "there was a second");
        let why = |row: &lastbyte::check::results::Row| match &row.verdict {
            lastbyte::Verdict::Inconclusive(why) => why.clone(),
            other => panic!("{}: {other}", row.id),
        };
        let rows = results.rows.iter();
        assert!(
            rows.map(why)
                .all(|why| why == lastbyte::trace::Inconclusive::Time)
        );
        // Time that suffices changes nothing.
        let output = verify(&["--only", "template", "--max-seconds", "1000000"]);
        assert_eq!(output.status.code(), Some(0));
    }

    #[test]
    fn a_table_in_a_document_is_written_compared_and_left_alone() {
        let document = Scratch::new(
            "document.md",
            format!(
                "before\n{}\nold\n{}\nbehind\n",
                lastbyte::render::documents::open(lastbyte::render::documents::COMPARISONS),
                lastbyte::render::documents::CLOSE
            ),
        );
        let run = |option| {
            let only = ["--only", "conformance/hyper-1.12.0/taken-out"];
            let words = [&only[..], &[option, document.path()]].concat();
            let output = verify(&words);
            let text = std::fs::read_to_string(document.path()).expect("it is there");
            (output.status.code(), text)
        };
        let (code, old) = run("--check");
        assert_eq!(code, Some(1));
        assert!(old.contains("\nold\n"), "it is only looked at");
        let (code, new) = run("--update");
        assert_eq!(code, Some(0));
        assert!(new.starts_with("before\n") && new.ends_with("\nbehind\n"));
        assert!(
            new.contains("| hyper-1.12.0 | dispatch_loop:1.12.0 | 1 |"),
            "{new}"
        );
        assert_eq!(run("--check"), (Some(0), new));
        let unmarked = Scratch::new("unmarked.md", "text\n");
        for option in ["--check", "--update"] {
            let output = verify(&["--only", "template", option, unmarked.path()]);
            assert_eq!(output.status.code(), Some(2));
            let error = String::from_utf8(output.stderr).expect("text");
            assert!(
                error.contains("has no part that this run can write"),
                "{error}"
            );
        }
        assert_eq!(
            std::fs::read_to_string(unmarked.path()).expect("it is there"),
            "text\n"
        );
    }

    /// Without a file they are all those below the working directory, and a run of a part has no
    /// business there.
    #[test]
    fn documents_are_looked_for_below_the_working_directory() {
        for option in ["--update", "--check"] {
            refused(
                &["--only", "template", option],
                &["--only and --shard", "--update FILE"],
            );
        }
    }

    #[test]
    fn a_chart_is_as_wide_as_the_terminal_within_reason() {
        use lastbyte::render::chart::{Options, text};
        use lastbyte::render::transcript::Caption;

        let path = "../tests/recordings/shutdown_ordering-original-loses.json";
        let recording = lastbyte::check::recording::Recording::read(path.as_ref()).expect("saved");
        let chart = |width| {
            let caption = Caption {
                property: recording.property,
                replay: &format!("cargo verify replay {path}"),
            };
            let (trace, colour) = (&recording.trace, false);
            text(
                trace,
                Options {
                    width,
                    colour,
                    caption,
                },
            )
        };
        let columns = [
            (None, 100),
            (Some("80"), 80),
            (Some("120"), 120),
            (Some("0"), 60),
            (Some("9999"), 200),
            (Some("wide"), 100),
        ];
        for (columns, width) in columns {
            let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_verify"));
            program.args(["replay", path]).env_remove("COLUMNS");
            if let Some(columns) = columns {
                program.env("COLUMNS", columns);
            }
            let printed = program
                .output()
                .expect("the program that was just built can be run");
            let printed = String::from_utf8(printed.stdout).expect("text");
            assert!(printed.ends_with(&chart(width)), "{columns:?}: {printed}");
        }
    }
}
