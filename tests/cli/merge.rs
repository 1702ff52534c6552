//! `cargo verify merge`: slices of one run make one result, and nothing else does.

use crate::program::{Scratch, refused, verify};
use lastbyte::check::Identity;
use lastbyte::check::results::Results;

/// A run of nine claims, four comparisons and four instances of a sweep.
fn whole() -> Results {
    let mut whole = crate::fixtures::results();
    for row in &mut whole.rows {
        row.subject += row.version.as_deref().unwrap_or_default();
    }
    whole
}

/// Its three slices.
fn slices() -> [Results; 3] {
    let whole = whole();
    let slice = |index: usize| {
        let mine = |n: usize| n % 3 == index - 1;
        let mut slice = Results {
            shard: Some((index, 3)),
            not_run: Vec::new(),
            figures: Vec::new(),
            ..whole.clone()
        };
        let mut n = 0;
        let mut turn = || {
            n += 1;
            mine(n - 1)
        };
        slice.rows.retain(|_| turn());
        slice.comparisons.retain(|_| turn());
        slice.sweeps[0].instances.retain(|_| turn());
        slice.executions = 10_u64.pow(u32::try_from(index).expect("small"));
        slice.not_selected = 11 - slice.rows.len();
        slice
    };
    [slice(1), slice(2), slice(3)]
}

fn files(slices: &[Results]) -> Vec<Scratch> {
    let json = |slice: &Results| serde_json::to_string(slice).expect("plain data");
    let files = slices
        .iter()
        .map(|slice| Scratch::new("slice", json(slice)));
    files.collect()
}

fn refused_because(slices: &[Results], part: &str) {
    let files = files(slices);
    let words: Vec<_> = ["merge"]
        .into_iter()
        .chain(files.iter().map(Scratch::path))
        .collect();
    refused(&words, &[part]);
}

#[test]
fn slices_in_any_order_are_the_whole() {
    let [first, second, third] = slices();
    let files = files(&[third, first, second]);
    let words = ["merge", "--format", "json"].into_iter();
    let words: Vec<_> = words.chain(files.iter().map(Scratch::path)).collect();
    let merged = verify(&words);
    // Two claims are not as declared.
    assert_eq!(merged.status.code(), Some(1));
    let merged: Results = serde_json::from_slice(&merged.stdout).expect("the documented format");
    let whole = whole();
    assert_eq!(merged.shard, None);
    assert_eq!(merged.executions, 1110);
    assert_eq!((merged.selected, merged.not_selected), (9, 2));
    assert_eq!(merged.beside(), whole.beside());
    let sorted = |mut ids: Vec<Identity>| {
        ids.sort();
        ids
    };
    let of = |results: &Results| {
        let swept = results.sweeps.iter().flat_map(|sweep| &sweep.instances);
        let swept = swept.map(|instance| instance.id.clone());
        sorted(
            results
                .rows
                .iter()
                .map(|row| row.id.clone())
                .chain(results.comparisons.iter().map(|c| c.id.clone()))
                .chain(swept)
                .collect(),
        )
    };
    assert_eq!(of(&merged), of(&whole));
    assert_eq!(
        merged.sweeps.len(),
        1,
        "the slices of one sweep are one sweep"
    );
}

#[test]
fn a_single_slice_of_one_is_a_whole() {
    let mut whole = whole();
    whole.shard = Some((1, 1));
    let file = Scratch::new("whole", serde_json::to_string(&whole).expect("plain data"));
    assert_eq!(verify(&["merge", file.path()]).status.code(), Some(1));
}

/// Format 3 had cells where there are instances now, format 4 `cut` where there is `inconclusive`,
/// format 5 no automata.
#[test]
fn another_format_is_refused_by_its_number_whatever_fields_it_has() {
    let mut whole = whole();
    whole.shard = Some((1, 1));
    let json = serde_json::to_string(&whole).expect("plain data");
    for (format, now, then, says) in [
        (3, "instances", "cells", "has format 3; expected: format 6"),
        (
            4,
            "inconclusive",
            "cut",
            "has format 4 (its key `cut` is `inconclusive` now); expected: format 6",
        ),
        (
            5,
            "automata",
            "sequences",
            "has format 5 (its comparisons have no key `automata`); expected: format 6",
        ),
    ] {
        let [now, then] = [now, then].map(|key| format!("\"{key}\""));
        assert!(json.contains(&now), "{now} is in the format");
        let older = json.replacen("\"format\":6", &format!("\"format\":{format}"), 1);
        let older = Scratch::new("older", older.replace(&now, &then));
        refused(&["merge", older.path()], &[says]);
    }
}

#[test]
fn what_is_no_division_of_one_run_is_refused() {
    let changed = |change: &dyn Fn(&mut Results)| {
        let mut slices = slices();
        change(&mut slices[1]);
        slices
    };
    let another = "slice 2 belongs to another division of the claims";
    type Change<'a> = &'a dyn Fn(&mut Results);
    let changes: [(Change<'_>, &str); 15] = [
        (&|s| s.format = 3, "has format 3; expected: format 6"),
        (&|s| s.shard = None, "holds no slice"),
        (&|s| s.complete = false, "is partial"),
        (&|s| s.shard = Some((1, 3)), "slice 1 is there twice"),
        (
            &|s| s.lastbyte = "0.0.1".to_owned(),
            "slice 2 is from lastbyte 0.0.1",
        ),
        (&|s| s.selected += 1, another),
        (&|s| s.selected_beside += 1, another),
        (&|s| s.not_selected += 1, another),
        (&|s| s.shard = Some((2, 4)), another),
        (&|s| s.not_selected = usize::MAX, another),
        (
            &|s| {
                s.rows.pop();
                s.not_selected += 1;
            },
            "the slices hold 8 of 9 claims",
        ),
        (
            &|s| drop(s.comparisons.pop()),
            "the slices hold 7 of 8 comparisons and instances of sweeps",
        ),
        (
            &|s| s.rows[0].id = crate::fixtures::named("ordering/original/loses"),
            "the slices hold ordering/original/loses twice",
        ),
        (
            &|s| {
                s.comparisons[0].id =
                    crate::fixtures::named("conformance/hyper-1.12.0/body-ignored")
            },
            "the slices hold conformance/hyper-1.12.0/body-ignored twice",
        ),
        (
            &|s| s.sweeps[0].instances[0] = slices()[0].sweeps[0].instances[0].clone(),
            "the slices hold dispatch_loop/1.1",
        ),
    ];
    for (change, why) in changes {
        refused_because(&changed(change), why);
    }
    let [first, second, third] = slices();
    refused_because(&[first.clone(), third.clone()], "slice 2 of 3 is missing");
    refused_because(&[first.clone(), second.clone()], "slice 3 of 3 is missing");
    refused_because(&[second.clone(), third.clone()], "slice 1 of 3 is missing");
    let mut fourth = third.clone();
    fourth.shard = Some((4, 3));
    let all = [first, second, third, fourth];
    refused_because(&all, "slice 4 belongs to another division of the claims");
    // Another version of the same connection.
    let mut slices = slices();
    for slice in &mut slices {
        for row in &mut slice.rows {
            row.subject = "hyper".to_owned();
        }
    }
    refused_because(&slices, "the slices hold different versions of hyper");
}
