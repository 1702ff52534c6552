//! `cargo verify explain`: one claim, comparison or sweep, in sentences.

use std::io::Write;

use super::verify::{COMMAND, collect, exit, explore};
use super::{Exit, print};
use crate::check::claim::{Claim, Expected};
use crate::check::registry::Registry;
use crate::check::results::Results;
use crate::check::selection::Selection;
use crate::check::sweep::sweep_id;
use crate::error::Misuse;
use crate::render::{comparison, explain, sweep};
use crate::trace::verdict::Cut;

pub(super) fn run(registry: &Registry, id: &str, out: &mut dyn Write) -> Result<Exit, Misuse> {
    let selection = selected(Selection::all(registry), id).ok_or_else(|| {
        Misuse(format!(
            "no such claim, comparison or sweep: {id}; accepted is an id as `{COMMAND} --list` \
             shows it"
        ))
    })?;
    let explored = explore(&selection, None, None)?;
    let results = collect(&selection, &explored, Cut::Interrupted);
    print(out, &explained(&results, id))?;
    Ok(exit(&results))
}

/// What has to be explored for an answer.
fn selected(all: Selection, id: &str) -> Option<Selection> {
    let wanted = all.claims.iter().find(|claim| claim.id() == id).cloned();
    if let Some(wanted) = wanted {
        // Where else the property fails is part of the answer.
        let related = |other: &Claim| {
            other.id() == id
                || (other.property == wanted.property && other.expected == Expected::Refuted)
        };
        return Some(Selection {
            claims: all.claims.into_iter().filter(related).collect(),
            ..Selection::default()
        });
    }
    let selection = Selection {
        claims: Vec::new(),
        comparisons: all
            .comparisons
            .into_iter()
            .filter(|comparison| comparison.id() == id)
            .collect(),
        sweeps: all
            .sweeps
            .into_iter()
            .filter(|(model, _)| sweep_id(model) == id)
            .collect(),
    };
    (selection.beside() > 0).then_some(selection)
}

fn explained(results: &Results, id: &str) -> String {
    let claims = results.rows.iter().filter(|row| row.id.text == id);
    let claims = claims.map(|row| explain::sentences(row, results));
    let comparisons = results.comparisons.iter().map(comparison::explained);
    let sweeps = results.sweeps.iter().map(sweep::explained);
    claims.chain(comparisons).chain(sweeps).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::verify::tests::{explored, selection};
    use crate::trace::property::Property;

    /// A claim that is proved, and others of its property and of another one.
    fn claims() -> Selection {
        let mut all = selection();
        let claim = |name: &str, property, expected| Claim {
            name: name.to_owned(),
            sentence: format!("The sentence of {name}."),
            property,
            expected,
            ..all.claims[0].clone()
        };
        all.claims = vec![
            claim("wanted", Property::NoStall, Expected::Proved),
            claim("fails-elsewhere", Property::NoStall, Expected::Refuted),
            claim("holds-elsewhere", Property::NoStall, Expected::Proved),
            claim("fails-otherwise", Property::NoPanic, Expected::Refuted),
        ];
        all
    }

    #[test]
    fn a_claim_is_explored_with_where_else_its_property_fails() {
        let selected = selected(claims(), "model/wanted").expect("it is there");
        let ids: Vec<_> = selected.claims.iter().map(Claim::id).collect();
        assert_eq!(ids, ["model/wanted", "model/fails-elsewhere"]);
        assert_eq!(selected.beside(), 0);
    }

    #[test]
    fn a_comparison_or_a_sweep_is_explored_alone() {
        for (id, beside) in [("model/subject/compared", 1), ("model/sweep", 2)] {
            let selected = selected(claims(), id).expect(id);
            assert!(selected.claims.is_empty());
            assert_eq!(selected.beside(), beside, "{id}");
        }
        assert!(selected(claims(), "model/nothing").is_none());
    }

    #[test]
    fn only_what_was_asked_for_is_explained() {
        let all = claims();
        let mut results = collect(&all, &explored(&all), Cut::Time);
        results.comparisons.clear();
        results.sweeps.clear();
        let text = explained(&results, "model/wanted");
        assert!(text.contains("The sentence of wanted."), "{text}");
        assert!(!text.contains("The sentence of fails-elsewhere."), "{text}");
    }
}
