//! The exit code of a command.

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything as declared; for `explore`: proved.
    Fine = 0,
    /// Something is not as declared; for `explore`: refuted.
    Differs = 1,
    /// The command was not understood, or its input cannot be used.
    Usage = 2,
    /// Inconclusive: not explored to the end, or not deterministic.
    Inconclusive = 3,
}
