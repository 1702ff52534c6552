//! Runs a comparison: explores both sides and compares their languages.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::check::automaton::{Languages, Letter, SETS, Word};
use crate::check::comparison::{Compared, Comparison, Deviation, Size};
use crate::check::instance::Instance;
use crate::check::observable::Observable;
use crate::explore::explorer::Explorer;
use crate::explore::limits::{Limits, Progress, REPEATED_EXECUTIONS};
use crate::explore::transitions::{Label, NOTHING, Transitions};
use crate::trace::folding::Folding;
use crate::trace::verdict::{Exploration, Inconclusive};

/// See [`Limits::unfolded`]: what is explored in every run, by everybody, is explored under full
/// histories where that takes no longer than this.
const UNFOLDED: u64 = 5_000;

/// See [`Limits::checked`].
const CHECKED: u64 = 50_000;

/// Most differences that are reported.
const TOLD: usize = 6;

/// Values numbered in the order in which they are met.
struct Numbered<T> {
    numbers: HashMap<T, u32>,
    all: Vec<T>,
}

/// The observables of each move of an instance, by label.
type Shown = Numbered<Vec<Observable>>;

/// The observables, by letter.
type Letters = Numbered<Observable>;

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Numbered {
            numbers: HashMap::new(),
            all: Vec::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    fn number(&mut self, one: &T) -> u32 {
        if let Some(known) = self.numbers.get(one) {
            return *known;
        }
        let next = self.all.len() as u32;
        self.numbers.insert(one.clone(), next);
        self.all.push(one.clone());
        next
    }
}

impl Letters {
    /// The letters of a move, without what is left out. How a connection ended is put off until the
    /// execution is over, as [`Observable::sequence`] does.
    fn word(&mut self, shown: &[Observable], leave_out: Option<&Deviation>) -> Word {
        let mut word = Word::default();
        for seen in shown {
            let over = matches!(seen, Observable::Over(_));
            let left_out = leave_out.is_some_and(|deviation| (deviation.leave_out)(seen));
            let seen = match (over, left_out) {
                (_, false) => seen,
                (true, true) => &Observable::Call("the end"),
                (false, true) => continue,
            };
            let letter = self.number(seen);
            match seen {
                _ if over => word.last = Some(letter),
                Observable::Ended { .. } => word.put_off = Some(letter),
                _ => word.letters.push(letter),
            }
        }
        word
    }
}

/// One side in one scenario.
struct Side {
    exploration: Exploration,
    transitions: Option<Transitions>,
    shown: Vec<Vec<Observable>>,
}

fn explore(instance: &Instance, limits: Limits, progress: Option<Progress>) -> Side {
    let mut known = Shown::default();
    // What shows nothing has the label of nothing.
    assert_eq!(known.number(&Vec::new()), NOTHING);
    let shown = Arc::new(Mutex::new(known));
    let into = shown.clone();
    let label: Label = Arc::new(move |steps, outcome| {
        let seen = steps.iter().filter_map(Observable::of);
        let over = outcome.map(|outcome| Observable::Over(outcome.into()));
        let seen = seen.chain(over).collect();
        into.lock().map_or(u32::MAX, |mut into| into.number(&seen))
    });
    let explorer = Explorer {
        limits,
        progress,
        folding: true,
        ..instance.explorer()
    };
    let (exploration, transitions) =
        explorer.transitions(instance.run(), instance.scenario(), label);
    let shown = shown.lock().map(|mut shown| std::mem::take(&mut shown.all));
    Side {
        exploration,
        transitions,
        shown: shown.unwrap_or_default(),
    }
}

