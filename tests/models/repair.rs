//! What the document of the repair says, from runs of hyper 1.12.0 with and without it.
//!
//! It builds both, each on its own, which takes a minute or two: `cargo test --test models repair:: --
//! --ignored`, with `UPDATE_DOCUMENTS=1` to write the document anew.

use std::path::{Path, PathBuf};
use std::process::Command;

use lastbyte::check::results::{Results, Row};
use lastbyte::check::{Comparison, Meaning};
use lastbyte::render::comparison::figures;
use lastbyte::render::documents;
use lastbyte::trace::Verdict;
use lastbyte_models::conformance::releases;
use lastbyte_models::dispatch_loop::{PROPOSED, RECHECK_FLUSHES};

/// The findings that the repair closes, each with its scenarios on real code.
const CLOSED: &[(&str, &[&str])] = &[
    ("second-request-stranded", &["pipelined-request"]),
    ("ends-with-the-connection", &["ends-with-the-connection"]),
    (
        "head-behind-queue",
        &["queue-next-request", "client-queue-early-response"],
    ),
    ("taken-out-unflushed", &["taken-out"]),
    ("upgrade-unflushed", &["upgrade-refused"]),
    (
        "pipeline-flush",
        &[
            "pipeline-flush-close",
            "pipeline-flush-upgrade",
            "pipeline-flush-bad-request",
            "pipeline-flush-partial",
        ],
    ),
    ("timeout-unflushed", &["timeout-unflushed"]),
];

/// The findings that it leaves.
const LEFT: [&str; 1] = ["reset-after-the-last-byte"];

const DOCUMENT: &str = "models/dispatch_loop/findings/repair.md";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn every_finding_is_closed_or_left() {
    let folder = root().join(DOCUMENT).with_file_name("");
    let files = std::fs::read_dir(folder).expect("the findings");
    let names = files.map(|file| file.expect("a file").path());
    let mut names: Vec<_> = names
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name != "repair")
        .collect();
    names.sort();
    let closed = CLOSED.iter().map(|(name, _)| *name);
    let mut told: Vec<_> = closed.chain(LEFT).collect();
    told.sort_unstable();
    assert_eq!(names, told);
}

/// What both packages come to.
fn explored() -> Results {
    let output = Command::new(env!("CARGO_BIN_EXE_verify"))
        .args(["--real=1.12.0,proposed", "--format", "json"])
        .env_remove("RUSTFLAGS")
        .current_dir(root())
        .output()
        .expect("the program that was just built can be run");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).expect("results")
}

fn row<'a>(results: &'a Results, version: &str, scenario: &str) -> &'a Row {
    let id = format!("history/hyper-{version}/{scenario}");
    let mut rows = results.rows.iter();
    rows.find(|row| row.id.text == id).expect(&id)
}

fn closed(results: &Results) -> String {
    let mut text =
        "| finding | scenario | property | 1.12.0 | with the repair |\n|---|---|---|---|---|\n"
            .to_owned();
    for (finding, scenarios) in CLOSED {
        for scenario in *scenarios {
            let before = row(results, "1.12.0", scenario);
            let after = row(results, "proposed", scenario);
            assert_eq!(before.verdict, Verdict::Refuted, "{scenario}");
            assert_eq!(after.verdict, Verdict::Proved, "{scenario}");
            text += &format!(
                "| [{finding}]({finding}.md) | {scenario} | {} | refuted, {} explored | proved, all {} explored |\n",
                before.property, before.executions, after.executions
            );
        }
    }
    text
}

fn left(results: &Results) -> String {
    let mut text =
        "| scenario | property | 1.12.0 | with the repair | it is |\n|---|---|---|---|---|\n"
            .to_owned();
    for after in &results.rows {
        let scenario = after.id.text.strip_prefix("history/hyper-proposed/");
        let Some(scenario) = scenario.filter(|_| after.verdict == Verdict::Refuted) else {
            continue;
        };
        let before = row(results, "1.12.0", scenario);
        let meaning = match after.meaning {
            Meaning::PriceOfRepair => "the price of #4018".to_owned(),
            Meaning::Accepted => "by design".to_owned(),
            Meaning::Defect => "hyper #4176, which is not in this loop's order".to_owned(),
        };
        text += &format!(
            "| {scenario} | {} | {} | {} | {meaning} |\n",
            after.property, before.verdict, after.verdict
        );
    }
    text
}

fn compared(results: &Results) -> String {
    let mut text = String::new();
    for figures in figures(&results.comparisons) {
        assert_eq!(figures.unlike, 0, "{:?}", figures.subjects);
        let [real, model] = &figures.subjects;
        text += &format!(
            "* {real} against {model}: {} scenario families in {} scenarios, {} known deviations, {} not alike.\n",
            figures.families, figures.comparisons, figures.deviations, figures.unlike
        );
    }
    text
}

/// The families in which the socket sees something else of the model's repaired revision.
fn cost() -> String {
    let releases = releases();
    let newest = releases.last().expect("a release");
    let families = lastbyte_models::conformance::families();
    let (mut other, mut all) = (Vec::new(), 0);
    for family in &families {
        let of = |revision| newest.compare_with(family, revision).pairs;
        let pairs = of(RECHECK_FLUSHES).into_iter().zip(of(PROPOSED));
        let pairs = pairs.map(|([_, before], [_, after])| [before, after]);
        let comparison = Comparison::new(family.name, 1_000_000, pairs.collect());
        let compared = comparison.run(None, None);
        assert_eq!(compared.inconclusive, None, "{}", family.name);
        all += 1;
        if !compared.differences.is_empty() {
            other.push(family.name);
        }
    }
    format!(
        "In {} of {all} the socket sees exactly the same. It sees something else in {}: {}.",
        all - other.len(),
        other.len(),
        other.join(", ")
    )
}

#[test]
#[ignore = "builds hyper with and without the repair"]
fn the_repair_does_what_its_document_says() {
    let results = explored();
    let path = root().join(DOCUMENT);
    let document = std::fs::read_to_string(&path).expect("the document");
    let mut new = document.clone();
    for (part, text) in [
        ("closed", closed(&results)),
        ("left", left(&results)),
        ("cost", cost()),
        ("compared", compared(&results)),
    ] {
        new = documents::replace(&new, part, &text).expect(part);
    }
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::write(&path, new).expect("a place for it");
    } else {
        assert!(
            document == new,
            "{DOCUMENT} is out of date; .ci/documents writes it"
        );
    }
}
