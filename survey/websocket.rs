//! WebSocket on the wire, for the adapters of what speaks it: the client's frames, which are masked.
#![allow(dead_code, reason = "every adapter takes what it needs")]

use crate::kit::{Bytes, Script, ScriptStep};

/// A close frame with the code 1000.
pub const CLOSE: &[u8] = b"\x88\x82\0\0\0\0\x03\xe8";
/// A ping.
pub const PING: &[u8] = b"\x89\x82\0\0\0\0hi";

/// The peer waits for so many bytes, closes, waits for so many, and ends.
pub fn closing(before: usize, after: usize) -> Script {
    let wait = ScriptStep::AwaitReceived;
    let close = ScriptStep::Send(Bytes::from_static(CLOSE));
    Script::new(
        "peer",
        [wait(before), close, wait(after), ScriptStep::FinishInput],
    )
}
