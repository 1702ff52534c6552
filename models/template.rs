//! A template: copy this file, rename it, register it in `models/lib.rs`.
//!
//! The connection below is wrong on purpose. It asks the socket to write once and does not look at
//! how many bytes were taken, which is fine as long as the kernel's buffer is large enough.
//! `cargo verify --only template` shows both.

use std::sync::Arc;

use bytes::Bytes;
use lastbyte::{
    Claim, Expected, Instance, Model, Property, Reader, Running, Scenario, Socket, Subject,
};

// ---- The state machine: whatever writes over a socket and then gives the socket up --------------

/// Writes once and hopes.
#[derive(Debug)]
pub struct WritesOnce;

impl Subject for WritesOnce {
    fn start(&self, mut socket: Socket) -> Running {
        Box::pin(async move {
            let response = Bytes::from_static(b"response");
            // What the reader must receive. An end of the stream without it is a loss.
            socket.handle().promise(response.clone());
            // The defect: `write` says how many bytes were taken, and nobody looks.
            let _taken = socket.write(&response).await.map_err(|e| e.to_string())?;
            socket.close().await.map_err(|e| e.to_string())
        })
    }
}

// ---- Scenarios: a kernel buffer, a reader, what else happens ------------------------------------

fn instance(capacity: usize) -> Instance {
    let scenario = Scenario::new(format!("K={capacity}"), capacity, Reader::PROMPT);
    Instance {
        model: "template",
        subject: "writes-once".to_owned(),
        version: None,
        scenario,
        caching: true,
        run: Arc::new(WritesOnce),
    }
}

// ---- Claims: what is expected of a property in every instance -----------------------------------

fn claims() -> Vec<Claim> {
    let claim = |name: &str, sentence: &str, scenarios: &str, expected, instances| Claim {
        name: name.to_owned(),
        sentence: sentence.to_owned(),
        scenarios: scenarios.to_owned(),
        property: Property::NoSilentLoss,
        expected,
        instances,
    };
    vec![
        claim(
            "small-is-fine",
            "Nothing is lost while the response fits the kernel's buffer.",
            "8 bytes, K=8..9",
            Expected::Proved,
            (8..=9).map(instance).collect(),
        ),
        claim(
            "large-is-lost",
            "The rest of a larger response is lost, and nobody is told.",
            "8 bytes, K=1..7",
            Expected::Refuted,
            (1..=7).map(instance).collect(),
        ),
    ]
}

/// The line in `models/lib.rs` calls this.
pub fn model() -> Model {
    Model {
        name: "template",
        about: "a connection of ten lines that ignores a partial write",
        claims,
        ..Model::default()
    }
}
