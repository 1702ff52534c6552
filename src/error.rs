//! What went wrong before anything was explored, in one line.
//!
//! ```
//! use lastbyte::error::Misuse;
//!
//! let misuse = Misuse("no such file: a\nb; expected: a file that is there".to_owned());
//! assert_eq!(misuse.to_string(), "no such file: a\\nb; expected: a file that is there");
//! ```

use std::fmt;

/// Why a command did nothing: one line that says what was wrong and what is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misuse(pub String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line, whatever a path or a file name contains.
        for c in self.0.chars() {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Misuse {}
