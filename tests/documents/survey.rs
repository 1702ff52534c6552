//! The survey: every package has its lock file and its lines in the table, and every finding its document
//! and a test over a real socket, or the reason why there is none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lastbyte::render::documents::part;

use crate::cargo::root;

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("the entry can be read").path());
    let mut folders: Vec<_> = paths.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn name(path: &Path) -> String {
    path.file_name()
        .expect("it has one")
        .to_string_lossy()
        .into_owned()
}

/// Crate, release and folder of every package.
fn packages() -> Vec<(String, String, PathBuf)> {
    let mut found = Vec::new();
    for of_crate in folders(&root().join("survey")) {
        for package in folders(&of_crate) {
            if package.join("Cargo.toml").is_file() {
                found.push((name(&of_crate), name(&package), package));
            }
        }
    }
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_package_is_called_as_what_it_pins_and_has_its_lock_file() {
    let packages = packages();
    assert!(!packages.is_empty());
    for (of_crate, release, folder) in packages {
        let manifest = read(&folder.join("Cargo.toml"));
        let program = format!("{of_crate}-{}", release.replace('.', "_"));
        for line in [
            format!("name = \"survey-{of_crate}\""),
            format!("version = \"{release}\""),
            format!("name = \"{program}\""),
        ] {
            let there = manifest.lines().any(|known| known == line);
            assert!(there, "{of_crate} {release} has no {line}");
        }
        let lock = read(&folder.join("Cargo.lock"));
        let locked = format!("name = \"{of_crate}\"\nversion = \"{release}\"\n");
        assert!(lock.contains(&locked), "{of_crate} {release} locks another");
    }
}

#[test]
fn the_table_has_every_package_and_no_other() {
    let readme = read(&root().join("survey/README.md"));
    let table = part(&readme, "survey").expect("it is marked");
    let lines = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| crate "));
    let shown: BTreeSet<_> = lines
        .map(|line| {
            let mut fields = line.trim_start_matches("| ").split(" | ");
            let mut field = || fields.next().expect("a field").to_owned();
            (field(), field())
        })
        .collect();
    let there: BTreeSet<_> = packages()
        .into_iter()
        .map(|(name, release, _)| (name, release))
        .collect();
    assert_eq!(shown, there);
}

#[test]
fn every_finding_has_its_document_and_is_claimed_somewhere() {
    let findings = root().join("survey/findings");
    let mut claimed = BTreeSet::new();
    for of_crate in folders(&root().join("survey")) {
        let adapter = of_crate.join("main.rs");
        if adapter.is_file() {
            let text = read(&adapter);
            for (at, _) in text.match_indices("\"findings/") {
                let rest = &text[at + "\"findings/".len()..];
                claimed.insert(rest.split('"').next().expect("it ends").to_owned());
            }
        }
    }
    let entries = std::fs::read_dir(&findings).expect("the folder can be read");
    let there: BTreeSet<_> = entries
        .map(|entry| name(&entry.expect("it can be read").path()))
        .collect();
    assert_eq!(there, claimed);
    for finding in there {
        let text = read(&findings.join(&finding));
        let shown = text.contains("sockets.rs") || text.contains("In the model only");
        assert!(shown, "{finding} says nothing of real sockets");
    }
}

/// The design review says how many public reports are refuted, and about how many crates.
#[test]
fn the_design_review_counts_the_reports() {
    let readme = read(&root().join("survey/README.md"));
    let table = part(&readme, "survey").expect("it is marked");
    let (mut reports, mut crates) = (BTreeSet::new(), BTreeSet::new());
    for line in table.lines().filter(|line| line.contains("**refuted**")) {
        let links = line.split("](https://github.com/").skip(1);
        for link in links.filter_map(|rest| rest.split(')').next()) {
            reports.insert(link.to_owned());
            crates.insert(line.split(" | ").next().map(str::to_owned));
        }
    }
    let said = format!(
        "{} public reports about {} other crates",
        reports.len(),
        crates.len()
    );
    let design = read(&root().join("DESIGN.md"));
    let design: Vec<_> = design.split_whitespace().collect();
    assert!(design.join(" ").contains(&said), "{said}");
}

/// The lines of an adapter's file that count. These do not: empty lines, comments, imports (`use`, `mod` and
/// its `#[path]`), and the scenario families, which are data: the block of `survey!` and the functions that
/// return `Vec<Family>`. What is left drives the crate.
fn driving(text: &str) -> usize {
    let (mut count, mut until) = (0, None);
    for line in text.lines() {
        let code = line.trim();
        if let Some(end) = until {
            if line == end || (end == ";" && code.ends_with(';')) {
                until = None;
            }
            continue;
        }
        let word = code.trim_start_matches("pub ");
        let family_list = word.starts_with("fn ") && word.ends_with("() -> Vec<Family> {");
        if family_list {
            until = Some("}");
        } else if line.starts_with("survey!(") {
            until = (!code.ends_with(");")).then_some(");");
        } else if word.starts_with("use ") {
            until = (!code.ends_with(';')).then_some(";");
        } else {
            let is_import = word.starts_with("mod ") && code.ends_with(';');
            let is_blank = code.is_empty() || code.starts_with("//") || code.starts_with("#[path");
            count += usize::from(!is_import && !is_blank);
        }
    }
    count
}

/// A program's own files: its main file, and the modules beside it. What several adapters share lies one
/// folder above.
fn own_files(main: &Path) -> Vec<PathBuf> {
    let text = read(main);
    let beside = text
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .map(|name| main.with_file_name(format!("{name}.rs")))
        .filter(|path| path.is_file());
    std::iter::once(main.to_owned()).chain(beside).collect()
}

/// An adapter is the file that drives one kind of connection: each file that a release's program is compiled
/// from and that lies in the folder of its crate. Tests over real sockets are not compiled into it.
#[test]
fn an_adapter_is_short() {
    const LINES: usize = 40;
    let mut adapters = BTreeSet::new();
    for (_, _, folder) in packages() {
        let manifest = read(&folder.join("Cargo.toml"));
        let path = manifest
            .lines()
            .find_map(|line| line.strip_prefix("path = \"")?.strip_suffix('"'))
            .expect("the first path is that of its program");
        let main = folder.join(path).canonicalize().expect("it is there");
        adapters.extend(own_files(&main));
    }
    let survey = root().join("survey").canonicalize().expect("it is there");
    let mut long = Vec::new();
    for adapter in adapters {
        let lines = driving(&read(&adapter));
        let name = adapter.strip_prefix(&survey).expect("it is in it");
        println!("{}: {lines}", name.display());
        if lines > LINES {
            long.push(format!("{} has {lines} lines", name.display()));
        }
    }
    assert!(long.is_empty(), "more than {LINES}: {long:#?}");
}

#[test]
fn what_drives_a_crate_is_counted() {
    let text = "//! A crate.\n\n#[path = \"../kit.rs\"]\nmod kit;\nuse kit::*;\nuse a::{\n    B,\n};\n\n\
                /// Sends.\nfn sends() {\n    // Why.\n    send();\n}\n\nconst A: u8 = 1;\n\n\
                fn families() -> Vec<Family> {\n    vec![\n        family(),\n    ]\n}\n\n\
                survey!(\n    \"about\",\n    vec![family()]\n);\n";
    assert_eq!(driving(text), 4);
    assert_eq!(driving("survey!(\"about\", families());\nlet a = 1;\n"), 1);
}
