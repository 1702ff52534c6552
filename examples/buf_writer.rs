//! A `tokio::io::BufWriter` above the socket. Dropping it loses what it holds; its `shutdown` flushes
//! first. The same is said of a layer without a type by `FlushMode::Buffers`.

use lastbyte::environment::FlushMode;
use lastbyte::{Checker, Property, Socket};
use tokio::io::{AsyncWriteExt, BufWriter};

async fn serve(socket: Socket, shuts_down: bool) -> std::io::Result<()> {
    socket.expect_delivery(b"response");
    let mut writer = BufWriter::with_capacity(16, socket);
    writer.write_all(b"response").await?;
    match shuts_down {
        true => writer.shutdown().await,
        false => Ok(()),
    }
}

fn main() {
    let dropped = Checker::new().run(|socket: Socket| serve(socket, false));
    dropped.assert_refuted(Property::NoSilentLoss);
    println!("{dropped}");
    lastbyte::check(|socket: Socket| serve(socket, true));

    // A layer that somebody else wrote: bytes that nobody flushes are lost by the shutdown.
    let layer = Checker::new().flush(FlushMode::Buffers(16));
    let forgets = layer.run(|mut socket: Socket| async move {
        socket.expect_delivery(b"response");
        socket.write_all(b"response").await?;
        socket.close().await
    });
    forgets.assert_refuted(Property::NoSilentLoss);
}
