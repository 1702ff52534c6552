//! What surrounds a connection: kernel, reader, framing and scripts. State machines without locks:
//! one method is one system call.

pub(crate) mod defect;
pub(crate) mod framing;
pub(crate) mod kernel;
pub(crate) mod reader;
pub(crate) mod script;

pub use defect::{ExecutorDefect, KeyPart};
pub use framing::{Contradiction, Framing, Raw};
pub use kernel::{Faults, FlushMode, Kernel, KernelDefect, UnreadInput};
pub use reader::{BadReader, Reader, ReaderDefect};
pub use script::{Script, ScriptStep};
