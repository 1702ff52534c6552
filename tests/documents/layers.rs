//! The layers of `src/`: each imports from itself and from lower ones, never from higher ones. Inside
//! a folder, no module imports from one that imports from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// From the lowest to the highest.
const LAYERS: [&str; 8] = [
    "trace",
    "environment",
    "run",
    "explore",
    "check",
    "render",
    "checker",
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
                // What the root of the crate passes on may be of any layer.
                let of_the_root = name.starts_with(char::is_uppercase) && !several;
                if of_the_root || place(name).is_some_and(|place| place > own) {
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
                use crate::{run::world::World, cli::main};\n// crate::cli is only named here\n\
                let _ = crate::Claim::new;\n";
    let numbers = |layer| -> Vec<usize> {
        let found = upward(layer, text).into_iter();
        found.map(|(number, _)| number).collect()
    };
    assert_eq!(numbers("cli"), [5]);
    assert_eq!(numbers("check"), [3, 5]);
    assert_eq!(numbers("explore"), [2, 3, 5]);
    assert_eq!(numbers("trace"), [2, 3, 3, 5]);
}

/// A module by its path below `src/`: `check`, `claim`.
type Module = Vec<String>;

/// Who imports from whom among the modules of one folder, and where.
type Imports = BTreeMap<String, BTreeMap<String, String>>;

/// The paths after `crate::` or `super::`, of which `use` may name several in braces.
fn tree(text: &str, at: &mut usize) -> Vec<Module> {
    let skip = |at: &mut usize| {
        let rest = text[*at..].trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        *at = text.len() - rest.len();
    };
    skip(at);
    let rest = &text[*at..];
    if rest.starts_with('{') {
        *at += 1;
        let mut all = Vec::new();
        while *at < text.len() {
            skip(at);
            if text[*at..].starts_with('}') {
                *at += 1;
                break;
            }
            all.extend(tree(text, at));
        }
        return all;
    }
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let name = &rest[..end.unwrap_or(rest.len())];
    if name.is_empty() {
        *at += rest.chars().next().map_or(0, char::len_utf8);
        return Vec::new();
    }
    *at += name.len();
    if !text[*at..].starts_with("::") {
        return vec![vec![name.to_owned()]];
    }
    *at += 2;
    let below = tree(text, at);
    if below.is_empty() {
        return vec![vec![name.to_owned()]];
    }
    let with_name = |path: Module| [vec![name.to_owned()], path].concat();
    below.into_iter().map(with_name).collect()
}

/// What a module's text imports, its own tests aside: the path of each, and the number of the line.
fn imported(module: &[String], is_folder: bool, text: &str) -> Vec<(Module, usize)> {
    let code: Vec<_> = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default()
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    let code = code.join("\n");
    let number = |at: usize| code[..at].matches('\n').count() + 1;
    let mut found = Vec::new();
    let above = match is_folder {
        true => module,
        false => &module[..module.len() - 1],
    };
    for (word, base) in [("crate::", &[][..]), ("super::", above), ("self::", module)] {
        // In a folder's own file `super` is the folder above.
        let base = match (word, is_folder) {
            ("super::", true) => &module[..module.len() - 1],
            _ => base,
        };
        for (at, _) in code.match_indices(word) {
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            for path in tree(&code, &mut (at + word.len())) {
                let ups = path.iter().take_while(|name| *name == "super").count();
                let base = &base[..base.len().saturating_sub(ups)];
                found.push(([base, &path[ups..]].concat(), number(at)));
            }
        }
    }
    // A folder's own file names the modules in it; what it only passes on is no import.
    for (at, _) in code.match_indices("::").filter(|_| is_folder) {
        let line = code[..at].rsplit('\n').next().unwrap_or_default();
        let start = line.rfind(|c: char| !c.is_alphanumeric() && c != '_');
        let (before, name) = line.split_at(start.map_or(0, |start| start + 1));
        if !before.trim_start().starts_with("pub") && !before.ends_with(':') {
            found.push(([module, &[name.to_owned()]].concat(), number(at)));
        }
    }
    found
}

/// The imports among the modules of every folder.
fn imports(sources: &BTreeMap<Module, (bool, String)>) -> BTreeMap<Module, Imports> {
    let mut folders: BTreeMap<Module, Imports> = BTreeMap::new();
    for (module, (is_folder, text)) in sources {
        for (path, line) in imported(module, *is_folder, text) {
            let known = (1..=path.len()).rev().map(|n| path[..n].to_vec());
            let Some(to) = known.into_iter().find(|path| sources.contains_key(path)) else {
                continue;
            };
            let common = module.iter().zip(&to).take_while(|(a, b)| a == b).count();
            if common == 0 {
                continue; // another layer
            }
            let name = |path: &Module| path.get(common).cloned().unwrap_or("mod".to_owned());
            let (from, to) = (name(module), name(&to));
            if from != to {
                let file = module.join("/") + if *is_folder { "/mod.rs" } else { ".rs" };
                let folder = folders.entry(module[..common].to_vec()).or_default();
                let place = format!("src/{file}:{line}");
                folder.entry(from).or_default().entry(to).or_insert(place);
            }
        }
    }
    folders
}

/// The shortest circle, as its imports; none when there is no circle.
fn circle(imports: &Imports) -> Option<Vec<String>> {
    let mut shortest: Option<Vec<String>> = None;
    for start in imports.keys() {
        let mut seen = BTreeSet::new();
        let mut ways = std::collections::VecDeque::from([vec![start.clone()]]);
        while let Some(way) = ways.pop_front() {
            let here = way.last().expect("a way begins somewhere");
            for to in imports.get(here).into_iter().flat_map(BTreeMap::keys) {
                let longer = [way.clone(), vec![to.clone()]].concat();
                if to == start {
                    if shortest
                        .as_ref()
                        .is_none_or(|known| longer.len() < known.len())
                    {
                        shortest = Some(longer);
                    }
                } else if seen.insert(to.clone()) {
                    ways.push_back(longer);
                }
            }
        }
    }
    let circle = shortest?;
    let steps = circle.windows(2).map(|pair| {
        let place = &imports[&pair[0]][&pair[1]];
        format!("{} imports {} ({place})", pair[0], pair[1])
    });
    Some(steps.collect())
}

#[test]
fn no_folder_has_a_circle_of_imports() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src");
    let mut sources = BTreeMap::new();
    for path in files(&source) {
        let within = path.strip_prefix(&source).expect("it is there");
        let names = within.with_extension("");
        let mut module: Module = names
            .iter()
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        let is_folder = module.last().is_some_and(|name| name == "mod");
        if is_folder {
            module.pop();
        }
        let text = std::fs::read_to_string(&path).expect("sources are text");
        sources.insert(module, (is_folder, text));
    }
    let circles: Vec<_> = imports(&sources)
        .iter()
        .filter_map(|(folder, imports)| {
            let circle = circle(imports)?.join(", ");
            Some(format!("{}: {circle}", folder.join("/")))
        })
        .collect();
    assert!(
        circles.is_empty(),
        "circles of imports:\n{}",
        circles.join("\n")
    );
}

