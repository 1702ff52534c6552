//! Plain data: what happens in an execution, what must hold, and what an exploration found.
//!
//! Nothing here knows who made the data: the other layers write it, and every view reads it.

pub mod event;
pub mod facts;
pub mod folding;
pub mod monitor;
pub mod outcome;
pub mod property;
pub mod verdict;
pub mod watched;
pub mod words;
