//! Is state caching right about code that has wakers of its own? Generated programs, explored with
//! and without it: the same outcomes, and the same properties fail.
//!
//! `LASTBYTE_PROGRAMS` sets the number of programs, `LASTBYTE_SEED` where they begin.

mod own;
mod program;
mod run;

use std::collections::BTreeSet;

use lastbyte::{Cut, Exploration, Explorer, Limits, Outcome, Property};

use crate::generate::{number, on_cases};
use program::{Program, programs};

/// Programs in a default run.
const FEW: u32 = 100;
/// Programs among the longer explorations.
const MANY: u32 = 1_000;
/// Executions of one program without caching; whoever needs more is skipped.
const EXECUTIONS: u64 = 10_000;

fn explore(program: &Program, caching: bool) -> Exploration {
    let (subject, scenario) = program.instance();
    let explorer = Explorer {
        caching,
        limits: Limits {
            executions: Some(EXECUTIONS),
            ..Limits::default()
        },
        ..Explorer::default()
    };
    explorer.explore(&subject, &scenario)
}

/// What an exploration comes to.
#[derive(Debug, PartialEq, Eq)]
struct Findings {
    outcomes: BTreeSet<Outcome>,
    broken: BTreeSet<Property>,
}

impl Findings {
    fn of(exploration: &Exploration) -> Findings {
        Findings {
            outcomes: exploration.histogram.keys().cloned().collect(),
            broken: exploration.counterexamples.keys().copied().collect(),
        }
    }

    /// What is here and not there.
    fn less(&self, other: &Findings) -> String {
        let outcomes = self.outcomes.difference(&other.outcomes);
        let broken = self.broken.difference(&other.broken);
        let outcomes = outcomes.map(ToString::to_string);
        let broken = broken.map(|property| format!("{property} refuted"));
        outcomes.chain(broken).collect::<Vec<_>>().join("; ")
    }
}

/// What the programs came to.
#[derive(Debug, Default)]
struct Tally {
    compared: u32,
    skipped: u32,
    executions: u64,
    cached: u64,
    outcomes: usize,
    broken: BTreeSet<Property>,
    several: u32,
}

impl Tally {
    fn compare(&mut self, program: &Program) -> Result<(), String> {
        let every = explore(program, false);
        match &every.cut {
            None => {}
            Some(Cut::Executions) => {
                self.skipped += 1;
                return Ok(());
            }
            Some(cut) => return Err(format!("without caching: {cut}")),
        }
        let cached = explore(program, true);
        if let Some(cut) = &cached.cut {
            return Err(format!("with caching: {cut}"));
        }
        let (whole, found) = (Findings::of(&every), Findings::of(&cached));
        if whole != found {
            return Err(format!(
                "{} executions without caching, {} with it\nmissed: {}\nmade up: {}",
                every.executions,
                cached.executions,
                whole.less(&found),
                found.less(&whole),
            ));
        }
        self.compared += 1;
        self.executions += every.executions;
        self.cached += cached.executions;
        self.outcomes += whole.outcomes.len();
        self.several += u32::from(whole.outcomes.len() > 1);
        self.broken.extend(whole.broken);
        Ok(())
    }
}

/// The smallest program at hand for which it changes something.
fn smallest(mut program: Program, mut why: String) -> (Program, String) {
    let fails = |program: Program| {
        let why = Tally::default().compare(&program).err()?;
        Some((program, why))
    };
    while let Some(simpler) = program.simpler().into_iter().find_map(fails) {
        (program, why) = simpler;
    }
    (program, why)
}

fn caching_changes_nothing(cases: u32) {
    let mut tally = Tally::default();
    let checked = on_cases(cases, programs(), |program| {
        if let Err(why) = tally.compare(program) {
            let (program, why) = smallest(program.clone(), why);
            panic!("{why}\n{program:#?}");
        }
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{error}"));
    let Tally {
        compared,
        skipped,
        executions,
        cached,
        outcomes,
        broken,
        several,
    } = tally;
    println!(
        "{compared} programs with wakers of their own, {skipped} skipped: {executions} executions \
         without caching, {cached} with it; {outcomes} outcomes, {several} programs with several"
    );
    let names: Vec<_> = broken.iter().map(|property| property.name()).collect();
    println!("refuted somewhere: {}", names.join(", "));
    // What is skipped is not compared, and programs that always end alike compare nothing.
    assert!(skipped * 12 <= cases, "{skipped} of {cases} skipped");
    assert!(several * 2 > compared, "{several} of {compared}");
    for property in [
        Property::NothingTruncated,
        Property::NoSilentLoss,
        Property::ReceivedIsPrefix,
        Property::NoStall,
        Property::NoPanic,
    ] {
        assert!(broken.contains(&property), "{property} fails nowhere");
    }
}

#[test]
fn caching_changes_nothing_for_a_subject_with_wakers_of_its_own() {
    caching_changes_nothing(number("LASTBYTE_PROGRAMS", FEW));
}

#[test]
#[ignore = "part of the longer explorations; cargo test -- --ignored"]
fn caching_changes_nothing_for_many_subjects_with_wakers_of_their_own() {
    caching_changes_nothing(number("LASTBYTE_PROGRAMS", MANY));
}
