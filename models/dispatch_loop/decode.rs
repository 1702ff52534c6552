//! `proto/h1/decode.rs` of hyper 1.12.0, for abstract messages.

use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::conn::Conn;
use super::message::{Decoder, Failure, Frame};

impl Decoder {
    /// What is left after a piece; `None` if the piece was the last. In hyper the decoder counts for itself,
    /// and `Decoder::is_eof` says whether it is at the end.
    pub(super) fn after(self, piece: &[u8]) -> Option<Decoder> {
        match self {
            Decoder::Length(left) if left == piece.len() => None,
            Decoder::Length(left) => Some(Decoder::Length(left - piece.len())),
            Decoder::Chunked | Decoder::Open => (!piece.is_empty()).then_some(self),
        }
    }
}

impl Conn {
    /// `Decoder::decode`, decode.rs, with `read_mem`: a piece of a body, or a chunk, or no bytes at the end
    /// of the chunks. The bytes before a malformed one are decoded first.
    pub(super) fn decode(
        &mut self,
        cx: &mut Context<'_>,
        decoder: Decoder,
        site: &'static str,
    ) -> Poll<Result<Frame, Failure>> {
        if self.io.read_buf.is_empty() && ready!(self.io.poll_read_from_io(cx, site))? == 0 {
            return Poll::Ready(match decoder {
                Decoder::Open => Ok(Frame::Data(Bytes::new())),
                _ => Err(Failure::Incomplete),
            });
        }
        let buf = &mut self.io.read_buf;
        let length = match decoder {
            Decoder::Length(left) => {
                let decodes = buf.iter().position(|byte| *byte == b'!').unwrap_or(left);
                decodes.max(1).min(left).min(buf.len())
            }
            Decoder::Chunked => 1,
            Decoder::Open => buf.len(),
        };
        let piece = buf.split_to(length).freeze();
        Poll::Ready(match (decoder, piece.first()) {
            (Decoder::Open, _) => Ok(Frame::Data(piece)),
            (_, Some(b'!')) => Err(Failure::Parse),
            (Decoder::Chunked, Some(b'.')) => Ok(Frame::Data(Bytes::new())),
            (Decoder::Chunked, Some(b';')) => Ok(Frame::Trailers),
            _ => Ok(Frame::Data(piece)),
        })
    }
}
