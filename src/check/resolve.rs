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
        let mut scenario = Scenario::new(self.scenario(), capacity as usize, reader);
        let mut later = Vec::new();
        match subject.client_of {
            // Who answers has seen the beginning of what it answers.
            Some(_) => later.push(ScriptStep::AwaitReceived(1)),
            None => scenario = scenario.with_input(pieces.next().unwrap_or_default()),
        }
        later.extend(pieces.map(ScriptStep::Send));
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

/// The name of the subject that a command line means: this one, or its client side.
///
/// # Errors
///
/// When it has none.
pub(crate) fn side(registry: &Registry, name: &str, client: bool) -> Result<String, Misuse> {
    if !client {
        return Ok(name.to_owned());
    }
    let of = |subject: &NamedSubject| Some((subject.client_of.clone()?, subject.name.clone()));
    let clients: Vec<_> = registry.subjects().iter().filter_map(of).collect();
    let found = clients.iter().find(|(server, _)| server == name);
    found.map(|(_, client)| client.clone()).ok_or_else(|| {
        let names: Vec<_> = clients.iter().map(|(server, _)| &**server).collect();
        Misuse(match names.as_slice() {
            [] => format!("{name} has no client side; expected: no --client, nothing here has one"),
            names => format!("{name} has no client side; expected: {}", names.join(", ")),
        })
    })
}

/// What the subject of this name writes.
pub(crate) fn writes(registry: &Registry, name: &str) -> &'static str {
    let is_client = |one: &NamedSubject| one.name == name && one.client_of.is_some();
    match registry.subjects().iter().any(is_client) {
        true => "request",
        false => "response",
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
