//! What the survey says of `copy` and `copy_buf`, over a socket of the operating system.

#[path = "../sockets.rs"]
mod sockets;
use futures_util::AsyncReadExt as _;
use futures_util::io::{BufReader, BufWriter, copy, copy_buf};
use sockets::{A_WHILE, AsyncReadExt, AsyncWriteExt, pair, timeout};
use tokio_util::compat::TokioAsyncReadCompatExt;

async fn echoes(buffered: bool) -> bool {
    let (mut client, server) = pair();
    let serving = tokio::spawn(async move {
        let (reader, writer) = server.compat().split();
        let mut writer = BufWriter::new(writer);
        match buffered {
            true => copy_buf(BufReader::new(reader), &mut writer).await,
            false => copy(reader, &mut writer).await,
        }
    });
    client.write_all(b"ping").await.expect("the server reads");
    let mut echo = [0; 4];
    let answer = timeout(A_WHILE, client.read_exact(&mut echo)).await;
    serving.abort();
    answer.is_ok()
}

#[tokio::test]
async fn an_echo_waits_in_the_buffer_of_a_buf_writer() {
    assert!(!echoes(false).await);
    assert!(!echoes(true).await);
}
