//! The table of revisions in DESIGN.md, the mapping of the model's functions to hyper's, and the list
//! of what is compared with hyper are made from the source: `.ci/documents` writes them anew.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cargo::{packages, root};

use lastbyte::environment::{Budget, Faults};
use lastbyte::render::documents;
use lastbyte_models::conformance::{
    DEVIATIONS, KernelAndReader, NOT_COMPARED, Side, TOO_LARGE, families,
};
use lastbyte_models::dispatch_loop::{LAST_0_14, REVISIONS, Revision};

/// Compares a file, or a generated part of it, or writes it.
fn compare(file: &str, part: Option<&str>, text: &str) {
    let path = root().join(file);
    let document = std::fs::read_to_string(&path).unwrap_or_default();
    let new = match part {
        None => text.to_owned(),
        Some(part) => documents::replace(&document, part, text).expect(part),
    };
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::write(&path, new).expect("a place for it");
    } else {
        assert!(
            document == new,
            "{file} is out of date; .ci/documents writes it"
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

/// A function of the model, and what its documentation says that it stands for.
struct Function {
    ours: String,
    /// The model's file.
    file: &'static str,
    doc: String,
    /// `Dispatcher::poll_read`
    theirs: Vec<String>,
    /// hyper's files.
    files: Vec<String>,
}

/// The functions of a file. Declarations in a trait are none.
fn functions(file: &'static str, source: &str) -> Vec<Function> {
    let mut found = Vec::new();
    let mut doc = String::new();
    for line in source.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            doc += words;
        } else if let Some((_, words)) = line.split_once("fn ")
            && !line.starts_with("//")
            && !line.ends_with(';')
        {
            let ours = words.split(['(', '<']).next().expect("a name").to_owned();
            let doc = std::mem::take(&mut doc);
            let sentence = match doc.starts_with(" `") {
                true => doc.split(". ").next().unwrap_or_default(),
                false => "",
            };
            let names = sentence.split('`').skip(1).step_by(2);
            let theirs = names.filter(|name| name.contains("::")).map(str::to_owned);
            let files = ["dispatch.rs", "conn.rs", "decode.rs", "io.rs"].iter();
            let files = files.filter(|file| sentence.contains(*file));
            found.push(Function {
                ours,
                file,
                theirs: theirs.collect(),
                files: files.map(|file| file.to_string()).collect(),
                doc,
            });
        } else if !line.starts_with("#[") {
            doc.clear();
        }
    }
    found
}