impl Comparison {
    /// Explores both sides in every scenario and compares, for at most `time` in all;
    /// `progress` is told the executions so far.
    pub fn run(&self, time: Option<Duration>, progress: Option<&Progress>) -> Compared {
        let started = Instant::now();
        let mut compared = Compared {
            inconclusive: None,
            ..Compared::missing(self, Inconclusive::Interrupted)
        };
        let mut deviates = false;
        let mut all = 0;
        for pair in &self.pairs {
            let mut sides = Vec::new();
            for (n, instance) in pair.iter().enumerate() {
                let progress = progress
                    .cloned()
                    .map(|tell| -> Progress { Arc::new(move |executions| tell(all + executions)) });
                let limits = Limits {
                    time: time.map(|time| time.saturating_sub(started.elapsed())),
                    executions: Some(self.executions),
                    repeated: REPEATED_EXECUTIONS,
                    unfolded: match self.full_histories {
                        true => self.executions,
                        false => UNFOLDED,
                    },
                    checked: CHECKED,
                    ..Limits::default()
                };
                let side = explore(instance, limits, progress);
                let Exploration {
                    executions,
                    inconclusive,
                    folding,
                    ..
                } = &side.exploration;
                all += executions;
                compared.executions[n] += executions;
                let known = compared.inconclusive.take();
                compared.inconclusive = known.or(inconclusive.clone());
                let foldings = compared.folding.iter().chain(folding);
                compared.folding = Folding::of_all(foldings);
                sides.push(side);
                if compared.inconclusive.is_some() {
                    break;
                }
            }
            let found = match compared.inconclusive {
                None => self.tell_apart(pair, &sides, &mut compared),
                Some(_) => break,
            };
            match found {
                Ok(found) => deviates |= found,
                Err(why) => {
                    compared.inconclusive = Some(why);
                    break;
                }
            }
        }
        if let Some(deviation) = self.deviation
            && !deviates
            && compared.inconclusive.is_none()
        {
            let told = format!("the deviation {} is not needed any more", deviation.name);
            compared.differences.push(told);
        }
        compared.seconds = started.elapsed().as_secs_f64();
        compared
    }

    /// Counts the sequences of the two sides in one scenario, and reports those that only one side has.
    /// Returns whether they differ when nothing is left out.
    fn tell_apart(
        &self,
        pair: &[Instance; 2],
        sides: &[Side],
        compared: &mut Compared,
    ) -> Result<bool, Inconclusive> {
        let (mut letters, mut languages) = (Letters::default(), Languages::default());
        let mut of_sides = |leave_out: Option<&Deviation>| {
            let mut of = |side: &Side| {
                let Some(transitions) = &side.transitions else {
                    return Err(Inconclusive::Crashed(
                        "nothing is to be compared".to_owned(),
                    ));
                };
                let words = side.shown.iter();
                let words: Vec<_> = words.map(|shown| letters.word(shown, leave_out)).collect();
                languages.add(transitions, &words, SETS)
            };
            let [real, model] = [0, 1].map(|n| of(&sides[n]));
            Ok([real?, model?])
        };
        let mut known = of_sides(None)?;
        let differ = known[0] != known[1];
        let in_full = known;
        if let Some(deviation) = &self.deviation {
            known = of_sides(Some(deviation))?;
        }
        for (n, side) in sides.iter().enumerate() {
            if let Some(transitions) = &side.transitions {
                compared.explored[n] += Size {
                    states: transitions.states.len() as u64,
                    transitions: transitions.moves() as u64,
                };
            }
            let counted = languages.counted(in_full[n]);
            compared.automata[n] += Size {
                states: counted.states,
                transitions: counted.transitions,
            };
            let sequences = &mut compared.sequences[n];
            *sequences = sequences.saturating_add(counted.sequences);
        }
        let order = |one: Letter, other: Letter| {
            let seen = |letter: Letter| letters.all.get(letter as usize);
            seen(one).cmp(&seen(other))
        };
        let scenario = &pair[0].scenario().name;
        let mut found = Vec::new();
        for (n, who) in [(0, pair[0].subject()), (1, pair[1].subject())] {
            if let Some(only) = languages.only(known[n], known[1 - n], order) {
                let seen = only.iter().map(|letter| &letters.all[*letter as usize]);
                let seen: Vec<_> = seen.map(ToString::to_string).collect();
                let told = format!("only {who} at {scenario}: {}", seen.join(", "));
                found.push((only.len(), told));
            }
        }
        // The shorter one first.
        found.sort_by_key(|(length, _)| *length);
        let room = TOLD.saturating_sub(compared.differences.len());
        let told = found.into_iter().map(|(_, told)| told);
        compared.differences.extend(told.take(room));
        Ok(differ)
    }
}
