//! `merge`: joins the slices of several machines into one result.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::check::claim::Claim;
use crate::check::comparison::{Compared, Comparison};
use crate::check::identity::Identity;
use crate::check::instance::Instance;
use crate::check::registry::Registry;
use crate::check::results::{FORMAT, Results, Row};
use crate::check::selection::Selection;
use crate::check::sweep::Swept;
use crate::error::Misuse;
use crate::files;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// The part that results of every format have.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Reads the slices and joins them.
///
/// # Errors
///
/// A file that holds no results, slices of different versions or divisions, a slice that is missing, there
/// twice or incomplete.
pub(super) fn join(registry: &Registry, files: &[PathBuf]) -> Result<Results, Misuse> {
    let mut slices = BTreeMap::new();
    for file in files {
        let shown = file.display();
        let text = files::read(file, LARGEST)
            .map_err(|error| Misuse(format!("cannot read {shown}: {error}")))?;
        let refused = |error| {
            let expected = "expected: the output of --shard I/N --format json";
            Misuse(format!("{shown} holds no results ({error}); {expected}"))
        };
        // Another format may have other fields, so its number comes first.
        let Format { format } = serde_json::from_slice(&text).map_err(refused)?;
        if format != FORMAT {
            let what = match format {
                4 => " (its key `cut` is `inconclusive` now)",
                5 => " (its comparisons have no key `automata`)",
                _ => "",
            };
            return Err(Misuse(format!(
                "{shown} has format {format}{what}; expected: format {FORMAT}, which this version prints"
            )));
        }
        let results: Results = serde_json::from_slice(&text).map_err(refused)?;
        let Some((index, _)) = results.shard else {
            return Err(Misuse(format!(
                "{shown} holds no slice; expected: results of --shard I/N"
            )));
        };
        if !results.complete {
            return Err(Misuse(format!("{shown} is partial: its run ended early")));
        }
        if slices.insert(index, results).is_some() {
            return Err(Misuse(format!(
                "slice {index} is there twice; {shown} is the second"
            )));
        }
    }
    let first = slices
        .values()
        .next()
        .expect("clap requires at least one file")
        .clone();
    let (_, count) = first.shard.expect("just looked at");
    let number = first.shard.map_or(1, |(index, _)| index);
    for (index, slice) in &slices {
        if slice.lastbyte != first.lastbyte {
            let (a, b) = (&first.lastbyte, &slice.lastbyte);
            return Err(Misuse(format!(
                "slice {index} is from lastbyte {b}, others from {a}"
            )));
        }
        let all = |slice: &Results| slice.not_selected.checked_add(slice.rows.len());
        let selected = |slice: &Results| (slice.selected, slice.selected_beside);
        let same = selected(slice) == selected(&first) && all(slice) == all(&first);
        let divided = slice.shard == Some((*index, count)) && (1..=count).contains(index);
        if !divided || !same || all(slice).is_none() {
            return Err(Misuse(format!(
                "slice {index} belongs to another division of the claims"
            )));
        }
    }
    for (index, slice) in &slices {
        same_models((number, &first), (*index, slice))?;
    }
    if let Some(hole) = (1..=count).find(|index| !slices.contains_key(index)) {
        return Err(Misuse(format!("slice {hole} of {count} is missing")));
    }
    let executions = slices
        .values()
        .fold(0, |sum: u64, slice| sum.saturating_add(slice.executions));
    let mut rows = Vec::new();
    let mut comparisons = Vec::new();
    let mut sweeps: Vec<Swept> = Vec::new();
    for slice in slices.into_values() {
        rows.extend(slice.rows);
        comparisons.extend(slice.comparisons);
        for sweep in slice.sweeps {
            match sweeps.iter_mut().find(|known| known.model == sweep.model) {
                Some(known) => known.instances.extend(sweep.instances),
                None => sweeps.push(sweep),
            }
        }
    }
    let mut versions = BTreeMap::new();
    for row in &rows {
        let known = versions
            .entry(row.subject.clone())
            .or_insert_with(|| row.version.clone());
        if *known != row.version {
            return Err(Misuse(format!(
                "the slices hold different versions of {}",
                row.subject
            )));
        }
    }
    if rows.len() != first.selected {
        let (rows, selected) = (rows.len(), first.selected);
        return Err(Misuse(format!(
            "the slices hold {rows} of {selected} claims"
        )));
    }
    let swept = sweeps.iter().flat_map(|sweep| &sweep.instances);
    for mut ids in [
        rows.iter().map(|row: &Row| row.id.text.clone()).collect(),
        comparisons
            .iter()
            .map(|c: &Compared| c.id.text.clone())
            .collect(),
        swept.map(|one| one.id.text.clone()).collect::<Vec<_>>(),
    ] {
        ids.sort();
        if let Some(twice) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Misuse(format!("the slices hold {} twice", twice[0])));
        }
    }
    let all = Selection::all(registry);
    let place = place_among(all.claims.iter().map(Claim::id));
    rows.sort_by_key(|row| place(&row.id.text));
    let place = place_among(all.comparisons.iter().map(Comparison::id));
    comparisons.sort_by_key(|compared| place(&compared.id.text));
    let instances = all.sweeps.iter().flat_map(|(_, sweep)| &sweep.instances);
    let place = place_among(instances.map(Instance::id));
    for sweep in &mut sweeps {
        sweep
            .instances
            .sort_by_key(|instance| place(&instance.id.text));
    }
    let joined = Results {
        shard: None,
        executions,
        not_selected: (first.not_selected + first.rows.len()).saturating_sub(rows.len()),
        rows,
        comparisons,
        sweeps,
        ..first
    };
    if joined.beside() != joined.selected_beside {
        let (there, selected) = (joined.beside(), joined.selected_beside);
        return Err(Misuse(format!(
            "the slices hold {there} of {selected} comparisons and instances of sweeps"
        )));
    }
    Ok(joined.with_figures(registry.models()))
}

