//! Is state caching right about code that has wakers of its own? Generated programs, explored with
//! and without it, and with folded histories: the same outcomes, and the same properties fail.
//!
//! `LASTBYTE_PROGRAMS` sets the number of programs, `LASTBYTE_SEED` where they begin.

mod by_hand;
mod own;
mod program;
mod run;

use std::collections::{BTreeMap, BTreeSet};

use lastbyte::run::{ExecutorDefect, KeyPart};
use lastbyte::trace::{Exploration, Folding, Inconclusive};
use lastbyte::{Explorer, Limits, Outcome, Property};

use crate::generate::{number, on_cases};
use program::{Program, programs};

/// Programs in a default run.
const FEW: u32 = 25;
/// Programs among the longer explorations.
const MANY: u32 = 900;
/// Executions of one program without caching; whoever needs more is skipped.
const EXECUTIONS: u64 = 3_000;

/// How a program is explored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Uncached,
    Cached,
    /// With folded histories from the second execution on.
    Folded,
}

fn explore(program: &Program, how: How, defect: ExecutorDefect) -> Exploration {
    let (subject, scenario) = program.instance();
    let explorer = Explorer {
        caching: how != How::Uncached,
        folding: how == How::Folded,
        planted: defect,
        limits: Limits {
            executions: Some(EXECUTIONS),
            unfolded: 1,
            ..Limits::default()
        },
        ..Explorer::default()
    };
    explorer.explore(&subject, &scenario)
}

/// What an exploration comes to.
#[derive(Debug, PartialEq, Eq)]
pub struct Findings {
    pub outcomes: BTreeSet<Outcome>,
    pub broken: BTreeSet<Property>,
}

impl Findings {
    pub fn of(exploration: &Exploration) -> Findings {
        Findings {
            outcomes: exploration.histogram.keys().cloned().collect(),
            broken: exploration.counterexamples.keys().copied().collect(),
        }
    }

    /// What is here and not there.
    pub fn less(&self, other: &Findings) -> String {
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
    compared: usize,
    skipped: usize,
    executions: u64,
    cached: u64,
    outcomes: usize,
    pub broken: BTreeSet<Property>,
    several: usize,
    folded: usize,
    contradicted: usize,
    scripts: BTreeMap<usize, usize>,
    constructs: BTreeMap<String, usize>,
}

impl Tally {
    /// Explores the program without caching, and with caching under a defect.
    fn compare(&mut self, program: &Program, defect: ExecutorDefect) -> Result<(), String> {
        let every = explore(program, How::Uncached, ExecutorDefect::None);
        match &every.inconclusive {
            None => {}
            Some(Inconclusive::Executions) => {
                self.skipped += 1;
                return Ok(());
            }
            Some(why) => return Err(format!("without caching: {why}")),
        }
        let cached = explore(program, How::Cached, defect);
        if let Some(why) = &cached.inconclusive {
            return Err(format!("with caching: {why}"));
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
        let folded = explore(program, How::Folded, defect);
        if let Some(why) = &folded.inconclusive {
            return Err(format!("with folded histories: {why}"));
        }
        let found = Findings::of(&folded);
        if whole != found {
            return Err(format!(
                "with folded histories, {:?}\nmissed: {}\nmade up: {}",
                folded.folding,
                whole.less(&found),
                found.less(&whole),
            ));
        }
        match folded.folding {
            Some(Folding::Held { .. }) => self.folded += 1,
            Some(Folding::Contradicted(_)) => self.contradicted += 1,
            None => {}
        }
        self.compared += 1;
        self.executions += every.executions;
        self.cached += cached.executions;
        self.outcomes += whole.outcomes.len();
        self.several += usize::from(whole.outcomes.len() > 1);
        self.broken.extend(whole.broken);
        *self.scripts.entry(program.scripts.len()).or_default() += 1;
        for construct in program.constructs() {
            *self.constructs.entry(construct).or_default() += 1;
        }
        Ok(())
    }
}

/// The smallest program at hand with which the two differ, and how.
fn smallest(mut program: Program, mut why: String, defect: ExecutorDefect) -> (Program, String) {
    let fails = |program: Program| {
        let why = Tally::default().compare(&program, defect).err()?;
        Some((program, why))
    };
    while let Some(simpler) = program.simpler().into_iter().find_map(fails) {
        (program, why) = simpler;
    }
    (program, why)
}

fn caching_changes_nothing(cases: u32) -> Tally {
    let mut tally = Tally::default();
    let checked = on_cases(cases, programs(), |program| {
        if let Err(why) = tally.compare(program, ExecutorDefect::None) {
            let (program, why) = smallest(program.clone(), why, ExecutorDefect::None);
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
        folded,
        contradicted,
        scripts,
        constructs,
    } = &tally;
    println!(
        "{compared} programs with wakers of their own, {skipped} skipped: {executions} executions \
         without caching, {cached} with it; {outcomes} outcomes, {several} programs with several"
    );
    println!("folded: {folded} programs, and {contradicted} that remember what is folded");
    println!("programs by number of scripts: {scripts:?}");
    for (construct, programs) in constructs {
        println!("{programs:>5} programs with {construct}");
    }
    let names: Vec<_> = broken.iter().map(|property| property.name()).collect();
    println!("refuted somewhere: {}", names.join(", "));
    // What is skipped is not compared, and programs that always end alike compare nothing.
    assert!(skipped * 2 <= compared + skipped, "{skipped} skipped");
    assert!(several * 2 > *compared, "{several} of {compared}");
    tally
}

#[test]
fn caching_changes_nothing_for_a_subject_with_wakers_of_its_own() {
    caching_changes_nothing(number("LASTBYTE_PROGRAMS", FEW));
}

#[test]
#[ignore = "part of the longer explorations; cargo test -- --ignored"]
fn caching_changes_nothing_for_many_subjects_with_wakers_of_their_own() {
    let tally = caching_changes_nothing(number("LASTBYTE_PROGRAMS", MANY));
    assert!(tally.compared >= 500, "only {}", tally.compared);
    for property in [
        Property::NothingTruncated,
        Property::NoSilentLoss,
        Property::NoStall,
        Property::NoPanic,
    ] {
        assert!(tally.broken.contains(&property), "{property} fails nowhere");
    }
    for construct in program::CONSTRUCTS {
        let programs = tally.constructs.get(construct).copied().unwrap_or(0);
        assert!(programs >= 10, "{programs} programs with {construct}");
    }
}

/// What the comparison is worth: whoever leaves the wake-ups out of the histories misses something.
#[test]
fn histories_without_wake_ups_are_noticed() {
    let defect = ExecutorDefect::KeyWithout(KeyPart::WakeUps);
    let mut looked_at = 0;
    let mut found = Vec::new();
    let checked = on_cases(number("LASTBYTE_PROGRAMS", 100), programs(), |program| {
        if found.len() == 2 {
            return Ok(());
        }
        looked_at += 1;
        match Tally::default().compare(program, defect) {
            Err(why) if why.contains("missed: ") => {
                found.push(smallest(program.clone(), why, defect));
            }
            _ => {}
        }
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{error}"));
    let number = found.len();
    let smallest = found
        .into_iter()
        .min_by_key(|(program, _)| format!("{program:?}").len());
    let (program, why) = smallest.expect("some program goes by the order of its wake-ups");
    println!("{number} of {looked_at} programs differ; the smallest:\n{why}\n{program:#?}");
    assert!(
        Tally::default()
            .compare(&program, ExecutorDefect::None)
            .is_ok()
    );
}
