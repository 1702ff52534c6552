//! Comparisons of a model with the code that it models.
//!
//! ```
//! use lastbyte::render::comparison::{figures, sentences};
//!
//! // Of no comparison. assert!(figures(&[]).is_empty() && sentences(&[]).is_empty());
//! ```

use super::{count, count_of, thousands, visible};
use crate::check::comparison::{Compared, Size};
use crate::trace::folding::Folding;

/// A number of sequences, which may be too large to count.
pub(crate) fn sequences(number: u64) -> String {
    match number {
        u64::MAX => "2^64 or more".to_owned(),
        number => thousands(number),
    }
}

/// A size in words.
fn sized(size: Size) -> String {
    format!(
        "{} and {}",
        count_of(size.states, "state"),
        count_of(size.transitions, "transition")
    )
}

/// The comparisons of one pair of subjects, together.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// The subjects: the real connection and its model.
    pub subjects: [String; 2],
    /// Scenario families that were compared.
    pub families: usize,
    /// Scenario families with their scenarios.
    pub comparisons: usize,
    /// Executions on each side.
    pub executions: [u64; 2],
    /// The explored graphs of each side.
    pub explored: [Size; 2],
    /// The smallest automata of each side.
    pub automata: [Size; 2],
    /// Sequences on each side; `u64::MAX` stands for that many or more.
    pub sequences: [u64; 2],
    /// Known deviations.
    pub deviations: usize,
    /// Scenario families in which the two differ, or that were not explored to the end.
    pub unlike: usize,
}

/// The figures of each pair of subjects, in the order of the comparisons.
pub fn figures(compared: &[Compared]) -> Vec<Figures> {
    let mut all: Vec<Figures> = Vec::new();
    for one in compared {
        let known = all.iter_mut().find(|f| f.subjects == one.subjects);
        let figures = match known {
            Some(figures) => figures,
            None => {
                all.push(Figures {
                    subjects: one.subjects.clone(),
                    families: 0,
                    comparisons: 0,
                    executions: [0; 2],
                    explored: [Size::default(); 2],
                    automata: [Size::default(); 2],
                    sequences: [0; 2],
                    deviations: 0,
                    unlike: 0,
                });
                all.last_mut().expect("just pushed")
            }
        };
        figures.families += 1;
        figures.comparisons += one.scenarios.len();
        for n in [0, 1] {
            figures.executions[n] = figures.executions[n].saturating_add(one.executions[n]);
            figures.explored[n] += one.explored[n];
            figures.automata[n] += one.automata[n];
            figures.sequences[n] = figures.sequences[n].saturating_add(one.sequences[n]);
        }
        figures.deviations += usize::from(one.deviation.is_some());
        figures.unlike += usize::from(!one.agrees());
    }
    all
}

/// One sentence for each pair of subjects, and one for each comparison that does not agree.
pub fn sentences(compared: &[Compared]) -> Vec<String> {
    let mut all = Vec::new();
    for figures in figures(compared) {
        let [real, model] = figures.subjects.each_ref().map(|name| visible(name));
        let [of_real, of_model] = figures.automata.map(|size| thousands(size.states));
        let [runs_of_real, runs_of_model] = figures.executions.map(thousands);
        all.push(format!(
            "{real} against {model}: {} in {}: automata over socket calls with {of_real} states from \
             {runs_of_real} executions of the one, and {of_model} from {runs_of_model} of the \
             other, {}; {}.",
            count(figures.families, "scenario family"),
            count(figures.comparisons, "scenario"),
            match figures.unlike {
                0 => "with the same languages".to_owned(),
                n => format!("{} not alike", count(n, "scenario family")),
            },
            count(figures.deviations, "known deviation"),
        ));
        let same = |one: &&Compared| one.subjects == figures.subjects;
        let foldings = compared.iter().filter(same);
        let folding = Folding::of_all(foldings.filter_map(|one| one.folding.as_ref()));
        let worth_saying = |folding: &Folding| match folding {
            Folding::Held { .. } => folding.is_assumed(),
            Folding::Contradicted(_) => true,
        };
        all.extend(
            folding
                .filter(worth_saying)
                .map(|told| visible(&told.to_string())),
        );
    }
    for one in compared.iter().filter(|one| !one.agrees()) {
        if let Some(why) = &one.inconclusive {
            all.push(visible(&format!("! {}: inconclusive: {why}", one.id)));
        }
        for difference in &one.differences {
            all.push(visible(&format!("! {}: {difference}", one.id)));
        }
    }
    all
}

/// A comparison in sentences: what was compared, how much of it, the result and what is left out. Every
/// line ends with a line break.
pub fn explained(one: &Compared) -> String {
    let [real, model] = &one.subjects;
    let sides = [0, 1].map(|n| {
        format!(
            "{}: {} executions, {} explored, an automaton of {}, {} sequences",
            one.subjects[n],
            thousands(one.executions[n]),
            sized(one.explored[n]),
            sized(one.automata[n]),
            sequences(one.sequences[n])
        )
    });
    let mut told = vec![
        format!(
            "{}: {model} does to its socket what {real} does, and no more.",
            one.id
        ),
        match (&one.inconclusive, one.differences.is_empty()) {
            (None, true) if one.deviation.is_some() => {
                "Alike except for the known deviation; the exploration was unbounded and complete."
                    .to_owned()
            }
            (None, true) => "Alike: both have the same set of sequences in every scenario; the \
                             exploration was unbounded and complete."
                .to_owned(),
            (Some(why), true) => format!("Not known: the exploration is inconclusive, {why}."),
            (_, false) => "Not alike.".to_owned(),
        },
    ];
    told.extend(
        one.differences
            .iter()
            .map(|difference| format!("Difference: {difference}.")),
    );
    told.push(format!(
        "Compared in {} as automata over socket calls, the smallest deterministic ones ({:.2} s), all \
         scenarios together.",
        count(one.scenarios.len(), "scenario"),
        one.seconds
    ));
    told.extend(sides.map(|side| side + "."));
    told.extend(one.folding.iter().map(ToString::to_string));
    told.push(match &one.deviation {
        Some((name, why)) => format!("Known deviation, left out on both sides: {name}: {why}."),
        None => "No deviation is known.".to_owned(),
    });
    told.push(format!("Scenarios: {}.", one.scenarios.join("; ")));
    told.push(
        "Not compared: other payloads, capacities, readers and peers; and what a socket does not see: polls \
         and parking, what is read and when, wake-ups of a connection by itself."
            .to_owned(),
    );
    let lines = told.iter().map(|sentence| visible(sentence) + "\n");
    lines.collect()
}
