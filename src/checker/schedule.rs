//! A schedule as a line of text that can be pasted into a test.

use std::fmt;
use std::str::FromStr;

use xxhash_rust::xxh3::xxh3_64;

use crate::environment::reader::Reader;
use crate::run::scenario::Scenario;
use crate::trace::event::ActorId;

/// The first word of every schedule of this version.
const VERSION: &str = "lastbyte-1";

/// Who moved, in which scenario, and what was violated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    pub(super) property: String,
    pub(super) capacity: usize,
    pub(super) reader: Reader,
    /// See [`digest`].
    pub(super) scenario: u64,
    pub(super) movers: Vec<ActorId>,
}

/// A digest of the parts of a scenario that the text of a schedule does not contain.
pub(super) fn digest(scenario: &Scenario) -> u64 {
    let plain = Scenario {
        name: String::new(),
        capacity: 1,
        reader: Reader::PROMPT,
        ..scenario.clone()
    };
    xxh3_64(format!("{plain:?}").as_bytes())
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Schedule {
            property,
            capacity,
            reader,
            scenario,
            movers,
        } = self;
        write!(
            f,
            "{VERSION} {property} {capacity} {reader} {scenario:016x} "
        )?;
        // Equal moves in a row as their number.
        let mut rest = &movers[..];
        while let Some(first) = rest.first() {
            let run = rest.iter().take_while(|mover| *mover == first).count();
            match run {
                1 => write!(f, "{}", letter(*first))?,
                _ => write!(f, "{}{run}", letter(*first))?,
            }
            rest = &rest[run..];
        }
        Ok(())
    }
}

/// `a` is the reader, `b` the connection, and so on.
fn letter(actor: ActorId) -> char {
    char::from(b'a' + actor.0)
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected =
            format!("expected: a line that this version has printed, beginning with {VERSION:?}");
        let bad = || format!("no schedule: {text:?}; {expected}");
        let words: Vec<_> = text.split_whitespace().collect();
        let &[version, property, capacity, reader, scenario, moves] = words.as_slice() else {
            return Err(bad());
        };
        if version != VERSION {
            return Err(format!(
                "the schedule is of another version: {version:?}; {expected}"
            ));
        }
        Ok(Schedule {
            property: property.to_owned(),
            capacity: capacity.parse().ok().filter(|k| *k > 0).ok_or_else(bad)?,
            reader: reader.parse().map_err(|_| bad())?,
            scenario: u64::from_str_radix(scenario, 16).map_err(|_| bad())?,
            movers: movers(moves).ok_or_else(bad)?,
        })
    }
}

/// Most moves in a schedule.
const MOST: usize = 1_000_000;

fn movers(text: &str) -> Option<Vec<ActorId>> {
    let mut movers = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let actor = u32::from(letter).checked_sub(u32::from('a'))?;
        let actor = u8::try_from(actor).ok().filter(|actor| *actor < 5)?;
        rest = &rest[1..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let run = match &rest[..digits] {
            "" => 1,
            number => number.parse().ok()?,
        };
        rest = &rest[digits..];
        if run > MOST - movers.len() {
            return None;
        }
        movers.extend(std::iter::repeat_n(ActorId(actor), run));
    }
    Some(movers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(movers: &[u8]) -> Schedule {
        Schedule {
            property: "no-stall".to_owned(),
            capacity: 3,
            reader: Reader::slow(2),
            scenario: 0xabc,
            movers: movers.iter().map(|mover| ActorId(*mover)).collect(),
        }
    }

    #[test]
    fn schedules_round_trip_through_text() {
        for movers in [&[][..], &[0], &[1, 1, 1, 0], &[0, 1, 2, 2, 4, 3, 3]] {
            let schedule = schedule(movers);
            let text = schedule.to_string();
            match movers {
                // Nothing was ever violated by nobody's moving.
                [] => assert!(text.parse::<Schedule>().is_err()),
                _ => assert_eq!(text.parse(), Ok(schedule), "{text}"),
            }
        }
        let text = schedule(&[1, 1, 1, 0]).to_string();
        assert_eq!(text, "lastbyte-1 no-stall 3 slow:2 0000000000000abc b3a");
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_what_is_expected() {
        for text in [
            "",
            "lastbyte-1",
            "lastbyte-0 no-stall 3 slow:2 0 a",
            "lastbyte-1 no-stall 0 slow:2 0 a",
            "lastbyte-1 no-stall 3 fast 0 a",
            "lastbyte-1 no-stall 3 slow:2 x a",
            "lastbyte-1 no-stall 3 slow:2 0 z",
            "lastbyte-1 no-stall 3 slow:2 0 a99999999999",
            "lastbyte-1 no-stall 3 slow:2 0 ä",
        ] {
            let error = text.parse::<Schedule>().expect_err(text);
            assert!(error.contains("expected: a line"), "{error}");
        }
    }
}
