//! The terminal: how wide it is, whether it wants colour, and what is printed to it.

use std::io::{self, IsTerminal, Write};

use crate::error::Misuse;

/// Prints results. A reader that has gone away is no error, a full disk is one.
pub(super) fn print(out: &mut dyn Write, text: &str) -> Result<(), Misuse> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Misuse(format!("cannot write the output: {error}")))
        }
        _ => Ok(()),
    }
}

/// A path as a word for a shell.
pub(super) fn quoted(path: &std::path::Path) -> String {
    let path = path.to_string_lossy();
    // No path has the NUL that cannot be quoted.
    shlex::try_quote(&path).map_or_else(|_| path.to_string(), |path| path.into_owned())
}

/// Columns of the terminal, or 100.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let terminal = || {
        console::Term::stdout()
            .size_checked()
            .map(|(_, columns)| columns.into())
    };
    columns.or_else(terminal).unwrap_or(100).clamp(60, 200)
}

/// Whether stdout wants colour: it is a terminal and `NO_COLOR` is not set.
pub(super) fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}
