//! What an instance does, written down sequence by sequence: what comparisons are checked with.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use lastbyte::check::Observable;
use lastbyte::trace::Inconclusive;
use lastbyte::{Explorer, Instance, Limits};

/// Every sequence from the beginning to the end of an execution, and the number of executions.
///
/// # Errors
///
/// Why there may be more.
pub fn enumerated(
    instance: &Instance,
    executions: u64,
) -> Result<(BTreeSet<Vec<Observable>>, u64), Inconclusive> {
    let found: Arc<Mutex<BTreeSet<_>>> = Arc::default();
    let into = found.clone();
    let explorer = Explorer {
        caching: false,
        folding: false,
        limits: Limits {
            executions: Some(executions),
            ..Limits::default()
        },
        observer: Some(Arc::new(move |trace, outcome| {
            let mut into = into.lock().expect("no panic");
            into.insert(Observable::sequence(trace, outcome));
        })),
        ..Explorer::default()
    };
    let explored = explorer.explore(instance.run(), instance.scenario());
    if let Some(why) = explored.inconclusive {
        return Err(why);
    }
    let found = std::mem::take(&mut *found.lock().expect("no panic"));
    Ok((found, explored.executions))
}

/// The shortest sequence that only the first has, in words; of several the first in their order.
pub fn only(
    first: &BTreeSet<Vec<Observable>>,
    second: &BTreeSet<Vec<Observable>>,
) -> Option<String> {
    let only = first.difference(second);
    let shortest = only.min_by_key(|sequence| (sequence.len(), (*sequence).clone()))?;
    let words: Vec<_> = shortest.iter().map(ToString::to_string).collect();
    Some(words.join(", "))
}
