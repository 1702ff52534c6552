//! The scenario families of servers: two things at once.

use super::building::*;
use super::messages::*;
use super::scenarios::*;
use crate::hyper_h1::Handler::{AnswersFirst, Ignores, Never, Reads};

/// Two of what the others have one at a time.
pub(super) fn pairs() -> Vec<Family> {
    vec![
        graceful(beside(
            Beside::GracefulReaderStops,
            get("graceful-reader-stops"),
        )),
        graceful(beside(
            Beside::GracefulReaderStops,
            ignored("graceful-reader-stops-body-ignored"),
        )),
        graceful(beside(
            Beside::GracefulReaderResets,
            get("graceful-reader-resets"),
        )),
        at(
            PROMPT,
            graceful(beside(Beside::LaterFinAndGraceful, get("fin-and-graceful"))),
        ),
        at(
            PROMPT,
            graceful(half_closing(beside(
                Beside::LaterFinAndGraceful,
                get("fin-and-graceful-half-close"),
            ))),
        ),
        at(
            PROMPT,
            graceful(beside(
                Beside::LaterFinAndGraceful,
                ignored("fin-and-graceful-body-ignored"),
            )),
        ),
        beside(
            Beside::ReaderResets,
            with("reader-resets-pipelined", TWO_GETS, b"GG", Ignores),
        ),
        beside(
            Beside::ReaderStops,
            with("reader-stops-pipelined", TWO_GETS, b"GG", Ignores),
        ),
        beside(
            Beside::RestReaderStops,
            half("reader-stops-body-in-two", Reads),
        ),
        at(
            PROMPT,
            beside(Beside::RestThenFin, half("rest-then-fin-read", Reads)),
        ),
        at(
            PROMPT,
            beside(
                Beside::RestThenFin,
                half("rest-then-fin-answered-first", AnswersFirst),
            ),
        ),
        graceful(beside(
            Beside::Graceful,
            with("graceful-pipelined", TWO_GETS, b"GG", Ignores),
        )),
        graceful(beside(
            Beside::Graceful,
            with("graceful-never", GET, b"G", Never),
        )),
        graceful(beside(
            Beside::Graceful,
            whole("graceful-whole-body-read", Reads),
        )),
        pipeline_flushing(graceful(beside(
            Beside::Graceful,
            with("pipeline-flush-graceful", TWO_GETS, b"GG", Ignores),
        ))),
        pipeline_flushing(ignored("pipeline-flush-body-ignored")),
        pipeline_flushing(whole("pipeline-flush-whole-body-read", Reads)),
        half_closing(beside(Beside::Fin, get("half-close-fin-after-request"))),
        half_closing(beside(Beside::LaterFin, get("half-close-later-fin"))),
        half_closing(beside(
            Beside::Fin,
            with("half-close-pipelined", TWO_GETS, b"GG", Ignores),
        )),
    ]
}
