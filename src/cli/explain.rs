//! `explain`: one claim, comparison or sweep, in sentences.

use std::collections::BTreeSet;
use std::io::Write;

use super::args::Explain;
use super::collected::{collect, exit};
use super::exit::Exit;
use super::pool::{Means, explore};
use super::program::Program;
use super::terminal::{print, width};
use crate::check::claim::{Claim, Expected};
use crate::check::comparison::Comparison;
use crate::check::registry::Registry;
use crate::check::results::Results;
use crate::check::selection::Selection;
use crate::check::sweep::sweep_id;
use crate::error::Misuse;
use crate::render::{comparison, explain, sweep};
use crate::trace::verdict::Inconclusive;

/// How many similar names are suggested at most for an unknown one.
const NEAREST: usize = 3;

pub(super) fn run(
    program: &Program,
    registry: &Registry,
    arguments: &Explain,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    let name = &arguments.name;
    let all = Selection::all(registry);
    let nearest = nearest(&all, name);
    let (selection, wanted) = selected(all, name).ok_or_else(|| {
        Misuse(format!(
            "no such claim, comparison or sweep: {name}; expected: a name such as {}; `{} --list` \
             shows them all",
            nearest.join(", "),
            program.name()
        ))
    })?;
    let explored = explore(&selection, Means::default())?;
    let results = Results {
        program: program.name().to_owned(),
        ..collect(&selection, &explored, Inconclusive::Interrupted)
    };
    print(out, &wrapped(&explained(&results, &wanted), width()))?;
    Ok(exit(&results))
}

/// The common name of this claim and those that differ from it only in their property.
fn group(claim: &Claim) -> Option<String> {
    let property = format!("/{}", claim.property);
    claim.id().strip_suffix(&property).map(str::to_owned)
}

/// The claims with this name: one claim, or all whose names start with it before the property. The
/// model may be left out if only one model has such a claim.
fn named<'a>(claims: &'a [Claim], name: &str) -> Vec<&'a Claim> {
    let short = |text: &str| text.split_once('/').is_some_and(|(_, rest)| rest == name);
    let found = |is: &dyn Fn(&Claim) -> bool| -> Vec<&'a Claim> {
        claims.iter().filter(|claim| is(claim)).collect()
    };
    let ways: [&dyn Fn(&Claim) -> bool; 4] = [
        &|claim| claim.id() == name,
        &|claim| group(claim).is_some_and(|group| group == name),
        &|claim| short(&claim.id()),
        &|claim| group(claim).is_some_and(|group| short(&group)),
    ];
    let found = ways.into_iter().map(found).find(|found| !found.is_empty());
    let mut found = found.unwrap_or_default();
    if found.iter().any(|claim| claim.model() != found[0].model()) {
        found.clear();
    }
    found
}

/// The selection to explore for an answer, and the ids of the claims that the answer is about.
fn selected(all: Selection, name: &str) -> Option<(Selection, Vec<String>)> {
    let wanted = named(&all.claims, name);
    if !wanted.is_empty() {
        let ids: Vec<_> = wanted.iter().map(|claim| claim.id()).collect();
        let properties: Vec<_> = wanted.iter().map(|claim| claim.property).collect();
        // Where else the properties fail is part of the answer.
        let related = |other: &Claim| {
            ids.contains(&other.id())
                || (properties.contains(&other.property) && other.expected == Expected::Refuted)
        };
        let selection = Selection {
            claims: all.claims.into_iter().filter(related).collect(),
            ..Selection::default()
        };
        return Some((selection, ids));
    }
    let selection = Selection {
        claims: Vec::new(),
        comparisons: all
            .comparisons
            .into_iter()
            .filter(|comparison| comparison.id() == name)
            .collect(),
        sweeps: all
            .sweeps
            .into_iter()
            .filter(|(model, _)| sweep_id(model) == name)
            .collect(),
    };
    (selection.beside() > 0).then_some((selection, Vec::new()))
}

/// The names that are most like this one.
fn nearest(all: &Selection, name: &str) -> Vec<String> {
    let claims = all.claims.iter();
    let claims = claims.map(|claim| group(claim).unwrap_or_else(|| claim.id()));
    let comparisons = all.comparisons.iter().map(Comparison::id);
    let sweeps = all.sweeps.iter().map(|(model, _)| sweep_id(model));
    let names: BTreeSet<_> = claims.chain(comparisons).chain(sweeps).collect();
    let likeness = |known: &String| {
        let short = known.split_once('/').map_or("", |(_, short)| short);
        let likeness = |known: &str| strsim::jaro_winkler(known, name);
        // A name that contains the typed text is most likely meant.
        let part = if !name.is_empty() && known.contains(name) {
            1.0
        } else {
            0.0
        };
        part + likeness(known).max(likeness(short))
    };
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
    names.truncate(NEAREST);
    names
}

