//! An exploration that keeps every move with a label, for what looks at all executions together.

use std::sync::Arc;

use crate::explore::explorer::{Explorer, Way};
use crate::explore::transitions::{Label, Transitions};
use crate::run::scenario::Scenario;
use crate::run::subject::Subject;
use crate::trace::verdict::{Exploration, Inconclusive};

impl Explorer {
    /// Explores every interleaving, with state caching and without a bound whatever the explorer
    /// says of them, and keeps every move with its label. A move that is made again must have the
    /// same label, or the exploration is inconclusive: not deterministic.
    ///
    /// The transitions are `None` where the exploration is inconclusive, or has a planted defect:
    /// there is no part of them to be mistaken for the whole.
    ///
    /// Never panics, as [`Explorer::explore`] does not, unless the label does.
    pub fn transitions(
        &self,
        subject: &Arc<dyn Subject>,
        scenario: &Scenario,
        label: Label,
    ) -> (Exploration, Option<Transitions>) {
        let whole = Explorer {
            bound: None,
            caching: true,
            ..self.clone()
        };
        let way = Way {
            repeats: true,
            folds: self.folds(scenario),
            label: Some(label),
            only: None,
        };
        let explored = whole.search(subject, scenario, way);
        let mut exploration = explored.exploration;
        if exploration.inconclusive.is_some() || exploration.defective {
            return (exploration, None);
        }
        match explored.graph.transitions() {
            Ok(transitions) => (exploration, Some(transitions)),
            Err(gap) => {
                exploration.inconclusive = Some(Inconclusive::Crashed(gap.to_string()));
                (exploration, None)
            }
        }
    }
}
