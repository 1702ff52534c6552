//! Which claims, comparisons and instances a run explores: filters and slices.

use std::collections::{HashMap, HashSet};

use lastbyte::check::Comparison;
use lastbyte::check::selection::Selection;
use lastbyte::{Claim, Instance};
use lastbyte_models::registry;

fn all() -> Selection {
    Selection::all(&registry().expect("no clash"))
}

/// Claims, comparisons and instances of sweeps, by their ids.
fn ids(selection: &Selection) -> [Vec<String>; 3] {
    let swept = selection
        .sweeps
        .iter()
        .flat_map(|(_, sweep)| &sweep.instances);
    [
        selection.claims.iter().map(Claim::id).collect(),
        selection.comparisons.iter().map(Comparison::id).collect(),
        swept.map(Instance::id).collect(),
    ]
}

#[test]
fn slices_are_a_partition_of_about_equal_parts() {
    let whole = ids(&all());
    for count in 1..=5 {
        let slices: Vec<_> = (1..=count).map(|index| all().slice(index, count)).collect();
        let mut of_instance: HashMap<String, usize> = HashMap::new();
        for (n, slice) in slices.iter().enumerate() {
            for instance in slice.claims.iter().map(|claim| claim.instances[0].id()) {
                let known = *of_instance.entry(instance.clone()).or_insert(n);
                assert_eq!(known, n, "{instance} is in two slices of {count}");
            }
            let fair = all().beside() / count;
            assert!(
                (fair..=fair + 1).contains(&slice.beside()),
                "{n} of {count}"
            );
        }
        let mut groups = vec![0; count];
        of_instance.values().for_each(|slice| groups[*slice] += 1);
        assert!(
            groups.iter().max() <= groups.iter().min().map(|n| n + 1).as_ref(),
            "{groups:?}"
        );
        for (kind, whole) in whole.iter().enumerate() {
            let parts = slices.iter().flat_map(|slice| ids(slice)[kind].clone());
            let mut parts: Vec<_> = parts.collect();
            let mut whole = whole.clone();
            parts.sort();
            whole.sort();
            assert_eq!(parts, whole, "of {count} slices");
        }
    }
}

#[test]
fn beside_the_claims_are_comparisons_and_instances_of_sweeps() {
    let [_, comparisons, swept] = ids(&all());
    assert!(!comparisons.is_empty() && !swept.is_empty());
    assert_eq!(all().beside(), comparisons.len() + swept.len());
}

#[test]
fn a_instance_is_explored_once_whoever_has_it() {
    let all = all();
    let claimed: Vec<_> = all.claimed_instances().iter().map(Instance::id).collect();
    let swept: Vec<_> = all.swept_instances().iter().map(Instance::id).collect();
    let once: HashSet<_> = claimed.iter().chain(&swept).collect();
    assert_eq!(once.len(), claimed.len() + swept.len());
    let [_, _, of_sweeps] = ids(&all);
    let of_claims = all.claims.iter().flat_map(|claim| &claim.instances);
    let of_claims: HashSet<_> = of_claims.map(Instance::id).collect();
    let everybody: HashSet<_> = of_claims.iter().chain(&of_sweeps).collect();
    assert_eq!(once, everybody);
    assert_eq!(of_claims.len(), claimed.len());
}

#[test]
fn filters_match_a_part_and_each_must_match_something() {
    let only = |filters: &[&str]| {
        let filters: Vec<_> = filters.iter().map(|&filter| filter.to_owned()).collect();
        all().only(&filters)
    };
    let found = |filters: &[&str]| ids(&only(filters).expect("something matches"));
    assert_eq!(found(&[]), ids(&all()));
    let template = ["template/small-is-fine", "template/large-is-lost"];
    assert_eq!(found(&["template"]), [&template[..], &[], &[]]);
    assert_eq!(found(&["template/large"]), [&template[1..], &[], &[]]);
    let [claims, comparisons, swept] = found(&["template/small", "dispatch_loop/sweep"]);
    assert_eq!(claims, template[..1]);
    assert!(comparisons.is_empty() && !swept.is_empty());
    // A subject and a property.
    let [claims, ..] = found(&["read-gated-flush"]);
    let subjects = all().claims.into_iter();
    let subjects = subjects.filter(|c| c.instances[0].subject() == "read-gated-flush");
    assert!(!claims.is_empty() && claims.len() >= subjects.count());
    for filters in [["template", "bogus"], ["bogus", "template"]] {
        assert_eq!(only(&filters).err().as_deref(), Some("bogus"));
    }
}
