//! A reviewer's own question: one subject in one environment, as the command line takes it and as a
//! recording keeps it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::check::claim::{NamedSubject, Question};
use crate::check::instance::Instance;
use crate::check::registry::{EXPLORE, Registry};
use crate::environment::reader::Reader;
use crate::error::Misuse;
use crate::run::scenario::Scenario;
use crate::run::subject::Subject;

/// Bytes of response that a question may ask for.
pub const RESPONSE_BYTES: RangeInclusive<u64> = 0..=100_000;

/// Capacities of the kernel's buffer that a question may ask for.
pub const CAPACITY: RangeInclusive<u64> = 1..=1_048_576;

/// The largest request, in bytes.
pub const REQUEST_BYTES: usize = 1 << 20;

/// Lock sections that an execution may have.
pub const STEPS: usize = 20_000;

/// Everything that an answer depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The subject's name.
    pub subject: String,
    /// What the request is called; it says nothing about the bytes.
    pub name: String,
    /// What the peer sends.
    pub request: Raw,
    /// Bytes of response.
    pub response_bytes: u64,
    /// Capacity of the kernel's outbound buffer in bytes.
    pub capacity: u64,
    /// The reader, as the command line spells it.
    pub reader: String,
    /// hyper's `pipeline_flush`.
    pub pipeline_flush: bool,
    /// hyper's `half_close`.
    pub half_close: bool,
    /// The handler answers with an upgrade.
    pub upgrade: bool,
    /// The peer sends FIN behind the request.
    pub client_eof: bool,
}

/// Bytes in JSON: as text where they are text, so that a reviewer can read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Raw {
    /// UTF-8.
    Text(String),
    /// Anything else.
    Bytes(Vec<u8>),
}

impl From<Vec<u8>> for Raw {
    fn from(bytes: Vec<u8>) -> Raw {
        String::from_utf8(bytes).map_or_else(|not| Raw::Bytes(not.into_bytes()), Raw::Text)
    }
}

impl Raw {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Raw::Text(text) => text.as_bytes(),
            Raw::Bytes(bytes) => bytes,
        }
    }
}

impl Asked {
    /// The instance that answers the question.
    ///
    /// # Errors
    ///
    /// When there is no such subject, or it does not support what is asked, or a number is out of
    /// bounds.
    pub fn instance(&self, registry: &Registry) -> Result<Instance, Misuse> {
        let within = |what: &str, value: u64, bounds: RangeInclusive<u64>| {
            let (least, most) = (bounds.start(), bounds.end());
            let refused = Misuse(format!("{what} is {value}; accepted is {least} to {most}"));
            bounds
                .contains(&value)
                .then_some(value as usize)
                .ok_or(refused)
        };
        let response_bytes = within("response_bytes", self.response_bytes, RESPONSE_BYTES)?;
        let capacity = within("capacity", self.capacity, CAPACITY)?;
        let length = self.request.bytes().len() as u64;
        within(
            "the length of the request",
            length,
            1..=REQUEST_BYTES as u64,
        )?;
        let reader: Reader = self
            .reader
            .parse()
            .map_err(|bad| Misuse(format!("{bad}")))?;
        let subject = find(registry, &self.subject)?;
        let request = Bytes::copy_from_slice(self.request.bytes());
        let question = Question {
            request: request.clone(),
            response_bytes,
            pipeline_flush: self.pipeline_flush,
            half_close: self.half_close,
            upgrade: self.upgrade,
        };
        let run: Arc<dyn Subject> = (subject.make)(&question).map_err(Misuse)?;
        let mut scenario = Scenario::new(self.scenario(), capacity, reader).with_input(request);
        scenario.input_eof = self.client_eof;
        let instance = Instance::new(&subject.name, scenario, run);
        let instance = match &subject.version {
            Some(version) => instance.with_version(version),
            None => instance,
        };
        Ok(instance.of_model(EXPLORE))
    }

    /// The scenario's name.
    fn scenario(&self) -> String {
        let Asked {
            name,
            response_bytes,
            capacity,
            reader,
            ..
        } = self;
        let mut scenario = format!("{name},N={response_bytes},K={capacity},{reader}");
        for (set, flag) in self.flags() {
            if set {
                scenario += &format!(",{flag}");
            }
        }
        scenario
    }

    /// The flags of the command line with their names.
    pub fn flags(&self) -> [(bool, &'static str); 4] {
        [
            (self.pipeline_flush, "pipeline-flush"),
            (self.half_close, "half-close"),
            (self.upgrade, "upgrade"),
            (self.client_eof, "client-eof"),
        ]
    }
}

fn find<'a>(registry: &'a Registry, name: &str) -> Result<&'a NamedSubject, Misuse> {
    let subjects = registry.subjects();
    subjects
        .iter()
        .find(|subject| subject.name == name)
        .ok_or_else(|| {
            let names: Vec<_> = subjects.iter().map(|subject| &*subject.name).collect();
            let accepted = names.join(", ");
            Misuse(format!("no such subject: {name}; accepted are {accepted}"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_json() {
        for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\xff\x00", b""] {
            let raw = Raw::from(bytes.to_vec());
            let json = serde_json::to_string(&raw).expect("bytes are plain data");
            let read: Raw = serde_json::from_str(&json).expect(&json);
            assert_eq!(read.bytes(), bytes, "{json}");
        }
    }
}
