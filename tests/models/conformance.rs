//! The comparison of the model with real hyper can fail, in both directions, and
//! models/results.md shows its figures.

#[cfg(not(loom))]
#[test]
fn conformance_needs_cfg_loom() {
    eprintln!("the model is compared with hyper by RUSTFLAGS=\"--cfg loom\" cargo test");
}

/// What two comparisons have in common is explored for one of them.
#[test]
fn nothing_is_compared_twice() {
    let mut known = std::collections::BTreeMap::new();
    for release in lastbyte_models::conformance::releases() {
        for comparison in release.comparisons() {
            for pair in &comparison.pairs {
                let parts = pair.each_ref().map(|one| {
                    let parts = one.parts().into_iter();
                    parts
                        .filter(|(part, _)| *part != "name")
                        .collect::<Vec<_>>()
                });
                let name = pair[0].scenario().name.clone();
                let before = known.insert(parts, name.clone());
                assert_eq!(before, None, "{name} is compared already");
            }
        }
    }
    assert!(known.len() > 400, "{}", known.len());
}

/// The design review says how many families of scenarios a release is compared in.
#[test]
fn the_design_review_counts_the_families() {
    let releases = lastbyte_models::conformance::releases();
    let most = releases
        .iter()
        .map(|release| release.comparisons().len())
        .max();
    let said = format!(
        "every interleaving of up to {} families of scenarios",
        most.expect("a release")
    );
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../DESIGN.md");
    let text = std::fs::read_to_string(file).expect("it is there");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(&said), "{said}");
}

#[cfg(loom)]
mod explored {
    use std::process::Command;

    use crate::enumeration::{enumerated, only};
    use lastbyte::check::{Compared, Comparison, Deviation};
    use lastbyte_models::conformance::{families, releases};
    use lastbyte_models::dispatch_loop::{
        LOOKS_AT_CLOSING, ORIGINAL, RECHECK_FLUSHES, Revision, SHUTDOWN_FLUSHES,
    };

    /// As many executions an enumeration may take.
    const ENUMERATED: u64 = 2_000;

    /// A release against a revision, in the smallest scenario of a scenario family.
    fn compared(version: &str, revision: Revision, family: &str) -> (Comparison, Compared) {
        let releases = releases();
        let release = releases.iter().find(|r| r.version == version);
        let families = families();
        let family = families.iter().find(|s| s.name == family);
        let (release, family) = (release.expect(version), family.expect("it is there"));
        let mut comparison = release.compare_with(family, revision);
        comparison.pairs.truncate(1);
        let compared = comparison.run(None, None);
        assert_eq!(compared.inconclusive, None, "{}", comparison.id());
        (comparison, compared)
    }

    fn differences(version: &str, revision: Revision, family: &str) -> Vec<String> {
        compared(version, revision, family).1.differences
    }

    /// Another revision is told apart, and from both sides.
    fn told_apart(version: &str, revision: Revision, family: &str) {
        let found = differences(version, revision, family);
        for side in ["only hyper-", "only dispatch_loop:"] {
            assert!(
                found.iter().any(|text| text.starts_with(side)),
                "{family} at {} is as {version}: {found:#?}",
                revision.name
            );
        }
    }

    #[test]
    fn another_revision_is_told_apart() {
        // Without the flush of the shutdown, and with it.
        told_apart("1.12.0", LOOKS_AT_CLOSING, "reader-stops");
        told_apart("0.14.32", SHUTDOWN_FLUSHES, "reader-stops");
        // With the graceful shutdown of hyper 1.
        told_apart("0.14.32", ORIGINAL, "graceful");
        // Without the flush after the second write.
        told_apart("1.12.0", SHUTDOWN_FLUSHES, "fed-body");
    }

    #[test]
    fn the_revision_of_the_release_is_not() {
        assert_eq!(
            differences("1.12.0", RECHECK_FLUSHES, "reader-stops"),
            [""; 0]
        );
    }

    /// A known deviation is left out on both sides, and told when it is not needed any more.
    #[test]
    fn a_deviation_hides_what_it_names_and_must_be_needed() {
        const EVERYTHING: Deviation = Deviation {
            name: "everything",
            why: "to be left out",
            leave_out: |_| true,
        };
        let run = |revision| {
            let releases = releases();
            let families = families();
            let named = families.iter().find(|s| s.name == "reader-stops");
            let newest = releases.last().expect("a release");
            let mut comparison = newest.compare_with(named.expect("it is there"), revision);
            comparison.deviation = Some(EVERYTHING);
            comparison.run(None, None).differences
        };
        assert_eq!(run(LOOKS_AT_CLOSING), [""; 0]);
        assert_eq!(
            run(RECHECK_FLUSHES),
            ["the deviation everything is not needed any more"]
        );
    }