/// Checks that two slices were made from the same models, and that the second holds only instances of these.
fn same_models(first: (usize, &Results), other: (usize, &Results)) -> Result<(), Misuse> {
    let expected = "expected: slices of one run of the same models";
    let ((a, first), (b, other)) = (first, other);
    let known: BTreeMap<_, _> = first.identities.iter().map(|id| (&id.text, id)).collect();
    let also: BTreeMap<_, _> = other.identities.iter().map(|id| (&id.text, id)).collect();
    for (text, id) in &known {
        match also.get(text) {
            Some(same) if same == id => {}
            Some(another) => {
                let (id, another) = (id.in_full(), another.in_full());
                return Err(Misuse(format!(
                    "slice {a} holds {id} and slice {b} holds {another}: they stand for \
                     different instances; {expected}"
                )));
            }
            None => {
                return Err(Misuse(format!(
                    "slice {a} has {text}, and slice {b} does not; {expected}"
                )));
            }
        }
    }
    if let Some(text) = also.keys().find(|text| !known.contains_key(*text)) {
        return Err(Misuse(format!(
            "slice {b} has {text}, and slice {a} does not; {expected}"
        )));
    }
    let rows = other.rows.iter().map(|row| &row.id);
    let mut ids = rows.chain(other.comparisons.iter().map(|compared| &compared.id));
    let strange = |id: &&Identity| also.get(&id.text) != Some(id);
    match ids.find(strange) {
        Some(strange) => Err(Misuse(format!(
            "slice {b} holds {}, which is not among the instances that it was made from; {expected}",
            strange.in_full()
        ))),
        None => Ok(()),
    }
}

/// Returns a function that tells the place of an id among these. Ids that are not there come last.
fn place_among(ids: impl Iterator<Item = String>) -> impl Fn(&str) -> usize {
    let places: BTreeMap<_, _> = ids.enumerate().map(|(place, id)| (id, place)).collect();
    move |id| places.get(id).copied().unwrap_or(usize::MAX)
}
