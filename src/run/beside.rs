//! Further sockets of one connection: a proxy holds two.
//!
//! The state holds one current socket, the first one; the others are stored beside it. A call on
//! another socket makes that one current until the call ends, so each system call is written once,
//! whatever socket it is made on.

use crate::environment::decorator::Decorated;
use crate::environment::reader::Reader;
use crate::run::delivery::Delivery;
use crate::run::varying::Varying;

/// The state of a socket that is not the current one.
#[derive(Debug)]
pub(crate) struct Beside {
    pub(crate) kernel: Decorated,
    pub(crate) inside: usize,
    pub(crate) delivery: Delivery,
    pub(crate) varying: Varying,
    pub(crate) varying_read: Varying,
    pub(crate) reader: Reader,
}
