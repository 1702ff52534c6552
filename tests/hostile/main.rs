//! Subjects, framings, actors and scenarios that do what they must not: whatever they do, there is no
//! abort, no hang, no memory without bound, and above all no false verdict.
#![cfg(loom)]

mod chance;
mod drops;
mod endless;
mod panics;
mod planted;
mod properties;
mod reported;
mod scenarios;
mod support;
mod unavoidable;
