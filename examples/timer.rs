//! A write with a timeout. The timer may fire at any point, so a connection that then ends with `Ok` has
//! lost bytes silently; one that ends with an error has not.

use std::time::Duration;

use futures::future::{Either, select};
use lastbyte::{Checker, Property, Reader, Socket};

async fn serve(mut socket: Socket, tells: bool) -> Result<(), String> {
    socket.expect_delivery(b"ab");
    let timeout = socket.handle().sleep(Duration::from_secs(30));
    let in_time = {
        let write = Box::pin(socket.write_all(b"ab"));
        matches!(select(write, timeout).await, Either::Left((Ok(()), _)))
    };
    socket.close().await.map_err(|error| error.to_string())?;
    match in_time || !tells {
        true => Ok(()),
        false => Err("timed out".to_owned()),
    }
}

fn main() {
    let checker = Checker::new()
        .kernel_buffer([1])
        .readers([Reader::PROMPT])
        .error_is_proper()
        .properties([Property::NoSilentLoss, Property::NoStall])
        .clock();
    let silent = checker.run(|socket: Socket| serve(socket, false));
    silent.assert_refuted(Property::NoSilentLoss);
    println!("{silent}");
    checker
        .run(|socket: Socket| serve(socket, true))
        .assert_proved();
}
