//! Counterexamples that outlive the run: a schedule in a file, and how to follow it again.
//!
//! A recording names the cell and lists who moved, so it survives a rebuild. It also lists what
//! happened, and a replay in which something else happens is an error, not a result.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::claim::{Cell, Model};
use crate::cli::Misuse;
use crate::event::Trace;
use crate::property::Property;
use crate::results::{Results, Row};

/// Version of the file format.
pub const FORMAT: u32 = 1;

/// A counterexample in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// [`FORMAT`]; other formats are refused.
    pub lastbyte_recording: u32,
    /// The cell's id.
    pub cell: String,
    /// The version of the real connection that ran.
    pub version: Option<String>,
    /// What is violated.
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
            cell: counterexample.cell.clone(),
            version: row.version.clone(),
            property: row.property,
            trace: counterexample.trace.clone(),
        })
    }

    /// Reads a recording.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, is truncated, is no recording or has another format.
    pub fn read(path: &Path) -> Result<Recording, Misuse> {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|error| Misuse(format!("cannot read {shown}: {error}")))?;
        let recording: Recording = serde_json::from_str(&text).map_err(|error| {
            let accepted = "accepted is a file written by `cargo verify --save DIR`";
            Misuse(format!("{shown} is no recording ({error}); {accepted}"))
        })?;
        if recording.lastbyte_recording != FORMAT {
            let format = recording.lastbyte_recording;
            return Err(Misuse(format!(
                "{shown} has format {format}; accepted is format {FORMAT}"
            )));
        }
        Ok(recording)
    }

    /// The cell that the recording is for.
    ///
    /// # Errors
    ///
    /// When these models have no such cell, or another version of its connection.
    pub fn cell(&self, registry: &[Model]) -> Result<Cell, Misuse> {
        let recorded = format!(
            "this schedule was recorded for {}{}",
            self.cell,
            self.version
                .as_ref()
                .map(|version| format!(" {version}"))
                .unwrap_or_default()
        );
        let claims = registry.iter().flat_map(|model| (model.claims)());
        let cell = claims
            .flat_map(|claim| claim.cells)
            .find(|cell| cell.id() == self.cell);
        match cell {
            None => Err(Misuse(format!(
                "{recorded}, which is not among these models"
            ))),
            Some(cell) if cell.version != self.version => Err(Misuse(format!(
                "{recorded}, and this is {}",
                cell.version.as_deref().unwrap_or("no real connection")
            ))),
            Some(cell) => Ok(cell),
        }
    }

    /// Follows the schedule again and returns what happens: the recorded steps.
    ///
    /// # Errors
    ///
    /// When the schedule cannot be followed any more, or leads elsewhere.
    #[cfg(loom)]
    pub fn replay(&self, registry: &[Model]) -> Result<Trace, Misuse> {
        let cell = self.cell(registry)?;
        let explorer = crate::Explorer::default();
        let schedule = &self.trace.schedule;
        let replayed = explorer
            .replay(&cell.run, &cell.scenario, schedule)
            .ok_or_else(|| {
                let cell = &self.cell;
                Misuse(format!(
                    "{cell} does not permit this schedule any more; it has changed"
                ))
            })?;
        let differs = self
            .trace
            .steps
            .iter()
            .zip(&replayed.steps)
            .position(|(recorded, replayed)| recorded != replayed);
        let length = self.trace.steps.len().min(replayed.steps.len());
        let same_length = self.trace.steps.len() == replayed.steps.len();
        if let Some(step) = differs.or((!same_length).then_some(length)) {
            let (step, cell) = (step + 1, &self.cell);
            return Err(Misuse(format!(
                "{cell} behaves differently from step {step} on"
            )));
        }
        Ok(Trace {
            broken_at: self.trace.broken_at,
            ..replayed
        })
    }
}

/// Follows a recording and panics unless it still violates what it violated: a regression test in
/// one line.
///
/// # Panics
///
/// When the recording cannot be read or followed, or something else happens.
#[cfg(loom)]
pub fn assert_reproduces(path: impl AsRef<Path>, registry: &[Model]) {
    let replayed = Recording::read(path.as_ref()).and_then(|recording| recording.replay(registry));
    if let Err(misuse) = replayed {
        panic!("{}: {misuse}", path.as_ref().display());
    }
}

/// Writes to a temporary name beside `path` and renames: there is never half a file.
///
/// # Errors
///
/// When the directory cannot be written.
pub fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let written = fs::write(&partial, text).and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        // It may not even exist.
        drop(fs::remove_file(&partial));
    }
    written
}

/// The name of the file that [`save`] writes for the claim with this id.
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

/// Saves the counterexample of every row, one file each, named after the claim.
///
/// # Errors
///
/// When the directory cannot be made or written.
pub fn save(directory: &Path, results: &Results) -> std::io::Result<usize> {
    fs::create_dir_all(directory)?;
    let mut saved = 0;
    for row in &results.rows {
        let Some(recording) = Recording::of(row) else {
            continue;
        };
        let text = serde_json::to_string_pretty(&recording).expect("a recording is plain data");
        write_whole(&directory.join(file_name(&row.id)), &(text + "\n"))?;
        saved += 1;
    }
    Ok(saved)
}
