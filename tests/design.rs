//! The tables about the loop in DESIGN.md, and the list of what is compared with hyper, are made
//! from the source: `UPDATE_DOCUMENTS=1` writes them anew.

#[path = "support/cargo.rs"]
mod cargo;

use std::collections::BTreeMap;
use std::path::Path;

use cargo::{packages, root};

use lastbyte::Faults;
use lastbyte_models::conformance::{
    DEVIATIONS, Environment, NOT_COMPARED, Side, TOO_LARGE, situations,
};
use lastbyte_models::dispatch_loop::{LAST_0_14, REVISIONS, Revision};

const CLOSE: &str = "<!-- end of generated -->";

/// Compares a file, or a marked part of it, or writes it.
fn compare(file: &str, part: Option<&str>, text: &str) {
    let path = root().join(file);
    let document = std::fs::read_to_string(&path).unwrap_or_default();
    let new = match part {
        None => text.to_owned(),
        Some(part) => {
            let open = format!("<!-- generated: {part} -->");
            let (before, rest) = document.split_once(&open).expect(part);
            let (_, after) = rest.split_once(CLOSE).expect("an end");
            format!("{before}{open}\n\n{text}\n{CLOSE}{after}")
        }
    };
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::write(&path, new).expect("a place for it");
    } else {
        assert!(
            document == new,
            "{file} is out of date; UPDATE_DOCUMENTS=1 writes it"
        );
    }
}

#[test]
fn the_revisions_are_those_of_the_model() {
    let mut text = String::from(
        "| revision | releases | change, commit | what it does |\n|---|---|---|---|\n",
    );
    let line = |revision: &Revision| {
        let (name, releases) = (revision.name, revision.versions.join(", "));
        format!(
            "| {name} | {releases} | {} | {} |\n",
            revision.change, revision.about
        )
    };
    text += &line(&LAST_0_14);
    text.extend(REVISIONS.iter().map(line));
    compare("DESIGN.md", Some("revisions"), &text);
}

/// A function of the model, and what it stands for.
struct Mapped {
    ours: String,
    file: &'static str,
    /// `Dispatcher::poll_read`
    theirs: Vec<String>,
    /// hyper's files.
    files: Vec<String>,
}

/// The functions whose documentation begins with the name of hyper's.
fn mapped(file: &'static str, source: &str) -> Vec<Mapped> {
    let mut found = Vec::new();
    let mut doc = String::new();
    for line in source.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            doc += words;
        } else if let Some(words) = line.split_once("fn ").map(|(_, words)| words)
            && doc.starts_with(" `")
        {
            let ours = words.split(['(', '<']).next().expect("a name").to_owned();
            let sentence = doc.split(". ").next().unwrap_or_default();
            let names = sentence.split('`').skip(1).step_by(2);
            let theirs = names.filter(|name| name.contains("::")).map(str::to_owned);
            let files = ["dispatch.rs", "conn.rs", "io.rs"].iter();
            let files = files
                .filter(|file| doc.contains(*file))
                .map(|f| f.to_string());
            let (theirs, files): (Vec<_>, Vec<_>) = (theirs.collect(), files.collect());
            if !theirs.is_empty() && !files.is_empty() {
                found.push(Mapped {
                    ours,
                    file,
                    theirs,
                    files,
                });
            }
            doc.clear();
        } else if !line.starts_with("#[") {
            doc.clear();
        }
    }
    found
}

