//! Malformed and mutated input: requests, recordings, slices and command lines.
//!
//! Whatever comes in, the answer is a result or one line that says what was wrong, never a panic,
//! and never a computation without end. The seed is fixed. `PROPTEST_CASES` sets the number of
//! cases of each test, `PROPTEST_RNG_SEED` another seed.
//!
//! Each test was run for ten minutes with changing seeds: 64,000 command lines, 34,000 recordings, 46,000 slices and 112,000 requests. Nothing
//! panicked and nothing hung.

use std::ffi::OsString;
use std::sync::LazyLock;

use crate::mutation::{document, text};
use crate::program::Scratch;
use lastbyte::Registry;
use lastbyte::check::recording::Recording;
use lastbyte::cli::Exit;
use lastbyte::error::Misuse;
use lastbyte_models::registry;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A moderate number of cases with a fixed seed, unless the environment says otherwise.
fn config(cases: u32) -> ProptestConfig {
    let unset = |name: &str| std::env::var_os(name).is_none();
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if unset("PROPTEST_CASES") {
        config.cases = cases;
    }
    if unset("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

/// Built once for all cases.
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| registry().expect("no clash"));

/// The names of all subjects.
fn subjects() -> Vec<String> {
    let subjects = REGISTRY.subjects().iter();
    subjects.map(|subject| subject.name.clone()).collect()
}

/// Runs a command line in this process; what it printed is text, what it refused is one line.
fn answer(words: &[OsString]) -> Result<(Exit, String), Misuse> {
    let mut out = Vec::new();
    let program = [OsString::from("verify")];
    let words = program.iter().chain(words).cloned();
    // Without packages: nothing is built, whatever version a word or a file names.
    let program = lastbyte::cli::Program::new("cargo verify").with_checkout();
    let answer = program.run(&REGISTRY, words, &mut out);
    let printed = String::from_utf8(out).expect("what is printed is text");
    match answer {
        Ok(exit) => Ok((exit, printed)),
        Err(misuse) => {
            let line = misuse.to_string();
            assert!(line.len() > 10, "says what was wrong: {line}");
            assert_eq!(line.lines().count(), 1, "{line}");
            assert!(!line.chars().any(char::is_control), "{line:?}");
            assert_eq!(printed, "", "{line}");
            Err(misuse)
        }
    }
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// Words that the command line knows, paths that are no files of ours, and anything else.
fn word() -> impl Strategy<Value = OsString> {
    let known = "explore explain replay merge help --list --only --format text json junit markdown \
        mermaid svg jsonl --max-seconds --jobs --shard 1/2 0/0 2/1 --report --save --real --real=1 --survey=h2@1 \
        --allow-missing --subject hyper-1 shutdown_ordering:original --request --response-bytes \
        --capacity --reader slow:1 prompt,stops:3,resets:0 --set half_close=true pipeline_flush=maybe --max-steps \
        --client-eof --uncached --step --help --version -h -- - / /dev/null /dev/zero 0 1 -1 \
        18446744073709551616 1e9 template/writes-once";
    let known: Vec<_> = known.split_whitespace().map(OsString::from).collect();
    prop_oneof![
        6 => prop::sample::select(known),
        1 => text().prop_map(OsString::from),
        1 => prop::collection::vec(any::<u8>(), 0..12).prop_map(os_string),
    ]
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

fn recordings() -> Vec<&'static str> {
    vec![
        include_str!("../recordings/shutdown_ordering-original-loses.json"),
        include_str!("../recordings/hyper-0-14-loses-silently.json"),
        include_str!(
            "../recordings/explore-hyper-0-14-body-ignored-N-64-K-64-prompt-no-silent-loss.json"
        ),
    ]
}

fn slice() -> String {
    let mut results = crate::fixtures::results();
    results.complete = true;
    results.shard = Some((1, 1));
    results.selected = results.rows.len();
    serde_json::to_string(&results).expect("results are plain data")
}

fn request() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        include_str!("../../models/requests/body-ignored.http"),
        "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nabc",
        "CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n",
    ];
    prop_oneof![
        4 => prop::sample::select(known.to_vec()).prop_flat_map(|known| crate::mutation::bytes(known.into())),
        1 => prop::collection::vec(any::<u8>(), 0..100),
        2 => "[GCPp1-9UVTEQ.;x!-]{0,6}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn any_command_line_is_understood_or_refused_in_one_line(
        mut words in prop::collection::vec(word(), 0..8),
    ) {
        // What is understood might explore everything, in processes of this program.
        words.push("--bogus".into());
        let _answered = answer(&words);
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn any_recording_is_followed_or_refused_in_one_line(
        (original, mutated) in prop::sample::select(recordings()).prop_flat_map(document),
        format in prop::sample::select(vec!["text", "mermaid", "svg", "jsonl"]),
    ) {
        let file = Scratch::new("recording", &mutated);
        let answered = answer(&words(&["replay", file.path(), "--format", format]));
        if let Ok((exit, _)) = answered {
            prop_assert_eq!(exit, Exit::Differs);
            // What is shown is what was recorded.
            let mut read: Recording = serde_json::from_slice(&mutated).expect("it was read");
            let original: Recording = serde_json::from_str(&original).expect("it is valid");
            // One schedule does not tell that.
            read.trace.unavoidable_from = original.trace.unavoidable_from;
            prop_assert_eq!(read.trace, original.trace);
        }
    }

    #[test]
    fn any_slice_is_shown_or_refused_in_one_line(
        (_, mutated) in Just(slice()).prop_flat_map(|slice| document(&slice)),
        format in prop::sample::select(vec!["text", "json", "markdown", "junit"]),
    ) {
        let file = Scratch::new("slice", &mutated);
        let report = Scratch::directory("report");
        let _answered =
            answer(&words(&["merge", file.path(), "--format", format, "--report", report.path()]));
        let written = report.names();
        prop_assert!(written.is_empty() || written == ["index.html"], "{written:?}");
    }
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn any_request_is_explored_or_refused_in_one_line(
        request in request(),
        subject in prop_oneof![
            prop::sample::select(vec!["hyper-1".to_owned(), "hyper-0.14".to_owned()]),
            prop::sample::select(subjects()),
        ],
        response in prop_oneof![8 => 0..40u64, 1 => any::<u64>()],
        capacity in prop_oneof![8 => 10..300u64, 1 => any::<u64>()],
        reader in prop::sample::select(vec![
            "prompt", "slow:30", "prompt,stops:5", "resets:0", "slow:18446744073709551615",
            "stops:18446744073709551615", "resets:18446744073709551615",
        ]),
        flag in prop::sample::select(
            vec![
                "--set=half_close=true", "--set=pipeline_flush=true", "--set=upgrade=true", "--client-eof", "--format=text",
                "--set=handler=reads", "--set=handler=echoes", "--set=handler=answers-first", "--set=handler=keeps",
                "--set=handler=fails", "--set=handler=never", "--set=graceful=at-any-time",
            ],
        ),
    ) {
        let file = Scratch::new("request", &request);
        let (response, capacity) = (response.to_string(), capacity.to_string());
        let query = words(&[
            "explore", "--subject", &subject, "--request", file.path(), "--response-bytes",
            &response, "--capacity", &capacity, "--reader", reader, flag, "--max-seconds", "1",
        ]);
        let answered = answer(&query);
        if let (true, Ok((exit, printed))) = (cfg!(loom), answered) {
            prop_assert_ne!(exit, Exit::Usage);
            prop_assert!(printed.starts_with(&subject), "{printed}");
            prop_assert!(printed.contains("Nobody panics."), "{printed}");
        }
    }
}
