//! What the survey says of `Framed::close`, over a socket of the operating system.

#[path = "../sockets.rs"]
mod sockets;
use actix_codec::{BytesCodec, Framed};
use bytes::Bytes;
use futures::SinkExt;
use sockets::*;

#[tokio::test]
async fn close_does_not_write_what_was_fed() {
    let (mut client, server) = pair();
    let mut framed = Framed::new(server, BytesCodec);
    framed
        .feed(Bytes::from_static(b"response"))
        .await
        .expect("it is buffered");
    SinkExt::<Bytes>::close(&mut framed)
        .await
        .expect("closing succeeds");
    let mut read = Vec::new();
    client
        .read_to_end(&mut read)
        .await
        .expect("the server has closed");
    assert_eq!(read, b"");
}
