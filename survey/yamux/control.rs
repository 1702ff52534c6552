//! yamux 0.10, where a handle opens streams and the connection is driven beside it.

#[path = "../kit.rs"]
mod kit;
use futures::{AsyncWriteExt, future::join};
use kit::*;
use yamux::{Config, Connection, ConnectionError, Mode};

const FRAME: &[u8] = b"\0\0\0\x01\0\0\0\x01\0\0\0\x05hello"; // data, SYN, stream 1

/// Opens a stream and writes; the connection runs on until the peer ends it.
async fn runs(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(FRAME);
    let mut connection = Connection::new(socket, Config::default(), Mode::Client);
    let mut control = connection.control();
    let user = async move {
        let mut stream = control.open_stream().await.map_err(failed)?;
        stream.write_all(b"hello").await.map(|()| stream)
    };
    let (ended, written) = join(connection.next_stream(), user).await;
    written?;
    match ended {
        Ok(Some(_)) => Err(failed("a stream of the peer's")),
        // The peer's FIN.
        Ok(None) | Err(ConnectionError::Closed) => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

survey!(
    "a client with one stream",
    vec![
        family(
            "a layer that buffers",
            "A flush of the layer waits for the peer, who ends when all is there.",
            over(&[4, 8])
                .flush(FlushMode::Buffers(64))
                .script(Script::new(
                    "peer",
                    [ScriptStep::AwaitReceived(17), ScriptStep::FinishInput]
                )),
            runs
        )
        .reported("libp2p/rust-yamux#130", "0.10.1", &[NoStall]),
    ]
);
