//! How long each unit took in the last run. The longest are explored first, and the remaining time is
//! estimated.
//!
//! The seconds are stored beside the program. No result depends on them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::check::runner::{Explored, Unit};
use crate::files;

/// Units that take less time than this, in seconds, are not stored.
const SHORTEST: f64 = 0.02;

/// More bytes than such a file ever has.
const MOST_BYTES: u64 = 64 << 20;

/// Seconds by identity.
#[derive(Default)]
pub(super) struct Seconds {
    known: BTreeMap<String, f64>,
}

/// The file that stores them.
fn path() -> Option<PathBuf> {
    let mut path = std::env::current_exe().ok()?.into_os_string();
    path.push(".seconds.json");
    Some(path.into())
}

impl Seconds {
    /// The seconds of the last run; empty where there is no such file or it cannot be used.
    pub(super) fn of_last_time() -> Seconds {
        let text = path().and_then(|path| files::read(&path, MOST_BYTES).ok());
        let known = text.and_then(|text| serde_json::from_slice(&text).ok());
        Seconds {
            known: known.unwrap_or_default(),
        }
    }

    fn of(&self, unit: &Unit) -> f64 {
        let known = self.known.get(&unit.identity().in_full());
        known
            .copied()
            .filter(|seconds| seconds.is_finite())
            .unwrap_or(0.0)
    }

    /// Sorts the longest units first, and returns for each position how many seconds remain from there
    /// on. Units with equal or unknown times keep their order.
    pub(super) fn longest_first(&self, units: Vec<Unit>) -> (Vec<Unit>, Vec<f64>) {
        let timed = units.into_iter().map(|unit| (self.of(&unit), unit));
        let mut timed: Vec<_> = timed.collect();
        timed.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let (mut left, units): (Vec<_>, Vec<_>) = timed.into_iter().unzip();
        for place in (1..left.len()).rev() {
            left[place - 1] += left[place];
        }
        (units, left)
    }

    /// Stores how long these took. If they cannot be stored, that is not an error: the next run has no
    /// estimate.
    pub(super) fn keep(mut self, explored: &Explored) {
        let instances = explored.instances.iter();
        let instances = instances.map(|(id, exploration)| (id, exploration.seconds));
        let comparisons = explored.comparisons.iter();
        let comparisons = comparisons.map(|(id, compared)| (id, compared.seconds));
        for (id, seconds) in instances.chain(comparisons) {
            match seconds < SHORTEST {
                true => self.known.remove(&id.in_full()),
                false => self.known.insert(id.in_full(), seconds),
            };
        }
        if let (Some(path), Ok(text)) = (path(), serde_json::to_string(&self.known)) {
            drop(files::write_whole(&path, &text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::instance::Instance;
    use crate::environment::reader::Reader;
    use crate::run::scenario::Scenario;

    #[derive(Debug)]
    struct Nothing;

    impl crate::run::subject::Subject for Nothing {
        fn start(&self, _: crate::run::socket::Socket) -> crate::run::subject::Running {
            Box::pin(async { Ok(()) })
        }
    }

    #[test]
    fn the_longest_come_first_and_the_others_keep_their_order() {
        let unit = |name: &str| {
            let scenario = Scenario::new(name, 1, Reader::PROMPT);
            Unit::Instance(Box::new(Instance::new(
                "x",
                scenario,
                std::sync::Arc::new(Nothing),
            )))
        };
        let units = ["a", "b", "c", "d"].map(unit);
        let seconds = |n: usize, seconds: f64| (units[n].identity().in_full(), seconds);
        let known = BTreeMap::from([seconds(1, 2.0), seconds(3, 3.0), seconds(0, f64::NAN)]);
        let (units, left) = Seconds { known }.longest_first(units.into());
        let names: Vec<_> = units.iter().map(|unit| unit.identity().text).collect();
        assert_eq!(names, ["/x/d", "/x/b", "/x/a", "/x/c"]);
        assert_eq!(left, [5.0, 2.0, 0.0, 0.0]);
    }
}
