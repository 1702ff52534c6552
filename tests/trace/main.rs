//! What is judged over a trace: the monitor and its properties.

#[cfg(loom)]
mod monitor;
mod property;
