//! tokio's timers on virtual time: `timeout` around a write may come at any point. Who then ends with `Ok`
//! has lost bytes silently; who ends with an error has not.

use std::io;
use std::time::Duration;

use lastbyte::run::Paused;
use lastbyte::{Checker, Property, Reader, Socket};
use tokio::time::timeout;

async fn serve(mut socket: Socket, tells: bool) -> io::Result<()> {
    socket.expect_delivery(b"ab");
    let written = timeout(Duration::from_secs(30), socket.write_all(b"ab")).await;
    socket.close().await?;
    match written {
        Ok(written) => written,
        Err(elapsed) if tells => Err(elapsed.into()),
        Err(_elapsed) => Ok(()),
    }
}

fn main() {
    let checker = Checker::new()
        .kernel_buffer([1])
        .readers([Reader::PROMPT])
        .error_is_proper()
        .properties([Property::NoSilentLoss, Property::NoStall])
        .clock();
    let served = |tells| {
        move |socket: Socket| {
            let handle = socket.handle().clone();
            Paused::new(&handle, serve(socket, tells))
        }
    };
    let silent = checker.run(served(false));
    silent.assert_refuted(Property::NoSilentLoss);
    println!("{silent}");
    checker.run(served(true)).assert_proved();
}
