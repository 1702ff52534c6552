//! One release of hyper: the scenarios of hyper's history, and the comparison with the model. The same
//! for every release, one package each, and for the one with the repair in `conformance/proposed`.

#[path = "../../models/conformance/mod.rs"]
pub mod conformance;
#[path = "../../models/dispatch_loop/mod.rs"]
pub mod dispatch_loop;
#[path = "../../models/http/mod.rs"]
pub mod http;
#[path = "../../models/hyper_h1/mod.rs"]
pub mod hyper_h1;
#[path = "../../models/known.rs"]
mod known;

use hyper_h1::history::{self, Release};
use lastbyte::{Model, Registry};
use lastbyte::check::Clash;

/// The release that this package pins.
///
/// # Panics
///
/// When the package was built against another release: its own version is that of its hyper.
fn release() -> Release {
    let releases = conformance::releases();
    let [release] = releases[..] else {
        panic!("the lock file has {} releases of hyper", releases.len());
    };
    let package = env!("CARGO_PKG_VERSION");
    assert_eq!(
        release.version,
        package.split_once('+').map_or(package, |(_, name)| name),
        "the lock file has another hyper than the package"
    );
    release
}

/// What is known about it.
///
/// # Errors
///
/// When two things in it cannot be told apart.
pub fn registry() -> Result<Registry, Clash> {
    release();
    let history = Model {
        claims: || history::claims(release()),
        subjects: hyper_h1::subjects,
        ..history::model()
    };
    Registry::new([history, conformance::model()])
}
