//! Scenario families of servers in which two things happen at once.

use super::building::*;
use super::messages::*;
use super::scenarios::*;
use crate::hyper_h1::Handler::{AnswersFirst, Never, Reads};

/// Pairs of things that the other families have one at a time.
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
        beside(Beside::ReaderResets, two_gets("reader-resets-pipelined")),
        beside(Beside::ReaderStops, two_gets("reader-stops-pipelined")),
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
        told_to_stop(two_gets("graceful-pipelined")),
        told_to_stop(with("graceful-never", GET, b"G", Never)),
        told_to_stop(whole("graceful-whole-body-read", Reads)),
        pipeline_flushing(told_to_stop(two_gets("pipeline-flush-graceful"))),
        pipeline_flushing(ignored("pipeline-flush-body-ignored")),
        pipeline_flushing(whole("pipeline-flush-whole-body-read", Reads)),
        half_closing(beside(Beside::Fin, get("half-close-fin-after-request"))),
        half_closing(beside(Beside::LaterFin, get("half-close-later-fin"))),
        half_closing(beside(Beside::Fin, two_gets("half-close-pipelined"))),
    ]
}
