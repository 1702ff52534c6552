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

/// Every model. One that is added appears in `cargo verify`, in the tests and in the report.
///
/// # Errors
///
/// When two things in them cannot be told apart.
pub fn registry() -> Result<Registry, Clash> {
    Registry::new(include!(concat!(env!("OUT_DIR"), "/models.rs")))
}
