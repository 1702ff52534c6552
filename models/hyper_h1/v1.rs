//! hyper 1: `hyper::server::conn::http1`.
//!
//! Uses nothing that is not in every release of hyper 1, so that any of them can be driven.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use futures::stream::{self, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper::{Request, Response, StatusCode, header};
use lastbyte::{Framing, NamedSubject, Running, Socket, Subject};

use super::{DATE, Exchange, Handler, STACK_BYTES, Server, Source};

/// The version of hyper that is driven, as cargo's lock file has it.
pub const VERSION: &str = env!("HYPER_1_VERSION");

/// The modelled socket as hyper 1 wants it.
#[derive(Debug)]
pub struct Io(pub Socket);

impl Read for Io {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let received = self.0.poll_recv(cx, buf.remaining());
        received.map_ok(|bytes| buf.put_slice(&bytes))
    }
}

impl Write for Io {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.poll_send(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_flush_socket(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_shut(cx)
    }
}

/// A server connection of hyper 1.
#[derive(Clone, Debug)]
pub struct Hyper1(pub Server);

impl Subject for Hyper1 {
    fn start(&self, socket: Socket) -> Running {
        Box::pin(serve(self.0.clone(), socket))
    }

    fn actor(&self) -> String {
        "hyper".to_owned()
    }

    fn framing(&self) -> Box<dyn Framing> {
        Box::new(self.0.responses())
    }

    fn stack_bytes(&self) -> usize {
        STACK_BYTES
    }
}

/// Makes the subject for a server.
pub fn subject(server: Server) -> Arc<dyn Subject> {
    Arc::new(Hyper1(server))
}

/// `hyper-1` for ad-hoc exploration.
pub fn named() -> NamedSubject {
    NamedSubject {
        name: "hyper-1".to_owned(),
        about: format!("hyper {VERSION}, server side, unpatched"),
        version: Some(VERSION.to_owned()),
        make: Arc::new(|question| Server::for_question(question).map(subject)),
    }
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
    let connection = builder.serve_connection(Io(socket), service);
    if settings.upgrade.is_some() {
        let graceful = http1::UpgradeableConnection::graceful_shutdown;
        exchange.drive(connection.with_upgrades(), graceful).await
    } else {
        let graceful = http1::Connection::graceful_shutdown;
        exchange.drive(connection, graceful).await
    }
}

type Body = UnsyncBoxBody<Bytes, Infallible>;

async fn answer(
    exchange: Exchange,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let Exchange { server, handle, .. } = &exchange;
    let mut response = Response::builder().header(header::DATE, DATE);
    if let Some(words) = server.upgrade.clone() {
        let upgrade = hyper::upgrade::on(&mut request);
        handle.promise(words.clone());
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
        let empty = Full::default().boxed_unsync();
        return Ok(response.body(empty).expect("the head is valid"));
    }
    let mut words = server.body.clone();
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
    }
    handle.promise(words.clone());
    if let Some(bytes) = exchange.stated_length() {
        response = response.header(header::CONTENT_LENGTH, bytes);
    }
    let body = match exchange.source() {
        Source::Whole => Full::new(words).boxed_unsync(),
        Source::Pieces(size) | Source::Chunks(size) => {
            let pieces: Vec<_> = words.chunks(size).map(Bytes::copy_from_slice).collect();
            let frames = pieces.into_iter().map(|piece| Ok(Frame::data(piece)));
            StreamBody::new(stream::iter(frames)).boxed_unsync()
        }
        Source::Feed(feed) => {
            let handle = handle.clone();
            let end = stream::poll_fn(move |cx| handle.poll_feed(feed, cx));
            let frames = stream::iter([words]).chain(end).map(Frame::data).map(Ok);
            StreamBody::new(frames).boxed_unsync()
        }
    };
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

/// Says `words` in the new protocol, and then no more.
async fn say(mut upgraded: Upgraded, mut words: Bytes) -> io::Result<()> {
    while !words.is_empty() {
        let written = poll_fn(|cx| Pin::new(&mut upgraded).poll_write(cx, &words)).await?;
        words.advance(written);
    }
    poll_fn(|cx| Pin::new(&mut upgraded).poll_flush(cx)).await?;
    poll_fn(|cx| Pin::new(&mut upgraded).poll_shutdown(cx)).await
}
