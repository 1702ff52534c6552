//! What a run explores: claims, comparisons and instances of sweeps.
//!
//! ```
//! use lastbyte::{Model, Registry};
//! use lastbyte::check::selection::Selection;
//!
//! let registry = Registry::new([Model::new("mine", "what it is about")]).expect("one model");
//! let all = Selection::all(&registry);
//! assert!(all.identities().is_empty());
//! assert!(all.only(&["no such claim".to_owned()]).is_err());
//! ```

use std::collections::HashSet;

use crate::check::claim::Claim;
use crate::check::comparison::Comparison;
use crate::check::identity::Identity;
use crate::check::instance::Instance;
use crate::check::registry::Registry;
use crate::check::sweep::{Sweep, sweep_id};

/// A selection of the claims, comparisons and sweeps of the models.
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
    pub fn all(registry: &Registry) -> Selection {
        let sweep = |(model, sweep): &(&str, Sweep)| ((*model).to_owned(), sweep.clone());
        Selection {
            claims: registry.claims().to_vec(),
            comparisons: registry.comparisons().to_vec(),
            sweeps: registry.sweeps().iter().map(sweep).collect(),
        }
    }

    /// The identities of the results: every claim, comparison and sweep.
    pub fn identities(&self) -> Vec<Identity> {
        let claims = self.claims.iter().map(Claim::identity);
        let comparisons = self.comparisons.iter().map(Comparison::identity);
        let sweeps = self
            .sweeps
            .iter()
            .map(|(model, sweep)| sweep.identity(model));
        claims.chain(comparisons).chain(sweeps).collect()
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
                matches(&[
                    &claim.id(),
                    instance.subject(),
                    instance.version().unwrap_or_default(),
                    &claim.bounds(),
                    claim.property.name(),
                ])
            }),
            comparisons: retain(self.comparisons, |comparison| {
                let [real, model] = &comparison.pairs[0];
                let version = real.version().unwrap_or_default();
                matches(&[&comparison.id(), model.subject(), version])
            }),
            sweeps: retain(self.sweeps, |(model, _)| matches(&[&sweep_id(model)])),
        };
        match filters.iter().find(|filter| !matched.contains(filter)) {
            Some(filter) => Err(filter.clone()),
            None => Ok(selected),
        }
    }

    /// The `index`th of `count` slices, counted from 1. Claims that share their first instance stay
    /// together, so that no two slices explore the same instance.
    pub fn slice(self, index: usize, count: usize) -> Selection {
        let mut groups: Vec<Identity> = Vec::new();
        let claims = retain(self.claims, |claim| {
            let instance = claim.instances[0].identity();
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
            .filter(|instance| seen.insert(instance.identity()))
            .cloned()
            .collect()
    }

    /// The instances that only a sweep has.
    pub fn swept_instances(&self) -> Vec<Instance> {
        let claimed = self.claims.iter().flat_map(|claim| &claim.instances);
        let mut seen: HashSet<_> = claimed.map(Instance::identity).collect();
        let instances = self.sweeps.iter().flat_map(|(_, sweep)| &sweep.instances);
        instances
            .filter(|instance| seen.insert(instance.identity()))
            .cloned()
            .collect()
    }
}

fn retain<T>(mut all: Vec<T>, keep: impl FnMut(&T) -> bool) -> Vec<T> {
    all.retain(keep);
    all
}
