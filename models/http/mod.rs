//! HTTP/1 as the toolkit's framing knows it.

pub use lastbyte::environment::{Responses, are_head};
