//! HTTP/2 on the wire, for the adapters of what speaks it.
#![allow(dead_code, reason = "every adapter takes what it needs")]

use crate::kit::{Bytes, Checker, Parse, Parsed, Peer, io};

/// Whole frames alone, GOAWAY and so many bytes of DATA among them.
pub fn whole(stream: &[u8], data: usize) -> Parse {
    let mut rest = stream
        .strip_prefix(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .unwrap_or(stream);
    let (mut goes_away, mut sum) = (false, 0);
    while let [a, b, c, kind, _, _, _, _, _, body @ ..] = rest {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        let Some(after) = body.get(length..) else {
            return Parse::Incomplete;
        };
        goes_away |= *kind == 7 && body[0] != 0x7f;
        sum += if *kind == 0 { length } else { 0 };
        rest = after;
    }
    if rest.is_empty() && goes_away && sum == data {
        Parse::Complete
    } else {
        Parse::Incomplete
    }
}

/// The peer has sent this, and is to have whole frames alone, so many bytes of DATA among them.
pub fn speaking(checker: Checker, input: &[u8], data: usize) -> Checker {
    checker
        .input(input)
        .framing(move || Parsed::new(move |stream: &[u8], _: &[Bytes]| whole(stream, data)))
}

/// A server's first frame.
pub const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
/// The answer to it.
pub const ACK: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";
/// The last frame of a connection on which nothing was wrong.
pub const GO_AWAY: &[u8] = b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0";
/// A client's preface, its settings and a request.
pub const REQUEST: &[u8] =
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x03\x01\x05\0\0\0\x01\x82\x84\x86";

/// The client after its request: acknowledges settings and pings, and ends when it has the response and
/// the last GOAWAY.
pub async fn client(mut peer: Peer) -> io::Result<()> {
    peer.send(ACK).await?;
    let (mut read, mut answered, mut last) = (Vec::new(), false, false);
    loop {
        let piece = peer.read(usize::MAX).await?;
        if piece.is_empty() {
            return Ok(());
        }
        read.extend_from_slice(&piece);
        while read.len() >= 9 && read.len() >= 9 + usize::from(read[2]) {
            let frame: Vec<u8> = read.drain(..9 + usize::from(read[2])).collect();
            if frame[3] == 6 {
                peer.send([b"\0\0\x08\x06\x01\0\0\0\0", &frame[9..]].concat())
                    .await?;
            }
            answered |= frame[3] == 0 && frame[4] & 1 == 1;
            last |= frame[3] == 7 && frame[9] != 0x7f;
            if answered && last {
                return peer.finish().await;
            }
        }
    }
}

/// A client that sends FIN when it has a response of 16 bytes.
pub async fn leaves(mut peer: Peer) -> io::Result<()> {
    peer.send(ACK).await?;
    peer.read_until([b'x'; 16]).await?;
    peer.finish().await?;
    peer.read_to_end().await.map(drop)
}
