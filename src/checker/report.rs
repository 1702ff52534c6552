//! The results of checking a connection.

use std::collections::BTreeMap;
use std::fmt;

use super::schedule::{Schedule, digest};
use crate::render::chart::{self, Options};
use crate::render::transcript::Caption;
use crate::render::{count, count_of, visible};
use crate::run::scenario::Scenario;
use crate::trace::event::{Event, Trace};
use crate::trace::folding::Folding;
use crate::trace::property::Property;
use crate::trace::verdict::{Exploration, Inconclusive, Verdict};

/// Columns of the charts in messages.
const WIDTH: usize = 100;

/// One instance: the scenario, and what its exploration found.
#[derive(Clone, Debug)]
pub struct Explored {
    /// The scenario.
    pub scenario: Scenario,
    /// What was found.
    pub exploration: Exploration,
}

/// The results of checking a connection with every combination of a kernel buffer and a reader.
#[derive(Clone, Debug)]
pub struct Report {
    properties: Vec<Property>,
    explored: Vec<Explored>,
}

impl Report {
    pub(super) fn new(properties: Vec<Property>, explored: Vec<Explored>) -> Report {
        Report {
            properties,
            explored,
        }
    }

    /// Every instance.
    pub fn explored(&self) -> &[Explored] {
        &self.explored
    }

    /// The result of folding histories, in the instances with a long exploration. Where it is `Some`, a
    /// proof may rest on an assumption.
    pub fn folding(&self) -> Option<Folding> {
        let all = self.explored.iter();
        Folding::of_all(all.filter_map(|e| e.exploration.folding.as_ref()))
    }

    /// Executions of all instances.
    pub fn executions(&self) -> u64 {
        self.explored.iter().map(|e| e.exploration.executions).sum()
    }

    /// The verdict over all instances: refuted if one refutes it; inconclusive or bounded if one does
    /// not decide it; not applicable if it applies to none; otherwise proved.
    pub fn verdict(&self, property: Property) -> Verdict {
        let verdicts = self.explored.iter();
        let verdicts: Vec<_> = verdicts.map(|e| e.exploration.verdict(property)).collect();
        let not_deterministic = |verdict: &&Verdict| {
            matches!(
                verdict,
                Verdict::Inconclusive(Inconclusive::NotDeterministic(_))
            )
        };
        let open = |verdict: &&Verdict| {
            !matches!(
                verdict,
                Verdict::Proved | Verdict::NotApplicable | Verdict::Refuted
            )
        };
        if let Some(verdict) = verdicts.iter().find(not_deterministic) {
            return verdict.clone();
        }
        if verdicts.contains(&Verdict::Refuted) {
            return Verdict::Refuted;
        }
        if let Some(verdict) = verdicts.iter().find(open) {
            return verdict.clone();
        }
        match verdicts.iter().all(|v| *v == Verdict::NotApplicable) {
            true => Verdict::NotApplicable,
            false => Verdict::Proved,
        }
    }

    /// The shortest counterexample over all instances.
    pub fn counterexample(&self, property: Property) -> Option<&Trace> {
        self.shortest(property).map(|(_, trace)| trace)
    }

    fn shortest(&self, property: Property) -> Option<(&Scenario, &Trace)> {
        if self.verdict(property) != Verdict::Refuted {
            return None;
        }
        let found = self.explored.iter().filter_map(|explored| {
            let trace = explored.exploration.counterexamples.get(&property)?;
            Some((&explored.scenario, trace))
        });
        found.min_by_key(|(_, trace)| (trace.steps.len(), trace.capacity))
    }

    /// The line that can be pasted into a test to see the counterexample again.
    pub fn schedule(&self, property: Property) -> Option<String> {
        let (scenario, trace) = self.shortest(property)?;
        let schedule = Schedule {
            property: property.name().to_owned(),
            capacity: scenario.capacity,
            reader: scenario.reader,
            scenario: digest(scenario),
            movers: trace.schedule.clone(),
        };
        Some(schedule.to_string())
    }

    /// Requires that every property is proved. Prints what the proofs assume, if anything: see
    /// [`Report::folding`].
    ///
    /// # Panics
    ///
    /// When a property is refuted, with the counterexample as a chart; when one cannot be decided, with
    /// the reason; and when nothing was promised, because then nothing could be lost.
    #[track_caller]
    pub fn assert_proved(&self) {
        let promised = |e: &Explored| e.exploration.promised > 0;
        let decided = |e: &Explored| e.exploration.inconclusive.is_none();
        let nothing_promised = !self.explored.iter().any(promised);
        let panics = self.verdict(Property::NoPanic) == Verdict::Refuted;
        assert!(
            !nothing_promised || panics || !self.explored.iter().all(decided),
            "nothing was promised, so nothing could be lost; expected: \
             `socket.expect_delivery(bytes)` for what must arrive"
        );
        self.assert_not_leaked();
        if let Some(folding) = self.folding().filter(Folding::is_assumed) {
            println!("{folding}");
        }
        for &property in &self.properties {
            match self.verdict(property) {
                Verdict::Proved | Verdict::NotApplicable => {}
                Verdict::Refuted => panic!("{}", self.refutation(property)),
                verdict => panic!("{property} is not decided: {}", self.reason(&verdict)),
            }
        }
    }

    #[track_caller]
    fn assert_not_leaked(&self) {
        let leaked = self.explored.iter().find(|e| e.exploration.leaked);
        if let Some(Explored { scenario, .. }) = leaked {
            panic!(
                "the connection ends and leaves its socket open, in {scenario}: it is leaked, by \
                 `mem::forget`, a cycle of `Rc`, or a task that holds it; expected: the socket is dropped \
                 with the connection"
            );
        }
    }

