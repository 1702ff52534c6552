//! What the survey says of `copy`, over a socket of the operating system.

#[path = "../sockets.rs"]
mod sockets;
use futures_lite::io::{BufWriter, copy, split};
use sockets::*;
use tokio_util::compat::TokioAsyncReadCompatExt;

#[tokio::test]
async fn an_echo_waits_in_the_buffer_of_a_buf_writer() {
    let (mut client, server) = pair();
    let serving = tokio::spawn(async move {
        let (reader, writer) = split(server.compat());
        copy(reader, &mut BufWriter::new(writer)).await
    });
    client.write_all(b"ping").await.expect("the server reads");
    let mut echo = [0; 4];
    let answer = timeout(A_WHILE, client.read_exact(&mut echo)).await;
    serving.abort();
    assert!(answer.is_err(), "an echo has come: {answer:?}");
}
