//! What is known about expected failures: hyper's issues, causes in the model, and what a failure means.

use lastbyte::check::Meaning;
use lastbyte::{Claim, Expected, Instance, Property};

/// hyper's issues, each with what goes wrong.
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
        "the socket is shut down before the flush; repaired in 1.11.0",
    ),
    (
        "#4085",
        "the loop spins when the peer has sent FIN; repaired in 1.10.1",
    ),
    (
        "#4122",
        "a request that is sent while the connection fails is never answered; repaired after 1.12.0",
    ),
    (
        "#4143",
        "what the second look at the writes has buffered is not flushed; repaired in 1.12.0",
    ),
    (
        "#4176",
        "a client that has its answer waits for the end of its request; not repaired in 1.12.0",
    ),
];

/// Causes in `models/dispatch_loop`, each with what goes wrong.
const CAUSES: &[(&str, &str)] = &[
    (
        "the read that the flush asks for",
        "the flush sets a flag that the loop does not check: a request that is already there is not answered",
    ),
    (
        "the flush returns early",
        "while the read buffer holds bytes it is ready with nothing written",
    ),
    (
        "nobody polls the write after the flush",
        "a head that had to wait for room is not tried again when there is room",
    ),
    (
        "poll_without_shutdown is ready before the flush is",
        "a user that then takes the socket out leaves bytes behind",
    ),
];

/// The first known issue that a text names.
pub(crate) fn issue(text: &str) -> Option<&'static str> {
    // The repair of #4022 is better known than the issue.
    let known = ISSUES.iter().map(|(issue, _)| (*issue, *issue));
    let known = known.chain([("#4018", "#4022")]);
    let found = known.filter_map(|(named, issue)| Some((text.find(named)?, issue)));
    found.min().map(|(_, issue)| issue)
}

/// A note as a sentence, with what happens in every issue that it names.
pub(crate) fn told(note: &str) -> String {
    let mut told = note.to_owned();
    for (issue, what) in ISSUES {
        told = told.replace(issue, &format!("hyper {issue} ({what})"));
    }
    for (cause, what) in CAUSES {
        told = told.replace(cause, &format!("{cause} ({what})"));
    }
    let first = told.chars().take_while(char::is_ascii_lowercase).count();
    if first > 1 && !told.starts_with("hyper") && !told[first..].starts_with(['_', '-']) {
        told[..1].make_ascii_uppercase();
    }
    told + "."
}

/// A claim of each property about these instances, named `prefix-name/property`.
#[track_caller]
pub(crate) fn claim(
    prefix: &str,
    name: &str,
    sentence: &str,
    expected: Expected,
    properties: &[Property],
    instances: Vec<Instance>,
) -> Vec<Claim> {
    let name = format!("{prefix}-{name}");
    Claim::of_each(&name, sentence, properties, expected, instances)
}

/// These claims, with the meaning of their failure and the reason for it.
pub(crate) fn meaning(claims: Vec<Claim>, meaning: Meaning, reason: &str) -> Vec<Claim> {
    let claims = claims.into_iter();
    claims.map(|claim| claim.meaning(meaning, reason)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_issue_counts() {
        assert_eq!(issue("does not spin (#3976, by #3952)."), Some("#3976"));
        assert_eq!(issue("is flushed (#4018)."), Some("#4022"));
        assert_eq!(issue("is answered."), None);
    }

    #[test]
    fn a_note_becomes_a_sentence() {
        let repaired = "hyper #4022 (the socket is shut down before the flush; repaired in \
                        1.11.0), a client's.";
        assert_eq!(told("#4022, a client's"), repaired);
        assert_eq!(told("what a flush costs"), "What a flush costs.");
        assert_eq!(told("half_close"), "half_close.");
    }

    /// A reader of a report must not have to guess why a failure is expected.
    #[test]
    fn every_expected_refutation_says_why() {
        let registry = crate::registry().expect("no clash");
        for claim in registry.claims() {
            let silent = claim.expected == lastbyte::Expected::Refuted && claim.reason.is_empty();
            assert!(!silent, "{}", claim.id());
        }
    }
}
