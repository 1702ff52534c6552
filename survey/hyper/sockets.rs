//! What the survey says of two public reports, over a socket of the operating system.

#[path = "../sockets.rs"]
mod sockets;
use futures::StreamExt;
use futures::future::poll_fn;
use futures::stream::{once, pending};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use sockets::*;
use std::convert::Infallible;

/// hyperium/hyper#3792: the kernel has the whole request when the server is told.
#[tokio::test]
async fn a_request_that_is_not_read_yet_is_dropped_at_a_graceful_shutdown() {
    let (mut client, server) = pair();
    let request = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    client.write_all(request).await.expect("there is room");
    let service = service_fn(|_request| async {
        let body = Full::new(Bytes::from_static(b"hello"));
        Ok::<_, Infallible>(Response::new(body))
    });
    let builder = hyper::server::conn::http1::Builder::new();
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(server), service));
    connection.as_mut().graceful_shutdown();
    connection.await.expect("it says that all is well");
    let mut read = [0; 64];
    // What follows depends on the socket: FIN, or a reset, as the server has closed with unread input.
    let read = client.read(&mut read).await;
    assert_eq!(read.unwrap_or(0), 0, "no byte of an answer");
}

/// hyperium/hyper#4176: nobody holds the connection any more, and it goes on.
#[tokio::test]
async fn a_connection_stays_when_the_answer_is_complete_before_the_request() {
    let (client, mut server) = pair();
    let (mut sender, mut connection) = hyper::client::conn::http1::handshake(TokioIo::new(client))
        .await
        .expect("nothing is sent for it");
    let hello = once(async { Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"hello"))) });
    let body = StreamBody::new(hello.chain(pending()));
    let request = Request::post("/").header("host", "a").body(body);
    let asking = async {
        let response = sender.send_request(request.expect("it is well-formed"));
        let response = response.await.expect("there is an answer");
        response.into_body().collect().await.expect("of two bytes");
        drop(sender);
    };
    let answering = async {
        let mut read = [0; 1024];
        let asked = server.read(&mut read).await;
        assert!(asked.expect("there is a request") > 0);
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        server.write_all(answer).await.expect("there is room");
    };
    let users = async { futures::future::join(asking, answering).await };
    let mut users = std::pin::pin!(users);
    poll_fn(|cx| {
        assert!(std::pin::Pin::new(&mut connection).poll(cx).is_pending());
        users.as_mut().poll(cx)
    })
    .await;
    let waits = timeout(A_WHILE, connection).await;
    assert!(waits.is_err(), "it has ended");
}
