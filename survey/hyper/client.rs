//! hyper's HTTP/1 client, in the situations of public reports about its dispatch loop.

use crate::kit::*;
use crate::service::fed;
use futures::future::join;
use http_body_util::BodyExt;
use hyper::Request;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio_util::compat::FuturesAsyncReadCompatExt;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A client whose request body does not end.
async fn asks(socket: Socket) -> Ended {
    let request = Request::post("/").header("host", "a");
    let request = request.body(fed(socket.handle()))?;
    let (mut sender, connection) = handshake(TokioIo::new(socket.compat())).await?;
    let user = async {
        let answered = sender.send_request(request).await.is_ok();
        (answered, sender)
    };
    let (ended, _user) = join(connection, user).await;
    Ok(ended?)
}

/// A client that has its answer, and drops everything but the connection while its request body goes on.
async fn asks_and_leaves(socket: Socket) -> Ended {
    let handle = socket.handle();
    let request = Request::post("/").header("host", "a");
    let request = request.body(fed(handle.clone()))?;
    let (mut sender, connection) = handshake(TokioIo::new(socket.compat())).await?;
    let user = async {
        let response = sender.send_request(request).await?;
        response.into_body().collect().await?;
        drop(sender);
        handle.told_to_stop();
        Ok(())
    };
    let (ended, left) = join(connection, user).await;
    Ok(ended.and(left)?)
}

fn asking(peer: [ScriptStep; 2]) -> Checker {
    let checker = over(&[1024]).feeds(1).stack_bytes(1 << 20);
    checker.script(Script::new("peer", peer))
}

/// The situations of the reports.
pub fn families() -> Vec<Family> {
    let asked = ScriptStep::AwaitReceived(1);
    let mut families = vec![
        family(
            "HTTP/1: half-close of the client's peer",
            "The peer sends FIN while the request body is not at its end.",
            asking([asked.clone(), ScriptStep::FinishInput]),
            asks,
        )
        .only(&[NoPanic])
        .between("hyperium/hyper#3976", ("1.8.0", "1.8.1"), &[NoSpin])
        .between("hyperium/hyper#4085", ("1.10.0", "1.10.1"), &[NoSpin]),
    ];
    // 1.8.0 spins there, as hyper#3976 says.
    if env!("CARGO_PKG_VERSION") != "1.8.0" {
        families.push(
            family(
                "HTTP/1: the client leaves while its request body goes on",
                "The answer is complete before the request body is, and nobody needs more.",
                asking([asked, ScriptStep::Send(ANSWER.into())]),
                asks_and_leaves,
            )
            .only(&[NoPanic])
            .open("hyperium/hyper#4176", &[Ends]),
        );
    }
    families
}
