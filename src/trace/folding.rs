//! Folded histories: whether they were enough to identify an actor's state.

use std::fmt;

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

use crate::trace::numbers::thousands;

/// The assumption behind a verdict that was reached with folded histories.
pub const ASSUMPTION: &str = "how a run of bytes was cut into writes, and how many polls after a first \
    one came to nothing, leave no trace in the connection";

/// Whether folded histories were enough to identify an actor's state.
///
/// An actor that does not declare its state is identified by the history of its calls. The full history
/// also records how the same bytes were split into writes. Where that makes an exploration too long,
/// the history is folded: such differences are left out. What folding assumes ([`ASSUMPTION`]) is
/// checked during the exploration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Folding {
    /// No check failed: histories with the same folded form continued with the same events, and to the
    /// same folded histories.
    Held {
        /// What the folded histories keep of the amount to write.
        kept: Kept,
        /// Executions that continued a history whose folded form was already known.
        checked: u64,
        /// Histories whose folded form was already known, and which were not continued.
        unchecked: u64,
    },
    /// Two histories with the same folded form continue differently. The exploration was repeated with
    /// full histories.
    Contradicted(Box<Disagreement>),
}

/// What a folded history keeps of the amount to write in the current poll. The amount is in bytes:
/// those that the kernel has accepted in this poll, and those that are left over.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Kept {
    /// Nothing.
    #[default]
    Nothing,
    /// How many of these thresholds it reaches, in bytes and in rising order. The exploration finds
    /// them: when two histories continue differently, a threshold between their amounts is added.
    Reached(Vec<usize>),
    /// The amount itself.
    Amount,
}

/// Most thresholds; where more are needed, the amount itself is kept.
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

    /// A finer `Kept` that distinguishes these two amounts, which this one does not; `None` if they are
    /// equal.
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

/// Two histories with the same folded form that continue differently.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Disagreement {
    /// The actor whose histories these are.
    pub actor: String,
    /// The actor's events in one execution, in words.
    pub first: Vec<String>,
    /// The actor's events in the other execution, in words.
    pub second: Vec<String>,
}

impl Folding {
    /// The result of folding over several explorations: a contradiction if there is one, otherwise the
    /// sum of the checks. `None` where none of them folded.
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

    /// Whether a verdict of the exploration rests on the [`ASSUMPTION`]: some histories were folded and
    /// not continued.
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

/// Most events that are shown of a history.
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
