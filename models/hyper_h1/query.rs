//! The server or client that `cargo verify explore` describes, and the settings it takes.

use bytes::Bytes;
use lastbyte::check::{Query, Setting};

use super::{Answer, Client, Handler, Outgoing, Payload, Server, Source};
use crate::http::are_head;

/// The name of the setting for a [`Handler`].
pub const HANDLER: &str = "handler";

/// About that setting.
pub const ABOUT_HANDLER: &str = "What the handler does with the body of a request (ignores). A handler that \
                                 reads or echoes it answers at its end; one that fails or never answers does \
                                 not answer.";

/// The handlers by the names that the command line uses.
const HANDLERS: [(&str, Handler); 7] = [
    ("reads", Handler::Reads),
    ("ignores", Handler::Ignores),
    ("echoes", Handler::Echoes),
    ("answers-first", Handler::AnswersFirst),
    ("keeps", Handler::Keeps),
    ("fails", Handler::Fails),
    ("never", Handler::Never),
];

/// The name of the setting for an [`Answer`].
const ANSWER: &str = "answer";

/// The answers by the names that the command line uses.
const ANSWERS: [(&str, Answer); 3] = [
    ("drops", Answer::Dropped),
    ("reads", Answer::Read),
    ("keeps", Answer::Kept),
];

/// About the setting `vectored`.
const VECTORED: &str =
    "The socket has vectored writes, as a TCP stream has: hyper does not copy bodies (false).";

/// The name of the setting that says when `graceful_shutdown` is called.
pub const GRACEFUL: &str = "graceful";

/// About that setting.
pub const ABOUT_GRACEFUL: &str = "When graceful_shutdown is called (never).";

/// About hyper's setting `pipeline_flush`.
pub const PIPELINE_FLUSH: &str =
    "Responses to pipelined requests are collected before they are flushed (false).";

/// About hyper's setting `half_close`.
pub const HALF_CLOSE: &str = "A client may send FIN and still get its response (false).";

impl Server {
    /// The server of a query from the command line.
    ///
    /// # Errors
    ///
    /// Settings that contradict each other, in one line.
    pub fn of_query(query: &Query) -> Result<Server, String> {
        let mut server = Server::answering(query.response_bytes as usize);
        server.pipeline_flush = query.is_set("pipeline_flush");
        server.half_close = query.is_set("half_close");
        server.vectored = query.is_set("vectored");
        server.head = are_head(&query.request);
        let handler = query.setting(HANDLER);
        let known = HANDLERS.iter().find(|(name, _)| Some(*name) == handler);
        server.handler = known.map_or(Handler::Ignores, |(_, handler)| *handler);
        server.graceful = query.signal(&Server::settings(), GRACEFUL);
        if query.is_set("upgrade") {
            if let Some(handler) = handler {
                return Err(format!(
                    "upgrade=true drops the body and answers with an upgrade, which {HANDLER}={handler} does \
                     not; expected: one of the two"
                ));
            }
            server.upgrade = Some(server.body.bytes());
            server.body = Payload::letters(0);
            server.connect = query.request.starts_with(b"CONNECT ");
        }
        Ok(server)
    }

    /// The settings that [`Server::of_query`] knows.
    pub fn settings() -> Vec<Setting> {
        vec![
            Setting::flag("pipeline_flush", PIPELINE_FLUSH),
            Setting::flag("half_close", HALF_CLOSE),
            Setting::flag("vectored", VECTORED),
            Setting::flag(
                "upgrade",
                "The handler answers with an upgrade, and the response bytes follow in the new protocol (false).",
            ),
            Setting::one_of(HANDLER, ABOUT_HANDLER, HANDLERS.map(|(name, _)| name)),
            Setting::moment(GRACEFUL, ABOUT_GRACEFUL),
        ]
    }
}

impl Client {
    /// The client of a query from the command line. It sends one request whose body has as many bytes as the
    /// query says; with none it is a GET.
    pub fn of_query(query: &Query) -> Client {
        let bytes = query.response_bytes as usize;
        let request = match (bytes, query.is_set("chunked")) {
            (0, _) => Outgoing::GET,
            (_, false) => Outgoing::post(bytes, Source::Whole),
            (_, true) => Outgoing::post(bytes, Source::Chunks(CHUNK)),
        };
        let upgrades = query.is_set("upgrade");
        let request = if upgrades {
            request.upgrading()
        } else {
            request
        };
        let answer = query.setting(ANSWER);
        let known = ANSWERS.iter().find(|(name, _)| Some(*name) == answer);
        Client {
            answer: known.map_or(Answer::Read, |(_, answer)| *answer),
            lets_go: query.is_set("lets_go"),
            vectored: query.is_set("vectored"),
            upgrade: upgrades.then(|| Bytes::from_static(UPGRADED)),
            ..Client::sending([request])
        }
    }

    /// The settings that [`Client::of_query`] knows.
    pub fn settings() -> Vec<Setting> {
        vec![
            Setting::flag("vectored", VECTORED),
            Setting::flag(
                "chunked",
                "The request's body is sent without a length, in chunks of 32 bytes (false).",
            ),
            Setting::flag(
                "upgrade",
                "The request asks for another protocol. If that is granted, the user writes two bytes in it, \
                 which are promised (false).",
            ),
            Setting::one_of(
                ANSWER,
                "What the user does with the body of the response (reads).",
                ANSWERS.map(|(name, _)| name),
            ),
            Setting::flag(
                "lets_go",
                "The user lets go after the response, so that the connection may end; otherwise the user \
                 keeps it, as a pool does (false).",
            ),
        ]
    }
}

/// The bytes that a client's user writes in the new protocol.
const UPGRADED: &[u8] = b"uv";

/// The size of a chunk of a request, in bytes.
const CHUNK: usize = 32;
