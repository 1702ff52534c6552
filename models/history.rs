//! hyper's history in `cargo verify`: one scenario for each defect of its dispatch loop, at the two releases
//! that can be built together.

use lastbyte::Model;

use crate::hyper_h1::{history, v0_14, v1};

/// What `cargo verify` knows about hyper's history.
pub fn model() -> Model {
    Model {
        claims: || {
            let older = history::claims(v0_14::RELEASE);
            let newest = history::claims(v1::RELEASE);
            older.into_iter().chain(newest).collect()
        },
        ..history::model()
    }
}
