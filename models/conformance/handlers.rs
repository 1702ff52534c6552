//! The scenario families of servers: what the handler does, and how a request arrives.

use super::building::*;
use super::messages::*;
use super::scenarios::*;
use crate::hyper_h1::Handler::{AnswersFirst, Echoes, Fails, Ignores, Keeps, Never, Reads};

/// Every handler with every way in which the body of a request arrives; then heads that arrive in part.
pub(super) fn handlers() -> Vec<Family> {
    let in_two = |name, handler| beside(Beside::Rest, half(name, handler));
    let head_first = |name, handler| {
        let head = with(name, NO_BODY_YET, b"P9", handler);
        then("helloworld", b"xxxxxxxxx", head)
    };
    let half_a_head = |name| with(name, HALF_A_HEAD, b"-", Ignores);
    let head_in_two = |name| then(REST_OF_A_HEAD, b"G", half_a_head(name));
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
        pipelined("pipelined-fails", Fails),
        pipelined("pipelined-never", Never),
        answering(5, bad_chunk("malformed-chunk-echoed", Echoes)),
        bad_chunk("malformed-chunk-kept", Keeps),
        // Only a part of a head has arrived.
        beside(Beside::Fin, half_a_head("fin-after-half-a-head")),
        beside(Beside::LaterFin, half_a_head("later-fin-after-half-a-head")),
        told_to_stop(half_a_head("graceful-half-a-head")),
        head_in_two("head-in-two"),
        at(
            PROMPT,
            graceful(beside(
                Beside::GracefulThenRest,
                head_in_two("graceful-then-rest-of-a-head"),
            )),
        ),
    ]
}
