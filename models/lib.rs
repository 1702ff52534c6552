//! What is checked: one file or folder for each model, registered here with one line.

// Every `pub mod` is a model, in this order of the report. The build script lists their functions
// `model` for the registry.
pub mod shutdown_ordering;
pub mod dispatch_loop;
pub mod dispatch_close;
pub mod hyper_h1;
pub mod history;
pub mod conformance;
pub mod template;
pub mod faults;
pub mod mutants;

// What models share.
mod http;
mod known;
mod trust;

pub use http::Responses;

use lastbyte::Registry;
use lastbyte::check::Clash;
use lastbyte::cli::{Packages, Program};

/// `cargo verify`: the program with these models, the releases of hyper that are each built on their
/// own, and the survey of other crates.
pub fn program() -> Program {
    let releases = Packages::new(
        "real",
        "conformance",
        "Explore releases of hyper instead, each built on its own: all in conformance/, or --real=VERSION,...",
    );
    let survey = Packages::new(
        "survey",
        "survey",
        "Explore other crates instead, each release built on its own: all in survey/, or \
         --survey=CRATE,CRATE@VERSION,...",
    );
    Program::new("cargo verify")
        .with_checkout()
        .with_packages(releases)
        .with_packages(survey.in_one_target())
}

/// Every model. A model that is added here appears in `cargo verify`, in the tests and in the report.
///
/// # Errors
///
/// When two things in them cannot be told apart.
pub fn registry() -> Result<Registry, Clash> {
    Registry::new(include!(concat!(env!("OUT_DIR"), "/models.rs")))
}

/// `cargo whole-sweep`: the program with one model, the whole sweep of hyper's loop. `cargo verify` has the
/// covering part of that sweep.
pub fn whole_sweep() -> Program {
    Program::new("cargo whole-sweep").with_checkout()
}

/// The registry of `cargo whole-sweep`.
///
/// # Errors
///
/// When two scenarios cannot be told apart.
pub fn registry_of_whole_sweep() -> Result<Registry, Clash> {
    Registry::new([dispatch_loop::whole()])
}
