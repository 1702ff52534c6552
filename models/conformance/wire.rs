//! Scenario families of servers with other messages on the wire.

use super::building::*;
use super::messages::*;
use super::scenarios::*;
use crate::hyper_h1::Handler::{AnswersFirst, Fails, Ignores, Keeps, Reads};
use crate::hyper_h1::Source;

/// HEAD, 204 and 304, HTTP/1.0, `Expect: 100-continue`, chunks and trailers in both directions, and bodies of
/// answers that do not end as their heads announce.
pub(super) fn wire() -> Vec<Family> {
    let head_request = |name, request, abstracted| {
        server(
            &|server| server.head = vec![true; 2],
            with(name, request, abstracted, Ignores),
        )
    };
    let with_status = |status, head, family| {
        server(
            &|server| server.status = Some(status),
            heads(vec![head], family),
        )
    };
    let old = |keeps, family| {
        let length = BODY;
        heads(vec![Head::Old { length, keeps }], family)
    };
    let expecting_only = |name, handler| with(name, EXPECTS, b"E9", handler);
    let expecting = |name, handler| then("helloworld", b"xxxxxxxxx", expecting_only(name, handler));
    let expecting_whole = |name, handler| with(name, EXPECTS_AND_SENDS, b"E9xxxxxxxxx", handler);
    let chunked = |name, handler| with(name, CHUNKED_WHOLE, b"Qxx.", handler);
    let chunked_in_two =
        |name, handler| then(REST_OF_CHUNKS, b"x.", with(name, CHUNKED, b"Qx", handler));
    let chunked_ends_later =
        |name, handler| then(END_OF_CHUNKS, b".", with(name, CHUNKED, b"Qx", handler));
    let trailed = |name, handler| with(name, CHUNKED_TRAILERS, b"Qx;", handler);
    let trailed_later = |name, handler| then(TRAILERS, b";", with(name, CHUNKED, b"Qx", handler));
    vec![
        head_request("head", HEAD_REQUEST, b"G"),
        head_request("head-close", LAST_HEAD_REQUEST, b"C"),
        sourced(
            Source::Chunks(21),
            Head::Bare,
            head_request("head-chunks", HEAD_REQUEST, b"G"),
        ),
        streaming(
            Source::Pieces(21),
            head_request("head-pieces", HEAD_REQUEST, b"G"),
        ),
        with_status(204, Head::NoContent, get("no-content")),
        with_status(204, Head::NoContent, last_get("no-content-close")),
        with_status(204, Head::NoContent, ignored("no-content-body-ignored")),
        with_status(304, Head::NotModified, get("not-modified")),
        old(false, with("http-1-0", OLD_GET, b"C", Ignores)),
        old(
            true,
            with("http-1-0-keep-alive", OLD_GET_KEEPS, b"G", Ignores),
        ),
        old(
            true,
            with("http-1-0-pipelined", TWO_OLD_GETS_KEEP, b"GG", Ignores),
        ),
        sourced(
            Source::Chunks(21),
            Head::OldOpen,
            with("http-1-0-until-closed", OLD_GET, b"C", Ignores),
        ),
        expecting("expect-continue-read", Reads),
        at(
            PROMPT,
            expecting("expect-continue-answered-first", AnswersFirst),
        ),
        at(PROMPT, expecting("expect-continue-ignored", Ignores)),
        at(PROMPT, expecting("expect-continue-kept", Keeps)),
        at(PROMPT, expecting("expect-continue-fails", Fails)),
        expecting_only("expect-continue-never-sent-read", Reads),
        expecting_only("expect-continue-never-sent-ignored", Ignores),
        expecting_only("expect-continue-never-sent-answered-first", AnswersFirst),
        expecting_whole("expect-continue-sent-at-once-read", Reads),
        expecting_whole("expect-continue-sent-at-once-ignored", Ignores),
        expecting_whole("expect-continue-sent-at-once-answered-first", AnswersFirst),
        vectored(expecting_whole("queue-expect-continue", Reads)),
        chunked("chunked-request-read", Reads),
        chunked("chunked-request-ignored", Ignores),
        chunked("chunked-request-answered-first", AnswersFirst),
        chunked("chunked-request-kept", Keeps),
        chunked_in_two("chunked-request-in-two-read", Reads),
        at(
            PROMPT,
            chunked_in_two("chunked-request-in-two-ignored", Ignores),
        ),
        at(
            PROMPT,
            chunked_in_two("chunked-request-in-two-answered-first", AnswersFirst),
        ),
        chunked_ends_later("chunked-request-ends-later-read", Reads),
        at(
            PROMPT,
            chunked_ends_later("chunked-request-ends-later-ignored", Ignores),
        ),
        at(
            PROMPT,
            chunked_ends_later("chunked-request-ends-later-answered-first", AnswersFirst),
        ),
        beside(
            Beside::Fin,
            with("chunked-request-fin", CHUNKED, b"Qx", Reads),
        ),
        trailed("trailers-read", Reads),
        trailed("trailers-ignored", Ignores),
        at(PROMPT, trailed("trailers-answered-first", AnswersFirst)),
        trailed_later("trailers-later-read", Reads),
        at(
            PROMPT,
            trailed_later("trailers-later-answered-first", AnswersFirst),
        ),
        Family {
            not_in: &["0.14.32"],
            ..sourced(
                Source::Trailers(21),
                Head::Trailers,
                with("answer-with-trailers", TAKES_TRAILERS, b"T", Ignores),
            )
        },
        Family {
            not_in: &["0.14.32"],
            ..sourced(
                Source::Trailers(21),
                Head::Trailers,
                get("answer-with-trailers-not-taken"),
            )
        },
        sourced(
            Source::Early(21),
            Head::Length(BODY + 1),
            get("answer-ends-early"),
        ),
        sourced(
            Source::Early(21),
            Head::Length(BODY + 1),
            ignored("answer-ends-early-body-ignored"),
        ),
        sourced(
            Source::Late {
                size: 21,
                stated: 42,
            },
            Head::Length(42),
            get("answer-ends-late"),
        ),
        sourced(
            Source::Late {
                size: BODY,
                stated: 50,
            },
            Head::Length(50),
            get("answer-is-cut"),
        ),
        sourced(Source::Fails(21), Head::Chunked, get("answer-fails")),
        sourced(
            Source::Fails(21),
            Head::Chunked,
            two_gets("answer-fails-pipelined"),
        ),
    ]
}
