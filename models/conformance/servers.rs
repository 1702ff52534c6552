//! The usual scenario families of servers.

use super::building::*;
use super::messages::*;
use super::scenarios::*;
use crate::hyper_h1::Handler::{AnswersFirst, Ignores, Reads};
use crate::hyper_h1::Source;

/// The usual scenario families of a server.
pub(super) fn servers() -> Vec<Family> {
    let small = |family| at(SMALL, answering(1, family));
    vec![
        get("request-complete"),
        small(get("small-request-complete")),
        at(FEW, small(ignored("small-body-ignored"))),
        at(
            PROMPT,
            then(
                REST,
                b"xxxx",
                with(
                    "body-ends-during-flush",
                    HALF_A_LAST_BODY,
                    b"p9xxxxx",
                    AnswersFirst,
                ),
            ),
        ),
        at(
            PROMPT,
            then(
                NO_CHUNK,
                b"!",
                with("body-does-not-decode", CHUNK, b"P9xxxxx", AnswersFirst),
            ),
        ),
        at(UNREAD, then(GET, b"G", get("request-during-flush"))),
        server(&|server| server.taken_out = true, ignored("taken-out")),
        last_get("connection-close"),
        ignored("body-ignored"),
        bad_chunk("malformed-chunk", Reads),
        bad_chunk("malformed-chunk-beside", AnswersFirst),
        bad_chunk("malformed-chunk-ignored", Ignores),
        beside(Beside::Fin, half("early-eof", Reads)),
        beside(Beside::Fin, ignored("early-eof-ignored")),
        at(
            PROMPT,
            beside(Beside::Rest, half("body-read-beside", AnswersFirst)),
        ),
        beside(Beside::Fin, get("fin-after-request")),
        beside(Beside::LaterFin, get("fin-any-time")),
        at(
            PROMPT,
            beside(Beside::FinDuringFlush, get("fin-during-flush")),
        ),
        at(
            PROMPT,
            half_closing(beside(
                Beside::FinDuringFlush,
                get("fin-during-flush-half-close"),
            )),
        ),
        two_gets("pipelined"),
        told_to_stop(get("graceful")),
        at(
            PROMPT,
            graceful(beside(
                Beside::RestThenGraceful,
                half("graceful-body", AnswersFirst),
            )),
        ),
        pipeline_flushing(with(
            "pipeline-flush-close",
            LAST_GET_AND_MORE,
            b"CG",
            Ignores,
        )),
        pipeline_flushing(two_gets("pipeline-flush-two")),
        pipeline_flushing(with("pipeline-flush-partial", GET_AND_HALF, b"GP", Ignores)),
        pipeline_flushing(with(
            "pipeline-flush-bad-request",
            NO_REQUEST,
            b"!",
            Ignores,
        )),
        with("bad-request", NO_REQUEST, b"!", Ignores),
        with("bad-second-request", GET_AND_NO_REQUEST, b"G!", Ignores),
        at(
            PROMPT,
            beside(Beside::DeferredFlush(4), get("deferred-flush")),
        ),
        at(
            PROMPT,
            beside(
                Beside::DeferredFlush(4),
                ignored("deferred-flush-body-ignored"),
            ),
        ),
        beside(
            Beside::DeferredFlush(5),
            limited(Source::Pieces(4096), get("deferred-flush-pieces")),
        ),
        beside(
            Beside::DeferredFlush(5),
            limited(Source::Chunks(4096), get("deferred-flush-chunks")),
        ),
        beside(
            Beside::UnreadInputResets,
            at(UNREAD, ignored("unread-input")),
        ),
        limited(Source::Pieces(4096), get("limited-pieces")),
        limited(Source::Chunks(4096), get("limited-chunks")),
        beside(Beside::ReaderStops, ignored("reader-stops")),
        beside(Beside::ReaderResets, ignored("reader-resets")),
        streaming(Source::Pieces(21), get("pieces")),
        streaming(Source::Chunks(21), get("chunks")),
        streaming(Source::Pieces(21), ignored("pieces-body-ignored")),
        streaming(Source::Chunks(21), ignored("chunks-body-ignored")),
        busy(at(
            PROMPT,
            beside(
                Beside::BodyEnds,
                streaming(Source::Feed(0), get("fed-body")),
            ),
        )),
        at(
            UNREAD,
            beside(
                Beside::BodyEnds,
                streaming(Source::Feed(0), get("fed-body-unread")),
            ),
        ),
        busy(at(
            PROMPT,
            beside(
                Beside::BodyEnds,
                streaming(Source::Feed(0), two_gets("fed-body-pipelined")),
            ),
        )),
        switching(false, with("upgrade", UPGRADE, b"U", Ignores)),
        switching(
            false,
            with("upgrade-early-data", UPGRADE_AND_EARLY, b"Uxxxxx", Ignores),
        ),
        pipeline_flushing(switching(
            false,
            with(
                "pipeline-flush-upgrade",
                UPGRADE_AND_EARLY,
                b"Uxxxxx",
                Ignores,
            ),
        )),
        switching(true, with("connect", CONNECT, b"U", Ignores)),
        switching(
            true,
            with("connect-early-data", CONNECT_AND_EARLY, b"Uxxxxx", Ignores),
        ),
        at(
            UNREAD,
            then(
                REST_AND_GET,
                b"xxxxG",
                half("flatten-next-request", AnswersFirst),
            ),
        ),
        at(
            UNREAD,
            vectored(then(
                REST_AND_GET,
                b"xxxxG",
                half("queue-next-request", AnswersFirst),
            )),
        ),
        vectored(get("queue-request-complete")),
        vectored(ignored("queue-body-ignored")),
        vectored(two_gets("queue-pipelined")),
        vectored(streaming(Source::Chunks(21), get("queue-chunks"))),
        failing(write_fails(70), get("write-fails")),
        failing(write_fails(70), ignored("write-fails-body-ignored")),
        failing(
            write_fails(110),
            streaming(Source::Chunks(21), get("write-fails-chunks")),
        ),
        failing(write_takes_nothing(70), get("write-takes-nothing")),
        failing(
            write_takes_nothing(70),
            vectored(ignored("queue-write-takes-nothing")),
        ),
        failing(SHUTDOWN_FAILS, last_get("shutdown-fails")),
        failing(SHUTDOWN_FAILS, ignored("shutdown-fails-body-ignored")),
        failing(SPURIOUS_INPUT, get("spurious-input")),
        failing(
            SPURIOUS_INPUT,
            with("spurious-input-bad-request", NO_REQUEST, b"!", Ignores),
        ),
        at(PROMPT, beside(Beside::WokenForNothing, get("woken"))),
        at(
            PROMPT,
            beside(Beside::WokenForNothing, ignored("woken-body-ignored")),
        ),
        beside(Beside::ReaderResets, get("reader-resets-idle")),
        failing(
            RESET_TOLD_ONCE,
            beside(Beside::ReaderResets, get("reset-told-once-idle")),
        ),
        failing(
            RESET_TOLD_ONCE,
            beside(Beside::ReaderResets, ignored("reset-told-once")),
        ),
    ]
}
