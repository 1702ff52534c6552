//! Figures about what checks the checker: which property detects which mutant, how often the explorer was
//! compared with others, and how many crates are built.

use lastbyte::check::figures::Figures;
use lastbyte::check::results::{Results, Row};
use lastbyte::{Expected, Property, Verdict};

use crate::mutants;

/// Figures that a run of `cargo verify` does not compute, each with the tests that compute and compare them.
const DOCUMENTS: [(&str, &str); 4] = [
    (
        include_str!("calibration.md"),
        "RUSTFLAGS=\"--cfg loom\" cargo test --package lastbyte-models --test calibration",
    ),
    (
        include_str!("second-opinion.md"),
        "RUSTFLAGS=\"--cfg loom\" cargo test --package lastbyte-models --test second_opinion",
    ),
    (
        include_str!("every-size.md"),
        "RUSTFLAGS=\"--cfg loom\" cargo test --package lastbyte-models --test second_opinion",
    ),
    (
        include_str!("dependencies.md"),
        "cargo test --test documents supply_chain",
    ),
];

/// Every table, in the order of the report. The first, which property detects which mutant, is left out if
/// the results have no mutants.
///
/// # Panics
///
/// When one of the documents beside this file holds no table.
pub fn figures(results: &Results) -> Vec<Figures> {
    let documents = DOCUMENTS.iter();
    let documents =
        documents.map(|(text, test)| Figures::from_markdown(text, test).expect("a table"));
    detected_by(results).into_iter().chain(documents).collect()
}

/// Which property noticed which mutant, and in how many executions; `None` without mutants among the results.
/// A defect of the explorer counts as noticed where the defective explorer misses what the sound one refutes.
pub fn detected_by(results: &Results) -> Option<Figures> {
    let is_mutant = |row: &&Row| {
        let is_sound = row.subject == mutants::SOUND;
        row.model == "mutant" && row.expected != Expected::Proved && !is_sound
    };
    let mutants: Vec<_> = results.rows.iter().filter(is_mutant).collect();
    let detected = |row: &Row| match row.expected {
        Expected::Missed => row.holds && sound_explorer_refutes(row.property, results),
        _ => row.verdict == Verdict::Refuted,
    };
    let alive = mutants.iter().filter(|row| !detected(row)).count();
    let rows = mutants.iter().map(|row| {
        let by = &row.property;
        vec![
            row.subject.clone(),
            row.sentence.clone(),
            match (detected(row), row.expected) {
                (true, Expected::Missed) => {
                    format!("{by}: refuted without the defect, missed with")
                }
                (true, _) => by.to_string(),
                (false, Expected::Missed) if row.holds => {
                    format!("not by {by}: not refuted without the defect in this run")
                }
                (false, _) => format!("not by {by}: {}", row.verdict),
            },
            row.executions.to_string(),
        ]
    });
    (!mutants.is_empty()).then(|| Figures {
        title: "Which property detects which mutant".to_owned(),
        about: format!(
            "Of {} defects planted one at a time in the dispatcher, the kernel, the reader, the \
             executor or the explorer, {alive} went unnoticed.",
            mutants.len()
        ),
        command: "cargo verify --only mutant".to_owned(),
        columns: ["defect", "what goes wrong", "noticed by", "executions"]
            .map(str::to_owned)
            .into(),
        rows: rows.collect(),
    })
}

fn sound_explorer_refutes(property: Property, results: &Results) -> bool {
    let mut rows = results.rows.iter();
    rows.any(|row| row.subject == mutants::SOUND && row.property == property && row.holds)
}

#[cfg(test)]
mod tests {
    use lastbyte::Registry;

    use super::*;

    /// The results of a run in which the claims come out like this.
    fn results(verdict: impl Fn(Expected) -> Verdict) -> Results {
        let mut results = Results::none();
        let registry = Registry::new([mutants::model()]).expect("no clash");
        for claim in registry.claims() {
            let mut row = Row::new(claim, &[]);
            row.verdict = verdict(claim.expected);
            row.holds = claim.expected.is_met_by(&row.verdict);
            results.rows.push(row);
        }
        results
    }

    fn of_the_explorer(row: &[String]) -> bool {
        row[0].starts_with("explorer/")
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
        let table = detected_by(&results(Expected::verdict)).expect("mutants");
        let of_a_mutant = |mutant: &mutants::Row| {
            let noticed_by = mutant.property.to_string();
            (mutant.name, mutant.sentence, noticed_by)
        };
        let of_an_explorer = |hidden: &mutants::Hidden| {
            let noticed_by = format!(
                "{}: refuted without the defect, missed with",
                hidden.property
            );
            (hidden.name, hidden.sentence, noticed_by)
        };
        let (rows, hidden) = (mutants::rows(), mutants::hidden());
        let lines = rows.iter().map(of_a_mutant);
        let lines: Vec<_> = lines.chain(hidden.iter().map(of_an_explorer)).collect();
        assert_eq!(table.rows.len(), lines.len());
        for (row, (name, sentence, noticed_by)) in table.rows.iter().zip(lines) {
            assert_eq!(row[..3], [name, sentence, &noticed_by]);
        }
        assert!(table.about.ends_with("explorer, 0 went unnoticed."));
    }

    #[test]
    fn a_mutant_that_lives_is_said_to_live() {
        let table = detected_by(&results(|_| Verdict::Proved)).expect("mutants");
        let all = mutants::rows().len() + mutants::hidden().len();
        let about = format!("explorer, {all} went unnoticed.");
        assert!(table.about.ends_with(&about), "{}", table.about);
        let lives = |row: &Vec<String>| row[2].starts_with("not by ") && row[2].ends_with("proved");
        assert!(table.rows.iter().all(lives));
    }

    /// A defect is not noticed if the defective explorer finds the violation, nor if the sound explorer did
    /// not find it in this run.
    #[test]
    fn a_defect_of_the_explorer_is_noticed_by_both_explorers_together() {
        let finds = results(|_| Verdict::Refuted);
        let mut alone = results(Expected::verdict);
        alone.rows.retain(|row| row.subject != mutants::SOUND);
        for (results, why) in [(finds, "refuted"), (alone, "in this run")] {
            let table = detected_by(&results).expect("mutants");
            let hidden = mutants::hidden().len();
            let about = format!("explorer, {hidden} went unnoticed.");
            assert!(table.about.ends_with(&about), "{}", table.about);
            for row in table.rows.iter().filter(|row| of_the_explorer(row)) {
                assert!(
                    row[2].starts_with("not by ") && row[2].ends_with(why),
                    "{row:?}"
                );
            }
        }
    }
}
