//! A worker: the process that explores what [`runner`](crate::check::runner) orders, one instance or
//! comparison at a time.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use crate::check::identity::Identity;
use crate::check::instance::Instance;
use crate::check::registry::Registry;
use crate::check::runner::{Answer, Order, Unit};
use crate::check::selection::Selection;
use crate::check::sweep::SweptInstance;
use crate::explore::limits::REPEATED_EXECUTIONS;
use crate::explore::{explorer::Explorer, limits::Limits, limits::Progress};
use crate::trace::property::Property;

/// Runs a worker: explores what is requested on stdin, answers on stdout, and ends its process when
/// stdin does.
pub(crate) fn serve(registry: &Registry) -> io::Result<()> {
    use std::sync::Arc;

    let all = &Selection::all(registry);
    let units: HashMap<Identity, Unit> = Unit::all(all)
        .into_iter()
        .map(|unit| (unit.identity(), unit))
        .collect();
    let wanted = Wanted::of(all);
    let say = |answer: &Answer| {
        let line = serde_json::to_string(answer).expect("an answer is plain data");
        let mut out = io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush())
    };
    let (send, lines) = channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            if send.send(line).is_err() {
                return;
            }
        }
        // Whoever gives orders is gone, maybe in the middle of an execution that never ends.
        std::process::exit(1);
    });
    for line in lines {
        let order: Order = serde_json::from_str(&line?)?;
        let Some(unit) = units.get(&order.unit) else {
            say(&Answer::Unknown(unknown(&order.unit, units.keys())))?;
            continue;
        };
        let last = Mutex::new(Instant::now());
        let progress: Progress = Arc::new(move |executions| {
            let mut last = last.lock().expect("nobody panics here");
            if is_due(last.elapsed()) {
                *last = Instant::now();
                if say(&Answer::Progress(executions)).is_err() {
                    // Nobody listens any more, whatever became of them.
                    std::process::exit(1);
                }
            }
        });
        let time = order.seconds.map(Duration::from_secs_f64);
        let mut limits = Limits {
            time,
            // What is registered is explored in every run, by everybody.
            repeated: REPEATED_EXECUTIONS,
            ..Limits::default()
        };
        limits.steps = order.steps.unwrap_or(limits.steps);
        say(&match unit {
            Unit::Instance(instance) => wanted.explore(instance, limits, progress),
            Unit::Comparison(comparison) => {
                Answer::Compared(Box::new(comparison.run(time, Some(&progress))))
            }
        })?;
    }
    Ok(())
}

/// Why a worker that knows only these identities cannot carry out a request.
fn unknown<'a>(ordered: &Identity, mut known: impl Iterator<Item = &'a Identity>) -> String {
    let known = known.find(|known| known.text == ordered.text);
    let ordered = ordered.in_full();
    match known {
        Some(known) => format!(
            "{ordered} was ordered, and the worker has {}",
            known.in_full()
        ),
        None => format!("{ordered} was ordered, and the worker has nothing of that name"),
    }
}

/// Whether a worker should report its progress, this long after the last report.
fn is_due(since: Duration) -> bool {
    since > Duration::from_millis(100)
}

/// What is to be known about instances.
struct Wanted {
    counterexamples: HashMap<Identity, std::collections::HashSet<Property>>,
    swept: std::collections::HashSet<Identity>,
}

impl Wanted {
    fn of(all: &Selection) -> Wanted {
        let mut counterexamples: HashMap<_, std::collections::HashSet<_>> = HashMap::new();
        for claim in &all.claims {
            for instance in &claim.instances {
                let of_instance = counterexamples.entry(instance.identity()).or_default();
                of_instance.insert(claim.property);
            }
        }
        let swept = all.sweeps.iter().flat_map(|(_, sweep)| &sweep.instances);
        Wanted {
            counterexamples,
            swept: swept.map(Instance::identity).collect(),
        }
    }

    fn explore(&self, instance: &Instance, limits: Limits, progress: Progress) -> Answer {
        let explorer = Explorer {
            limits,
            progress: Some(progress),
            ..instance.explorer()
        };
        let id = instance.identity();
        // What only a sweep shows needs no readable counterexample.
        let mut exploration = match self.counterexamples.contains_key(&id) {
            true => explorer.decide(instance.run(), instance.scenario()),
            false => explorer.explore(instance.run(), instance.scenario()),
        };
        let is_swept = self.swept.contains(&id);
        let swept = is_swept.then(|| Box::new(SweptInstance::new(instance, &exploration)));
        // A trace that no row shows need not travel; that the property fails must.
        let wanted = self.counterexamples.get(&id);
        for (property, trace) in &mut exploration.counterexamples {
            if !wanted.is_some_and(|wanted| wanted.contains(property)) {
                trace.steps.clear();
                trace.schedule.clear();
            }
        }
        Answer::Explored {
            id,
            exploration: Box::new(exploration),
            swept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_now_and_then_however_long_ago_it_was() {
        let due = [0, 100, 101, 5_000].map(|ms| is_due(Duration::from_millis(ms)));
        assert_eq!(due, [false, false, true, true]);
    }
}
