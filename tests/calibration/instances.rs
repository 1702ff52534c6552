//! Is state caching right about the connections of the claims that are known by the history of their
//! calls? Each instance explored with and without it: the same outcomes, and the same properties fail.
//!
//! `LASTBYTE_EXECUTIONS` sets how many executions an instance may take.

use std::collections::BTreeMap;

use lastbyte::trace::Inconclusive;
use lastbyte::{Expected, Explorer, Instance, Limits};
use lastbyte_models::registry;

use crate::generate::number;
use crate::wakers::Findings;

/// Executions of one instance without caching; whoever needs more is skipped.
const EXECUTIONS: u32 = 2_000;

/// The instances of all claims, each once; without those in which the explorer misses something by
/// intention, and without the models that tell their states.
fn instances() -> Vec<Instance> {
    const DECLARED: [&str; 3] = ["dispatch_close", "dispatch_loop", "shutdown_ordering"];
    let registry = registry().expect("no clash");
    let claims = registry.claims().iter();
    let claims = claims.filter(|claim| claim.expected != Expected::Missed);
    let instances = claims.flat_map(|claim| claim.instances.iter().cloned());
    let instances = instances.filter(|instance| !DECLARED.contains(&instance.model()));
    let by_id: BTreeMap<_, _> = instances
        .map(|instance| (instance.id(), instance))
        .collect();
    by_id.into_values().collect()
}

fn compare(executions: u64, least: usize) {
    let (mut compared, mut declared, mut skipped) = (BTreeMap::new(), 0, Vec::new());
    let (mut every, mut pruned, mut outcomes) = (0, 0, 0);
    for instance in instances() {
        let explore = |caching| {
            let explorer = Explorer {
                caching,
                limits: Limits {
                    executions: Some(executions),
                    ..Limits::default()
                },
                ..Explorer::default()
            };
            explorer.explore(instance.run(), instance.scenario())
        };
        let cached = explore(true);
        if cached.inconclusive == Some(Inconclusive::Executions) {
            skipped.push(instance.id());
            continue;
        }
        assert_eq!(cached.inconclusive, None, "{}", instance.id());
        // What is known by its history is run again.
        if cached.repeated == 0 {
            declared += 1;
            continue;
        }
        let whole = explore(false);
        if whole.inconclusive == Some(Inconclusive::Executions) {
            skipped.push(instance.id());
            continue;
        }
        assert_eq!(whole.inconclusive, None, "{}", instance.id());
        let (found, all) = (Findings::of(&cached), Findings::of(&whole));
        assert_eq!(
            found,
            all,
            "{}: missed: {}; made up: {}",
            instance.id(),
            all.less(&found),
            found.less(&all)
        );
        *compared.entry(instance.model()).or_insert(0) += 1;
        every += whole.executions;
        pruned += cached.executions;
        outcomes += all.outcomes.len();
    }
    println!(
        "{compared:?} compared, {} skipped, {declared} tell their states: {every} executions \
         without caching, {pruned} with it; {outcomes} outcomes",
        skipped.len()
    );
    for id in skipped {
        println!("skipped: {id}");
    }
    let compared: usize = compared.values().sum();
    assert!(compared >= least, "only {compared}");
}

#[test]
#[ignore = "part of the longer explorations; cargo test -- --ignored"]
fn caching_changes_nothing_for_the_connections_of_the_claims() {
    compare(u64::from(number("LASTBYTE_EXECUTIONS", EXECUTIONS)), 1_000);
}
