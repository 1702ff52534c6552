//! Figures in documents: each a line of a table, compared by the test that comes to it.

use std::path::Path;

/// Asserts that the document's table has this line; `UPDATE_DOCUMENTS=1` writes it there instead.
pub fn compare(document: &str, name: &str, values: &[String]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let file = root.expect("models/ lies in the repository").join(document);
    let text = std::fs::read_to_string(&file).expect(document);
    let start = format!("| {name} |");
    let line = format!("{start} {} |", values.join(" | "));
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        let updated = text.lines().map(|old| match old.starts_with(&start) {
            true => &line,
            false => old,
        });
        let updated = updated.collect::<Vec<_>>().join("\n") + "\n";
        std::fs::write(&file, updated).expect(document);
    }
    let text = std::fs::read_to_string(&file).expect(document);
    let shown = text.lines().find(|line| line.starts_with(&start));
    assert_eq!(
        shown,
        Some(line.as_str()),
        ".ci/documents writes {document} anew"
    );
}
