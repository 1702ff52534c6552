//! Every public module shows in an example that runs what it is for.

use crate::cargo::root;

/// The text of a module, `render::chart` say: a file, or the file of its folder.
fn text(module: &str) -> String {
    let source = root().join("src").join(module.replace("::", "/"));
    let text = std::fs::read_to_string(source.with_extension("rs"))
        .or_else(|_| std::fs::read_to_string(source.join("mod.rs")));
    text.expect("a module is a file")
}

/// The public modules in this text.
fn public_modules(text: &str) -> Vec<String> {
    let modules = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "));
    let modules = modules.map(|module| module.trim_end_matches(';').to_owned());
    modules.collect()
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
    let mut modules = public_modules(&library);
    for outer in modules.clone() {
        let inner = public_modules(&text(&outer));
        modules.extend(inner.iter().map(|inner| format!("{outer}::{inner}")));
    }
    assert!(modules.len() >= 30, "{modules:?}");
    let without: Vec<_> = modules
        .iter()
        .filter(|module| !has_example(&text(module)))
        .collect();
    assert!(without.is_empty(), "without an example: {without:?}");
    assert!(has_example(&library));
    assert!(!has_example("//! Words.\n\nmod one;\n//! ```\n"));
}
