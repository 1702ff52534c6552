//! A state machine written by hand, as a `Subject`. It drops a pending flush, which loses bytes where a
//! layer buffers; and it declares its state, which makes the exploration fast.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use lastbyte::environment::FlushMode;
use lastbyte::{Checker, Property, Running, Socket, Subject};

const RESPONSE: &[u8] = b"response";

/// Whether the machine waits for its flush.
#[derive(Debug)]
struct Machine {
    waits: bool,
}

struct Connection {
    socket: Socket,
    written: usize,
    waits: bool,
}

impl Connection {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        loop {
            // All that it will ever do follows from this.
            self.socket
                .handle()
                .declare_state(&(self.written, self.waits));
            if self.written == RESPONSE.len() {
                break;
            }
            let rest = &RESPONSE[self.written..];
            self.written += ready!(self.socket.poll_send(cx, rest))?;
        }
        let flushed = self.socket.poll_flush_socket(cx)?;
        if self.waits {
            ready!(flushed);
        }
        self.socket.poll_shut(cx)
    }
}

impl Subject for Machine {
    fn start(&self, socket: Socket) -> Running {
        let waits = self.waits;
        Box::pin(async move {
            socket.expect_delivery(RESPONSE);
            let mut connection = Connection {
                socket,
                written: 0,
                waits,
            };
            let ended = poll_fn(move |cx| connection.poll(cx)).await;
            ended.map_err(|error| error.to_string())
        })
    }
}

fn main() {
    let checker = Checker::new().flush(FlushMode::Buffers(4));
    let drops = checker.run(Machine { waits: false });
    drops.assert_refuted(Property::NoSilentLoss);
    println!("{drops}");
    checker.run(Machine { waits: true }).assert_proved();
}
