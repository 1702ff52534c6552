//! A user's own exploration: one subject in one scenario, as given on the command line and kept in a
//! recording.
//!
//! ```
//! use lastbyte::check::Query;
//!
//! let mut query = Query::default();
//! query.settings.insert("keep-alive".to_owned(), "true".to_owned());
//! assert!(query.is_set("keep-alive"));
//! assert_eq!(query.number("pause"), None);
//! ```

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use bytes::Bytes;

use crate::check::setting::{self, Setting};
#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

/// Bytes of response that a query may ask for.
pub const RESPONSE_BYTES: RangeInclusive<u64> = 0..=100_000_000;

/// Capacities of the kernel's buffer that a query may ask for.
pub const CAPACITY: RangeInclusive<u64> = 1..=16_777_216;

/// The largest request, in bytes.
pub const REQUEST_BYTES: usize = 1 << 20;

/// Most lock sections of an execution.
pub const STEPS: usize = 20_000;

/// Everything that the answer depends on. The subject is made of the request, the length of the
/// response and the settings; the rest describes the scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct Query {
    /// The subject's name.
    pub subject: String,
    /// The name of the request; it does not affect the bytes.
    pub name: String,
    /// What the peer sends.
    #[cfg_attr(feature = "cli", serde(with = "text_or_bytes"))]
    pub request: Bytes,
    /// Bytes of response body; of the whole response, for a model without heads.
    pub response_bytes: u64,
    /// Capacity of the kernel's outbound buffer in bytes.
    pub capacity: u64,
    /// The reader, as the command line spells it.
    pub reader: String,
    /// The settings of the subject, out of those that it lists.
    pub settings: BTreeMap<String, String>,
    /// Sizes of the pieces in which the request arrives; the rest is the last piece. The first is there
    /// at the start, each other comes at any later point. If empty, the whole request is there at the
    /// start.
    #[cfg_attr(feature = "cli", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub pieces: Vec<u64>,
    /// The peer sends FIN after the request.
    pub client_eof: bool,
}

impl Query {
    /// The value of a setting.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(String::as_str)
    }

    /// Whether a setting is set to `true`.
    pub fn is_set(&self, key: &str) -> bool {
        self.setting(key) == Some("true")
    }

    /// The signal that a setting raises, where a subject has these settings; `None` where it raises none.
    /// See [`Setting::moment`].
    pub fn signal(&self, settings: &[Setting], key: &str) -> Option<usize> {
        setting::raised(settings, &self.settings, key)
    }

    /// The value of a setting that is a number.
    pub fn number(&self, key: &str) -> Option<u64> {
        self.setting(key)?.parse().ok()
    }
}

#[cfg(feature = "cli")]
impl Query {
    /// The scenario's name.
    pub(crate) fn scenario(&self) -> String {
        let Query {
            name,
            response_bytes,
            capacity,
            reader,
            ..
        } = self;
        let mut scenario = format!("{name},N={response_bytes},K={capacity},{reader}");
        for (key, value) in &self.settings {
            scenario += &format!(",{key}={value}");
        }
        if !self.pieces.is_empty() {
            let pieces: Vec<_> = self.pieces.iter().map(u64::to_string).collect();
            scenario += &format!(",pieces={}", pieces.join("+"));
        }
        if self.client_eof {
            scenario += ",client-eof";
        }
        scenario
    }
}

#[cfg(feature = "cli")]
mod text_or_bytes {
    //! Bytes in JSON: as text where they are text, so that a reviewer can read them.
    use super::*;
    use serde::{Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Raw {
        Text(String),
        Bytes(Vec<u8>),
    }

    pub fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.collect_seq(bytes),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        Ok(match Raw::deserialize(deserializer)? {
            Raw::Text(text) => text.into(),
            Raw::Bytes(bytes) => bytes.into(),
        })
    }
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_json() {
        for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\xff\x00", b""] {
            let query = Query {
                request: Bytes::copy_from_slice(bytes),
                ..Query::default()
            };
            let json = serde_json::to_string(&query).expect("a query is plain data");
            let read: Query = serde_json::from_str(&json).expect(&json);
            assert_eq!(read.request, bytes, "{json}");
        }
    }

    #[test]
    fn a_setting_is_a_word_a_flag_or_a_number() {
        let settings = [("a", "true"), ("b", "false"), ("n", "12")];
        let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let query = Query {
            settings: settings.into(),
            ..Query::default()
        };
        assert!(query.is_set("a") && !query.is_set("b") && !query.is_set("c"));
        assert_eq!((query.number("n"), query.number("a")), (Some(12), None));
        assert_eq!((query.setting("n"), query.setting("m")), (Some("12"), None));
        assert_eq!(query.scenario(), ",N=0,K=0,,a=true,b=false,n=12");
    }
}