/// The sentences in lines of this width. Names stay whole: they are there to be copied.
fn wrapped(text: &str, width: usize) -> String {
    let options = textwrap::Options::new(width)
        .subsequent_indent("  ")
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let lines = text.lines().flat_map(|line| match line {
        "" => vec![line.into()],
        line => textwrap::wrap(line, &options),
    });
    lines.map(|line| line.into_owned() + "\n").collect()
}

fn explained(results: &Results, wanted: &[String]) -> String {
    let claims = results.rows.iter();
    let claims = claims.filter(|row| wanted.contains(&row.id.text));
    let claims = claims.map(|row| explain::sentences(row, results));
    let comparisons = results.comparisons.iter().map(comparison::explained);
    let sweeps = results.sweeps.iter().map(sweep::explained);
    let parts: Vec<_> = claims.chain(comparisons).chain(sweeps).collect();
    parts.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::collected::tests::{explored, selection};
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
    fn sentences_are_wrapped_and_names_are_not() {
        let text = "One sentence of a few words.\n\nIt fails in model/a-long-name/no-stall.\n";
        let expected =
            "One sentence of\n  a few words.\n\nIt fails in\n  model/a-long-name/no-stall.\n";
        assert_eq!(wrapped(text, 16), expected);
    }

    #[test]
    fn a_claim_is_explored_with_where_else_its_property_fails() {
        let (selected, wanted) = selected(claims(), "model/wanted").expect("it is there");
        assert_eq!(wanted, ["model/wanted"]);
        let ids: Vec<_> = selected.claims.iter().map(Claim::id).collect();
        assert_eq!(ids, ["model/wanted", "model/fails-elsewhere"]);
        assert_eq!(selected.beside(), 0);
    }

    #[test]
    fn a_claim_has_a_short_name_without_its_property_or_model() {
        let mut all = claims();
        all.claims[0].name = "both/no-stall".to_owned();
        all.claims[3].name = "both/no-panic".to_owned();
        let ids =
            |name: &str| -> Vec<_> { named(&all.claims, name).iter().map(|c| c.id()).collect() };
        let both = ["model/both/no-stall", "model/both/no-panic"];
        assert_eq!(ids("model/both"), both);
        assert_eq!(ids("both"), both);
        assert_eq!(ids("both/no-panic"), both[1..]);
        assert_eq!(ids("model/fails-elsewhere"), ["model/fails-elsewhere"]);
        assert_eq!(ids("fails-elsewhere"), ["model/fails-elsewhere"]);
        for none in ["", "model", "bot", "no-stall", "other/both"] {
            assert_eq!(ids(none), [""; 0], "{none}");
        }
        // The property of another claim, whatever stands before it.
        all.claims[0].name = "fails-otherwise/no-panic".to_owned();
        let ids: Vec<_> = named(&all.claims, "model/fails-otherwise")
            .iter()
            .map(|c| c.id())
            .collect();
        assert_eq!(ids, [""; 0]);
    }

    #[test]
    fn whoever_has_no_name_is_told_the_nearest() {
        let all = claims();
        assert_eq!(nearest(&all, "model/wante")[0], "model/wanted");
        assert_eq!(nearest(&all, "fails-elswhere")[0], "model/fails-elsewhere");
        assert_eq!(nearest(&all, "swe")[0], "model/sweep");
        assert_eq!(nearest(&all, "").len(), NEAREST);
    }

    #[test]
    fn a_comparison_or_a_sweep_is_explored_alone() {
        for (id, beside) in [("model/subject/compared", 1), ("model/sweep", 2)] {
            let (selected, wanted) = selected(claims(), id).expect(id);
            assert!(wanted.is_empty());
            assert!(selected.claims.is_empty());
            assert_eq!(selected.beside(), beside, "{id}");
        }
        assert!(selected(claims(), "model/nothing").is_none());
    }

    #[test]
    fn only_what_was_asked_for_is_explained() {
        let all = claims();
        let mut results = collect(&all, &explored(&all), Inconclusive::Time);
        results.comparisons.clear();
        results.sweeps.clear();
        let text = explained(&results, &["model/wanted".to_owned()]);
        assert!(text.contains("The sentence of wanted."), "{text}");
        assert!(!text.contains("The sentence of fails-elsewhere."), "{text}");
    }
}
