//! Follows one schedule, such as that of a counterexample.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::explore::explorer::Explorer;
use crate::run::scenario::Scenario;
use crate::run::subject::Subject;
use crate::trace::event::{ActorId, Trace};
use crate::trace::property::Property;

impl Explorer {
    /// Follows one schedule: returns what happens, and the properties that it breaks. `None` when the
    /// schedule is not possible.
    pub fn replay(
        &self,
        subject: &Arc<dyn Subject>,
        scenario: &Scenario,
        schedule: &[ActorId],
    ) -> Option<(Trace, BTreeMap<Property, Trace>)> {
        let unbounded = Explorer {
            bound: None,
            folding: false,
            caching: false,
            progress: None,
            observer: None,
            stop: None,
            ..self.clone()
        };
        let only = Some(schedule.to_vec());
        let explored = unbounded.run(subject, scenario, only, false);
        let found = explored.found.into_iter();
        let found = found.map(|(property, found)| (property, found.trace));
        Some((explored.followed?, found.collect()))
    }
}
