//! What the peers of the scenario families send: requests, answers, and the rest of either.

pub(super) const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
pub(super) const LAST_GET: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
pub(super) const TWO_GETS: &str =
    "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n";
pub(super) const GET_AND_HALF: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\n";
pub(super) const LAST_GET_AND_MORE: &str =
    "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n";
pub(super) const NO_REQUEST: &str = "no request\r\n\r\n";
pub(super) const GET_AND_NO_REQUEST: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\nno request\r\n\r\n";
pub(super) const HALF_A_BODY: &str =
    "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello";
pub(super) const WHOLE_BODY: &str =
    "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhelloworld";
pub(super) const NO_BODY_YET: &str = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n";
pub(super) const HALF_A_HEAD: &str = "GET / HTTP/1.1\r\n";
pub(super) const REST_OF_A_HEAD: &str = "host: a\r\n\r\n";
pub(super) const HEAD_REQUEST: &str = "HEAD / HTTP/1.1\r\nhost: a\r\n\r\n";
pub(super) const LAST_HEAD_REQUEST: &str =
    "HEAD / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
pub(super) const OLD_GET: &str = "GET / HTTP/1.0\r\nhost: a\r\n\r\n";
pub(super) const OLD_GET_KEEPS: &str =
    "GET / HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n";
pub(super) const TWO_OLD_GETS_KEEP: &str = "GET / HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n\
     GET / HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n";
pub(super) const EXPECTS: &str =
    "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 10\r\n\r\n";
pub(super) const EXPECTS_AND_SENDS: &str = "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\n\
     content-length: 10\r\n\r\nhelloworld";
pub(super) const TAKES_TRAILERS: &str = "GET / HTTP/1.1\r\nhost: a\r\nte: trailers\r\n\r\n";
pub(super) const CHUNKED: &str =
    "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";
pub(super) const CHUNKED_WHOLE: &str = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\
     \r\n5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n";
pub(super) const REST_OF_CHUNKS: &str = "5\r\nworld\r\n0\r\n\r\n";
pub(super) const END_OF_CHUNKS: &str = "0\r\n\r\n";
pub(super) const TRAILERS: &str = "0\r\nx: y\r\n\r\n";
pub(super) const CHUNKED_TRAILERS: &str = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\
     \r\n5\r\nhello\r\n0\r\nx: y\r\n\r\n";
pub(super) const UPGRADE_HALF_A_BODY: &str = "POST / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\n\
     upgrade: words\r\ncontent-length: 10\r\n\r\nhello";
pub(super) const UPGRADE_WHOLE_BODY: &str = "POST / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\n\
     upgrade: words\r\ncontent-length: 10\r\n\r\nhelloworld";
pub(super) const UPGRADE_BODY_AND_EARLY: &str = "POST / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\n\
     upgrade: words\r\ncontent-length: 5\r\n\r\nhelloearly";
pub(super) const CONNECT_HALF_A_BODY: &str =
    "CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\ncontent-length: 10\r\n\r\nhello";
pub(super) const CONNECT_WHOLE_BODY: &str =
    "CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\ncontent-length: 10\r\n\r\nhelloworld";
pub(super) const UPGRADE_AND_GET: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\n\
     upgrade: words\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
pub(super) const REST: &str = "world";
pub(super) const REST_AND_GET: &str = "worldGET / HTTP/1.1\r\nhost: a\r\n\r\n";
pub(super) const HALF_A_LAST_BODY: &str =
    "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 10\r\n\r\nhello";
pub(super) const CHUNK: &str =
    "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello";
pub(super) const NO_CHUNK: &str = "X\r\n";
pub(super) const BAD_CHUNK: &str =
    "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhelloX\r\n";
pub(super) const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
pub(super) const LAST_ANSWER: &str =
    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
pub(super) const ANSWER_WITH_BODY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
pub(super) const CHUNKED_ANSWER: &str =
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
pub(super) const TRAILED_ANSWER: &str =
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx: y\r\n\r\n";
pub(super) const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";
pub(super) const CONTINUE_AND_ANSWER: &str =
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
pub(super) const OLD_ANSWER: &str = "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n";
pub(super) const HEAD_ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
pub(super) const OPEN_ANSWER: &str = "HTTP/1.1 200 OK\r\n\r\nhello";
pub(super) const LAST_OPEN_ANSWER: &str = "HTTP/1.0 200 OK\r\n\r\nhello";
pub(super) const SWITCHES: &str =
    "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: words\r\n\r\n";
pub(super) const SWITCHES_AND_EARLY: &str =
    "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: words\r\n\r\nearly";
pub(super) const HALF_AN_ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello";
pub(super) const UPGRADE: &str =
    "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: words\r\n\r\n";
pub(super) const UPGRADE_AND_EARLY: &str =
    "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: words\r\n\r\nearly";
pub(super) const CONNECT: &str = "CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n";
pub(super) const CONNECT_AND_EARLY: &str = "CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\nearly";
