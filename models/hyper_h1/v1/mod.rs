//! hyper 1.
//!
//! This module uses only what every release of hyper 1 has, so that any of them can be driven.

mod client;
mod server;
mod timer;

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::rt::{Read, ReadBufCursor, Write};
use lastbyte::{Handle, Socket};

use super::history::Release;
use super::{FAILS, Source, TRAILER};

pub use client::client;
pub use server::subject;

/// The version of hyper that is driven, from cargo's lock file.
pub const VERSION: &str = env!("HYPER_1_VERSION");

/// This release, for the scenarios of hyper's history.
pub const RELEASE: Release = Release {
    version: VERSION,
    server: subject,
    client,
};

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

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.poll_send_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_flush_socket(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_shut(cx)
    }
}

type Body = UnsyncBoxBody<Bytes, &'static str>;

/// A body of these bytes.
fn body(bytes: Bytes, source: Source, handle: &Handle) -> Body {
    let fed = |feed| {
        let handle = handle.clone();
        stream::poll_fn(move |cx| handle.poll_feed(feed, cx))
    };
    match source {
        Source::Whole => whole(bytes),
        Source::Pieces(size)
        | Source::Chunks(size)
        | Source::Early(size)
        | Source::Late { size, .. } => streamed(pieces(&bytes, size)),
        Source::Fails(size) => framed(pieces(&bytes, size).map(Frame::data), Err(FAILS)),
        Source::Trailers(size) => {
            let (name, value) = TRAILER;
            let (name, value) = (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
            let trailers = Frame::trailers(HeaderMap::from_iter([(name, value)]));
            framed(pieces(&bytes, size).map(Frame::data), Ok(trailers))
        }
        Source::Feed(feed) => streamed(stream::iter([bytes]).chain(fed(feed))),
        Source::Fed { feed, .. } => streamed(fed(feed)),
    }
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes)
        .map_err(|never| match never {})
        .boxed_unsync()
}

fn pieces(bytes: &Bytes, size: usize) -> impl Stream<Item = Bytes> + Send + 'static {
    let pieces: Vec<_> = bytes.chunks(size).map(Bytes::copy_from_slice).collect();
    stream::iter(pieces)
}

fn streamed(pieces: impl Stream<Item = Bytes> + Send + 'static) -> Body {
    StreamBody::new(pieces.map(Frame::data).map(Ok)).boxed_unsync()
}

fn framed(
    pieces: impl Stream<Item = Frame<Bytes>> + Send + 'static,
    last: Result<Frame<Bytes>, &'static str>,
) -> Body {
    StreamBody::new(pieces.map(Ok).chain(stream::iter([last]))).boxed_unsync()
}
