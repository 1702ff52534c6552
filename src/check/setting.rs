//! Settings of a subject in a user's own exploration: `--set key=value`.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

/// The values that a setting takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// One of these words.
    OneOf(Vec<String>),
    /// A number.
    Number(RangeInclusive<u64>),
    /// When one of the scenario's signals is raised: `never`, or `at-any-time`.
    Moment,
}

/// The value for a signal that is never raised.
const NEVER: &str = "never";

/// Any moment of an execution.
const AT_ANY_TIME: &str = "at-any-time";

impl Accepted {
    fn has(&self, value: &str) -> bool {
        match self {
            Accepted::OneOf(words) => words.iter().any(|word| word == value),
            Accepted::Number(range) => value.parse().is_ok_and(|number| range.contains(&number)),
            Accepted::Moment => [NEVER, AT_ANY_TIME].contains(&value),
        }
    }
}

impl fmt::Display for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Accepted::OneOf(words) => write!(f, "{}", words.join(" or ")),
            Accepted::Number(range) => write!(f, "{} to {}", range.start(), range.end()),
            Accepted::Moment => write!(f, "{NEVER} or {AT_ANY_TIME}"),
        }
    }
}

/// A setting of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, as on the command line.
    pub key: String,
    /// A sentence about it, including its default.
    pub about: String,
    /// What it can be set to.
    pub accepted: Accepted,
}

impl Setting {
    /// A setting that is `true` or `false`.
    pub fn flag(key: impl Into<String>, about: impl Into<String>) -> Setting {
        let words = ["true", "false"];
        Setting::one_of(key, about, words)
    }

    /// A setting that is one of these words.
    pub fn one_of<S: Into<String>>(
        key: impl Into<String>,
        about: impl Into<String>,
        words: impl IntoIterator<Item = S>,
    ) -> Setting {
        let words = words.into_iter().map(Into::into).collect();
        Setting {
            key: key.into(),
            about: about.into(),
            accepted: Accepted::OneOf(words),
        }
    }

    /// A setting that is the moment of a signal: where it is `at-any-time`, a script raises a signal of the
    /// scenario at any point, and the subject learns which from
    /// [`Query::signal`](crate::check::Query::signal).
    pub fn moment(key: impl Into<String>, about: impl Into<String>) -> Setting {
        Setting {
            key: key.into(),
            about: about.into(),
            accepted: Accepted::Moment,
        }
    }

    /// A setting that is a number.
    pub fn number(
        key: impl Into<String>,
        about: impl Into<String>,
        range: RangeInclusive<u64>,
    ) -> Setting {
        Setting {
            key: key.into(),
            about: about.into(),
            accepted: Accepted::Number(range),
        }
    }
}

/// The signal that this setting raises, where a subject has these settings; `None` where it raises none.
/// The signals of a scenario are numbered in the order of the subject's settings.
pub(crate) fn raised(
    settings: &[Setting],
    given: &BTreeMap<String, String>,
    key: &str,
) -> Option<usize> {
    raising(settings, given).position(|setting| setting.key == key)
}

/// The settings that raise a signal, in the order of the signals.
pub(crate) fn raising<'a>(
    settings: &'a [Setting],
    given: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = &'a Setting> {
    settings.iter().filter(|setting| {
        let is_set = given.get(&setting.key).map(String::as_str) == Some(AT_ANY_TIME);
        setting.accepted == Accepted::Moment && is_set
    })
}

/// Whether a subject with these settings can be set like this.
///
/// # Errors
///
/// The first unknown key, or value that its key does not accept: in one line, with what is expected.
pub(crate) fn check(
    subject: &str,
    settings: &[Setting],
    given: &BTreeMap<String, String>,
) -> Result<(), String> {
    for (key, value) in given {
        let Some(setting) = settings.iter().find(|setting| setting.key == *key) else {
            let keys: Vec<_> = settings.iter().map(|setting| &*setting.key).collect();
            return Err(match keys.as_slice() {
                [] => {
                    format!(
                        "{subject} has no setting {key}; expected: no --set, it has no settings"
                    )
                }
                keys => format!(
                    "{subject} has no setting {key}; expected: {}",
                    keys.join(", ")
                ),
            });
        };
        if !setting.accepted.has(value) {
            return Err(format!(
                "{subject} cannot have {key}={value}; expected: {key}={}",
                setting.accepted
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(settings: &[Setting], key: &str, value: &str) -> Result<(), String> {
        let given = [(key.to_owned(), value.to_owned())];
        check("it", settings, &given.into())
    }

    #[test]
    fn only_what_a_subject_lists_can_be_set() {
        let settings = [
            Setting::flag("close", ""),
            Setting::number("size", "", 2..=4),
            Setting::one_of("mode", "", ["fast", "slow"]),
            Setting::moment("stop", ""),
        ];
        for (key, value) in [
            ("close", "true"),
            ("close", "false"),
            ("size", "2"),
            ("size", "4"),
            ("mode", "slow"),
            ("stop", "never"),
            ("stop", "at-any-time"),
        ] {
            assert_eq!(checked(&settings, key, value), Ok(()), "{key}={value}");
        }
        for (key, value, expected) in [
            ("close", "", "expected: close=true or false"),
            ("close", "1", "expected: close=true or false"),
            ("size", "1", "expected: size=2 to 4"),
            ("size", "many", "expected: size=2 to 4"),
            ("mode", "slo", "expected: mode=fast or slow"),
            ("stop", "later", "expected: stop=never or at-any-time"),
            ("mod", "slow", "expected: close, size, mode, stop"),
        ] {
            let refused = checked(&settings, key, value).expect_err(value);
            assert!(refused.contains(expected), "{refused}");
        }
        let settings = ["quit", "mode", "stop"].map(|key| Setting::moment(key, ""));
        let given = [
            ("stop", AT_ANY_TIME),
            ("quit", AT_ANY_TIME),
            ("mode", NEVER),
        ];
        let given = given.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let signals =
            ["quit", "mode", "stop"].map(|key| raised(&settings, &given.clone().into(), key));
        assert_eq!(signals, [Some(0), None, Some(1)]);
        let refused = checked(&[], "mode", "slow").expect_err("there are none");
        assert!(refused.contains("it has no settings"), "{refused}");
    }
}