fn mapping() -> Vec<Mapped> {
    [
        mapped(
            "dispatch.rs",
            include_str!("../models/dispatch_loop/dispatch.rs"),
        ),
        mapped("conn.rs", include_str!("../models/dispatch_loop/conn.rs")),
        mapped("state.rs", include_str!("../models/dispatch_loop/state.rs")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn the_mapping_is_that_of_the_model() {
    let mut text = String::from(
        "| model, `models/dispatch_loop/` | hyper 1.12.0, `src/proto/h1/` |\n|---|---|\n",
    );
    for Mapped {
        ours,
        file,
        theirs,
        files,
    } in mapping()
    {
        let theirs: Vec<_> = theirs.iter().map(|name| format!("`{name}`")).collect();
        let (theirs, files) = (theirs.join(", "), files.join(", "));
        text += &format!("| {file}: `{ours}` | {files}: {theirs} |\n");
    }
    compare("DESIGN.md", Some("mapping"), &text);
}

/// What the model names is there, in the hyper that is built.
#[test]
fn what_the_mapping_names_is_in_hyper() {
    let packages = packages("");
    let hyper = packages
        .iter()
        .find(|p| p["name"] == "hyper" && p["version"] == "1.12.0")
        .expect("hyper 1.12.0 is built");
    let manifest = Path::new(hyper["manifest_path"].as_str().expect("a path"));
    let folder = manifest.with_file_name("src").join("proto/h1");
    let mapping = mapping();
    assert!(mapping.len() > 30, "only {} functions", mapping.len());
    for mapped in mapping {
        let read =
            |file: &String| std::fs::read_to_string(folder.join(file)).expect("hyper's file");
        let source: String = mapped.files.iter().map(read).collect();
        for name in &mapped.theirs {
            let function = name.rsplit("::").next().expect("a name");
            let is_there = [format!("fn {function}("), format!("fn {function}<")];
            assert!(
                is_there.iter().any(|text| source.contains(text)),
                "{}: hyper has no {name} in {:?}",
                mapped.ours,
                mapped.files
            );
        }
    }
}

/// What fails in a situation, in words.
fn fault(faults: &Faults) -> Option<String> {
    let Faults {
        write_error_after,
        write_zero_after,
        shutdown_error,
        spurious_input,
        reset_told_once,
    } = faults;
    let told = [
        write_error_after.map(|m| format!("a write fails after {m} bytes")),
        write_zero_after.map(|m| format!("a write takes nothing after {m} bytes")),
        shutdown_error.then(|| "the shutdown fails".to_owned()),
        spurious_input.then(|| "spurious readiness of the input".to_owned()),
        reset_told_once.then(|| "one call tells of the reset".to_owned()),
    ];
    told.into_iter().flatten().reduce(|a, b| a + ", " + &b)
}

#[test]
fn the_list_of_what_is_compared_is_complete() {
    let mut text = String::from(
        "# What is compared with hyper\n\nIn each of these situations the model of the dispatch \
         loop and a release of hyper are explored to the end, in every interleaving and without \
         state caching, and the sets of what the socket sees are compared, in both directions. \
         `cargo verify --only conformance` compares the newest release, `cargo verify --real` \
         all; the figures are in DESIGN.md.\n\n\
         | situation | side | besides | kernel buffer and reader | left out as too large |\n\
         |---|---|---|---|---|\n",
    );
    let environment = |&(capacity, slow): &Environment| match slow {
        None => format!("K={capacity}"),
        Some(0) => format!("K={capacity} unread"),
        Some(bytes) => format!("K={capacity} by {bytes}"),
    };
    let list = |all: &[Environment]| all.iter().map(environment).collect::<Vec<_>>().join(", ");
    for situation in situations() {
        let side = match &situation.side {
            Side::Server(..) => "server",
            Side::Client(_) => "client",
        };
        let mut beside = format!("{:?}", situation.beside);
        if let Some(fault) = fault(&situation.faults) {
            beside += &format!(", {fault}");
        }
        let (there, mut left) = (list(situation.environments), list(&situation.left_out()));
        for release in situation.too_large_in {
            left += &format!(
                "{}all of {release}",
                if left.is_empty() { "" } else { ", " }
            );
        }
        text += &format!(
            "| {} | {side} | {beside} | {there} | {left} |\n",
            situation.name
        );
    }
    text += &format!(
        "\nK is the capacity of the kernel's buffer in bytes; `by n` is a reader that takes at most \
         n bytes at a time, `unread` one that takes none. Too large is what takes one side more \
         than {TOO_LARGE} executions.\n\nNot compared: {NOT_COMPARED}.\n\nKnown deviations: "
    );
    match DEVIATIONS {
        [] => text += "none.\n",
        deviations => {
            text += "\n\n";
            for (deviation, names) in deviations {
                let names = names.join(", ");
                text += &format!("* {} ({names}): {}\n", deviation.name, deviation.why);
            }
        }
    }
    compare("models/conformance/situations.md", None, &text);
}

/// Every line of the table of planted defects names a test that there is.
#[test]
fn every_planted_defect_names_its_test() {
    let file = root().join("models/trust/planted.md");
    let table = std::fs::read_to_string(file).expect("models/trust/planted.md");
    let mut defects = BTreeMap::<&str, usize>::new();
    for line in table.lines().filter(|line| line.contains("` `")) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, part, _, noticed, _] = cells[..] else {
            panic!("{line}: expected are three columns");
        };
        let words = noticed.trim_matches('`').split_once("` `");
        let (file, test) = words.expect("a file and a test");
        let source = std::fs::read_to_string(root().join(file)).expect(file);
        assert!(
            source.contains(&format!("fn {test}()")),
            "{file} has no {test}"
        );
        *defects.entry(part).or_default() += 1;
    }
    assert!(defects.len() >= 7, "{defects:?}");
    assert!(defects.values().all(|count| *count >= 2), "{defects:?}");
}
