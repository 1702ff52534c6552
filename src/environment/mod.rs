//! What surrounds a connection: kernel, reader, framing and scripts. State machines without locks:
//! one method is one system call.
//!
//! ```
//! use lastbyte::Framing;
//! use lastbyte::environment::Raw;
//!
//! let promised = ["all ".into(), "bytes".into()];
//! let mut framing = Raw::default();
//! framing.receive(b"all", &promised).expect("these were promised");
//! assert_eq!(framing.missing(&promised), 6);
//! ```

mod by_hand;
pub(crate) mod content;
pub(crate) mod decorator;
pub(crate) mod framing;
pub(crate) mod framings;
#[cfg(feature = "http1")]
pub(crate) mod http1;
pub(crate) mod kernel;
pub(crate) mod reader;
pub(crate) mod script;

pub use by_hand::{Answer, ByHand};
pub use decorator::{Decorator, KernelCall};
pub use framing::{Contradiction, Framing, Raw};
pub use framings::{Counted, LengthDelimited, Lines, Parse, Parsed};
#[cfg(feature = "http1")]
pub use http1::{Responses, are_head};
pub use kernel::{Budget, Faults, FlushMode, Kernel, Place, ShutdownMode, UnreadInput, Wakes};
pub use reader::{BadReader, Reader};
pub use script::{Script, ScriptStep};