    /// Requires a counterexample to this property in at least one instance.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[track_caller]
    pub fn assert_refuted(&self, property: Property) {
        let verdict = self.verdict(property);
        assert!(
            verdict == Verdict::Refuted,
            "{property} is not refuted: {}",
            self.reason(&verdict)
        );
    }

    fn reason(&self, verdict: &Verdict) -> String {
        let executions = count_of(self.executions(), "execution");
        match verdict {
            Verdict::Inconclusive(
                why @ (Inconclusive::Time | Inconclusive::Executions | Inconclusive::Memory),
            ) => format!(
                "inconclusive, {why} after {executions}; expected: smaller kernel \
                 buffers and messages, or larger `Checker::limits`"
            ),
            Verdict::Inconclusive(why) => format!("inconclusive, {why}"),
            Verdict::Bounded(bound) => format!(
                "it holds in every interleaving with at most {bound} preemptions, and more were not \
                 explored; expected: smaller kernel buffers and messages, or larger \
                 `Checker::limits`"
            ),
            verdict => verdict.to_string(),
        }
    }

    fn refutation(&self, property: Property) -> String {
        let (Some((scenario, trace)), Some(schedule)) =
            (self.shortest(property), self.schedule(property))
        else {
            return format!("{property} is refuted");
        };
        let replay = format!("lastbyte::replay({schedule:?}, connection)");
        let chart = drawn(trace, property, &replay);
        let hint = hint(trace).map_or(String::new(), |hint| format!("{hint}\n\n"));
        format!(
            "refuted: {property}, {} in {scenario}\n\n{hint}{chart}",
            property.sentence()
        )
    }
}

/// Who panicked and why; if the panic shows what the test lacks, also how to add it.
fn hint(trace: &Trace) -> Option<String> {
    let mut steps = trace.steps.iter();
    let (actor, message) = steps.find_map(|step| match &step.event {
        Event::Panicked { message } => Some((step.actor, message)),
        _ => None,
    })?;
    let told = visible(&format!("{} panics: {message}", trace.actor_name(actor)));
    let expected = match message {
        _ if message.contains("no reactor running") => {
            "Tokio finds no runtime here; expected: a runtime that is entered around the connection, \
             `let _entered = runtime.enter();`. Tokio's own clock is not explored; expected for a timer: \
             `socket.handle().sleep(duration)` with `Checker::clock()`."
        }
        _ if message.contains("timers are disabled") => {
            "Tokio's own clock is not explored; expected: `socket.handle().sleep(duration)` with \
             `Checker::clock()`."
        }
        _ => return Some(told),
    };
    Some(format!("{told}\n{expected}"))
}

fn drawn(trace: &Trace, property: Property, replay: &str) -> String {
    let options = Options {
        width: WIDTH,
        colour: false,
        caption: Caption { property, replay },
    };
    chart::text(trace, options)
}

/// Every verdict, one a line, with the counterexamples.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let executions = count_of(self.executions(), "execution");
        let instances = count(self.explored.len(), "instance");
        writeln!(f, "{instances}, {executions}\n")?;
        if let Some(folding) = self.folding() {
            writeln!(f, "{folding}\n")?;
        }
        for &property in &self.properties {
            let verdict = match self.verdict(property) {
                Verdict::Inconclusive(_) => "inconclusive".to_owned(),
                verdict => verdict.to_string(),
            };
            writeln!(f, "{verdict:<14} {}", property.sentence())?;
        }
        let refuted = |property: &&Property| self.verdict(**property) == Verdict::Refuted;
        match self.properties.iter().find(refuted) {
            Some(property) => write!(f, "\n{}", self.refutation(*property)),
            None => Ok(()),
        }
    }
}

/// The result of replaying a schedule that once violated a property.
#[derive(Clone, Debug)]
pub struct Replayed {
    property: String,
    trace: Option<Trace>,
    violated: Option<Property>,
}

impl Replayed {
    pub(super) fn new(
        property: String,
        replayed: Option<(Trace, BTreeMap<Property, Trace>)>,
    ) -> Replayed {
        let Some((trace, broken)) = replayed else {
            return Replayed {
                property,
                trace: None,
                violated: None,
            };
        };
        let found = broken
            .into_iter()
            .find(|(broken, _)| broken.name() == property);
        match found {
            Some((violated, trace)) => Replayed {
                property,
                trace: Some(trace),
                violated: Some(violated),
            },
            None => Replayed {
                property,
                trace: Some(trace),
                violated: None,
            },
        }
    }

    /// Whether the schedule is possible.
    pub fn is_possible(&self) -> bool {
        self.trace.is_some()
    }

    /// Whether the schedule still violates its property.
    pub fn is_violated(&self) -> bool {
        self.violated.is_some()
    }

    /// What happened, if the schedule is possible.
    pub fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// The result, in one line.
    pub fn summary(&self) -> String {
        let property = &self.property;
        match (&self.trace, self.violated) {
            (None, _) => "fixed: the schedule is not possible any more".to_owned(),
            (Some(_), None) => {
                format!("fixed: the schedule is possible, and does not violate {property} any more")
            }
            (Some(_), Some(_)) => format!("the schedule violates {property}"),
        }
    }
}

impl fmt::Display for Replayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary())?;
        match (&self.trace, self.violated) {
            (Some(trace), Some(property)) => {
                write!(f, "\n{}", drawn(trace, property, "this one"))
            }
            _ => Ok(()),
        }
    }
}
