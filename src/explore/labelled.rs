//! An exploration that keeps every move with a label, for analyses of all executions together.

use std::sync::Arc;

use crate::explore::explorer::{Explorer, Way};
use crate::explore::transitions::{Label, Transitions};
use crate::run::scenario::Scenario;
use crate::run::subject::Subject;
use crate::trace::verdict::{Exploration, Inconclusive};

impl Explorer {
    /// Explores every interleaving with state caching and without a bound, whatever the explorer's
    /// settings, and keeps every move with its label. If a repeated move has another label, the
    /// exploration is inconclusive: not deterministic.
    ///
    /// The transitions are `None` where the exploration is inconclusive or has a planted defect, so
    /// that a part of them cannot be mistaken for the whole.
    ///
    /// Panics only when `label` does, as [`Explorer::explore`] never panics.
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
