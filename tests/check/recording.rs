//! Saved counterexamples still happen, step by step.

use crate::program::{Scratch, refused};

use lastbyte::check::recording::assert_reproduces;
use lastbyte::trace::Event;
use lastbyte_models::registry;

#[test]
fn the_original_ordering_loses() {
    assert_reproduces(
        "../tests/recordings/shutdown_ordering-original-loses.json",
        &registry().expect("no clash"),
    );
}

#[test]
fn hyper_0_14_loses_silently() {
    assert_reproduces(
        "../tests/recordings/hyper-0-14-loses-silently.json",
        &registry().expect("no clash"),
    );
}

/// The published incident: exactly what the kernel's buffer holds has left hyper.
#[test]
fn hyper_0_14_loses_all_but_what_the_kernel_holds() {
    let path = "../tests/recordings/hyper-0-14-incident.json";
    assert_reproduces(path, &registry().expect("no clash"));
    let recording = lastbyte::check::recording::Recording::read(path.as_ref()).expect("saved");
    let accepted = recording.trace.steps.iter().map(|step| match step.event {
        Event::Write { accepted, .. } => accepted,
        _ => 0,
    });
    assert_eq!(accepted.sum::<usize>(), 219_264);
}

#[test]
fn what_was_queried_of_hyper_0_14_loses() {
    assert_reproduces(QUERY_PATH, &registry().expect("no clash"));
}

#[test]
#[should_panic(expected = "behaves differently from step 6 on")]
fn a_recording_that_does_not_happen_is_noticed() {
    let path = "../tests/recordings/shutdown_ordering-original-loses.json";
    let mut recording = lastbyte::check::recording::Recording::read(path.as_ref())
        .expect("it was written by --save");
    recording.trace.steps.swap(5, 6);
    if let Err(misuse) = recording.replay(&registry().expect("no clash")) {
        panic!("{misuse}");
    }
}

#[test]
#[should_panic(expected = "no recording")]
fn a_regression_test_fails_with_the_reason() {
    let file = Scratch::new("nothing", "{}");
    assert_reproduces(file.path(), &registry().expect("no clash"));
}

/// Without --save the chart says how to ask again, with everything that was asked.
#[test]
fn what_explore_shows_says_how_to_ask_again() {
    use crate::program::verify;

    let saved = lastbyte::check::recording::Recording::read(QUERY_PATH.as_ref()).expect("saved");
    let request = saved.query.expect("a query").request;
    let request = Scratch::new("request", request);
    let sizes = "--response-bytes 64 --capacity 64 --reader slow:64";
    let words = format!(
        "explore --subject hyper-0.14 --request {} {sizes} --set half_close=true --set pipeline_flush=true",
        request.path()
    );
    let words: Vec<_> = words.split_whitespace().chain(["--client-eof"]).collect();
    let output = verify(&words);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("text");
    let (_, commands) = text.split_once("replay: ").expect("the chart's end");
    let commands = commands.replace("\\\n", "");
    let commands: Vec<_> = commands.split_whitespace().collect();
    let again = ["cargo", "verify"].into_iter().chain(words);
    let again: Vec<_> = again
        .chain(["--save", ".", ";", "cargo", "verify", "replay"])
        .collect();
    assert_eq!(commands[..again.len()], again);
    let [file] = commands[again.len()..] else {
        panic!("one file: {commands:?}");
    };
    assert!(
        file.contains("-slow-64-half_close-true-pipeline_flush-true-client-eof-"),
        "{file}"
    );
}

