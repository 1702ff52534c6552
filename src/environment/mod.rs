//! What surrounds a connection: kernel, reader, scripts and the scenario that names them. State
//! machines without locks: one method is one system call.

pub mod defect;
pub mod framing;
pub mod kernel;
pub mod reader;
pub mod scenario;
pub mod script;
