//! The layers of `src/`: each imports from itself and from those below it, never from above.

use std::path::{Path, PathBuf};

/// From the bottom to the top.
const LAYERS: [&str; 7] = [
    "trace",
    "environment",
    "run",
    "explore",
    "check",
    "render",
    "cli",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        match path.is_dir() {
            true => all.extend(files(&path)),
            false => all.push(path),
        }
    }
    all.sort();
    all
}

/// What a layer's text names of higher layers, with the number of the line.
fn upward(layer: &str, text: &str) -> Vec<(usize, String)> {
    let place = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    let own = place(layer).expect("it is a layer");
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at + "crate::".len()..];
            // `use crate::{run::..., trace::...}` names several at once.
            let names = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let several = rest.starts_with('{');
            for name in names.take(if several { usize::MAX } else { 1 }) {
                if place(name).is_some_and(|place| place > own) {
                    found.push((number + 1, line.trim().to_owned()));
                }
            }
        }
    }
    found
}

#[test]
fn no_layer_imports_from_above() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src");
    let mut seen = Vec::new();
    let mut wrong = Vec::new();
    for path in files(&source) {
        let within = path.strip_prefix(&source).expect("it is there");
        let layer = within.iter().next().and_then(|name| name.to_str());
        let Some(layer) = layer.filter(|layer| LAYERS.contains(layer)) else {
            continue;
        };
        seen.push(layer.to_owned());
        let text = std::fs::read_to_string(&path).expect("sources are text");
        for (number, line) in upward(layer, &text) {
            wrong.push(format!("src/{}:{number}: {line}", within.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "imports from above:\n{}",
        wrong.join("\n")
    );
    seen.dedup();
    seen.sort();
    let mut all = LAYERS.map(str::to_owned);
    all.sort();
    assert_eq!(seen, all, "every layer is a folder");
}

#[test]
fn an_import_from_above_is_found() {
    let text = "use crate::trace::event::Event;\nuse crate::check::claim::Claim; // why\n\
                use crate::{run::world::World, cli::main};\n// crate::cli is only named here\n";
    let numbers = |layer| -> Vec<usize> {
        let found = upward(layer, text).into_iter();
        found.map(|(number, _)| number).collect()
    };
    assert_eq!(numbers("cli"), Vec::<usize>::new());
    assert_eq!(numbers("check"), [3]);
    assert_eq!(numbers("explore"), [2, 3]);
    assert_eq!(numbers("trace"), [2, 3, 3]);
}

/// Long files are read slowly: whoever adds one gives a reason here.
#[test]
fn no_file_is_longer_than_it_must_be() {
    const LINES: usize = 400;
    const LONGER: [(&str, &str); 6] = [
        (
            "checker/mod.rs",
            "one builder with the documentation of every setting",
        ),
        (
            "environment/kernel.rs",
            "one state machine, read from top to bottom",
        ),
        ("explore/search.rs", "one memory with its phases"),
        (
            "trace/property.rs",
            "every built-in property with its check",
        ),
        (
            "check/comparison.rs",
            "a comparison, what it comes to, and how its two sides are explored",
        ),
        (
            "check/runner.rs",
            "both sides of the protocol between a run and its workers",
        ),
    ];
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src");
    let mut wrong = Vec::new();
    for path in files(&source) {
        let name = path.strip_prefix(&source).expect("it is there");
        let lines = std::fs::read_to_string(&path).expect("sources are text");
        let lines = lines.lines().count();
        let has_a_reason = LONGER.iter().any(|(longer, _)| Path::new(longer) == name);
        if lines > LINES && !has_a_reason {
            wrong.push(format!("{} has {lines} lines", name.display()));
        }
        if lines <= LINES && has_a_reason {
            wrong.push(format!("{} needs no reason any more", name.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong:?}; expected are {LINES} lines at most"
    );
}