/// A recording may have more steps than a claim's exploration permits.
#[test]
fn a_long_recording_is_followed_to_its_end() {
    use lastbyte::check::query::{Query, STEPS};
    use lastbyte::check::recording::Recording;
    use lastbyte::{Explorer, Limits, Property};

    let mut saved = Recording::read(QUERY_PATH.as_ref()).expect("saved").query;
    let query = Query {
        subject: "shutdown_ordering:flush-before-shutdown".to_owned(),
        response_bytes: 1_500,
        capacity: 1,
        reader: "prompt,stops:1250".to_owned(),
        client_eof: false,
        ..saved.take().expect("a query")
    };
    let instance = query
        .instance(&registry().expect("no clash"))
        .expect("a good query");
    // The first execution will do: whoever waits for a reader that stops has not ended.
    let limits = Limits {
        executions: Some(1),
        steps: STEPS,
        ..Limits::default()
    };
    let explorer = Explorer {
        limits,
        ..Explorer::default()
    };
    let property = Property::EndsWithoutReader;
    let explored = explorer.explore(instance.run(), instance.scenario());
    let trace = &explored.counterexamples[&property];
    assert!(trace.schedule.len() > Limits::default().steps);
    let recording = Recording::of_answer(&query, &instance, property, trace);
    assert_eq!(
        recording.replay(&registry().expect("no clash")).as_ref(),
        Ok(trace)
    );
}

/// One file for each counterexample, and each is what the row shows.
#[test]
fn every_counterexample_of_a_run_is_saved() {
    use lastbyte::check::recording::{Recording, file_name, save};

    let results = crate::fixtures::results();
    let directory = Scratch::directory("saved");
    let mut saved = save(directory.path().as_ref(), &results).expect("it can be written");
    let mut names = Vec::new();
    for row in &results.rows {
        let Some(counterexample) = &row.counterexample else {
            continue;
        };
        names.push(file_name(&row.id.text));
        let path = directory.join(&file_name(&row.id.text));
        let recording = Recording::read(path.as_ref()).expect("it was just saved");
        assert_eq!(recording.trace, counterexample.trace);
        assert_eq!(recording.instance, counterexample.instance);
        assert_eq!(recording.property, row.property);
        assert_eq!(recording.version, row.version);
    }
    names.sort();
    assert_eq!(directory.names(), names);
    saved.sort();
    assert_eq!(saved, names);
    assert!(saved.len() > 1);
}

const RECORDING: &str = include_str!("../recordings/shutdown_ordering-original-loses.json");

#[test]
fn bad_recordings_are_one_line_and_exit_code_2() {
    refused(&["replay", "/no/such/file"], &["/no/such/file"]);
    refused(&["replay", "--bogus", "x"], &["--bogus"]);
    let truncated = Scratch::new("truncated", &RECORDING[..RECORDING.len() / 2]);
    refused(&["replay", truncated.path()], &["no recording", "--save"]);
    let newer = RECORDING.replace("\"lastbyte_recording\": 3", "\"lastbyte_recording\": 9");
    let newer = Scratch::new("newer", &newer);
    refused(
        &["replay", newer.path()],
        &["recording format 9;", "expected: format 3"],
    );
    let older = RECORDING.replace("\"lastbyte_recording\": 3", "\"lastbyte_recording\": 2");
    let older = Scratch::new("older", &older);
    refused(
        &["replay", older.path()],
        &[
            "recording format 2 (a subject's settings",
            "expected: format 3",
        ],
    );
    let other = Scratch::new(
        "other",
        RECORDING.replace("shutdown_ordering/", "elsewhere/"),
    );
    refused(&["replay", other.path()], &["recorded for elsewhere/"]);
    let version = RECORDING.replace("\"version\": null", "\"version\": \"1.2.3\"");
    let version = Scratch::new("version", &version);
    refused(&["replay", version.path()], &["recorded for", "1.2.3"]);
}

const QUERY: &str = include_str!(
    "../recordings/explore-hyper-0-14-body-ignored-N-64-K-64-prompt-no-silent-loss.json"
);
const QUERY_PATH: &str =
    "../tests/recordings/explore-hyper-0-14-body-ignored-N-64-K-64-prompt-no-silent-loss.json";

/// The recording of a query with one thing replaced.
fn changed(from: &str, to: &str) -> Scratch {
    assert!(QUERY.contains(from), "{from}");
    Scratch::new("changed", QUERY.replacen(from, to, 1))
}

