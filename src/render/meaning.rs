//! Expected failures and what they mean: defects, accepted behaviour, prices of repairs.

use crate::check::claim::{Expected, Meaning};
use crate::check::results::{Results, Row};
use crate::render::visible;
use crate::trace::verdict::Verdict;

/// How many links are shown before the rest is folded away.
const SHORT: usize = 8;

/// How a meaning is shown: with a colour, a sign and a word.
pub(crate) struct Shown {
    pub(crate) class: &'static str,
    pub(crate) sign: &'static str,
    pub(crate) word: &'static str,
    /// What the word means, for the legend.
    pub(crate) about: &'static str,
}

/// How this meaning is shown.
pub(crate) const fn shown(meaning: Meaning) -> Shown {
    match meaning {
        Meaning::Defect => Shown {
            class: "defect",
            sign: "✗",
            word: "defect",
            about: "refuted, although the property should hold: to be repaired, or repaired in a later revision",
        },
        Meaning::Accepted => Shown {
            class: "accepted",
            sign: "≈",
            word: "accepted",
            about: "refuted, and the property need not hold there: the behaviour is intended",
        },
        Meaning::PriceOfRepair => Shown {
            class: "price",
            sign: "±",
            word: "price",
            about: "refuted, although the property held before a repair of something else: what that repair costs",
        },
    }
}

/// What the failure of a claim means, if it fails as declared.
pub(crate) fn of_row(row: &Row) -> Option<Shown> {
    let declared = row.expected == Expected::Refuted && row.verdict == Verdict::Refuted;
    (declared && row.holds).then(|| shown(row.meaning))
}

/// How a claim's verdict is coloured.
pub(crate) fn class(row: &Row) -> &'static str {
    match (&row.verdict, row.holds) {
        (Verdict::Proved, true) => "proved",
        (Verdict::Refuted, true) => of_row(row).map_or("refuted", |shown| shown.class),
        (Verdict::Missed, true) => "missed",
        (Verdict::Bounded(_) | Verdict::Inconclusive(_) | Verdict::NotApplicable, _) => {
            "open surprise"
        }
        (Verdict::Proved, false) => "proved surprise",
        (Verdict::Refuted, false) => "refuted surprise",
        (Verdict::Missed, false) => "missed surprise",
    }
}

/// All failures with one meaning.
pub(crate) struct Group {
    pub(crate) shown: Shown,
    pub(crate) reasons: Vec<Reason>,
}

/// A reason, and the claims that have it.
pub(crate) struct Reason {
    pub(crate) text: String,
    /// Whether its claims are folded away.
    pub(crate) long: bool,
    pub(crate) claims: Vec<Link>,
}

/// A claim of the page.
pub(crate) struct Link {
    /// As a part of an address.
    pub(crate) fragment: String,
    pub(crate) id: String,
}

/// The groups that have failures.
pub(crate) fn of(results: &Results) -> Vec<Group> {
    let groups = Meaning::ALL.map(|meaning| Group {
        shown: shown(meaning),
        reasons: reasons(meaning, results),
    });
    let groups = groups.into_iter();
    groups.filter(|group| !group.reasons.is_empty()).collect()
}

fn reasons(meaning: Meaning, results: &Results) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    let rows = results.rows.iter();
    for row in rows.filter(|row| of_row(row).is_some() && row.meaning == meaning) {
        let text = reason(row);
        let link = Link {
            fragment: fragment(&visible(&row.id.text)),
            id: visible(&row.id.text),
        };
        match reasons.iter_mut().find(|known| known.text == text) {
            Some(known) => known.claims.push(link),
            None => reasons.push(Reason {
                text,
                long: false,
                claims: vec![link],
            }),
        }
    }
    for reason in &mut reasons {
        reason.long = reason.claims.len() > SHORT;
    }
    reasons
}

/// Why the failure of a claim means what it means.
pub(crate) fn reason(row: &Row) -> String {
    match row.reason.as_str() {
        "" => "The claim gives no reason.".to_owned(),
        reason => visible(reason),
    }
}

/// An id after the `#` of an address.
fn fragment(id: &str) -> String {
    let mut fragment = String::new();
    for byte in id.bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                fragment.push(char::from(byte));
            }
            _ => fragment.push_str(&format!("%{byte:02X}")),
        }
    }
    fragment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_takes_every_id() {
        assert_eq!(fragment("model/1.7.0/a_b-c"), "model/1.7.0/a_b-c");
        assert_eq!(fragment("N=1,ü<"), "N%3D1%2C%C3%BC%3C");
    }

    #[test]
    fn meanings_differ_in_colour_sign_and_word() {
        for part in [|s: &Shown| s.class, |s: &Shown| s.sign, |s: &Shown| s.word] {
            let [a, b, c] = Meaning::ALL.map(|meaning| part(&shown(meaning)));
            assert!(a != b && b != c && a != c, "{a} {b} {c}");
        }
    }
}
