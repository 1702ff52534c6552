//! When an HTTP/1 server of hyper's is told to be graceful: before it has read a request. `serves` is that
//! of hyper 0.14 or that of 1.

use crate::kit::*;
use crate::serves;
use lastbyte::environment::Responses;

pub fn families() -> Vec<Family> {
    let get = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    vec![
        family(
            "HTTP/1: graceful shutdown before the first request",
            "The client says nothing.",
            told(over(&[64]).stack_bytes(1 << 20)),
            |s| serves(s, false),
        )
        .reported("hyperium/hyper#2730", "1.0.0", &[Property::Ends]),
        family(
            "HTTP/1: graceful shutdown, a request in the kernel",
            "A request has arrived; whether it has been read by then is open.",
            told(over(&[64, 1024]).input(get).stack_bytes(1 << 20))
                .framing(|| Responses::new(1, false)),
            |s| serves(s, true),
        )
        .since(
            "hyperium/hyper#3792",
            "1.0.0",
            &[NothingTruncated, NoSilentLoss],
        ),
    ]
}
