//! The scenario families of clients.

use lastbyte::environment::Faults;

use super::building::{at, beside, failing};
use super::messages::*;
use super::scenarios::*;
use crate::hyper_h1::{Answer, Client, Outgoing, Source};

/// Every scenario family of a client. Its peer answers when it has seen the beginning of the request.
pub(super) fn clients() -> Vec<Family> {
    let sending = |name, requests: Vec<Outgoing>, real: &'static str, abstracted| Family {
        name,
        real: [b"", real.as_bytes()],
        abstracted: [b"", abstracted],
        side: Side::Client(Client::sending(requests)),
        beside: Beside::Answers,
        faults: Faults::default(),
        scenarios: ALL,
        too_large_in: &[],
        not_in: &[],
    };
    let client = |change: &dyn Fn(&mut Client), mut family: Family| {
        if let Side::Client(client) = &mut family.side {
            change(client);
        }
        family
    };
    let vectored = |family| client(&|client| client.vectored = true, family);
    let get = || Outgoing::GET;
    let post = |source| Outgoing::post(BODY, source);
    let whole = || post(Source::Whole);
    let head = || Outgoing {
        method: "HEAD",
        ..Outgoing::GET
    };
    let reading = |family| client(&|client| client.answer = Answer::Read, family);
    let keeping = |family| client(&|client| client.answer = Answer::Kept, family);
    let plain = vec![
        sending("client-get", vec![get()], ANSWER, b"G"),
        beside(
            Beside::Nothing,
            at(SMALL, sending("client-small-get", vec![get()], "", b"")),
        ),
        sending("client-early-answer", vec![whole()], ANSWER, b"G"),
        sending("client-early-close", vec![whole()], LAST_ANSWER, b"C"),
        vectored(sending(
            "client-queue-early-close",
            vec![whole()],
            LAST_ANSWER,
            b"C",
        )),
        sending("client-malformed-answer", vec![whole()], NO_REQUEST, b"!"),
        at(
            PROMPT,
            sending(
                "client-pieces",
                vec![post(Source::Pieces(21))],
                ANSWER,
                b"G",
            ),
        ),
        at(
            PROMPT,
            sending(
                "client-chunks",
                vec![post(Source::Chunks(21))],
                ANSWER,
                b"G",
            ),
        ),
        reading(sending(
            "client-reads-answer",
            vec![get()],
            ANSWER_WITH_BODY,
            b"P5xxxxx",
        )),
        sending(
            "client-drops-answer",
            vec![get()],
            HALF_AN_ANSWER,
            b"P9xxxxx",
        ),
        beside(
            Beside::FinDuringFlush,
            sending("client-fin-without-answer", vec![whole()], "", b""),
        ),
        busy(at(
            PROMPT,
            beside(
                Beside::FinDuringFlush,
                sending("client-fin-open-body", vec![post(Source::Feed(0))], "", b""),
            ),
        )),
        at(
            UNREAD,
            beside(
                Beside::LaterFin,
                sending(
                    "client-fin-open-body-unread",
                    vec![post(Source::Feed(0))],
                    "",
                    b"",
                ),
            ),
        ),
        busy(at(
            PROMPT,
            sending(
                "client-answer-open-body",
                vec![post(Source::Feed(0))],
                ANSWER,
                b"G",
            ),
        )),
        at(
            UNREAD,
            beside(
                Beside::AnswersAtOnce,
                sending("client-next-request", vec![whole(), get()], ANSWER, b"G"),
            ),
        ),
        at(
            UNREAD,
            beside(
                Beside::AnswersAtOnce,
                vectored(sending(
                    "client-queue-next-request",
                    vec![whole(), get()],
                    ANSWER,
                    b"G",
                )),
            ),
        ),
        at(
            PROMPT,
            beside(
                Beside::AnswersBoth,
                sending("client-two-requests", vec![whole(), get()], ANSWER, b"G"),
            ),
        ),
        at(
            UNREAD,
            sending("client-reader-stops", vec![whole()], ANSWER, b"G"),
        ),
        failing(
            write_fails(80),
            beside(
                Beside::Nothing,
                sending("client-write-fails", vec![whole()], "", b""),
            ),
        ),
        at(
            PROMPT,
            failing(
                write_fails(80),
                sending(
                    "client-write-fails-chunks",
                    vec![post(Source::Chunks(21))],
                    ANSWER,
                    b"G",
                ),
            ),
        ),
        failing(
            write_takes_nothing(80),
            beside(
                Beside::Nothing,
                sending("client-write-takes-nothing", vec![whole()], "", b""),
            ),
        ),
        failing(
            SHUTDOWN_FAILS,
            sending("client-shutdown-fails", vec![get()], LAST_ANSWER, b"C"),
        ),
        failing(
            SPURIOUS_INPUT,
            sending("client-spurious-input", vec![get()], ANSWER, b"G"),
        ),
        beside(
            Beside::ReaderResets,
            sending("client-reader-resets", vec![whole()], "", b""),
        ),
        failing(
            RESET_TOLD_ONCE,
            beside(
                Beside::ReaderResets,
                sending("client-reset-told-once", vec![whole()], "", b""),
            ),
        ),
        beside(
            Beside::WokenForNothing,
            at(PROMPT, sending("client-woken", vec![get()], "", b"")),
        ),
    ];
    // Other answers.
    let answers = vec![
        reading(sending(
            "client-chunked-answer",
            vec![get()],
            CHUNKED_ANSWER,
            b"Qx.",
        )),
        sending(
            "client-chunked-answer-dropped",
            vec![get()],
            CHUNKED_ANSWER,
            b"Qx.",
        ),
        reading(sending(
            "client-answer-with-trailers",
            vec![get()],
            TRAILED_ANSWER,
            b"Qx;",
        )),
        sending(
            "client-whole-answer-dropped",
            vec![get()],
            ANSWER_WITH_BODY,
            b"P5xxxxx",
        ),
        keeping(sending(
            "client-whole-answer-kept",
            vec![get()],
            ANSWER_WITH_BODY,
            b"P5xxxxx",
        )),
        keeping(sending(
            "client-half-an-answer-kept",
            vec![get()],
            HALF_AN_ANSWER,
            b"P9xxxxx",
        )),
        reading(sending(
            "client-half-an-answer-read",
            vec![get()],
            HALF_AN_ANSWER,
            b"P9xxxxx",
        )),
        sending("client-no-content", vec![get()], NO_CONTENT, b"G"),
        sending(
            "client-informational-answer",
            vec![get()],
            CONTINUE_AND_ANSWER,
            b"G",
        ),
        sending("client-http-1-0-answer", vec![get()], OLD_ANSWER, b"C"),
        sending("client-head", vec![head()], HEAD_ANSWER, b"G"),
        reading(sending(
            "client-early-answer-with-body",
            vec![whole()],
            ANSWER_WITH_BODY,
            b"P5xxxxx",
        )),
    ];
    [plain, answers].concat()
}
