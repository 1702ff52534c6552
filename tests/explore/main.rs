//! Many executions of one instance: what the explorer does around them.

mod benchmark;
mod explorer;
mod folding;
mod live;
mod loom;
