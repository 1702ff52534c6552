//! The facts about a scenario and a subject that the monitor needs.

#[cfg(feature = "cli")]
use serde::{Deserialize, Serialize};

/// When a connection must come to its end by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub enum Ends {
    /// Once everything is delivered, unless something keeps it open: it waits for input from a peer
    /// that has not sent FIN, or for a feed that has not ended.
    #[default]
    UnlessKeptOpen,
    /// Once everything is delivered: `connection: close`, a protocol with one message.
    WhenDelivered,
    /// Not before it is told to stop: keep-alive.
    WhenTold,
}

/// The tasks of a connection that are actors of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
pub struct Crew {
    /// The actor number of the first task; the others follow it.
    pub first: u8,
    /// Most tasks at a time.
    pub tasks: u8,
}

impl Crew {
    /// Whether the connection has no tasks.
    pub fn is_empty(&self) -> bool {
        self.tasks == 0
    }
}

/// The facts about the scenario and the subject that the monitor needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "cli", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "cli", serde(rename_all = "kebab-case"))]
pub struct Facts {
    /// A flush of the socket can be pending.
    #[cfg_attr(feature = "cli", serde(default))]
    pub deferred_flush: bool,
    /// The subject says that it reads independently of writing.
    #[cfg_attr(feature = "cli", serde(default))]
    pub reads_while_writing: bool,
    /// When the connection must come to its end.
    #[cfg_attr(feature = "cli", serde(default))]
    pub ends: Ends,
    /// The connection may end with an error: the peer's input is malformed or breaks off, or the kernel
    /// injects a fault.
    #[cfg_attr(feature = "cli", serde(default))]
    pub error_is_proper: bool,
    /// Something in the scenario can tell the connection to stop, so the property `ends` applies even
    /// under [`Ends::WhenTold`].
    #[cfg_attr(feature = "cli", serde(default))]
    pub can_be_told: bool,
    /// Tasks whose calls are the connection's.
    #[cfg_attr(
        feature = "cli",
        serde(default, skip_serializing_if = "Crew::is_empty")
    )]
    pub crew: Crew,
}
