//! Counterexamples that outlive the run: a schedule in a file, and how to follow it again.
//!
//! A recording names the instance and lists who moved, so it can be replayed after a rebuild. It also
//! lists what happened, and a replay in which something else happens is an error.
//!
//! ```
//! use lastbyte::check::recording::{Recording, file_name};
//!
//! assert_eq!(file_name("model/a claim"), "model-a-claim.json");
//! assert!(Recording::read("not there.json".as_ref()).is_err());
//! ```

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::check::identity::Identity;
use crate::check::instance::Instance;
use crate::check::query::{Query, STEPS};
use crate::check::registry::Registry;
use crate::check::results::{Results, Row};
use crate::error::Misuse;
use crate::explore::{explorer::Explorer, limits::Limits};
use crate::files;
use crate::trace::event::Trace;
use crate::trace::property::Property;

/// Version of the file format.
pub const FORMAT: u32 = 3;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// A counterexample in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// [`FORMAT`]; other formats are refused.
    pub lastbyte_recording: u32,
    /// The instance.
    pub instance: Identity,
    /// The query, where the instance does not belong to a claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<Query>,
    /// The version of the real connection that ran.
    pub version: Option<String>,
    /// The property that is violated.
    pub property: Property,
    /// Schedule and steps.
    pub trace: Trace,
}

impl Recording {
    /// The recording of a row's counterexample, if it has one.
    pub fn of(row: &Row) -> Option<Recording> {
        let counterexample = row.counterexample.as_ref()?;
        Some(Recording {
            lastbyte_recording: FORMAT,
            instance: counterexample.instance.clone(),
            query: None,
            version: row.version.clone(),
            property: row.property,
            trace: counterexample.trace.clone(),
        })
    }

    /// The recording of a counterexample to a user's own query.
    pub fn of_answer(
        query: &Query,
        instance: &Instance,
        property: Property,
        trace: &Trace,
    ) -> Recording {
        Recording {
            lastbyte_recording: FORMAT,
            instance: instance.identity(),
            query: Some(query.clone()),
            version: instance.version().map(str::to_owned),
            property,
            trace: trace.clone(),
        }
    }

    /// Reads a recording.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, is truncated, is no recording or has another format.
    pub fn read(path: &Path) -> Result<Recording, Misuse> {
        let shown = path.display();
        let text = files::read(path, LARGEST)
            .map_err(|error| Misuse(format!("cannot read {shown}: {error}")))?;
        Recording::parse(&text).map_err(|Misuse(why)| Misuse(format!("{shown} {why}")))
    }

    /// What [`Recording::read`] does with the file's content.
    fn parse(text: &[u8]) -> Result<Recording, Misuse> {
        // Another format may have other fields, so its number comes first.
        #[derive(Deserialize)]
        struct Format {
            lastbyte_recording: u32,
        }
        let refused = |error| {
            Misuse(format!(
                "is no recording ({error}); expected: a file written by --save DIR"
            ))
        };
        let Format {
            lastbyte_recording: format,
        } = serde_json::from_slice(text).map_err(refused)?;
        if format != FORMAT {
            let what = match format {
                2 => " (a subject's settings had fields of their own)",
                _ => "",
            };
            return Err(Misuse(format!(
                "has recording format {format}{what}; expected: format {FORMAT}, saved again with --save"
            )));
        }
        serde_json::from_slice(text).map_err(refused)
    }

    /// The instance that the recording is for.
    ///
    /// # Errors
    ///
    /// When these models do not have the instance, or have it with another version of its connection or
    /// with other contents.
    pub fn instance(&self, registry: &Registry) -> Result<Instance, Misuse> {
        let recorded = format!(
            "this schedule was recorded for {}{}",
            self.instance,
            self.version
                .as_ref()
                .map(|version| format!(" {version}"))
                .unwrap_or_default()
        );
        let instance = match &self.query {
            Some(query) => query
                .instance(registry)
                .map_err(|Misuse(why)| Misuse(format!("{recorded}, which does not fit: {why}")))?,
            None => registry
                .instance(&self.instance.text)
                .ok_or_else(|| Misuse(format!("{recorded}, which is not among these models")))?
                .clone(),
        };
        let identity = instance.identity();
        if identity.text != self.instance.text {
            return Err(Misuse(format!("{recorded}, but its query is {identity}")));
        }
        if instance.version() != self.version.as_deref() {
            return Err(Misuse(format!(
                "{recorded}, and this is {}",
                instance.version().unwrap_or("no real connection")
            )));
        }
        if identity != self.instance {
            let (then, now) = (self.instance.in_full(), identity.in_full());
            return Err(Misuse(format!(
                "this schedule was recorded for {then}, and these models have {now}: its subject, \
                 scenario or settings have changed; expected: a recording of what it is now, see \
                 --save"
            )));
        }
        Ok(instance)
    }

