//! The instance that answers a query, among the subjects of a registry.

use std::ops::RangeInclusive;

use bytes::Bytes;

use crate::check::instance::Instance;
use crate::check::model::NamedSubject;
use crate::check::query::{CAPACITY, Query, REQUEST_BYTES, RESPONSE_BYTES};
use crate::check::registry::{EXPLORE, Registry};
use crate::check::setting;
use crate::environment::reader::Reader;
use crate::environment::script::{Script, ScriptStep};
use crate::error::Misuse;
use crate::run::scenario::Scenario;

impl Query {
    /// The instance that answers the query.
    ///
    /// # Errors
    ///
    /// When there is no such subject, or it does not support what is queried, or a number is out of
    /// bounds.
    pub fn instance(&self, registry: &Registry) -> Result<Instance, Misuse> {
        let within = |what: &str, value: u64, bounds: RangeInclusive<u64>| {
            let (least, most) = (bounds.start(), bounds.end());
            let refused = Misuse(format!("{what} is {value}; expected: {least} to {most}"));
            bounds.contains(&value).then_some(value).ok_or(refused)
        };
        within("response_bytes", self.response_bytes, RESPONSE_BYTES)?;
        let capacity = within("capacity", self.capacity, CAPACITY)?;
        within(
            "the length of the request",
            self.request.len() as u64,
            1..=REQUEST_BYTES as u64,
        )?;
        let reader: Reader = self
            .reader
            .parse()
            .map_err(|bad| Misuse(format!("{bad}")))?;
        let subject = find(registry, &self.subject)?;
        let run = subject.subject(self).map_err(Misuse)?;
        let mut pieces = self.pieces()?.into_iter();
        let first = pieces.next().unwrap_or_default();
        let mut scenario =
            Scenario::new(self.scenario(), capacity as usize, reader).with_input(first);
        let mut later: Vec<_> = pieces.map(ScriptStep::Send).collect();
        scenario.input_eof = self.client_eof && later.is_empty();
        if !later.is_empty() {
            later.extend(self.client_eof.then_some(ScriptStep::FinishInput));
            scenario = scenario.with_script(Script::new("peer", later));
        }
        for (signal, setting) in setting::raising(&subject.settings, &self.settings).enumerate() {
            scenario.signals += 1;
            scenario = scenario.with_script(Script::new(&setting.key, [ScriptStep::Raise(signal)]));
        }
        let instance = Instance::new(&subject.name, scenario, run);
        let instance = match &subject.version {
            Some(version) => instance.with_version(version),
            None => instance,
        };
        Ok(instance.of_model(EXPLORE))
    }

    /// The request in its pieces.
    fn pieces(&self) -> Result<Vec<Bytes>, Misuse> {
        let (mut rest, mut pieces) = (self.request.clone(), Vec::new());
        for length in &self.pieces {
            let fits = usize::try_from(*length)
                .ok()
                .filter(|length| (1..rest.len()).contains(length));
            let Some(length) = fits else {
                return Err(Misuse(format!(
                    "a piece of {length} bytes where {} of the request are left; expected: 1 to {} bytes, \
                     and a rest",
                    rest.len(),
                    rest.len().saturating_sub(1)
                )));
            };
            pieces.push(rest.split_to(length));
        }
        pieces.push(rest);
        Ok(pieces)
    }
}

fn find<'a>(registry: &'a Registry, name: &str) -> Result<&'a NamedSubject, Misuse> {
    let subjects = registry.subjects();
    subjects
        .iter()
        .find(|subject| subject.name == name)
        .ok_or_else(|| {
            let names: Vec<_> = subjects.iter().map(|subject| &*subject.name).collect();
            Misuse(match names.as_slice() {
                [] => format!("no such subject: {name}; expected: none, this program has none"),
                names => format!("no such subject: {name}; expected: {}", names.join(", ")),
            })
        })
}
