//! The explored units as one result, with its exit code.

use std::time::Duration;

use super::exit::Exit;
use crate::check::comparison::Compared;
use crate::check::results::{Results, Row};
use crate::check::runner::{Explored, Unit};
use crate::check::selection::Selection;
use crate::check::sweep::{Swept, SweptInstance};
use crate::trace::verdict::{Exploration, Inconclusive, Verdict};

/// Why a unit was not explored, if the run has taken `elapsed`.
pub(super) fn stopped_by(max_seconds: Option<u64>, elapsed: Duration) -> Inconclusive {
    match max_seconds {
        Some(most) if elapsed >= Duration::from_secs(most) => Inconclusive::Time,
        _ => Inconclusive::Interrupted,
    }
}

/// Collects one row for each claim, comparison and instance of a sweep. A row that was not reached is
/// inconclusive.
pub(super) fn collect(selection: &Selection, explored: &Explored, why: Inconclusive) -> Results {
    let missing = Exploration::missing(why.clone());
    let rows = selection.claims.iter().map(|claim| {
        let instances = claim.instances.iter();
        let explorations: Vec<_> = instances
            .map(|instance| {
                explored
                    .instances
                    .get(&instance.identity())
                    .unwrap_or(&missing)
            })
            .collect();
        Row::new(claim, &explorations)
    });
    let comparisons = selection.comparisons.iter().map(|comparison| {
        let found = explored.comparisons.get(&comparison.identity()).cloned();
        found.unwrap_or_else(|| Compared::missing(comparison, why.clone()))
    });
    let sweeps = selection.sweeps.iter().map(|(model, sweep)| Swept {
        instances: sweep
            .instances
            .iter()
            .map(|instance| {
                let found = explored.swept.get(&instance.identity()).cloned();
                sweep.classify(found.unwrap_or_else(|| SweptInstance::new(instance, &missing)))
            })
            .collect(),
        ..Swept::new(model, sweep)
    });
    let ended = |why: &Option<Inconclusive>| {
        !matches!(why, Some(Inconclusive::Time | Inconclusive::Interrupted))
    };
    let is_there = |unit: &Unit| match unit {
        Unit::Instance(instance) => explored
            .instances
            .get(&instance.identity())
            .is_some_and(|e| ended(&e.inconclusive)),
        Unit::Comparison(comparison) => {
            let compared = explored.comparisons.get(&comparison.identity());
            compared.is_some_and(|compared| ended(&compared.inconclusive))
        }
    };
    Results {
        complete: Unit::all(selection).iter().all(is_there),
        selected: selection.claims.len(),
        identities: selection.identities(),
        executions: explored.executions(),
        rows: rows.collect(),
        selected_beside: selection.beside(),
        comparisons: comparisons.collect(),
        sweeps: sweeps.collect(),
        ..Results::none()
    }
}

/// Whether the row was not explored to its end, or only with a bound.
fn is_unknown(row: &Row) -> bool {
    matches!(row.verdict, Verdict::Inconclusive(_) | Verdict::Bounded(_))
}

/// Whether something was not explored to its end.
pub(super) fn is_open(results: &Results) -> bool {
    results.rows.iter().any(is_unknown)
        || results
            .comparisons
            .iter()
            .any(|one| one.inconclusive.is_some())
        || results
            .sweeps
            .iter()
            .any(|swept| !swept.inconclusive().is_empty())
}

