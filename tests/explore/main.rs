//! Many executions of one instance: what the explorer does around them.

mod benchmark;
#[path = "../support/explicit.rs"]
mod explicit;
mod explorer;
mod folding;
mod live;
mod loom;
