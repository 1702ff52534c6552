//! What is checked: one file or folder per model, each registered here with one line.

pub mod conformance;
pub mod dispatch_close;
pub mod dispatch_loop;
pub mod faults;
pub mod http;
pub mod hyper_h1;
pub mod mutants;
pub mod shutdown_ordering;
pub mod template;
pub mod trust;

/// Every model. Adding one is a file and a line here; it then appears in `cargo verify`, in the
/// tests and in the report.
pub fn registry() -> Vec<lastbyte::Model> {
    vec![
        shutdown_ordering::model(),
        dispatch_loop::model(),
        dispatch_close::model(),
        hyper_h1::claims::model(),
        hyper_h1::claims::history(),
        conformance::model(),
        template::model(),
        faults::model(),
        mutants::model(),
    ]
}
