//! What the properties are worth: one defect at a time in the dispatcher, the kernel, the reader or
//! the executor, and the property that has to notice it; and one at a time in the explorer, and the
//! property whose violation it hides.

mod calls;
mod dispatcher;
mod explorer;
mod table;

use std::collections::HashSet;
use std::sync::Arc;

use lastbyte::{
    Claim, ExecutorDefect, Expected, Instance, KernelDefect, Model, Property, Reader, ReaderDefect,
    Scenario,
};

pub use dispatcher::{Mutant, Mutation};
pub use explorer::{Hidden, hidden};
pub use table::{Row, equivalent, rows};

impl Row {
    /// The dispatcher with the defect or without it, where the property notices.
    pub fn instance(&self, subject: &str, mutated: bool) -> Instance {
        let mutation = match (mutated, self.mutation) {
            (true, mutation) => mutation,
            // What checks the kernel does so over the right one, too.
            (false, check @ (Mutation::ChecksCapacity | Mutation::ChecksShutdown)) => check,
            (false, _) => self.base,
        };
        let (n, k) = (self.response, self.capacity);
        let name = format!("N={n},K={k},reader={},for={}", self.reader, self.name);
        let mut scenario = Scenario::new(name, k, self.reader);
        if self.request_is_there {
            scenario = scenario.with_input("1");
        }
        scenario.flush = self.flush;
        scenario.faults = self.faults.clone();
        scenario.scripts.clone_from(&self.scripts);
        if mutated {
            scenario.kernel_defect = self.kernel;
            scenario.reader_defect = self.peer;
            scenario.executor_defect = self.executor;
        }
        Instance {
            model: "mutant",
            subject: subject.to_owned(),
            version: None,
            scenario,
            // The mutants are known by the history of their calls.
            caching: true,
            run: Arc::new(Mutant {
                mutation,
                response: n,
                capacity: k,
            }),
        }
    }

    fn scenario(&self) -> String {
        let (n, k) = (self.response, self.capacity);
        format!("N={n}, K={k}, reader {}", self.reader)
    }
}

/// The explorer without a defect, where it refutes what defective ones miss.
pub const SOUND: &str = "sound-explorer";

fn claims() -> Vec<Claim> {
    let refuted = rows().into_iter().map(|row| Claim {
        name: row.name.to_owned(),
        sentence: row.sentence.to_owned(),
        scenarios: row.scenario(),
        property: row.property,
        expected: Expected::Refuted,
        instances: vec![row.instance(row.name, true)],
    });
    let equivalent = equivalent().into_iter().flat_map(|(row, properties)| {
        properties.into_iter().map(move |property| Claim {
            name: format!("equivalent/{}/{property}", row.name),
            sentence: row.sentence.to_owned(),
            scenarios: row.scenario(),
            property,
            expected: Expected::Proved,
            instances: vec![row.instance(row.name, true)],
        })
    });
    // Without its defect no mutant breaks the property: the defect is what is noticed.
    let unmutated = Property::ALL.into_iter().filter_map(|property| {
        let rows = rows().into_iter().filter(|row| row.property == property);
        let instances: Vec<_> = rows.map(|row| row.instance("unmutated", false)).collect();
        (!instances.is_empty()).then(|| Claim {
            name: format!("unmutated/{property}"),
            sentence:
                "Where a mutant breaks the property, the dispatcher without the defect keeps it."
                    .to_owned(),
            scenarios: "those of the mutants".to_owned(),
            property,
            expected: Expected::Proved,
            instances,
        })
    });
    let missed = hidden().into_iter().map(|hidden| Claim {
        name: hidden.name.to_owned(),
        sentence: hidden.sentence.to_owned(),
        scenarios: hidden.scenario.clone(),
        property: hidden.property,
        expected: Expected::Missed,
        instances: vec![hidden.instance(hidden.name, true)],
    });
    // What is not there cannot be missed.
    let sound = Property::ALL.into_iter().filter_map(|property| {
        let hidden = hidden().into_iter();
        let hidden = hidden.filter(|hidden| hidden.property == property);
        let mut instances: Vec<_> = hidden.map(|one| one.instance(SOUND, false)).collect();
        let mut seen = HashSet::new();
        instances.retain(|instance| seen.insert(instance.id()));
        (!instances.is_empty()).then(|| Claim {
            name: format!("{SOUND}/{property}"),
            sentence: "Where a defective explorer misses the violation, the sound one finds it."
                .to_owned(),
            scenarios: "those of the defective explorers".to_owned(),
            property,
            expected: Expected::Refuted,
            instances,
        })
    });
    let mutants = refuted.chain(equivalent).chain(unmutated);
    mutants.chain(missed).chain(sound).collect()
}

/// What `cargo verify` knows about this model.
pub fn model() -> Model {
    Model {
        name: "mutant",
        about: "defects, one at a time, and the properties that notice them",
        claims,
        figures: crate::trust::figures,
        ..Model::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_defect_of_executor_and_explorer_has_a_row() {
        let executor = rows().into_iter().map(|row| row.executor);
        let explorer = hidden().into_iter().map(|hidden| hidden.defect);
        let planted: HashSet<_> = executor.chain(explorer).collect();
        // The calibration shows that one with generated programs.
        let calibrated = ExecutorDefect::KeyWithout(lastbyte::KeyPart::WakeUps);
        for defect in ExecutorDefect::all().filter(|defect| *defect != calibrated) {
            assert!(planted.contains(&defect), "{defect:?}");
        }
    }
}