#[test]
fn a_circle_of_imports_is_found() {
    let module = |path: &str, text: &str| {
        let names: Module = path.split('/').map(str::to_owned).collect();
        let is_folder = !path.ends_with(char::is_lowercase);
        let names = names.into_iter().filter(|name| !name.is_empty()).collect();
        (names, (is_folder, text.to_owned()))
    };
    let found = |all: &[(&str, &str)]| {
        let sources = all.iter().map(|(path, text)| module(path, text)).collect();
        let imports = imports(&sources);
        let circles = imports.values().filter_map(circle);
        circles.collect::<Vec<_>>().concat().join(", ")
    };
    let claim = "use crate::{check::{\n    query::{self, Query}, row::Row},\n run::X};\n";
    assert_eq!(
        found(&[
            ("check/", "pub use claim::Claim;\npub use query::Query;"),
            ("check/claim", claim),
            ("check/query", "use super::row::Row;\nuse super::*;"),
            ("check/row", "// crate::check::claim is only named here\n"),
            ("run/", "use crate::check::claim::Claim;"),
        ]),
        ""
    );
    assert_eq!(
        found(&[
            ("check/", ""),
            ("check/claim", claim),
            ("check/query", "fn f() -> super::claim::Claim {}"),
            ("check/row", ""),
        ]),
        "claim imports query (src/check/claim.rs:1), query imports claim (src/check/query.rs:1)"
    );
    assert_eq!(
        found(&[
            ("a/", ""),
            ("a/page/", "\nuse part::Part;"),
            ("a/page/part", "use super::{terms, words};"),
        ]),
        "mod imports part (src/a/page/mod.rs:2), part imports mod (src/a/page/part.rs:1)"
    );
}

/// What a user meets first is few names; the others are in the modules.
#[test]
fn the_root_has_few_names() {
    const NAMES: usize = 25;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/lib.rs");
    let text = std::fs::read_to_string(root).expect("sources are text");
    let mut names = Vec::new();
    for (at, word) in text.match_indices("\npub use ") {
        let uses = text[at + word.len()..].split(';').next();
        let uses = uses.expect("a split has a first part").to_owned() + ",";
        for path in tree(&format!("{{{uses}}}"), &mut 0) {
            names.extend(path.last().cloned());
        }
    }
    assert!(names.contains(&"Checker".to_owned()), "{names:?}");
    assert!(
        names.len() <= NAMES && !text.contains("::*"),
        "{} names at the root, expected: {NAMES} at most: {names:?}",
        names.len()
    );
}

/// Long files are read slowly: whoever adds one gives a reason here.
#[test]
fn no_file_is_longer_than_it_must_be() {
    const LINES: usize = 400;
    const LONGER: [(&str, &str); 5] = [
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
        ("mutants/table.rs", "one table of all mutants"),
    ];
    let models = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = models.join("../src");
    let mut wrong = Vec::new();
    let all = [&sources, models].map(|folder| files(folder).into_iter());
    let all = all.into_iter().flatten();
    for path in all.filter(|path| path.extension().is_some_and(|ending| ending == "rs")) {
        let name = path.strip_prefix(&sources).or(path.strip_prefix(models));
        let name = name.expect("it is there");
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
        "{wrong:?}; expected: {LINES} lines at most"
    );
}
