//! A template: copy this file, rename it, give its model another name, and add a line to
//! `models/lib.rs`.
//!
//! The connection below is wrong on purpose. It asks the socket to write once and does not look at
//! how many bytes were taken, which is fine as long as the kernel's buffer is large enough.
//! `cargo verify --only template` shows both.

use std::sync::Arc;

use bytes::Bytes;
use lastbyte::check::Meaning;
use lastbyte::{
    Claim, Expected, Instance, Model, Property, Reader, Running, Scenario, Socket, Subject,
};

// ---- The state machine: whatever writes over a socket and then gives the socket up --------------

const RESPONSE: &[u8] = b"response";

/// Writes once and hopes.
#[derive(Debug)]
pub struct WritesOnce;

impl Subject for WritesOnce {
    /// What it prints with `{:?}` is all that it knows, so this text identifies it.
    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(self)
    }

    fn start(&self, mut socket: Socket) -> Running {
        Box::pin(async move {
            let response = Bytes::from_static(RESPONSE);
            // What the reader must receive. If the stream ends without it, that is a loss.
            socket.handle().expect_delivery(response.clone());
            // The defect: `write` returns how many bytes were taken, and nobody looks at it.
            let _taken = socket.write(&response).await.map_err(|e| e.to_string())?;
            socket.close().await.map_err(|e| e.to_string())
        })
    }
}

// ---- Scenarios: a kernel buffer, a reader, what else happens ------------------------------------

fn instance(capacity: usize) -> Instance {
    let scenario = Scenario::new(format!("K={capacity}"), capacity, Reader::PROMPT);
    // The parameters become the bounds of the claims: N, and those of the scenario.
    Instance::new("writes-once", scenario, Arc::new(WritesOnce))
        .with_parameter("N", RESPONSE.len())
        .with_capacity()
        .with_reader()
}

// ---- Claims: what is expected of a property in every instance -----------------------------------

fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "small-is-fine",
            "Nothing is lost while the response fits the kernel's buffer.",
            Property::NoSilentLoss,
            Expected::Proved,
            (8..=9).map(instance),
        ),
        Claim::new(
            "large-is-lost",
            "The rest of a larger response is lost, and the connection still ends with Ok.",
            Property::NoSilentLoss,
            Expected::Refuted,
            (1..=7).map(instance),
        )
        // What the failure means. Without this line it counts as a defect, too, but without a reason.
        .meaning(
            Meaning::Defect,
            "Nobody looks at how many bytes were taken: wrong on purpose.",
        ),
    ]
}

/// The line in `models/lib.rs` makes this a part of `cargo verify`. The model's name is written only here.
pub fn model() -> Model {
    Model {
        claims,
        ..Model::new(
            "template",
            "a connection of ten lines that ignores a partial write",
        )
    }
}
