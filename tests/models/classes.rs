//! What fails in the sweep at the newest release is classified, and each class is what it says.

#[cfg(not(loom))]
#[test]
fn the_sweep_needs_cfg_loom() {
    eprintln!("what fails is found by RUSTFLAGS=\"--cfg loom\" cargo test");
}

#[cfg(loom)]
mod explored {
    use std::collections::BTreeSet;

    use lastbyte::trace::Exploration;
    use lastbyte::{Explorer, Property};
    use lastbyte_models::dispatch_loop::{
        LoopScenario, PROPOSED, RECHECK_FLUSHES, RULES, Revision, Says, all_scenarios, instance,
        rule_for,
    };

    fn explore(scenario: &LoopScenario, revision: &Revision) -> Exploration {
        let instance = instance(scenario, revision).expect("it is not left out");
        let found = Explorer::default().explore(instance.run(), instance.scenario());
        assert_eq!(found.inconclusive, None, "{}", instance.id());
        found
    }

    fn fails(scenario: &LoopScenario, revision: &Revision, property: Property) -> bool {
        let found = explore(scenario, revision);
        found.counterexamples.contains_key(&property)
    }

    /// Every failure has a rule, and every rule a failure. With the repair that a rule names, and nothing
    /// else, its defects are gone; before the repair that it names, its price was not paid; without what is
    /// accepted, and with all repairs, it holds.
    #[test]
    fn everything_that_fails_is_classified_by_a_rule_that_holds() {
        let mut used = BTreeSet::new();
        let (mut failures, mut wrong) = (0, Vec::new());
        for scenario in all_scenarios() {
            let found = explore(&scenario, &RECHECK_FLUSHES);
            for property in found.counterexamples.keys().copied() {
                failures += 1;
                let at = format!("{property} in {}", scenario.name());
                let Some(n) = rule_for(&scenario, property) else {
                    wrong.push(format!("{at} is not classified"));
                    continue;
                };
                used.insert(n);
                match RULES[n].says {
                    Says::Defect(repaired) => {
                        for revision in [repaired(RECHECK_FLUSHES), PROPOSED] {
                            if fails(&scenario, &revision, property) {
                                let name = match revision == PROPOSED {
                                    true => "all repairs",
                                    false => "its repair",
                                };
                                wrong.push(format!("{at} is left by {name}: {}", RULES[n].reason));
                            }
                        }
                    }
                    Says::Price(before) => {
                        if fails(&scenario, before, property) {
                            wrong.push(format!("{at} failed at {}, too", before.name));
                        }
                    }
                    Says::Accepted(None) => (),
                    Says::Accepted(Some(change)) => {
                        let mut otherwise = scenario.clone();
                        change(&mut otherwise);
                        if fails(&otherwise, &PROPOSED, property) {
                            wrong.push(format!(
                                "{at} fails without what is accepted, too: {}",
                                RULES[n].reason
                            ));
                        }
                    }
                }
            }
        }
        for (n, rule) in RULES.iter().enumerate().filter(|(n, _)| !used.contains(n)) {
            wrong.push(format!("rule {n} is about nothing: {}", rule.reason));
        }
        assert!(failures > 150, "{failures}");
        assert!(
            wrong.is_empty(),
            "{} of {failures}: {wrong:#?}",
            wrong.len()
        );
    }
}

/// Who accepts something has said so somewhere, and on some day; a defect has its finding.
#[test]
fn every_rule_says_where_it_is_written() {
    use lastbyte::check::Meaning;
    use lastbyte_models::dispatch_loop::RULES;

    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    for rule in RULES {
        assert!(!rule.references.is_empty(), "{}", rule.reason);
        for (name, link) in rule.references {
            match rule.meaning() {
                Meaning::Defect => {
                    let finding = std::path::Path::new(root).join(link.trim_start_matches('/'));
                    assert!(finding.is_file(), "{link}");
                }
                _ => {
                    let is_dated = name.contains(", 20") || name.starts_with('`');
                    assert!(is_dated && link.starts_with("https://"), "{name}: {link}");
                }
            }
        }
    }
}