#[test]
fn a_recorded_query_that_does_not_fit_is_one_line_and_exit_code_2() {
    for (from, to, parts) in [
        (
            "\"subject\": \"hyper-0.14\"",
            "\"subject\": \"hyper-9\"",
            &["recorded for explore/hyper-0.14", "hyper-9", "expected:"][..],
        ),
        ("0.14.32", "0.14.1", &["recorded for", "0.14.1,", "0.14.32"]),
        (
            "\"capacity\": 64",
            "\"capacity\": 0",
            &["capacity is 0", "1 to"],
        ),
        (
            "\"response_bytes\": 64",
            "\"response_bytes\": 100000000000",
            &["response_bytes", "0 to 100000"],
        ),
        ("\"prompt\"", "\"quick\"", &["quick", "slow:R"]),
        (
            "\"settings\": {}",
            "\"settings\": {\"half_close\": \"no\"}",
            &["half_close=true or false"],
        ),
        (
            "\"settings\": {}",
            "\"settings\": {\"half_open\": \"true\"}",
            &["has no setting half_open", "half_close"],
        ),
        (
            "\"client_eof\"",
            "\"server_eof\"",
            &["no recording", "server_eof"],
        ),
    ] {
        let file = changed(from, to);
        refused(&["replay", file.path()], parts);
    }
}

#[test]
fn a_recorded_query_that_behaves_differently_is_one_line_and_exit_code_2() {
    // The query, the request, the schedule and the property are not those of the recording.
    let file = changed("\"capacity\": 64", "\"capacity\": 63");
    refused(&["replay", file.path()], &["its query is", "K=63"]);
    let file = changed("12345\"", "1234\"");
    let saved = lastbyte::check::recording::Recording::read(QUERY_PATH.as_ref()).expect("saved");
    let recorded = saved.instance.digest.as_str();
    refused(&["replay", file.path()], &[recorded, "these models have"]);
    let file = changed("\"bytes\": 65", "\"bytes\": 64");
    refused(&["replay", file.path()], &["behaves differently from step"]);
    let file = changed("\"schedule\": [", "\"schedule\": [9,");
    refused(&["replay", file.path()], &["does not permit this schedule"]);
    let file = changed("\"no-silent-loss\"", "\"no-panic\"");
    refused(&["replay", file.path()], &["does not violate no-panic"]);
}

#[test]
fn what_explore_saves_can_be_replayed_with_the_command_that_it_shows() {
    use crate::program::verify;

    let request = Scratch::new("my request", "G");
    let saved = Scratch::directory("saved");
    let output = verify(&[
        "explore",
        "--subject",
        "shutdown_ordering:original",
        "--request",
        request.path(),
        "--response-bytes",
        "3",
        "--capacity",
        "2",
        "--save",
        saved.path(),
    ]);
    assert_eq!(output.status.code(), Some(1));
    let chart = String::from_utf8(output.stdout).expect("text");
    let names = saved.names();
    assert_eq!(names.len(), 3, "one for each property: {names:?}");
    for name in &names {
        let replayed = verify(&["replay", &saved.join(name)]);
        assert_eq!(replayed.status.code(), Some(1), "{replayed:?}");
        let replayed = String::from_utf8(replayed.stdout).expect("text");
        assert!(replayed.contains("shutdown(SHUT_WR)"), "{replayed}");
        lastbyte::check::recording::assert_reproduces(
            saved.join(name),
            &registry().expect("no clash"),
        );
    }
    let (_, command) = chart.split_once("replay: ").expect("the chart's end");
    let command = command.replace("\\\n", "");
    let words: Vec<&str> = command.split_whitespace().collect();
    let Some((["cargo", "verify"], words)) = words.split_first_chunk() else {
        panic!("{command}");
    };
    assert_eq!(verify(words).status.code(), Some(1), "{command}");
}
