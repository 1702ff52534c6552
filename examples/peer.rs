//! A peer with a protocol of its own, and room for two bytes of input: two sides that write before they
//! read wait for each other.

use lastbyte::run::Peer;
use lastbyte::{Checker, Property, Reader, Socket};

async fn serve(mut socket: Socket, reads_first: bool) -> std::io::Result<()> {
    socket.expect_delivery(b"answer");
    let mut request = [0; 4];
    if reads_first {
        futures::AsyncReadExt::read_exact(&mut socket, &mut request).await?;
    }
    socket.write_all(b"answer").await?;
    socket.close().await
}

fn main() {
    let checker = Checker::new()
        .kernel_buffer([2])
        .readers([Reader::PROMPT])
        .input_buffer(2)
        .peer(|mut peer: Peer| async move {
            peer.send(b"why?").await?;
            peer.read_until(b"r").await?;
            peer.finish().await
        });
    let stalls = checker.run(|socket: Socket| serve(socket, false));
    stalls.assert_refuted(Property::NoStall);
    println!("{stalls}");
    checker
        .run(|socket: Socket| serve(socket, true))
        .assert_proved();
}
