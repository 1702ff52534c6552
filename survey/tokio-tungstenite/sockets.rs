//! What the survey says of the reply to a close frame, over a socket of the operating system.

#[path = "../sockets.rs"]
mod sockets;
use futures::StreamExt;
use sockets::*;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

const CLOSE: &[u8] = b"\x88\x82\0\0\0\0\x03\xe8";

#[tokio::test]
async fn the_reply_is_lost_when_the_user_stops_at_close() {
    let (mut client, server) = pair();
    let serving = tokio::spawn(async move {
        let mut ws = WebSocketStream::from_raw_socket(server, Role::Server, None).await;
        while let Some(message) = ws.next().await {
            if message.expect("well-formed frames").is_close() {
                break;
            }
        }
    });
    client.write_all(CLOSE).await.expect("the server reads");
    let mut rest = Vec::new();
    client
        .read_to_end(&mut rest)
        .await
        .expect("the server closes");
    serving.await.expect("it ends");
    assert_eq!(rest, b"");
}

#[tokio::test]
async fn the_reply_is_lost_when_the_kernel_is_full_and_the_peer_has_half_closed() {
    let (mut client, server) = pair();
    let filled = fill(&server);
    client.write_all(CLOSE).await.expect("there is room");
    client.shutdown().await.expect("it is open");
    let mut ws = WebSocketStream::from_raw_socket(server, Role::Server, None).await;
    while let Some(message) = ws.next().await {
        message.expect("well-formed frames");
    }
    drop(ws);
    let mut read = Vec::new();
    client
        .read_to_end(&mut read)
        .await
        .expect("the server closes");
    assert_eq!(read.len(), filled, "the reply of 4 bytes is missing");
}
