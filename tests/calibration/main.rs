//! Is the explorer right? Generated programs, explored and enumerated by brute force.
//!
//! Two claims are checked: without state caching the explorer runs every maximal interleaving
//! exactly once; with it, it takes every step out of every state and reaches every final state and
//! every stall. The event logs of all executions must agree with the enumerator's as well.
//!
//! `LASTBYTE_PROGRAMS` sets the number of programs, `LASTBYTE_SEED` where they begin.

#[cfg(loom)]
mod enumerate;
#[cfg(loom)]
mod program;

#[cfg(not(loom))]
#[test]
fn covered_by_the_build_with_cfg_loom() {}

#[cfg(loom)]
mod tests {
    use std::collections::HashSet;
    use std::sync::{Arc, Mutex};

    use lastbyte::{ActorId, Explorer, Trace};
    use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

    use crate::enumerate::{Everything, Log, State, enumerate, follow, schedules};
    use crate::program::{Program, programs};

    /// Programs in a default run, and in CI.
    const PROGRAMS: u32 = 600;
    /// Programs with more interleavings are only explored with caching.
    const MOST_INTERLEAVINGS: u128 = 3_000;

    fn number(variable: &str, otherwise: u32) -> u32 {
        std::env::var(variable).map_or(otherwise, |text| {
            text.parse().unwrap_or_else(|_| panic!("{variable} is a number, got {text:?}"))
        })
    }

    /// Runs `check` on generated programs, the same ones every time.
    fn on_programs(check: impl Fn(&Program) -> Result<(), String>) {
        let cases = number("LASTBYTE_PROGRAMS", PROGRAMS);
        let seed = number("LASTBYTE_SEED", 0);
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&seed.to_le_bytes());
        let config = Config {
            cases,
            failure_persistence: None,
            ..Config::default()
        };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(config, rng);
        let checked = runner.run(&programs(), |program| {
            check(&program).map_err(TestCaseError::fail)
        });
        if let Err(error) = checked {
            panic!("{error}");
        }
    }

    type Executions = Vec<(Trace, bool)>;

    fn explore(program: &Program, caching: bool, declares: bool) -> (lastbyte::Exploration, Executions) {
        let (subject, scenario) = program.scenario(declares);
        let traces = Arc::new(Mutex::new(Vec::new()));
        let kept = traces.clone();
        let explorer = Explorer {
            caching,
            observer: Some(Arc::new(move |trace: &Trace, concluded| {
                kept.lock().expect("no panic").push((trace.clone(), concluded));
            })),
            ..Explorer::default()
        };
        let exploration = explorer.explore(&subject, &scenario);
        drop(explorer);
        let traces = Arc::into_inner(traces).expect("loom is through");
        (exploration, traces.into_inner().expect("no panic"))
    }

    fn agrees(what: &str, ok: bool) -> Result<(), String> {
        if ok { Ok(()) } else { Err(what.to_owned()) }
    }

    /// Both sides tell the same story under the same schedule.
    fn same_events(program: &Program, trace: &Trace) -> Result<State, String> {
        let mut log = Log::new();
        let (_, last) = follow(program, &trace.schedule, &mut log);
        let steps: Log = trace.steps.iter().map(|step| (step.actor, step.event.clone())).collect();
        if steps == log {
            Ok(last)
        } else {
            Err(format!("{:?}: the explorer saw {steps:#?}, the enumerator {log:#?}", trace.schedule))
        }
    }

    fn without_caching(program: &Program, all: &Everything) -> Result<(), String> {
        let (exploration, executions) = explore(program, false, false);
        agrees("an uncached exploration was cut", exploration.cut.is_none())?;
        let all_schedules = schedules(program);
        let seen: HashSet<Vec<ActorId>> =
            executions.iter().map(|(trace, _)| trace.schedule.clone()).collect();
        agrees("every execution concludes", executions.iter().all(|(_, concluded)| *concluded))?;
        if seen != all_schedules || exploration.executions as u128 != all.interleavings {
            return Err(format!(
                "{} executions and {} schedules for {} interleavings",
                exploration.executions, seen.len(), all.interleavings,
            ));
        }
        let mut finals = HashSet::new();
        for (trace, _) in &executions {
            finals.insert(same_events(program, trace)?);
        }
        agrees("the final states", finals == all.finals)
    }

    fn with_caching(program: &Program, all: &Everything, declares: bool) -> Result<(), String> {
        let (exploration, executions) = explore(program, true, declares);
        agrees("a cached exploration was cut", exploration.cut.is_none())?;
        let (mut edges, mut finals) = (HashSet::new(), HashSet::new());
        for (trace, concluded) in &executions {
            let (taken, last) = follow(program, &trace.schedule, &mut Log::new());
            edges.extend(taken);
            if *concluded {
                same_events(program, trace)?;
                finals.insert(last);
            }
        }
        if declares && exploration.states != all.states.len() as u64 {
            return Err(format!("{} states instead of {}", exploration.states, all.states.len()));
        }
        if edges != all.edges {
            return Err(format!("{} steps instead of {}", edges.len(), all.edges.len()));
        }
        agrees("the final states", finals == all.finals)?;
        let stalls = |states: &HashSet<State>| states.iter().filter(|state| state.is_stalled()).count();
        agrees("the stalls", stalls(&finals) == stalls(&all.finals))
    }

    #[test]
    fn the_explorer_agrees_with_brute_force() {
        let totals = Mutex::new((0u128, 0, 0, 0, 0));
        on_programs(|program| {
            let all = enumerate(program, u128::MAX).expect("no limit");
            let uncached = all.interleavings <= MOST_INTERLEAVINGS;
            if uncached {
                without_caching(program, &all).map_err(|why| format!("uncached: {why}"))?;
            }
            for declares in [true, false] {
                with_caching(program, &all, declares)
                    .map_err(|why| format!("cached, declared {declares}: {why}"))?;
            }
            let mut totals = totals.lock().expect("no panic");
            totals.0 += if uncached { all.interleavings } else { 0 };
            totals.1 += usize::from(uncached);
            totals.2 += all.states.len();
            totals.3 += all.edges.len();
            totals.4 += all.finals.iter().filter(|state| state.is_stalled()).count();
            Ok(())
        });
        let (interleavings, uncached, states, edges, stalls) = *totals.lock().expect("no panic");
        println!(
            "{uncached} programs uncached, {interleavings} interleavings; {states} states, {edges} steps, {stalls} stalls"
        );
        assert!(stalls > 0, "programs that cannot stall calibrate nothing");
    }
}
