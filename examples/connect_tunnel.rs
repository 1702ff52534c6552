//! A proxy that answers CONNECT and then copies both ways. The client's first bytes may come together with
//! its head: they belong to the tunnel. A proxy that drops what it has read beyond the head loses them.

use std::io;

use lastbyte::run::FurtherSocket;
use lastbyte::{Checker, Property, Reader, Socket};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};

const HEAD: &[u8] = b"CONNECT a:1 HTTP/1.1\r\n\r\n";
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";

/// `keeps`: what came with the head goes to the server.
async fn tunnel(mut client: Socket, mut server: Socket, keeps: bool) -> io::Result<()> {
    server.expect_delivery(b"abcd");
    client.expect_delivery([ANSWER, b"wxyz"].concat());
    let mut read = Vec::new();
    let end = loop {
        AsyncReadExt::read_buf(&mut client, &mut read).await?;
        let end = read.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        if let Some(end) = end {
            break end + 4;
        }
    };
    AsyncWriteExt::write_all(&mut client, ANSWER).await?;
    if keeps {
        AsyncWriteExt::write_all(&mut server, &read[end..]).await?;
    }
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

fn main() {
    let server = FurtherSocket::new("server");
    let checker = Checker::new()
        .kernel_buffer([8])
        .readers([Reader::PROMPT])
        .input([HEAD, b"abcd"].concat())
        .input_eof()
        .socket_name("client")
        .further_socket(server.with_input(b"wxyz").with_input_eof());
    checker
        .run(|client: Socket, server: Socket| tunnel(client, server, true))
        .assert_proved();
    let hasty = checker.run(|client: Socket, server: Socket| tunnel(client, server, false));
    hasty.assert_refuted(Property::NothingTruncated);
    println!("{hasty}");
}