pub(super) fn exit(results: &Results) -> Exit {
    // A row that is inconclusive or bounded is not known. A row that is known and not as declared differs.
    let differs = |row: &Row| !row.holds && !is_unknown(row);
    let unlike = |compared: &Compared| !compared.differences.is_empty();
    if results.hold() {
        Exit::Fine
    } else if results.rows.iter().any(differs) || results.comparisons.iter().any(unlike) {
        Exit::Differs
    } else {
        Exit::Inconclusive
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::check::claim::{Claim, Expected, Meaning};
    use crate::check::comparison::Comparison;
    use crate::check::identity::Identity;
    use crate::check::instance::Instance;
    use crate::check::sweep::Sweep;
    use crate::environment::reader::Reader;
    use crate::run::scenario::Scenario;
    use crate::run::socket::Socket;
    use crate::run::subject::{Running, Subject};
    use crate::trace::property::Property;

    struct Nothing;

    impl Subject for Nothing {
        fn start(&self, _: Socket) -> Running {
            Box::pin(async { Ok(()) })
        }
    }

    /// A claim, a comparison and a sweep.
    pub(in crate::cli) fn selection() -> Selection {
        let instance = |name: &str| {
            let scenario = Scenario::new(name, 1, Reader::PROMPT);
            Instance::new("subject", scenario, Arc::new(Nothing)).of_model("model")
        };
        let claim = Claim::new(
            "claim",
            "",
            Property::NoStall,
            Expected::Proved,
            vec![instance("claimed")],
        );
        let pair = [instance("compared"), instance("compared")];
        let comparison = Comparison::new("compared", 1, vec![pair]);
        let sweep = Sweep {
            instances: vec![instance("claimed"), instance("swept")],
            prominent: Vec::new(),
            left_out: Vec::new(),
            not_applicable: Vec::new(),
            classified: None,
            part_of: None,
        };
        Selection {
            claims: vec![claim],
            comparisons: vec![comparison],
            sweeps: vec![("model".to_owned(), sweep)],
        }
    }

    /// Everything is explored to its end, in 10 executions each.
    pub(in crate::cli) fn explored(selection: &Selection) -> Explored {
        let mut explored = Explored::default();
        let exploration = Exploration {
            executions: 10,
            inconclusive: None,
            ..Exploration::missing(Inconclusive::Time)
        };
        for instance in &selection.sweeps[0].1.instances {
            let swept = SweptInstance::new(instance, &exploration);
            explored.swept.insert(instance.identity(), swept);
            explored
                .instances
                .insert(instance.identity(), exploration.clone());
        }
        let comparison = &selection.comparisons[0];
        let compared = Compared {
            executions: [10, 10],
            inconclusive: None,
            ..Compared::missing(comparison, Inconclusive::Time)
        };
        explored.comparisons.insert(comparison.identity(), compared);
        explored
    }

    #[test]
    fn what_is_there_is_shown_and_the_rest_inconclusive() {
        let selection = selection();
        let all = explored(&selection);
        let results = collect(&selection, &all, Inconclusive::Time);
        assert!(results.complete);
        assert_eq!(results.executions, 40);
        assert_eq!((results.selected, results.rows.len()), (1, 1));
        assert_eq!((results.selected_beside, results.beside()), (3, 3));
        assert!(results.comparisons[0].agrees() && results.sweeps[0].inconclusive().is_empty());
        let stopped = || Some(Inconclusive::Interrupted);
        let nothing = collect(&selection, &Explored::default(), Inconclusive::Interrupted);
        assert!(!nothing.complete);
        assert_eq!(nothing.executions, 0);
        assert_eq!(
            nothing.rows[0].verdict,
            Verdict::Inconclusive(Inconclusive::Interrupted)
        );
        assert_eq!(nothing.comparisons[0].inconclusive, stopped());
        let swept = nothing.sweeps[0].instances.iter();
        assert!(
            swept.clone().count() == 2
                && swept
                    .clone()
                    .all(|instance| instance.inconclusive == stopped())
        );
        // One thing is missing, or was begun and not ended.
        let [claimed, swept] = [0, 1].map(|n| selection.sweeps[0].1.instances[n].identity());
        let changes: [&dyn Fn(&mut Explored); 5] = [
            &|e| drop(e.instances.remove(&claimed)),
            &|e| drop(e.instances.remove(&swept)),
            &|e| e.comparisons.clear(),
            &|e| {
                e.instances.get_mut(&swept).expect("it is").inconclusive = Some(Inconclusive::Time)
            },
            &|e| {
                e.comparisons
                    .values_mut()
                    .for_each(|c| c.inconclusive = Some(Inconclusive::Interrupted))
            },
        ];
        for change in changes {
            let mut part = all.clone();
            change(&mut part);
            assert!(!collect(&selection, &part, Inconclusive::Time).complete);
        }
        // That one was too large is no reason to say that the run ended early.
        let mut large = all;
        large
            .comparisons
            .values_mut()
            .for_each(|c| c.inconclusive = Some(Inconclusive::Executions));
        let results = collect(&selection, &large, Inconclusive::Time);
        assert!(results.complete && !results.hold());
    }

    #[test]
    fn what_was_not_begun_was_out_of_time_or_interrupted() {
        let after = Duration::from_secs(5);
        assert_eq!(stopped_by(Some(5), after), Inconclusive::Time);
        assert_eq!(stopped_by(Some(4), after), Inconclusive::Time);
        assert_eq!(stopped_by(Some(6), after), Inconclusive::Interrupted);
        assert_eq!(stopped_by(None, after), Inconclusive::Interrupted);
    }

    #[test]
    fn a_comparison_that_differs_differs_even_without_a_claim() {
        let selection = selection();
        let compared = |differences: &[&str], inconclusive| {
            let compared = Compared {
                differences: differences.iter().map(|&text| text.to_owned()).collect(),
                inconclusive,
                ..Compared::missing(&selection.comparisons[0], Inconclusive::Time)
            };
            exit(&Results {
                comparisons: vec![compared],
                ..Results::none()
            })
        };
        assert_eq!(compared(&[], None), Exit::Fine);
        assert_eq!(compared(&["only model"], None), Exit::Differs);
        assert_eq!(
            compared(&["only model"], Some(Inconclusive::Time)),
            Exit::Differs
        );
        assert_eq!(compared(&[], Some(Inconclusive::Time)), Exit::Inconclusive);
    }

    fn came_out(expected: Expected, verdict: Verdict) -> Exit {
        let row = Row {
            meaning: Meaning::Defect,
            reason: String::new(),
            references: Vec::new(),
            id: Identity::new("model/claim", &[]),
            model: "model".to_owned(),
            subject: "subject".to_owned(),
            version: None,
            sentence: String::new(),
            scenario: String::new(),
            property: Property::NoStall,
            expected,
            holds: expected.is_met_by(&verdict),
            verdict,
            instances: 1,
            executions: 1,
            states: 0,
            folding: None,
            seconds: 0.0,
            outcomes: Vec::new(),
            surprise: None,
            counterexample: None,
            each: Vec::new(),
        };
        exit(&Results {
            rows: vec![row],
            ..Results::none()
        })
    }

    #[test]
    fn only_what_was_declared_is_fine() {
        let all = [Expected::Proved, Expected::Refuted, Expected::Missed];
        for expected in all {
            for other in all {
                let code = match expected == other {
                    true => Exit::Fine,
                    false => Exit::Differs,
                };
                assert_eq!(
                    came_out(expected, other.verdict()),
                    code,
                    "{expected}, {other}"
                );
            }
            for open in [
                Verdict::Inconclusive(Inconclusive::Time),
                Verdict::Bounded(2),
            ] {
                assert_eq!(came_out(expected, open), Exit::Inconclusive, "{expected}");
            }
        }
    }
}
