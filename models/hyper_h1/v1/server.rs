//! The server: `hyper::server::conn::http1`.

use std::future::{pending, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::rt::Write;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, Response, StatusCode, header};
use lastbyte::{Socket, Subject};

use super::super::{DATE, Exchange, FAILS, Handler, Server, Source, TRAILER, driven};
use super::timer::{HarnessTimer, TIMEOUT};
use super::{Body, Io, VERSION, body, whole};

/// Makes the subject for a server.
pub fn subject(server: Server) -> Arc<dyn Subject> {
    driven(VERSION, server, |server, socket| {
        Box::pin(serve(server, socket))
    })
}

async fn serve(server: Server, socket: Socket) -> Result<(), String> {
    let exchange = Exchange::new(server, socket.handle());
    let service = service_fn(|request| answer(exchange.clone(), request));
    let settings = &exchange.server;
    let mut builder = http1::Builder::new();
    builder
        .pipeline_flush(settings.pipeline_flush)
        .half_close(settings.half_close)
        .keep_alive(settings.keep_alive);
    if let Some(bytes) = settings.max_buf_size {
        builder.max_buf_size(bytes);
    }
    if settings.header_read_timeout {
        let timer = HarnessTimer::new(exchange.handle.clone());
        builder.timer(timer).header_read_timeout(TIMEOUT);
    }
    let connection = builder.serve_connection(Io(socket), service);
    if settings.taken_out {
        let taken_out = async { connection.without_shutdown().await.map(drop) };
        exchange.drive(taken_out, |_| {}).await
    } else if settings.upgrade.is_some() || settings.upgradable {
        let graceful = http1::UpgradeableConnection::graceful_shutdown;
        exchange.drive(connection.with_upgrades(), graceful).await
    } else {
        let graceful = http1::Connection::graceful_shutdown;
        exchange.drive(connection, graceful).await
    }
}

async fn answer(
    exchange: Exchange,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, &'static str> {
    let Exchange { server, handle, .. } = &exchange;
    exchange.begin();
    let mut response = Response::builder().header(header::DATE, DATE);
    if let Some(status) = server.status {
        response = response.status(status);
    }
    if let Some(words) = server.upgrade.clone() {
        let upgrade = hyper::upgrade::on(&mut request);
        handle.expect_delivery(words.clone());
        exchange.spawn(async move {
            let upgraded = upgrade.await.map_err(|error| error.to_string())?;
            say(upgraded, words)
                .await
                .map_err(|error| error.to_string())
        });
        let response = if server.connect {
            response.status(StatusCode::OK)
        } else {
            response
                .status(StatusCode::SWITCHING_PROTOCOLS)
                .header(header::CONNECTION, "upgrade")
                .header(header::UPGRADE, "words")
        };
        let empty = whole(Bytes::new());
        return Ok(response.body(empty).expect("the head is valid"));
    }
    let is_head = request.method() == Method::HEAD;
    let mut words = server.body.bytes();
    match server.handler {
        Handler::Ignores => drop(request),
        Handler::Reads => drop(read(request.into_body()).await),
        Handler::Echoes => words = read(request.into_body()).await,
        Handler::AnswersFirst => {
            let reading = read(request.into_body());
            exchange.spawn(async move {
                drop(reading.await);
                Ok(())
            });
        }
        Handler::Keeps => exchange.keep(request),
        Handler::Fails => return Err(FAILS),
        Handler::Never => {
            exchange.keep(request);
            return pending().await;
        }
    }
    handle.expect_delivery(Server::promised(is_head, &words));
    if let Some(bytes) = exchange.stated_length() {
        response = response.header(header::CONTENT_LENGTH, bytes);
    }
    if matches!(server.source, Source::Trailers(_)) {
        response = response.header(header::TRAILER, TRAILER.0);
    }
    let body = body(words, exchange.source(), handle);
    Ok(response.body(body).expect("the head is valid"))
}

/// Reads a body to its end or its first error.
async fn read(mut body: Incoming) -> Bytes {
    let mut all = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        if let Some(piece) = frame.data_ref() {
            all.extend_from_slice(piece);
        }
    }
    all.into()
}

/// Writes `words` in the new protocol, and shuts it down.
pub(super) async fn say(mut upgraded: Upgraded, mut words: Bytes) -> io::Result<()> {
    while !words.is_empty() {
        let written = poll_fn(|cx| Pin::new(&mut upgraded).poll_write(cx, &words)).await?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        words.advance(written);
    }
    poll_fn(|cx| Pin::new(&mut upgraded).poll_flush(cx)).await?;
    poll_fn(|cx| Pin::new(&mut upgraded).poll_shutdown(cx)).await
}
