//! A connection in two tasks over one socket. One writes the response; the other answers a ping, and its
//! answer takes the only place that a socket has for the waker of a writer: the wake-up of the first one
//! is lost. Halves of the socket of their own, one task for each direction, do not lose any.

use std::future::poll_fn;
use std::sync::Arc;

use futures::StreamExt;
use futures::channel::mpsc;
use lastbyte::{Checker, Property, Reader, Socket};

async fn write(socket: Arc<Socket>, bytes: usize) -> std::io::Result<()> {
    for _ in 0..bytes {
        poll_fn(|cx| socket.poll_send(cx, b".")).await?;
    }
    Ok(())
}

/// Both tasks write.
async fn both_write(socket: Socket) -> std::io::Result<()> {
    socket.expect_delivery(b"...");
    let (handle, socket) = (socket.handle(), Arc::new(socket));
    let of_task = socket.clone();
    let answers = handle.spawn(async move {
        let ping = poll_fn(|cx| of_task.poll_recv(cx, 1)).await?;
        write(of_task, ping.len()).await
    });
    write(socket.clone(), 2).await?;
    answers.await??;
    poll_fn(|cx| socket.poll_shut(cx)).await
}

/// One task reads, and tells the other one what to write.
async fn one_writes(socket: Socket) -> std::io::Result<()> {
    socket.expect_delivery(b"...");
    let handle = socket.handle();
    let (mut reads, mut writes) = socket.into_split();
    let (pings, mut asked) = mpsc::unbounded();
    handle.spawn(async move {
        let mut ping = [0];
        while reads.read(&mut ping).await? > 0 {
            // Who writes has gone when there is nobody to tell.
            let _told = pings.unbounded_send(()).is_ok();
        }
        std::io::Result::Ok(())
    });
    writes.write_all(b"..").await?;
    while asked.next().await.is_some() {
        writes.write_all(b".").await?;
    }
    writes.close().await
}

fn main() {
    let checker = Checker::new()
        .kernel_buffer([1])
        .readers([Reader::PROMPT])
        .input(b"p")
        .input_eof()
        .tasks(1);
    let report = checker.run(both_write);
    report.assert_refuted(Property::NoStall);
    println!("{report}");
    checker.run(one_writes).assert_proved();
}
