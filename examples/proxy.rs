//! A proxy with a socket to either side. `copy_bidirectional` delivers both ways; one that shuts the
//! server's side down after a single write does not. The chart says which socket a step is about.

use lastbyte::run::FurtherSocket;
use lastbyte::{Checker, Property, Reader, Socket};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};

fn main() {
    let checker = Checker::new()
        .kernel_buffer([2])
        .readers([Reader::PROMPT])
        .input(b"abcd")
        .input_eof()
        .socket_name("client")
        .further_socket(
            FurtherSocket::new("server")
                .with_input(b"wxyz")
                .with_input_eof(),
        );
    let both = checker.run(|mut client: Socket, mut server: Socket| async move {
        server.expect_delivery(b"abcd");
        client.expect_delivery(b"wxyz");
        copy_bidirectional(&mut client, &mut server).await.map(drop)
    });
    both.assert_proved();

    let hasty = checker.run(|mut client: Socket, mut server: Socket| async move {
        server.expect_delivery(b"abcd");
        let mut buffer = [0; 4];
        let n = AsyncReadExt::read(&mut client, &mut buffer).await?;
        let _taken = AsyncWriteExt::write(&mut server, &buffer[..n]).await?;
        server.shutdown().await
    });
    hasty.assert_refuted(Property::NoSilentLoss);
    println!("{hasty}");
}
