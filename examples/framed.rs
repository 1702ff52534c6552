//! Frames after their lengths, as `tokio_util::codec` writes them: `feed` only buffers, and whoever
//! drops the sink without a flush loses the frame.

use bytes::Bytes;
use futures::SinkExt;
use lastbyte::environment::LengthDelimited;
use lastbyte::{Checker, Property, Socket};
use tokio_util::codec::{FramedWrite, LengthDelimitedCodec};

async fn serve(socket: Socket, closes: bool) -> std::io::Result<()> {
    socket.expect_delivery(b"hello");
    let mut frames = FramedWrite::new(socket, LengthDelimitedCodec::new());
    frames.feed(Bytes::from_static(b"hello")).await?;
    match closes {
        true => SinkExt::<Bytes>::close(&mut frames).await,
        false => Ok(()),
    }
}

fn main() {
    let checker = Checker::new()
        .kernel_buffer([1, 3, 16])
        .framing(LengthDelimited::default);
    let dropped = checker.run(|socket: Socket| serve(socket, false));
    dropped.assert_refuted(Property::NoSilentLoss);
    let closed = checker.run(|socket: Socket| serve(socket, true));
    closed.assert_proved();
    println!("{closed}");
}