    /// Where every sequence can be written down, the languages are the same ones.
    #[test]
    #[ignore = "part of the longer explorations; cargo test -- --ignored"]
    fn an_enumeration_agrees_wherever_it_finishes() {
        let (mut finished, mut larger) = (0, 0);
        for comparison in releases().last().expect("a release").comparisons() {
            for pair in &comparison.pairs {
                let [Ok((real, _)), Ok((model, _))] =
                    pair.each_ref().map(|one| enumerated(one, ENUMERATED))
                else {
                    larger += 1;
                    continue;
                };
                finished += 1;
                let mut one = comparison.clone();
                one.pairs = vec![pair.clone()];
                let compared = one.run(None, None);
                let (id, at) = (one.id(), &compared.scenarios);
                assert_eq!(compared.inconclusive, None, "{id} {at:?}");
                let counted = [real.len(), model.len()].map(|n| n as u64);
                assert_eq!(compared.sequences, counted, "{id} {at:?}");
                assert_eq!(compared.agrees(), real == model, "{id} {at:?}");
            }
        }
        assert!(finished > 250, "{finished} finished, {larger} did not");
    }

    /// Folded histories lose no sequence: the full ones find the same.
    #[test]
    #[ignore = "part of the longer explorations; cargo test -- --ignored"]
    fn folded_histories_lose_no_sequence() {
        let (mut folded, mut executions) = (0, [0, 0]);
        for comparison in releases().last().expect("a release").comparisons() {
            let compared = |full_histories| {
                let comparison = Comparison {
                    full_histories,
                    ..comparison.clone()
                };
                comparison.run(None, None)
            };
            let of_folded = compared(false);
            if of_folded.folding.is_none() {
                continue;
            }
            let full = compared(true);
            let id = comparison.id();
            assert_eq!(
                [full.inconclusive, of_folded.inconclusive],
                [None, None],
                "{id}"
            );
            assert_eq!(of_folded.automata, full.automata, "{id}");
            assert_eq!(of_folded.sequences, full.sequences, "{id}");
            folded += 1;
            executions[0] += full.executions[0];
            executions[1] += of_folded.executions[0];
        }
        println!("{folded} comparisons, {executions:?} executions of hyper");
        // The others come to their end under full histories.
        assert!(folded > 20, "{folded}");
        assert!(executions[1] < executions[0], "{executions:?}");
    }

    /// A mutant of the model differs by the sequence that an enumeration finds, on either side.
    #[test]
    fn the_shortest_difference_is_that_of_an_enumeration() {
        for (version, revision, family) in [
            ("1.12.0", LOOKS_AT_CLOSING, "reader-stops"),
            ("0.14.32", SHUTDOWN_FLUSHES, "reader-stops"),
            ("1.12.0", LOOKS_AT_CLOSING, "body-ignored"),
        ] {
            let (comparison, compared) = compared(version, revision, family);
            let pair = &comparison.pairs[0];
            let sides = pair.each_ref().map(|one| enumerated(one, 10 * ENUMERATED));
            let [Ok((real, _)), Ok((model, _))] = sides else {
                panic!("{} is too large", comparison.id());
            };
            let told = |n: usize, found: Option<String>| {
                let side = format!("only {} at {}: ", pair[n].subject(), compared.scenarios[0]);
                found.map(|found| side + &found)
            };
            let expected = [told(0, only(&real, &model)), told(1, only(&model, &real))];
            let mut expected: Vec<_> = expected.into_iter().flatten().collect();
            let mut differences = compared.differences.clone();
            expected.sort();
            differences.sort();
            assert!(!expected.is_empty(), "{family} at {}", revision.name);
            assert_eq!(differences, expected);
        }
    }

    /// Every comparison of the newest release, and its line in models/results.md.
    #[test]
    #[ignore = "part of the longer explorations; cargo test -- --ignored"]
    fn the_results_show_the_figures() {
        let output = Command::new(env!("CARGO_BIN_EXE_verify"))
            .args(["--only", "conformance", "--check", "models/results.md"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .output()
            .expect("the program that was just built can be run");
        let told = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}{errors}");
    }
}
