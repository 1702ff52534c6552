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
#[path = "../support/figures.rs"]
mod figures;
#[cfg(loom)]
mod generate;
#[cfg(loom)]
mod instances;
#[cfg(loom)]
mod program;
#[cfg(loom)]
mod wakers;

#[cfg(not(loom))]
#[test]
fn covered_by_the_build_with_cfg_loom() {}

#[cfg(loom)]
mod tests {
    use std::collections::HashSet;
    use std::hash::Hash;
    use std::sync::{Arc, Mutex};

    use lastbyte::run::{ExecutorDefect, KeyPart};
    use lastbyte::trace::Exploration;
    use lastbyte::{Explorer, Outcome, Trace};

    use crate::enumerate::{Everything, Log, State, enumerate, follow, schedules};
    use crate::figures;
    use crate::generate::{number, on_cases};
    use crate::program::{Program, programs};

    const DOCUMENT: &str = "models/trust/calibration.md";

    /// Programs in a default run, and in CI.
    const PROGRAMS: u32 = 600;
    /// Programs with more interleavings are only explored with caching.
    const MOST_INTERLEAVINGS: u128 = 3_000;

    /// Runs `check` on generated programs, the same ones every time; the first failure is shrunk.
    fn on_programs(
        cases: u32,
        check: impl FnMut(&Program) -> Result<(), String>,
    ) -> Result<(), String> {
        on_cases(cases, programs(), check)
    }

    type Executions = Vec<(Trace, bool)>;

    /// How to explore.
    #[derive(Clone, Copy, Debug)]
    struct Mode {
        caching: bool,
        declares: bool,
        defect: ExecutorDefect,
    }

    fn explore(program: &Program, mode: Mode) -> Result<(Exploration, Executions), String> {
        let (subject, scenario) = program.scenario(mode.declares);
        let traces = Arc::new(Mutex::new(Vec::new()));
        let kept = traces.clone();
        let explorer = Explorer {
            caching: mode.caching,
            planted: mode.defect,
            observer: Some(Arc::new(move |trace: &Trace, outcome: Option<&Outcome>| {
                let mut kept = kept.lock().expect("no panic");
                kept.push((trace.clone(), outcome.is_some()));
            })),
            ..Explorer::default()
        };
        let exploration = explorer.explore(&subject, &scenario);
        drop(explorer);
        let traces = Arc::into_inner(traces).expect("loom is through");
        if let Some(why) = &exploration.inconclusive {
            return Err(format!("inconclusive: {why}"));
        }
        Ok((exploration, traces.into_inner().expect("no panic")))
    }

    fn same<T: Eq + Hash>(
        what: &str,
        explored: &HashSet<T>,
        all: &HashSet<T>,
    ) -> Result<(), String> {
        if explored == all {
            Ok(())
        } else {
            let (explored, all) = (explored.len(), all.len());
            Err(format!("other {what}: {explored} explored, {all} exist"))
        }
    }

    /// The last state, if both sides tell the same story under the same schedule.
    fn last_state(program: &Program, trace: &Trace) -> Result<State, String> {
        let mut log = Log::new();
        let (_, last) = follow(program, &trace.schedule, &mut log)?;
        let steps = trace.steps.iter();
        let steps: Log = steps.map(|step| (step.actor, step.event.clone())).collect();
        if steps == log {
            Ok(last)
        } else {
            let schedule = &trace.schedule;
            Err(format!(
                "other events: {schedule:?}: explored {steps:#?}, enumerated {log:#?}"
            ))
        }
    }

    /// Every maximal interleaving exactly once.
    fn without_caching(
        program: &Program,
        all: &Everything,
        defect: ExecutorDefect,
    ) -> Result<(), String> {
        let mode = Mode {
            caching: false,
            declares: false,
            defect,
        };
        let (exploration, executions) = explore(program, mode)?;
        let mut finals = HashSet::new();
        for (trace, concluded) in &executions {
            if !concluded {
                return Err("no conclusion: an execution just ends".to_owned());
            }
            finals.insert(last_state(program, trace)?);
        }
        let seen = executions.into_iter().map(|(trace, _)| trace.schedule);
        same("interleavings", &seen.collect(), &schedules(program))?;
        same("final states", &finals, &all.finals)?;
        if u128::from(exploration.executions) != all.interleavings {
            let (some, all) = (exploration.executions, all.interleavings);
            return Err(format!(
                "other number of executions: {some} for {all} interleavings"
            ));
        }
        Ok(())
    }

