//! Every public module of the crate's root shows in an example that runs what it is for.

use crate::cargo::root;

/// The text of a module: a file, or the file of its folder.
fn text(module: &str) -> String {
    let source = root().join("src");
    let file = source.join(format!("{module}.rs"));
    let folder = source.join(module).join("mod.rs");
    let text = std::fs::read_to_string(file).or_else(|_| std::fs::read_to_string(folder));
    text.expect("a module is a file")
}

/// The documentation of the module itself: what stands before its first item.
fn has_example(text: &str) -> bool {
    let head = |line: &&str| {
        let ends = ["mod ", "pub ", "pub(crate) ", "use ", "fn ", "struct "];
        !ends.iter().any(|end| line.starts_with(end)) || line.contains("lastbyte::")
    };
    // Examples that need the explorer stand in an attribute.
    let mut lines = text.lines().take_while(head);
    lines.any(|line| matches!(line, "//! ```" | "```" | "doc = r#\"```"))
}

#[test]
fn every_public_module_has_an_example() {
    let library = std::fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs");
    let modules = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "));
    let modules: Vec<_> = modules.map(|module| module.trim_end_matches(';')).collect();
    assert!(modules.len() >= 10, "{modules:?}");
    let without: Vec<_> = modules
        .iter()
        .filter(|module| !has_example(&text(module)))
        .collect();
    assert!(without.is_empty(), "without an example: {without:?}");
    assert!(has_example(&library));
    assert!(!has_example("//! Words.\n\nmod one;\n//! ```\n"));
}
