//! Scenario families about the user's code, the timer for reading a head, and further answers that a client
//! gets.

use bytes::Bytes;

use super::building::*;
use super::messages::*;
use super::scenarios::*;
use crate::hyper_h1::Handler::{AnswersFirst, Ignores, Reads};
use crate::hyper_h1::{Answer, Client, Outgoing, Source};

/// Handlers that panic, connections that are dropped, and `header_read_timeout`.
pub(super) fn users() -> Vec<Family> {
    [panicking(), dropped(), timed()].concat()
}

fn panicking() -> Vec<Family> {
    let panics = |request, family| server(&|server| server.panics = Some(request), family);
    vec![
        panics(0, get("get-panics")),
        panics(0, whole("whole-body-panics", Reads)),
        panics(0, ignored("unfinished-body-panics")),
        panics(1, two_gets("pipelined-second-panics")),
        panics(
            1,
            pipeline_flushing(two_gets("pipeline-flush-second-panics")),
        ),
        at(
            UNREAD,
            panics(
                1,
                then(
                    REST_AND_GET,
                    b"xxxxG",
                    half("next-request-panics", AnswersFirst),
                ),
            ),
        ),
    ]
}

fn dropped() -> Vec<Family> {
    let drops = |family| {
        server(
            &|server| server.dropped = Some(0),
            beside(Beside::Dropped, family),
        )
    };
    vec![
        drops(get("get-dropped")),
        drops(ignored("body-ignored-dropped")),
        drops(whole("whole-body-read-dropped", Reads)),
        at(PROMPT, drops(two_gets("pipelined-dropped"))),
        drops(streaming(Source::Chunks(21), get("chunks-dropped"))),
        at(
            PROMPT,
            server(
                &|server| server.dropped = Some(0),
                beside(
                    Beside::RestAndDropped,
                    half("body-read-beside-dropped", AnswersFirst),
                ),
            ),
        ),
        drops(pipeline_flushing(two_gets("pipeline-flush-dropped"))),
        drops(vectored(get("queue-dropped"))),
        drops(switching(
            false,
            with("upgrade-dropped", UPGRADE, b"U", Ignores),
        )),
    ]
}

/// hyper 0.14 is left out: its timer is tokio's, which does not exist under `--cfg loom`.
fn timed() -> Vec<Family> {
    let timed = |family| Family {
        not_in: &["0.14.32"],
        ..server(&|server| server.header_read_timeout = true, family)
    };
    let half_a_head = |name| with(name, HALF_A_HEAD, b"-", Ignores);
    let half_a_second = |name| with(name, GET_AND_HALF, b"G-", Ignores);
    vec![
        timed(with("timeout-no-request", "", b"", Ignores)),
        timed(half_a_head("timeout-half-a-head")),
        timed(then(
            REST_OF_A_HEAD,
            b"G",
            half_a_head("timeout-head-in-two"),
        )),
        timed(get("timeout-idle")),
        timed(last_get("timeout-close")),
        timed(ignored("timeout-body-ignored")),
        timed(whole("timeout-whole-body-read", Reads)),
        timed(two_gets("timeout-pipelined")),
        timed(half_a_second("timeout-half-a-second")),
        pipeline_flushing(timed(half_a_second("timeout-pipeline-flush"))),
        vectored(timed(half_a_second("timeout-queue"))),
        at(
            UNREAD,
            timed(then(REST, b"xxxx", half("timeout-unflushed", AnswersFirst))),
        ),
        at(
            PROMPT,
            timed(then(
                REST,
                b"xxxx",
                half("timeout-body-ends-during-flush", AnswersFirst),
            )),
        ),
        at(
            PROMPT,
            timed(told_to_stop(half_a_head("timeout-graceful-half-a-head"))),
        ),
        at(PROMPT, timed(told_to_stop(get("timeout-graceful")))),
        at(
            PROMPT,
            timed(beside(
                Beside::LaterFin,
                half_a_head("timeout-fin-half-a-head"),
            )),
        ),
        timed(beside(Beside::ReaderStops, get("timeout-reader-stops"))),
        timed(beside(Beside::ReaderResets, get("timeout-reader-resets"))),
        timed(with("timeout-bad-request", NO_REQUEST, b"!", Ignores)),
    ]
}

