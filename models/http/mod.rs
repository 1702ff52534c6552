//! How HTTP/1 responses are framed, and which requests are HEAD: re-exported for the models.

pub use lastbyte::environment::{Responses, are_head};
