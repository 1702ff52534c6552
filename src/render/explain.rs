//! Why a claim has its verdict, in sentences.
//!
//! ```
//! use lastbyte::check::results::Results;
//! use lastbyte::render::explain::sentences;
//!
//! # fn shown(results: &Results) {
//! for row in &results.rows {
//!     print!("{}", sentences(row, results));
//! }
//! # }
//! ```

use super::transcript::{self, Caption};
use super::{count, count_of, visible};
use crate::check::results::{Results, Row};
use crate::trace::verdict::Verdict;

/// How many names are told; the others are counted.
const NAMES: usize = 3;

/// The sentences about one row, as lines that end with a line break. `results` says where else the
/// property was seen to fail.
pub fn sentences(row: &Row, results: &Results) -> String {
    let mut text = String::new();
    let mut say = |sentence: String| {
        text.push_str(&visible(&sentence));
        text.push('\n');
    };
    let property = row.property;
    say(format!("{}: {}", row.id, row.sentence));
    say(format!("Property {property}: {}", property.sentence()));
    say(verdict(row));
    if let Some(surprise) = &row.surprise {
        say(format!(
            "This is not what was declared ({}): {} is {}.",
            row.expected, surprise.instance, surprise.verdict
        ));
    } else if !row.holds {
        say("This is not what was declared: not every instance was explored.".to_owned());
    }
    say(explored(row));
    match row.outcomes.as_slice() {
        [] => {}
        [(outcome, _)] => say(format!("Every execution had the same outcome: {outcome}.")),
        [(outcome, _), others @ ..] => {
            let others = count(others.len(), "other outcome");
            say(format!("This outcome was seen, and {others}: {outcome}."));
        }
    }
    if let Some(counterexample) = &row.counterexample {
        let trace = &counterexample.trace;
        let caption = Caption {
            property,
            replay: "",
        };
        let steps = count(trace.steps.len(), "step");
        say(format!(
            "The shortest counterexample has {steps} and is in {}.",
            counterexample.instance
        ));
        let since = transcript::closing(trace, &caption);
        if let Some((_, since)) = since.iter().find(|(what, _)| *what == "unavoidable from") {
            say(format!("The violation was unavoidable from {since}."));
        }
    }
    if let Some(folding) = &row.folding {
        say(folding.to_string());
    }
    say(not_vacuous(row, results));
    say(format!("Bounds: {}.", row.scenario));
    say(
        "Outside of them: other payloads, capacities, readers and schedules of the peer; a kernel \
         that behaves unlike the modelled one; memory orderings below a system call; several \
         connections at once."
            .to_owned(),
    );
    text
}

fn verdict(row: &Row) -> String {
    match &row.verdict {
        Verdict::Proved => {
            "Proved: it holds in every interleaving; the exploration was unbounded and complete."
                .to_owned()
        }
        Verdict::Bounded(preemptions) => format!(
            "Not proved: it holds in every interleaving with at most {}.",
            count(*preemptions, "preemption")
        ),
        Verdict::Inconclusive(why) => format!("Not known: the exploration is inconclusive, {why}."),
        Verdict::Refuted => "Refuted: there is an interleaving in which it fails.".to_owned(),
        Verdict::Missed => {
            "Missed: with a defect planted in the explorer, or over a changed kernel, the exploration came \
             to its end and found no interleaving in which it fails. That proves nothing."
                .to_owned()
        }
        Verdict::NotApplicable => {
            "Not applicable: the property says nothing about this subject in these scenarios."
                .to_owned()
        }
    }
}

fn explored(row: &Row) -> String {
    let instances = count(row.instances, "instance");
    let executions = count_of(row.executions, "execution");
    let how = if row.states == 0 {
        "every interleaving was run on its own".to_owned()
    } else {
        let states = count_of(row.states, "state");
        let were = if row.states == 1 { "was" } else { "were" };
        format!("{states} {were} remembered, and a state seen before was not explored again")
    };
    format!(
        "Explored in {instances} with {executions} ({:.2} s): {how}.",
        row.seconds
    )
}

fn not_vacuous(row: &Row, results: &Results) -> String {
    let elsewhere: Vec<_> = results
        .rows
        .iter()
        .filter(|other| other.property == row.property && other.id != row.id)
        .filter(|other| other.counterexample.is_some())
        .map(|other| other.id.text.as_str())
        .collect();
    match elsewhere.len() {
        0 if row.counterexample.is_some() => {
            "No other claim of this run refutes the property.".to_owned()
        }
        0 => "Nothing in this run refutes the property: whether it can fail at all is not shown \
              here."
            .to_owned(),
        n => {
            let named = elsewhere[..n.min(NAMES)].join(", ");
            let more = match n.saturating_sub(NAMES) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("The property is not vacuous: it was seen to fail in {named}{more}.")
        }
    }
}
