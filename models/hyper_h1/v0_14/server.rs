//! The server: `hyper::server::conn::Http`.

use std::future::{pending, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use hyper_0_14::body::HttpBody;
use hyper_0_14::server::conn::{Connection, Http};
use hyper_0_14::service::service_fn;
use hyper_0_14::upgrade::Upgraded;
use hyper_0_14::{Body, Method, Request, Response, StatusCode, header};
use lastbyte::{Socket, Subject};
use tokio::io::AsyncWrite;

use super::super::{DATE, Exchange, FAILS, Handler, Server, driven};
use super::{VERSION, body};

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
    let mut http = Http::new();
    http.http1_only(true)
        .pipeline_flush(settings.pipeline_flush)
        .http1_half_close(settings.half_close)
        .http1_keep_alive(settings.keep_alive);
    if let Some(bytes) = settings.max_buf_size {
        http.max_buf_size(bytes);
    }
    let connection = http.serve_connection(socket, service);
    if settings.taken_out {
        let taken_out = async { connection.without_shutdown().await.map(drop) };
        exchange.drive(taken_out, |_| {}).await
    } else if settings.upgrade.is_some() || settings.upgradable {
        // The type of an upgradeable connection has no public name here.
        exchange
            .drive(connection.with_upgrades(), |connection| {
                connection.graceful_shutdown()
            })
            .await
    } else {
        exchange
            .drive(connection, Connection::graceful_shutdown)
            .await
    }
}

async fn answer(
    exchange: Exchange,
    mut request: Request<Body>,
) -> Result<Response<Body>, &'static str> {
    let Exchange { server, handle, .. } = &exchange;
    exchange.begin();
    let mut response = Response::builder().header(header::DATE, DATE);
    if let Some(status) = server.status {
        response = response.status(status);
    }
    if let Some(words) = server.upgrade.clone() {
        let upgrade = hyper_0_14::upgrade::on(&mut request);
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
        return Ok(response.body(Body::empty()).expect("the head is valid"));
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
    let body = body(words, exchange.source(), handle);
    Ok(response.body(body).expect("the head is valid"))
}

/// Reads a body to its end or its first error.
async fn read(mut body: Body) -> Bytes {
    let mut all = Vec::new();
    while let Some(Ok(piece)) = body.data().await {
        all.extend_from_slice(&piece);
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
