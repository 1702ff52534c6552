//! The result of exploring with folded histories: whether they were enough to know an actor by.

use std::fmt;

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::trace::numbers::thousands;

/// What a verdict assumes that was reached with folded histories.
pub const ASSUMPTION: &str = "how a run of bytes was cut into writes, and how many polls after a first \
    one came to nothing, leave no trace in the connection";

/// Whether folded histories were enough to know an actor by.
///
/// An actor that does not declare its state is known by the history of its calls. That history
/// tells apart how the same bytes were cut; where it makes an exploration too long, it is folded,
/// and what the folding assumes is checked: see [`ASSUMPTION`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Folding {
    /// Everywhere where it was checked: histories that are folded to the same went on with the
    /// same events, to the same folded histories.
    Held {
        /// What was not folded.
        kept: Kept,
        /// Executions that have continued a history which was folded to one that was known.
        checked: u64,
        /// Histories that were folded to a known one and not continued.
        unchecked: u64,
    },
    /// Two histories are folded to the same, and go on differently. The exploration was made
    /// again, under the full history.
    Contradicted(Box<Disagreement>),
}

/// What a folded history keeps of the amount that there was to be written in the current poll: bytes
/// that the poll has had accepted, and those that are left.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Kept {
    /// None of it.
    #[default]
    Nothing,
    /// Which of these amounts in bytes it reaches, in rising order. They are found by exploring: two
    /// histories that go on differently are told apart by an amount between theirs.
    Reached(Vec<usize>),
    /// The amount itself.
    Amount,
}

/// Amounts that are told apart before all of them are.
const MOST_AMOUNTS: usize = 16;

impl Kept {
    /// What is kept of this amount.
    pub(crate) fn of(&self, amount: usize) -> usize {
        match self {
            Kept::Nothing => 0,
            Kept::Reached(amounts) => amounts.partition_point(|reached| *reached <= amount),
            Kept::Amount => amount,
        }
    }

    /// A memory that tells these two apart, which this one does not; `None` if they are the same.
    pub(crate) fn telling_apart(&self, one: usize, other: usize) -> Option<Kept> {
        if one == other {
            return None;
        }
        let mut amounts = match self {
            Kept::Nothing => Vec::new(),
            Kept::Reached(amounts) if amounts.len() < MOST_AMOUNTS => amounts.clone(),
            Kept::Reached(_) | Kept::Amount => return Some(Kept::Amount),
        };
        let between = one.midpoint(other) + 1;
        let place = amounts.partition_point(|reached| *reached < between);
        amounts.insert(place, between);
        Some(Kept::Reached(amounts))
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kept::Nothing => Ok(()),
            Kept::Reached(amounts) => {
                let amounts: Vec<_> = amounts.iter().map(|n| thousands(*n as u64)).collect();
                let amounts = amounts.join(", ");
                write!(
                    f,
                    ", other than by whether a poll has had {amounts} bytes to write"
                )
            }
            Kept::Amount => f.write_str(", other than by how many bytes a poll has had to write"),
        }
    }
}

/// Two histories that are folded to the same and go on differently.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Disagreement {
    /// Whose histories they are.
    pub actor: String,
    /// The actor's events in the one execution, in words.
    pub first: Vec<String>,
    /// The actor's events in the other one, in words.
    pub second: Vec<String>,
}

impl Folding {
    /// What became of folding in several explorations: a contradiction if there is one, otherwise
    /// what was checked in all of them. `None` where none of them folded.
    pub fn of_all<'a>(all: impl IntoIterator<Item = &'a Folding>) -> Option<Folding> {
        let together = |one: Folding, other: Folding| match (one, other) {
            (
                Folding::Held {
                    kept,
                    checked,
                    unchecked,
                },
                Folding::Held {
                    kept: also,
                    checked: more,
                    unchecked: others,
                },
            ) => Folding::Held {
                // What assumes the most: a number of amounts in between.
                kept: kept.min(also),
                checked: checked + more,
                unchecked: unchecked + others,
            },
            (contradicted @ Folding::Contradicted(_), _) | (_, contradicted) => contradicted,
        };
        all.into_iter().cloned().reduce(together)
    }

    /// Whether a verdict of the exploration rests on the [`ASSUMPTION`]: there are histories that
    /// were folded and not continued.
    pub fn is_assumed(&self) -> bool {
        matches!(self, Folding::Held { unchecked, .. } if *unchecked > 0)
    }
}

impl fmt::Display for Folding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Folding::Held {
                checked,
                unchecked: 0,
                ..
            } => write!(
                f,
                "Folded histories, checked: all that were folded to the same were continued, in \
                 {} executions, and agreed.",
                thousands(*checked)
            ),
            Folding::Held {
                kept,
                checked,
                unchecked,
            } => write!(
                f,
                "Assumed: {ASSUMPTION}{kept}. Checked in {} executions, in which histories that are folded to \
                 the same went on alike; {} such histories were not continued.",
                thousands(*checked),
                thousands(*unchecked)
            ),
            Folding::Contradicted(contradiction) => {
                write!(f, "Explored under the full history, since {contradiction}")
            }
        }
    }
}

/// Events that are shown of a history at the most.
const SHOWN: usize = 24;

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |history: &[String]| match history.len() {
            0 => "nothing".to_owned(),
            length if length > SHOWN => format!(
                "{} earlier events; {}",
                length - SHOWN,
                history[length - SHOWN..].join("; ")
            ),
            _ => history.join("; "),
        };
        write!(
            f,
            "two histories of {} that are folded to the same go on differently. One: {}. The \
             other: {}.",
            self.actor,
            told(&self.first),
            told(&self.second)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_amounts_are_told_apart_and_finally_all() {
        let mut kept = Kept::Nothing;
        assert_eq!(kept.telling_apart(7, 7), None);
        for n in 0..MOST_AMOUNTS {
            assert_eq!(kept.of(2 * n), kept.of(2 * n + 1), "{kept:?}");
            kept = kept.telling_apart(2 * n + 1, 2 * n).expect("they differ");
            assert_ne!(kept.of(2 * n), kept.of(2 * n + 1), "{kept:?}");
        }
        assert!(matches!(&kept, Kept::Reached(amounts) if amounts.is_sorted()));
        assert_eq!(kept.telling_apart(98, 99), Some(Kept::Amount));
    }

    #[test]
    fn what_is_assumed_is_said() {
        let all = Folding::Held {
            kept: Kept::Nothing,
            checked: 3,
            unchecked: 0,
        };
        assert!(!all.is_assumed() && !all.to_string().contains(ASSUMPTION));
        let some = Folding::Held {
            kept: Kept::Nothing,
            checked: 3,
            unchecked: 1,
        };
        assert!(some.is_assumed() && some.to_string().contains(ASSUMPTION));
        let both = Folding::Held {
            kept: Kept::Nothing,
            checked: 6,
            unchecked: 1,
        };
        assert_eq!(Folding::of_all([&all, &some]), Some(both));
        let contradicted = Folding::Contradicted(Box::default());
        let any = Folding::of_all([&all, &contradicted, &some]);
        assert_eq!(any, Some(contradicted));
        assert_eq!(Folding::of_all([]), None);
    }
}
