//! What is known of failures that are expected: hyper's issues, and what a failure means.

use lastbyte::{Claim, Meaning};

/// hyper's issues, and what happens there.
const ISSUES: &[(&str, &str)] = &[
    (
        "#3952",
        "a write that waits for a flush is not tried again; repaired for good in 1.10.0",
    ),
    (
        "#3976",
        "the loop spins while a body is not ready; repaired in 1.8.1",
    ),
    (
        "#4022",
        "the socket is shut down in front of the flush; repaired in 1.11.0",
    ),
    (
        "#4085",
        "the loop spins when the peer has sent FIN; repaired in 1.10.1",
    ),
    (
        "#4122",
        "a request that is sent while the connection fails is never answered; repaired behind \
         1.12.0",
    ),
    (
        "#4143",
        "what the second look at the writes has buffered is not flushed; repaired in 1.12.0",
    ),
];

/// A note as a sentence, with what happens in every issue that it names.
pub(crate) fn told(note: &str) -> String {
    let mut told = note.to_owned();
    for (issue, what) in ISSUES {
        told = told.replace(issue, &format!("hyper {issue} ({what})"));
    }
    let first = told.chars().take_while(char::is_ascii_lowercase).count();
    if first > 1 && !told.starts_with("hyper") && !told[first..].starts_with(['_', '-']) {
        told[..1].make_ascii_uppercase();
    }
    told + "."
}

/// These claims with what their failure means, and why.
pub(crate) fn meaning(claims: Vec<Claim>, meaning: Meaning, reason: &str) -> Vec<Claim> {
    let claims = claims.into_iter();
    claims.map(|claim| claim.meaning(meaning, reason)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_becomes_a_sentence() {
        let repaired = "hyper #4022 (the socket is shut down in front of the flush; repaired in \
                        1.11.0), a client's.";
        assert_eq!(told("#4022, a client's"), repaired);
        assert_eq!(told("the flush returns early"), "The flush returns early.");
        assert_eq!(told("half_close"), "half_close.");
    }

    /// Who reads a report must not have to guess what an expected failure is.
    #[test]
    fn every_expected_refutation_says_why() {
        let registry = crate::registry().expect("no clash");
        for claim in registry.claims() {
            let silent = claim.expected == lastbyte::Expected::Refuted && claim.reason.is_empty();
            assert!(!silent, "{}", claim.id());
        }
    }
}
