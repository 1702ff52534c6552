//! Many executions of one instance: what the explorer does around them.

mod explorer;
mod live;
mod loom;
