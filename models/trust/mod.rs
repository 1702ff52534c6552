//! What checks the checker, in figures: who is killed by what, how often the explorer was compared
//! with others, what the project is built from.

use lastbyte::figures::Figures;
use lastbyte::results::{Results, Row};
use lastbyte::{Expected, Verdict};

/// Figures that a run does not come to, and the tests that do and keep them.
const DOCUMENTS: [(&str, &str); 3] = [
    (
        include_str!("calibration.md"),
        "RUSTFLAGS=\"--cfg loom\" cargo test --package lastbyte-models --test calibration",
    ),
    (
        include_str!("second-opinion.md"),
        "RUSTFLAGS=\"--cfg loom\" cargo test --package lastbyte-models --test second_opinion",
    ),
    (
        include_str!("dependencies.md"),
        "cargo test --package lastbyte-models --test supply_chain",
    ),
];

/// Every table, in the order of the report. Without mutants among the results, the table of who is
/// killed by what is left out.
///
/// # Panics
///
/// When one of the documents beside this file holds no table.
pub fn figures(results: &Results) -> Vec<Figures> {
    let documents = DOCUMENTS.iter();
    let documents =
        documents.map(|(text, test)| Figures::from_markdown(text, test).expect("a table"));
    killed_by(results).into_iter().chain(documents).collect()
}

/// Which property has refuted which mutant, and after how many executions that was all there is.
pub fn killed_by(results: &Results) -> Option<Figures> {
    let is_mutant = |row: &&Row| row.model == "mutant" && row.expected == Expected::Refuted;
    let mutants: Vec<_> = results.rows.iter().filter(is_mutant).collect();
    let alive = mutants.iter().filter(|row| !is_killed(row)).count();
    let rows = mutants.iter().map(|row| {
        vec![
            row.subject.clone(),
            row.sentence.clone(),
            match is_killed(row) {
                true => row.property.to_string(),
                false => format!("not by {}: {}", row.property, row.verdict),
            },
            row.executions.to_string(),
        ]
    });
    (!mutants.is_empty()).then(|| Figures {
        title: "Who is killed by what".to_owned(),
        about: format!(
            "Of {} defects planted one at a time in the dispatcher, the kernel, the reader or the \
             executor, {alive} went unnoticed.",
            mutants.len()
        ),
        command: "cargo verify --only mutant".to_owned(),
        columns: ["defect", "what goes wrong", "refuted", "executions"]
            .map(str::to_owned)
            .into(),
        rows: rows.collect(),
    })
}

fn is_killed(row: &Row) -> bool {
    row.verdict == Verdict::Refuted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants;

    fn results(verdict: Verdict) -> Results {
        let mut results = Results::none();
        for claim in (mutants::model().claims)() {
            let mut row = Row::new(&claim, &[]);
            row.verdict = verdict.clone();
            results.rows.push(row);
        }
        results
    }

    #[test]
    fn every_document_is_a_table() {
        let figures = figures(&Results::none());
        assert_eq!(figures.len(), DOCUMENTS.len());
        for table in figures {
            assert!(!table.rows.is_empty(), "{}", table.title);
        }
    }

    #[test]
    fn every_mutant_has_its_line() {
        let table = killed_by(&results(Verdict::Refuted)).expect("mutants");
        assert_eq!(table.rows.len(), mutants::rows().len());
        for (row, mutant) in table.rows.iter().zip(mutants::rows()) {
            assert_eq!(row[..2], [mutant.name, mutant.sentence]);
            assert_eq!(row[2], mutant.property.to_string());
        }
        assert!(table.about.ends_with("executor, 0 went unnoticed."));
    }

    #[test]
    fn a_mutant_that_lives_is_said_to_live() {
        let table = killed_by(&results(Verdict::Proved)).expect("mutants");
        let all = mutants::rows().len();
        let about = format!("executor, {all} went unnoticed.");
        assert!(table.about.ends_with(&about), "{}", table.about);
        let lives = |row: &Vec<String>| row[2].starts_with("not by ") && row[2].ends_with("proved");
        assert!(table.rows.iter().all(lives));
    }
}
