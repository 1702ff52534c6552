//! hyper 0.14, the last release of its line, over tokio's traits.

mod client;
mod server;

use std::convert::Infallible;

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use hyper_0_14::Body;
use lastbyte::Handle;

use super::history::Release;
use super::{FAILS, Source};

pub use client::client;
pub use server::subject;

/// The version of hyper that is driven, from cargo's lock file.
pub const VERSION: &str = env!("HYPER_0_14_VERSION");

/// This release, for the scenarios of hyper's history.
pub const RELEASE: Release = Release {
    version: VERSION,
    server: subject,
    client,
};

/// A body of these bytes.
fn body(bytes: Bytes, source: Source, handle: &Handle) -> Body {
    let fed = |feed| {
        let handle = handle.clone();
        stream::poll_fn(move |cx| handle.poll_feed(feed, cx))
    };
    match source {
        Source::Whole => Body::from(bytes),
        Source::Pieces(size)
        | Source::Chunks(size)
        | Source::Early(size)
        | Source::Late { size, .. } => streamed(pieces(&bytes, size)),
        Source::Fails(size) => {
            let failing = pieces(&bytes, size)
                .map(Ok)
                .chain(stream::iter([Err(FAILS)]));
            Body::wrap_stream(failing)
        }
        // Trailers are for hyper 1 only: here the pieces alone.
        Source::Trailers(size) => streamed(pieces(&bytes, size)),
        Source::Feed(feed) => streamed(stream::iter([bytes]).chain(fed(feed))),
        Source::Fed { feed, .. } => streamed(fed(feed)),
    }
}

fn pieces(bytes: &Bytes, size: usize) -> impl Stream<Item = Bytes> + Send + 'static {
    let pieces: Vec<_> = bytes.chunks(size).map(Bytes::copy_from_slice).collect();
    stream::iter(pieces)
}

fn streamed(pieces: impl Stream<Item = Bytes> + Send + 'static) -> Body {
    Body::wrap_stream(pieces.map(Ok::<_, Infallible>))
}