    /// Follows the schedule again and returns what happens: the recorded steps.
    ///
    /// # Errors
    ///
    /// When the schedule cannot be followed any more, or leads elsewhere.
    pub fn replay(&self, registry: &Registry) -> Result<Trace, Misuse> {
        let instance = self.instance(registry)?;
        let explorer = Explorer {
            limits: Limits {
                // As many as it has: its exploration may have had another limit.
                steps: STEPS.max(self.trace.schedule.len() + 1),
                ..Limits::default()
            },
            ..instance.explorer()
        };
        let Recording {
            instance: name,
            property,
            trace: recorded,
            ..
        } = self;
        let (replayed, mut broken) = explorer
            .replay(instance.run(), instance.scenario(), &recorded.schedule)
            .ok_or_else(|| {
                Misuse(format!(
                    "{name} does not permit this schedule any more; it has changed"
                ))
            })?;
        let mut pairs = recorded.steps.iter().zip(&replayed.steps);
        let differs = pairs.position(|(recorded, replayed)| recorded != replayed);
        let length = recorded.steps.len().min(replayed.steps.len());
        let same_length = recorded.steps.len() == replayed.steps.len();
        if let Some(step) = differs.or((!same_length).then_some(length)) {
            let step = step + 1;
            return Err(Misuse(format!(
                "{name} behaves differently from step {step} on"
            )));
        }
        let mut counterexample = broken.remove(property);
        if let Some(replayed) = &mut counterexample {
            // One schedule does not tell it: it takes the exploration that was recorded.
            replayed.unavoidable_from = recorded.unavoidable_from;
        }
        let too_late = recorded.unavoidable_from > recorded.broken_at;
        if let Some(replayed) = &counterexample
            && (replayed != recorded || too_late)
        {
            return Err(Misuse(format!(
                "{name} does the same, but with other actors, another capacity, another schedule \
                 or another step that breaks {property}"
            )));
        }
        counterexample.ok_or_else(|| {
            Misuse(format!(
                "{name} does not violate {property} in this schedule"
            ))
        })
    }
}

/// Follows a recording and panics unless it still violates what it violated: a regression test in
/// one line.
///
/// # Panics
///
/// When the recording cannot be read or followed, or something else happens.
pub fn assert_reproduces(path: impl AsRef<Path>, registry: &Registry) {
    let replayed = Recording::read(path.as_ref()).and_then(|recording| recording.replay(registry));
    if let Err(misuse) = replayed {
        panic!("{}: {misuse}", path.as_ref().display());
    }
}

/// The name of the file for the counterexample with this id: a claim's, or an instance's with the
/// property.
pub fn file_name(id: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' {
            c
        } else {
            '-'
        }
    };
    let name: String = id.chars().map(plain).collect();
    format!("{name}.json")
}

/// Saves the counterexample of every row, one file each, named after the claim. Returns the names.
///
/// # Errors
///
/// When the directory cannot be made or written.
pub fn save(directory: &Path, results: &Results) -> std::io::Result<Vec<String>> {
    let recordings = results.rows.iter().filter_map(|row| {
        let recording = Recording::of(row)?;
        Some((file_name(&row.id.text), recording))
    });
    save_all(directory, recordings)
}

/// Saves recordings under these names, and returns them.
///
/// # Errors
///
/// When the directory cannot be made or written.
pub fn save_all(
    directory: &Path,
    recordings: impl IntoIterator<Item = (String, Recording)>,
) -> std::io::Result<Vec<String>> {
    std::fs::create_dir_all(directory)?;
    let mut saved = Vec::new();
    for (name, recording) in recordings {
        let text = serde_json::to_string_pretty(&recording).expect("a recording is plain data");
        files::write_whole(&directory.join(&name), &(text + "\n"))?;
        saved.push(name);
    }
    Ok(saved)
}
