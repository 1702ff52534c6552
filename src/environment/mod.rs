//! What surrounds a connection: kernel, reader, framing and scripts. State machines without locks:
//! one method is one system call.

pub(crate) mod content;
pub mod defect;
pub mod framing;
pub mod kernel;
pub mod reader;
pub mod script;
