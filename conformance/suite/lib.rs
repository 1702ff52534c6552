//! hyper's history against one release: the same probes for every release, one package each.

#[path = "../../models/http.rs"]
pub mod http;
#[path = "../../models/hyper_h1/mod.rs"]
pub mod hyper_h1;

use hyper_h1::{history, v1};

/// What is known about the release that this package pins.
///
/// # Panics
///
/// When the package was built against another release: its own version is that of its hyper.
pub fn registry() -> Vec<lastbyte::Model> {
    assert_eq!(
        v1::VERSION,
        env!("CARGO_PKG_VERSION"),
        "the lock file has another hyper than the package"
    );
    vec![lastbyte::Model {
        name: "history",
        about: "One probe for each defect of hyper's dispatch loop, and the releases that have it",
        claims: || history::claims(v1::RELEASE),
        subjects: || vec![v1::named()],
    }]
}
