//! Mutants: evidence that the properties are not vacuous. Each mutant plants one defect in the
//! dispatcher, the kernel, the reader or the executor, and names the property that must notice it. A
//! mutant of the explorer names the property whose violation it hides.

mod calls;
mod dispatcher;
mod explorer;
mod kernel;
mod own_wakers;
mod places;
mod reader;
mod table;
mod unordered;

use std::collections::HashSet;
use std::sync::Arc;

use lastbyte::check::Meaning;
use lastbyte::run::ExecutorDefect;
use lastbyte::{Claim, Expected, Instance, Model, Property, Reader, Scenario};

pub use dispatcher::{Mutant, Mutation};
pub use explorer::{Hidden, hidden};
pub use kernel::KernelDefect;
pub use reader::ReaderDefect;
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
            scenario.decorator = self.kernel.and_then(KernelDefect::planted);
            scenario.peer = self.peer.and_then(ReaderDefect::planted);
        }
        // The mutants are known by the history of their calls.
        let mutant = Mutant {
            mutation,
            response: n,
            capacity: k,
        };
        let mut instance = Instance::new(subject, scenario, Arc::new(mutant))
            .with_parameter("N", n)
            .with_capacity()
            .with_reader();
        let faults = [
            ("write-error", self.faults.write_error_after),
            ("write-zero", self.faults.write_zero_after),
        ];
        for (fault, after) in faults {
            if let Some(bytes) = after {
                instance = instance.with_parameter("fault", format!("{fault}:{bytes}"));
            }
        }
        for script in &self.scripts {
            let steps: Vec<_> = script.steps.iter().map(ToString::to_string).collect();
            let does = format!("{} {}", script.name, steps.join(" and "));
            instance = instance.with_parameter("beside", does);
        }
        match mutated {
            true => instance.with_planted(self.executor),
            false => instance.with_parameter("instead of", self.name),
        }
    }
}

/// Why the mutants fail.
const PLANTED: &str = "Planted: a defect that the property has to notice.";

/// The explorer without a defect, where it refutes what defective ones miss.
pub const SOUND: &str = "sound-explorer";

fn claims() -> Vec<Claim> {
    let refuted = rows().into_iter().map(|row| {
        let instance = row.instance(row.name, true);
        Claim::new(
            row.name,
            row.sentence,
            row.property,
            Expected::Refuted,
            [instance],
        )
        .meaning(Meaning::Defect, PLANTED)
    });
    let equivalent = equivalent().into_iter().flat_map(|(row, properties)| {
        let name = format!("equivalent/{}", row.name);
        let instance = row.instance(row.name, true);
        Claim::of_each(
            &name,
            row.sentence,
            &properties,
            Expected::Proved,
            [instance],
        )
    });
    // Without its defect no mutant breaks the property: the defect is what is noticed.
    let unmutated = Property::ALL.into_iter().filter_map(|property| {
        let rows = rows().into_iter().filter(|row| row.property == property);
        let instances: Vec<_> = rows.map(|row| row.instance("unmutated", false)).collect();
        let sentence =
            "Where a mutant breaks the property, the dispatcher without the defect keeps it.";
        let name = format!("unmutated/{property}");
        (!instances.is_empty())
            .then(|| Claim::new(name, sentence, property, Expected::Proved, instances))
    });
    let missed = hidden().into_iter().map(|hidden| {
        let instance = hidden.instance(hidden.name, true);
        Claim::new(
            hidden.name,
            hidden.sentence,
            hidden.property,
            Expected::Missed,
            [instance],
        )
    });
    // What is not there cannot be missed.
    let sound = Property::ALL.into_iter().filter_map(|property| {
        let hidden = hidden().into_iter();
        let hidden = hidden.filter(|hidden| hidden.property == property);
        let mut instances: Vec<_> = hidden.map(|one| one.instance(SOUND, false)).collect();
        // Several defects hide one and the same violation.
        let mut seen = HashSet::new();
        instances.retain(|instance| seen.insert(instance.identity()));
        let sentence = "Where a defective explorer misses the violation, the sound one finds it.";
        let name = format!("{SOUND}/{property}");
        (!instances.is_empty())
            .then(|| Claim::new(name, sentence, property, Expected::Refuted, instances))
            .map(|claim| claim.meaning(Meaning::Defect, PLANTED))
    });
    let mutants = refuted.chain(equivalent).chain(unmutated);
    mutants.chain(missed).chain(sound).collect()
}

/// What `cargo verify` knows about this model.
pub fn model() -> Model {
    Model {
        claims,
        figures: crate::trust::figures,
        ..Model::new(
            "mutant",
            "defects, one at a time, and the properties that notice them",
        )
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
        for defect in ExecutorDefect::all() {
            assert!(planted.contains(&defect), "{defect:?}");
        }
    }
}
