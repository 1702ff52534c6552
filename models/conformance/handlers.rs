//! The scenario families of servers: what the handler does, and how a request arrives.

use super::building::*;
use super::messages::*;
use super::scenarios::*;
use crate::hyper_h1::Handler::{self, AnswersFirst, Echoes, Fails, Ignores, Keeps, Never, Reads};

/// What the handler does, and how the request's body arrives; and a part of a head.
pub(super) fn handlers() -> Vec<Family> {
    let in_two = |name, handler| beside(Beside::Rest, half(name, handler));
    let head_first = |name, handler: Handler| Family {
        real: [NO_BODY_YET.as_bytes(), b"helloworld"],
        abstracted: [b"P9", b"xxxxxxxxx"],
        ..beside(Beside::Rest, half(name, handler))
    };
    vec![
        whole("whole-body-read", Reads),
        whole("whole-body-answered-first", AnswersFirst),
        whole("whole-body-ignored", Ignores),
        answering(10, whole("whole-body-echoed", Echoes)),
        whole("whole-body-kept", Keeps),
        whole("whole-body-fails", Fails),
        whole("whole-body-never", Never),
        in_two("body-in-two-read", Reads),
        at(PROMPT, in_two("body-in-two-ignored", Ignores)),
        at(PROMPT, answering(10, in_two("body-in-two-echoed", Echoes))),
        at(PROMPT, in_two("body-in-two-kept", Keeps)),
        in_two("body-in-two-fails", Fails),
        in_two("body-in-two-never", Never),
        head_first("body-after-head-read", Reads),
        at(
            PROMPT,
            head_first("body-after-head-answered-first", AnswersFirst),
        ),
        at(PROMPT, head_first("body-after-head-ignored", Ignores)),
        at(
            PROMPT,
            answering(10, head_first("body-after-head-echoed", Echoes)),
        ),
        at(PROMPT, head_first("body-after-head-kept", Keeps)),
        half("unfinished-body-read", Reads),
        half("unfinished-body-answered-first", AnswersFirst),
        half("unfinished-body-echoed", Echoes),
        half("unfinished-body-kept", Keeps),
        half("unfinished-body-fails", Fails),
        half("unfinished-body-never", Never),
        beside(Beside::Fin, answering(5, half("early-eof-echoed", Echoes))),
        beside(Beside::Fin, half("early-eof-kept", Keeps)),
        beside(Beside::Fin, half("early-eof-never", Never)),
        beside(Beside::LaterFin, with("fin-never", GET, b"G", Never)),
        with("get-fails", GET, b"G", Fails),
        with("get-never", GET, b"G", Never),
        with("pipelined-fails", TWO_GETS, b"GG", Fails),
        with("pipelined-never", TWO_GETS, b"GG", Never),
        answering(5, bad_chunk("malformed-chunk-echoed", Echoes)),
        bad_chunk("malformed-chunk-kept", Keeps),
        // A part of a head is held.
        beside(
            Beside::Fin,
            with("fin-after-half-a-head", HALF_A_HEAD, b"-", Ignores),
        ),
        beside(
            Beside::LaterFin,
            with("later-fin-after-half-a-head", HALF_A_HEAD, b"-", Ignores),
        ),
        graceful(beside(
            Beside::Graceful,
            with("graceful-half-a-head", HALF_A_HEAD, b"-", Ignores),
        )),
        heads(
            vec![Head::Length(BODY)],
            Family {
                real: [HALF_A_HEAD.as_bytes(), REST_OF_A_HEAD.as_bytes()],
                abstracted: [b"-", b"G"],
                ..beside(
                    Beside::Rest,
                    with("head-in-two", HALF_A_HEAD, b"-", Ignores),
                )
            },
        ),
        at(
            PROMPT,
            graceful(Family {
                real: [HALF_A_HEAD.as_bytes(), REST_OF_A_HEAD.as_bytes()],
                abstracted: [b"-", b"G"],
                ..beside(
                    Beside::GracefulThenRest,
                    heads(
                        vec![Head::Length(BODY)],
                        with("graceful-then-rest-of-a-head", HALF_A_HEAD, b"-", Ignores),
                    ),
                )
            }),
        ),
    ]
}
