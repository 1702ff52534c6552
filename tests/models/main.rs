//! The models, and the real connections beside them.

mod classes;
mod conformance;
#[cfg(loom)]
mod declared_state;
#[cfg(loom)]
mod dispatch_loop;
#[cfg(loom)]
#[path = "../support/enumeration.rs"]
mod enumeration;
mod faults;
#[cfg(not(loom))]
mod findings;
#[cfg(not(loom))]
mod header_timer;
mod hyper_h1;
mod hyper_h1_client;
#[cfg(loom)]
mod mutants;
#[cfg(not(loom))]
mod repair;
