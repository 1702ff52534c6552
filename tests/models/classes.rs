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
        LoopScenario, PROPOSED, RECHECK_FLUSHES, RULES, Revision, Says, all_scenarios,
        covering_scenarios, instance, rule_for,
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

    /// What is wrong with the class of a failure: with the repair that its rule names, and nothing else, a
    /// defect must be gone; before the repair that it names, its price must not have been paid; without
    /// what is accepted, and with all repairs, it must hold, or fail for what another rule says.
    fn wrong(scenario: &LoopScenario, property: Property, rule: usize) -> Option<String> {
        let reason = RULES[rule].reason;
        match RULES[rule].says {
            Says::Defect(repaired) => {
                let repairs = [
                    ("its repair", repaired(RECHECK_FLUSHES)),
                    ("all repairs", PROPOSED),
                ];
                let left = repairs.iter().find(|(_, by)| fails(scenario, by, property));
                left.map(|(name, _)| format!("is left by {name}: {reason}"))
            }
            Says::Price(before) => {
                let failed = fails(scenario, before, property);
                failed.then(|| format!("failed at {}, too: {reason}", before.name))
            }
            Says::Accepted(None) => None,
            Says::Accepted(Some(change)) => {
                let mut otherwise = scenario.clone();
                change(&mut otherwise);
                if !fails(&otherwise, &PROPOSED, property) {
                    return None;
                }
                let other = rule_for(&otherwise, property).filter(|other| *other != rule);
                let explained =
                    other.is_some_and(|other| wrong(&otherwise, property, other).is_none());
                (!explained).then(|| format!("fails without what is accepted, too: {reason}"))
            }
        }
    }

    /// Every failure has a rule, which holds. The rules that were used.
    fn everything_is_classified(scenarios: &[LoopScenario]) -> BTreeSet<usize> {
        let (mut used, mut told, mut failures) = (BTreeSet::new(), Vec::new(), 0);
        for scenario in scenarios {
            let found = explore(scenario, &RECHECK_FLUSHES);
            for property in found.counterexamples.keys().copied() {
                failures += 1;
                let problem = match rule_for(scenario, property) {
                    None => Some("is not classified".to_owned()),
                    Some(rule) => {
                        used.insert(rule);
                        wrong(scenario, property, rule)
                    }
                };
                let name = scenario.name();
                told.extend(problem.map(|problem| format!("{property} in {name} {problem}")));
            }
        }
        assert!(failures > 100, "{failures}");
        assert!(told.is_empty(), "{} of {failures}: {told:#?}", told.len());
        used
    }

    #[test]
    fn everything_that_fails_is_classified_by_a_rule_that_holds() {
        everything_is_classified(&covering_scenarios());
    }

    /// And every rule is about something.
    #[test]
    #[ignore = "part of the longer explorations; cargo test -- --ignored"]
    fn so_it_is_in_the_whole_sweep() {
        let used = everything_is_classified(all_scenarios());
        let idle = (0..RULES.len()).filter(|rule| !used.contains(rule));
        let idle: Vec<_> = idle.map(|rule| RULES[rule].reason).collect();
        assert!(idle.is_empty(), "{idle:#?}");
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