/// Clients: response bodies that end with the connection, upgrades, requests that are given up, and sockets
/// that are taken out.
pub(super) fn answered() -> Vec<Family> {
    let client = |name, request: Outgoing, real: &'static str, abstracted| Family {
        side: Side::Client(Client {
            answer: Answer::Read,
            ..Client::sending([request])
        }),
        real: [b"", real.as_bytes()],
        abstracted: [b"", abstracted],
        beside: Beside::Answers,
        ..get(name)
    };
    let with_client = |change: &dyn Fn(&mut Client), mut family: Family| {
        if let Side::Client(client) = &mut family.side {
            change(client);
        }
        family
    };
    let answer = |answer, family| with_client(&|client| client.answer = answer, family);
    let queued = |family| with_client(&|client| client.vectored = true, family);
    let switching = |family| {
        with_client(
            &|client| client.upgrade = Some(Bytes::from_static(b"uv")),
            family,
        )
    };
    let gives_up =
        |how, family| beside(how, with_client(&|client| client.cancels = Some(0), family));
    let taken_out = |family| with_client(&|client| client.taken_out = true, family);
    let whole = || Outgoing::post(BODY, Source::Whole);
    let open = |name, request| client(name, request, OPEN_ANSWER, b"Rxxxxx");
    let last_open = |name, request| client(name, request, LAST_OPEN_ANSWER, b"rxxxxx");
    let ended = |family| beside(Beside::AnswersThenFin, family);
    let upgrading =
        |name, request: Outgoing| switching(client(name, request.upgrading(), SWITCHES, b"U"));
    vec![
        open("client-open-answer", Outgoing::GET),
        ended(open("client-open-answer-ends", Outgoing::GET)),
        ended(answer(
            Answer::Dropped,
            open("client-open-answer-ends-dropped", Outgoing::GET),
        )),
        ended(answer(
            Answer::Kept,
            open("client-open-answer-ends-kept", Outgoing::GET),
        )),
        ended(last_open("client-http-1-0-open-answer-ends", Outgoing::GET)),
        ended(open("client-open-answer-ends-early", whole())),
        ended(last_open("client-http-1-0-open-answer-ends-early", whole())),
        upgrading("client-upgrade", Outgoing::GET),
        switching(client(
            "client-upgrade-early-data",
            Outgoing::GET.upgrading(),
            SWITCHES_AND_EARLY,
            b"Uxxxxx",
        )),
        upgrading("client-upgrade-early", whole()),
        queued(upgrading("client-queue-upgrade-early", whole())),
        at(
            PROMPT,
            upgrading(
                "client-upgrade-chunks",
                Outgoing::post(BODY, Source::Chunks(21)),
            ),
        ),
        switching(client(
            "client-upgrade-refused",
            Outgoing::GET.upgrading(),
            ANSWER,
            b"G",
        )),
        beside(
            Beside::AnswersThenFin,
            upgrading("client-upgrade-fin", Outgoing::GET),
        ),
        gives_up(Beside::GivenUp, client("client-gives-up", whole(), "", b"")),
        at(
            PROMPT,
            gives_up(
                Beside::GivenUp,
                client(
                    "client-gives-up-chunks",
                    Outgoing::post(BODY, Source::Chunks(21)),
                    "",
                    b"",
                ),
            ),
        ),
        at(
            PROMPT,
            gives_up(
                Beside::AnswersAndGivenUp,
                client(
                    "client-gives-up-answered",
                    Outgoing::GET,
                    ANSWER_WITH_BODY,
                    b"P5xxxxx",
                ),
            ),
        ),
        at(
            UNREAD,
            gives_up(
                Beside::GivenUp,
                client(
                    "client-gives-up-open-body",
                    Outgoing::post(BODY, Source::Feed(0)),
                    "",
                    b"",
                ),
            ),
        ),
        taken_out(client("client-taken-out", Outgoing::GET, LAST_ANSWER, b"C")),
        taken_out(client("client-taken-out-early", whole(), LAST_ANSWER, b"C")),
        taken_out(client("client-taken-out-goes-on", whole(), ANSWER, b"G")),
    ]
}
