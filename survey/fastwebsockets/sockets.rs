//! What the survey says of automatic replies, over a socket of the operating system.

#[path = "../sockets.rs"]
mod sockets;
use fastwebsockets::{OpCode, Role, WebSocket};
use sockets::*;
use tokio::io::BufWriter;

#[tokio::test]
async fn automatic_replies_wait_in_the_buffer_of_a_buf_writer() {
    let (mut client, server) = pair();
    let serving = tokio::spawn(async move {
        let mut ws = WebSocket::after_handshake(BufWriter::new(server), Role::Server);
        while ws.read_frame().await.expect("well-formed frames").opcode != OpCode::Close {}
    });
    client
        .write_all(b"\x89\x82\0\0\0\0hi")
        .await
        .expect("the server reads");
    let mut pong = [0; 4];
    let answer = timeout(A_WHILE, client.read_exact(&mut pong)).await;
    assert!(answer.is_err(), "a pong has come: {answer:?}");
    client
        .write_all(b"\x88\x82\0\0\0\0\x03\xe8")
        .await
        .expect("the server reads");
    let mut rest = Vec::new();
    client
        .read_to_end(&mut rest)
        .await
        .expect("the server closes");
    serving.await.expect("it ends");
    assert_eq!(rest, b"", "neither the pong nor the close frame was sent");
}
