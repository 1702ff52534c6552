//! `cargo verify explain`: one claim, comparison or sweep, in sentences.

use std::io::Write;

use super::verify::{COMMAND, collect, exit, explore, refuse_without_loom};
use super::{Exit, Misuse, print};
use crate::claim::{Claim, Expected, Model};
use crate::render::{comparison, explain, sweep};
use crate::results::Results;
use crate::selection::{Selection, sweep_id};
use crate::verdict::Cut;

pub(super) fn run(registry: &[Model], id: &str, out: &mut dyn Write) -> Result<Exit, Misuse> {
    let all = Selection::all(registry);
    let claims = all.claims.len();
    let selection = selected(all, id).ok_or_else(|| {
        Misuse(format!(
            "no such claim, comparison or sweep: {id}; accepted is an id as `{COMMAND} --list` \
             shows it"
        ))
    })?;
    refuse_without_loom()?;
    let explored = explore(&selection, None, None)?;
    let results = Results {
        selected: selection.claims.len(),
        not_selected: claims - selection.claims.len(),
        ..collect(&selection, &explored, Cut::Interrupted)
    };
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
    let claims = results.rows.iter().filter(|row| row.id == id);
    let claims = claims.map(|row| explain::sentences(row, results));
    let comparisons = results.comparisons.iter().map(comparison::explained);
    let sweeps = results.sweeps.iter().map(sweep::explained);
    claims.chain(comparisons).chain(sweeps).collect()
}