/// All functions of the files that stand beside hyper's.
fn all_functions() -> Vec<Function> {
    [
        functions(
            "dispatch.rs",
            include_str!("../../models/dispatch_loop/dispatch.rs"),
        ),
        functions(
            "conn.rs",
            include_str!("../../models/dispatch_loop/conn.rs"),
        ),
        functions(
            "state.rs",
            include_str!("../../models/dispatch_loop/state.rs"),
        ),
        functions("io.rs", include_str!("../../models/dispatch_loop/io.rs")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Those that stand for functions of hyper.
fn mapping() -> Vec<Function> {
    let mut all = all_functions();
    all.retain(|function| !function.theirs.is_empty());
    all
}

#[test]
fn every_function_beside_hypers_says_whose_it_is() {
    for Function {
        ours,
        file,
        doc,
        theirs,
        files,
    } in all_functions()
    {
        let is_named = !theirs.is_empty() && !files.is_empty();
        assert!(
            is_named || doc.starts_with(" Not hyper's"),
            "{file}: the documentation of {ours} has to begin with hyper's function and its file, or \
             with \"Not hyper's\"; got {doc:?}"
        );
    }
}

#[test]
fn the_mapping_is_that_of_the_model() {
    let mut text = String::from(
        "# The model's functions and hyper's\n\nGenerated from the documentation of the functions, \
         and compared with the source of hyper 1.12.0. The order is that of hyper's files. Functions that \
         are not listed are not hyper's; their documentation says so.\n\n\
         | model, `models/dispatch_loop/` | hyper 1.12.0, `src/proto/h1/` |\n|---|---|\n",
    );
    for function in mapping() {
        let theirs = function.theirs.iter().map(|name| format!("`{name}`"));
        let theirs = theirs.collect::<Vec<_>>().join(", ");
        let Function {
            ours, file, files, ..
        } = function;
        text += &format!("| {file}: `{ours}` | {}: {theirs} |\n", files.join(", "));
    }
    compare("models/dispatch_loop/mapping.md", None, &text);
}

/// Where the function of this name is in an `impl` of this type.
fn position(source: &str, ty: &str, function: &str) -> Option<usize> {
    let (mut at, mut is_of_type) = (0, false);
    let starts = [format!("fn {function}("), format!("fn {function}<")];
    let types = [format!(" {ty}<"), format!(" {ty} {{")];
    for line in source.split_inclusive('\n') {
        if line.trim_start().starts_with("impl") {
            is_of_type = types.iter().any(|ty| line.contains(ty));
        } else if is_of_type && starts.iter().any(|start| line.contains(start)) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// What the model names is there, in the hyper that is built, and in the same order.
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
    assert!(mapping.len() > 70, "only {} functions", mapping.len());
    let mut last = ("", String::new(), 0);
    for Function {
        ours,
        file,
        theirs,
        files,
        ..
    } in mapping
    {
        let sources = files.iter().map(|file| {
            let source = std::fs::read_to_string(folder.join(file)).expect("hyper's file");
            (file, source)
        });
        let sources: Vec<_> = sources.collect();
        for (n, name) in theirs.iter().enumerate() {
            let (ty, function) = name.split_once("::").expect("a type and a function");
            let found = sources.iter().find_map(|(file, source)| {
                position(source, ty, function).map(|at| (file.to_string(), at))
            });
            let Some((theirs, at)) = found else {
                panic!("{ours}: hyper has no {name} in {files:?}");
            };
            // What is named after the first one was put into it.
            if n == 0 && theirs != "decode.rs" {
                assert!(
                    last.0 != file || last.1 != theirs || last.2 < at,
                    "{file}: {ours} stands after what follows it in hyper's {theirs}"
                );
                last = (file, theirs, at);
            }
        }
    }
}

/// What fails in a scenario family, in words.
fn fault(faults: &Faults) -> Option<String> {
    let Faults {
        write_error_after,
        write_zero_after,
        shutdown_error,
        spurious_input,
        reset_told_once,
        budget,
        joined_input,
    } = faults;
    let told = [
        write_error_after.map(|m| format!("a write fails after {m} bytes")),
        write_zero_after.map(|m| format!("a write takes nothing after {m} bytes")),
        shutdown_error.then(|| "the shutdown fails".to_owned()),
        spurious_input.then(|| "spurious readiness of the input".to_owned()),
        reset_told_once.then(|| "one call tells of the reset".to_owned()),
        budget.map(|budget| {
            let Budget { behind, polls } = budget;
            format!("tokio's budget is spent behind {behind} calls, in {polls} polls")
        }),
        joined_input.then(|| "a read joins what several sends brought".to_owned()),
    ];
    told.into_iter().flatten().reduce(|a, b| a + ", " + &b)
}

#[test]
fn the_list_of_what_is_compared_is_complete() {
    let mut text = String::from(
        "# What is compared with hyper\n\nIn each of these scenario families the model of the dispatch \
         loop and a release of hyper are explored to the end, in every interleaving, and the sets of \
         what the socket sees from the beginning to the end of an execution are compared as the languages of \
         automata, in both directions. \
         `cargo verify --only conformance` compares the newest release, `cargo verify --real` \
         all; the figures are in models/results.md.\n\n\
         | scenario family | side | besides | kernel buffer and reader | left out, since they take longest |\n\
         |---|---|---|---|---|\n",
    );
    let scenario = |&(capacity, slow): &KernelAndReader| match slow {
        None => format!("K={capacity}"),
        Some(0) => format!("K={capacity} unread"),
        Some(bytes) => format!("K={capacity} by {bytes}"),
    };
    let list = |all: &[KernelAndReader]| all.iter().map(scenario).collect::<Vec<_>>().join(", ");
    for family in families() {
        let side = match &family.side {
            Side::Server(..) => "server",
            Side::Client(_) => "client",
        };
        let mut beside = format!("{:?}", family.beside);
        if let Some(fault) = fault(&family.faults) {
            beside += &format!(", {fault}");
        }
        let (there, mut left) = (list(family.scenarios), list(&family.left_out()));
        for release in family.too_large_in {
            left += &format!(
                "{}all of {release}",
                if left.is_empty() { "" } else { ", " }
            );
        }
        text += &format!(
            "| {} | {side} | {beside} | {there} | {left} |\n",
            family.name
        );
    }
    text += &format!(
        "\nK is the capacity of the kernel's buffer in bytes; `by n` is a reader that takes at most \
         n bytes at a time, `unread` one that takes none. A side that takes more than {TOO_LARGE} \
         executions is given up, and the comparison is inconclusive.\n\nNot compared: {NOT_COMPARED}.\n\nKnown deviations: "
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
    compare("models/conformance/scenarios.md", None, &text);
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
            panic!("{line}; expected: three columns");
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
