//! A program with models of its own: `cargo run --example verify --features cli -- --help`.

use std::process::ExitCode;
use std::sync::Arc;

use lastbyte::check::Setting;
use lastbyte::check::{NamedSubject, Query};
use lastbyte::{Claim, Expected, Instance, Model, Property, Reader, Registry};
use lastbyte::{Running, Scenario, Socket, Subject};

/// Sends a message and closes the socket; with `whole` it waits until all of it is written.
#[derive(Debug)]
struct Sender {
    bytes: usize,
    whole: bool,
}

impl Subject for Sender {
    fn start(&self, mut socket: Socket) -> Running {
        let (message, whole) = (vec![b'x'; self.bytes], self.whole);
        Box::pin(async move {
            socket.handle().expect_delivery(message.clone().into());
            let _written = match whole {
                true => socket.write_all(&message).await.map(|()| message.len()),
                false => socket.write(&message).await,
            };
            socket.close().await.map_err(|error| error.to_string())
        })
    }

    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(self)
    }
}

fn claims() -> Vec<Claim> {
    let sender = |whole| Arc::new(Sender { bytes: 8, whole });
    let instance = |name: &str, whole| {
        Instance::new(name, Scenario::new("K=4", 4, Reader::PROMPT), sender(whole)).with_capacity()
    };
    let lossless = |name: &str, expected, instance| {
        let sentence = "What was promised arrives, or the sender says that it failed.";
        Claim::new(name, sentence, Property::NoSilentLoss, expected, [instance])
    };
    vec![
        lossless("whole-arrives", Expected::Proved, instance("whole", true)),
        // Wrong on purpose: the program shows how it fails.
        lossless("hasty-arrives", Expected::Proved, instance("hasty", false)),
    ]
}

fn subjects() -> Vec<NamedSubject> {
    let make = |query: &Query| -> Result<Arc<dyn Subject>, String> {
        let (bytes, whole) = (query.response_bytes as usize, query.is_set("whole"));
        Ok(Arc::new(Sender { bytes, whole }))
    };
    vec![NamedSubject {
        name: "sender".to_owned(),
        about: "sends a message and closes the socket".to_owned(),
        version: None,
        client_of: None,
        settings: vec![Setting::flag(
            "whole",
            "Waits until the whole message is written (false).",
        )],
        make: Arc::new(make),
    }]
}

fn main() -> ExitCode {
    let model = Model {
        claims,
        subjects,
        ..Model::new("sender", "a message and no more")
    };
    lastbyte::cli::main(Registry::new([model]))
}