    /// Every state, every step out of it, every final state, every stall.
    fn with_caching(
        program: &Program,
        all: &Everything,
        declares: bool,
        defect: ExecutorDefect,
    ) -> Result<(), String> {
        let mode = Mode {
            caching: true,
            declares,
            defect,
        };
        let (exploration, executions) = explore(program, mode)?;
        let (mut edges, mut finals) = (HashSet::new(), HashSet::new());
        for (trace, concluded) in &executions {
            edges.extend(follow(program, &trace.schedule, &mut Log::new())?.0);
            if *concluded {
                finals.insert(last_state(program, trace)?);
            }
        }
        same("steps", &edges, &all.edges)?;
        same("final states", &finals, &all.finals)?;
        let stalls = |states: &HashSet<State>| {
            let stalls = states.iter().filter(|state| state.is_stalled());
            stalls.cloned().collect::<HashSet<_>>()
        };
        same("stalls", &stalls(&finals), &stalls(&all.finals))?;
        // What an actor's history tells apart may be more than what its state does.
        if declares && exploration.states != all.states.len() as u64 {
            let (some, all) = (exploration.states, all.states.len());
            return Err(format!(
                "other number of states: {some} remembered, {all} exist"
            ));
        }
        Ok(())
    }

    #[test]
    fn the_explorer_agrees_with_brute_force() {
        let (mut programs, mut uncached, mut interleavings) = ([0; 4], 0, 0);
        let (mut states, mut edges, mut stalls, mut spins) = (0, 0, 0, 0);
        on_programs(number("LASTBYTE_PROGRAMS", PROGRAMS), |program| {
            let none = ExecutorDefect::None;
            let all = enumerate(program);
            if all.interleavings <= MOST_INTERLEAVINGS {
                without_caching(program, &all, none).map_err(|why| format!("uncached: {why}"))?;
                uncached += 1;
                interleavings += all.interleavings;
            }
            for declares in [true, false] {
                with_caching(program, &all, declares, none)
                    .map_err(|why| format!("cached, declared {declares}: {why}"))?;
            }
            programs[program.0.len()] += 1;
            states += all.states.len();
            edges += all.edges.len();
            stalls += all.finals.iter().filter(|state| state.is_stalled()).count();
            spins += all
                .finals
                .iter()
                .filter(|state| state.is_spinning())
                .count();
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
        println!(
            "{} programs of 2 actors, {} of 3: {states} states, {edges} steps, {stalls} stalls, {spins} spins",
            programs[2], programs[3]
        );
        println!("{uncached} of them without caching: {interleavings} interleavings");
        let programs_as_counted = number("LASTBYTE_PROGRAMS", PROGRAMS) == PROGRAMS;
        if programs_as_counted && number("LASTBYTE_SEED", 0) == 0 {
            for (name, number) in [
                ("programs of two actors", programs[2] as u128),
                ("programs of three actors", programs[3] as u128),
                ("states, each seen", states as u128),
                ("steps out of them, each taken", edges as u128),
                ("stalls, each reached", stalls as u128),
                ("spins, each reached", spins as u128),
                ("programs explored without caching, too", uncached),
                ("their interleavings, each run once", interleavings),
            ] {
                figures::compare(DOCUMENT, name, &[number.to_string()]);
            }
        }
        for seen in [programs[2], programs[3], stalls, spins] {
            assert!(seen > 0, "programs that are all alike calibrate nothing");
        }
    }

    /// What the comparison is worth: it notices every one of these. Without the other parts of the
    /// key it notices nothing, because nothing in a program depends on them: `models/mutants` has
    /// what does.
    #[test]
    fn a_defective_explorer_does_not_agree() {
        let parts = [
            KeyPart::Ended,
            KeyPart::Token,
            KeyPart::Fresh,
            KeyPart::Waiting,
            KeyPart::Place,
            KeyPart::Idle,
            KeyPart::Changed,
            KeyPart::Channels,
        ];
        let of_key = parts.map(ExecutorDefect::KeyWithout);
        let defects = ExecutorDefect::BESIDE_KEY.into_iter().chain(of_key);
        let mut survivors = Vec::new();
        let mut differences = Vec::new();
        for defect in defects.clone() {
            let noticed = on_programs(PROGRAMS, |program| {
                let all = enumerate(program);
                with_caching(program, &all, true, defect)
            });
            match noticed {
                Ok(()) => survivors.push(defect),
                Err(error) => {
                    println!("{defect:?}: {}", error.lines().next().unwrap_or_default());
                    let difference = error.split(':').next().unwrap_or_default();
                    differences.push((format!("{defect:?}, noticed by"), difference.to_owned()));
                }
            }
        }
        assert_eq!(survivors, []);
        let planted = defects.clone().count();
        let noticed = planted - survivors.len();
        for (name, number) in [
            ("defects planted in the explorer", planted),
            ("defects noticed", noticed),
        ] {
            figures::compare(DOCUMENT, name, &[number.to_string()]);
        }
        for (name, difference) in differences {
            figures::compare(DOCUMENT, &name, &[difference]);
        }
    }
}
