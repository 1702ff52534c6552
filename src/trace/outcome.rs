//! How one execution ended.

use std::fmt;

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::trace::numbers::bytes;

/// How the subject ended in one execution.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Ending {
    /// With `Ok`.
    Ok,
    /// With this error.
    Err(String),
    /// It did not end: it waits, and nothing is left to wake it.
    Waiting,
    /// It did not end: it is polled again and again without any change.
    Spinning,
    /// With a panic.
    Panicked(String),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Ok => write!(f, "Ok"),
            Ending::Err(error) => write!(f, "error ({error})"),
            Ending::Waiting => write!(f, "waits"),
            Ending::Spinning => write!(f, "spins"),
            Ending::Panicked(message) => write!(f, "panic ({message})"),
        }
    }
}

/// How the reader ended in one execution.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum ReaderEnding {
    /// It has everything that it was promised.
    Complete,
    /// The stream ended before everything that was promised had arrived.
    CutShort,
    /// It waits for bytes, and nothing is left to write them.
    Waiting,
    /// It stopped, as the scenario says.
    Stopped,
    /// It reset the connection, as the scenario says.
    Reset,
    /// Its read failed.
    Failed(String),
}

impl fmt::Display for ReaderEnding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReaderEnding::Complete => write!(f, "complete"),
            ReaderEnding::CutShort => write!(f, "end of file before message length reached"),
            ReaderEnding::Waiting => write!(f, "waits for bytes"),
            ReaderEnding::Stopped => write!(f, "stopped"),
            ReaderEnding::Reset => write!(f, "reset the connection"),
            ReaderEnding::Failed(error) => write!(f, "read failed ({error})"),
        }
    }
}

/// How one execution ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Outcome {
    /// The subject's ending.
    pub subject: Ending,
    /// The reader's ending.
    pub reader: ReaderEnding,
    /// Bytes that arrived.
    pub received: usize,
    /// Bytes that the kernel had accepted.
    pub accepted: usize,
    /// The readers' endings and bytes at the further sockets.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub beside: Vec<Arrived>,
}

/// The reader's ending and the bytes at one socket.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Arrived {
    /// The reader's ending.
    pub reader: ReaderEnding,
    /// Bytes that arrived.
    pub received: usize,
    /// Bytes that the kernel had accepted.
    pub accepted: usize,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "subject: {}; reader: {}; {} accepted, {} received",
            self.subject,
            self.reader,
            bytes(self.accepted),
            self.received
        )?;
        for (n, arrived) in self.beside.iter().enumerate() {
            write!(
                f,
                "; on socket {}: reader: {}; {} accepted, {} received",
                n + 1,
                arrived.reader,
                bytes(arrived.accepted),
                arrived.received
            )?;
        }
        Ok(())
    }
}
