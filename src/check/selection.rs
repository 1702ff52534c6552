//! What a run explores: claims, comparisons and instances of sweeps.

use std::collections::HashSet;

use crate::check::claim::{Claim, Instance, Model};
use crate::check::comparison::Comparison;
use crate::check::sweep::Sweep;

/// A part of what the models have to offer.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Claims.
    pub claims: Vec<Claim>,
    /// Comparisons.
    pub comparisons: Vec<Comparison>,
    /// Sweeps with the names of their models; in a slice some of their instances.
    pub sweeps: Vec<(String, Sweep)>,
}

impl Selection {
    /// Everything.
    pub fn all(registry: &[Model]) -> Selection {
        let sweep = |model: &Model| Some((model.name.to_owned(), model.sweep?()));
        Selection {
            claims: registry.iter().flat_map(|m| (m.claims)()).collect(),
            comparisons: registry.iter().flat_map(|m| (m.comparisons)()).collect(),
            sweeps: registry.iter().filter_map(sweep).collect(),
        }
    }

    /// What matches one of the filters; everything without a filter.
    ///
    /// # Errors
    ///
    /// The first filter that matches nothing.
    pub fn only(self, filters: &[String]) -> Result<Selection, String> {
        if filters.is_empty() {
            return Ok(self);
        }
        let mut matched = HashSet::new();
        let mut matches = |texts: &[&str]| {
            let found = filters
                .iter()
                .filter(|filter| texts.iter().any(|text| text.contains(filter.as_str())));
            let found: Vec<_> = found.collect();
            let any = !found.is_empty();
            matched.extend(found);
            any
        };
        let selected = Selection {
            claims: retain(self.claims, |claim| {
                let instance = &claim.instances[0];
                let version = instance.version.as_deref().unwrap_or_default();
                matches(&[
                    &claim.id(),
                    &instance.subject,
                    version,
                    &claim.scenarios,
                    claim.property.name(),
                ])
            }),
            comparisons: retain(self.comparisons, |comparison| {
                let [real, model] = &comparison.pairs[0];
                let version = real.version.as_deref().unwrap_or_default();
                matches(&[&comparison.id(), &model.subject, version])
            }),
            sweeps: retain(self.sweeps, |(model, _)| matches(&[&sweep_id(model)])),
        };
        match filters.iter().find(|filter| !matched.contains(filter)) {
            Some(filter) => Err(filter.clone()),
            None => Ok(selected),
        }
    }

    /// The `index`th of `count` slices, counted from 1. Claims that share their first instance stay
    /// together, so that no slice explores what another one does.
    pub fn slice(self, index: usize, count: usize) -> Selection {
        let mut groups: Vec<String> = Vec::new();
        let claims = retain(self.claims, |claim| {
            let instance = claim.instances[0].id();
            let known = groups.iter().position(|known| *known == instance);
            let group = known.unwrap_or_else(|| {
                groups.push(instance);
                groups.len() - 1
            });
            group % count + 1 == index
        });
        let mut places = (1..=count).cycle();
        let mut turn = || places.next() == Some(index);
        Selection {
            claims,
            comparisons: retain(self.comparisons, |_| turn()),
            sweeps: self
                .sweeps
                .into_iter()
                .map(|(model, sweep)| {
                    let instances = retain(sweep.instances, |_| turn());
                    (model, Sweep { instances, ..sweep })
                })
                .collect(),
        }
    }

    /// Comparisons and instances of sweeps.
    pub fn beside(&self) -> usize {
        let instances = self.sweeps.iter().map(|(_, sweep)| sweep.instances.len());
        self.comparisons.len() + instances.sum::<usize>()
    }

    /// The distinct instances of the claims, in order.
    pub fn claimed_instances(&self) -> Vec<Instance> {
        let mut seen = HashSet::new();
        let instances = self.claims.iter().flat_map(|claim| &claim.instances);
        instances
            .filter(|instance| seen.insert(instance.id()))
            .cloned()
            .collect()
    }

    /// The instances that only a sweep has.
    pub fn swept_instances(&self) -> Vec<Instance> {
        let claimed = self.claims.iter().flat_map(|claim| &claim.instances);
        let mut seen: HashSet<_> = claimed.map(Instance::id).collect();
        let instances = self.sweeps.iter().flat_map(|(_, sweep)| &sweep.instances);
        instances
            .filter(|instance| seen.insert(instance.id()))
            .cloned()
            .collect()
    }
}

/// What a sweep is called on the command line.
pub fn sweep_id(model: &str) -> String {
    format!("{model}/sweep")
}

fn retain<T>(mut all: Vec<T>, keep: impl FnMut(&T) -> bool) -> Vec<T> {
    all.retain(keep);
    all
}
