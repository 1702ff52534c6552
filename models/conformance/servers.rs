//! The scenario families of servers.

use bytes::Bytes;
use lastbyte::environment::Faults;

use super::scenarios::*;
use crate::hyper_h1::{Handler, Server, Source};

/// Every scenario family of a server.
pub(super) fn servers() -> Vec<Family> {
    use Handler::{AnswersFirst, Echoes, Fails, Ignores, Keeps, Never, Reads};
    let with = |name, request: &'static str, abstracted: &'static [u8], handler| Family {
        name,
        real: [request.as_bytes(), REST.as_bytes()],
        abstracted: [abstracted, b"xxxx"],
        side: Side::Server(
            Server {
                handler,
                ..Server::answering(BODY)
            },
            vec![Head::Length(BODY)],
        ),
        beside: Beside::Nothing,
        faults: Faults::default(),
        scenarios: ALL,
        too_large_in: &[],
    };
    let get = |name| with(name, GET, b"G", Ignores);
    let heads = |heads: Vec<Head>, family: Family| Family {
        side: match family.side {
            Side::Server(server, _) => Side::Server(server, heads),
            client => client,
        },
        ..family
    };
    let last_get = |name| {
        heads(
            vec![Head::Length(BODY)],
            with(name, LAST_GET, b"C", Ignores),
        )
    };
    let server = |change: &dyn Fn(&mut Server), mut family: Family| {
        if let Side::Server(server, _) = &mut family.side {
            change(server);
        }
        family
    };
    let ignored = |name| with(name, HALF_A_BODY, b"P9xxxxx", Ignores);
    let at = |scenarios, family| Family {
        scenarios,
        ..family
    };
    let beside = |beside, family| Family { beside, ..family };
    let half_closing = |family| server(&|server| server.half_close = true, family);
    let pipeline_flushing = |family| server(&|server| server.pipeline_flush = true, family);
    let vectored = |family| server(&|server| server.vectored = true, family);
    let graceful = |family| server(&|server| server.graceful = Some(0), family);
    let streaming = |source, family| {
        let head = match source {
            Source::Chunks(_) | Source::Feed(_) => Head::Chunked,
            _ => Head::Length(BODY),
        };
        // What follows a body from a feed is whole.
        let family = heads(vec![head, Head::Length(BODY)], family);
        server(&|server| server.source = source, family)
    };
    // hyper polls a body until so many bytes are buffered.
    let limited = |source, family| {
        let head = match source {
            Source::Chunks(_) => Head::Chunked,
            _ => Head::Length(LIMITED),
        };
        let family = heads(vec![head], at(HUGE, family));
        let change = |server: &mut Server| {
            server.source = source;
            server.max_buf_size = Some(8192);
            server.body = Server::answering(LIMITED).body;
        };
        server(&change, family)
    };
    let switching = |connect, family| {
        let head = if connect {
            Head::Tunnel
        } else {
            Head::Switching
        };
        let change = |server: &mut Server| {
            server.upgrade = Some(Bytes::from_static(b"uv"));
            server.connect = connect;
        };
        server(&change, heads(vec![head], family))
    };
    let then = |later: &'static str, abstracted, family: Family| Family {
        real: [family.real[0], later.as_bytes()],
        abstracted: [family.abstracted[0], abstracted],
        beside: Beside::Rest,
        ..family
    };
    let bad_chunk = |name, handler| with(name, BAD_CHUNK, b"P3x!", handler);
    let failing = |faults: Faults, family| Family { faults, ..family };
    let small = |family| {
        let family = heads(vec![Head::Length(1)], at(SMALL, family));
        server(&|server| server.body = Server::answering(1).body, family)
    };
    let whole = |name, handler| with(name, WHOLE_BODY, b"P9xxxxxxxxx", handler);
    let half = |name, handler| with(name, HALF_A_BODY, b"P9xxxxx", handler);
    let in_two = |name, handler| beside(Beside::Rest, half(name, handler));
    let head_first = |name, handler| Family {
        real: [NO_BODY_YET.as_bytes(), b"helloworld"],
        abstracted: [b"P9", b"xxxxxxxxx"],
        ..beside(Beside::Rest, half(name, handler))
    };
    let echoing = |bytes, family| {
        let family = heads(vec![Head::Length(bytes)], family);
        server(
            &|server| server.body = Server::answering(bytes).body,
            family,
        )
    };
    // What the handler does, and how the request's body arrives.
    let handlers = vec![
        whole("whole-body-read", Reads),
        whole("whole-body-answered-first", AnswersFirst),
        whole("whole-body-ignored", Ignores),
        echoing(10, whole("whole-body-echoed", Echoes)),
        whole("whole-body-kept", Keeps),
        whole("whole-body-fails", Fails),
        whole("whole-body-never", Never),
        in_two("body-in-two-read", Reads),
        at(PROMPT, in_two("body-in-two-ignored", Ignores)),
        at(PROMPT, echoing(10, in_two("body-in-two-echoed", Echoes))),
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
            echoing(10, head_first("body-after-head-echoed", Echoes)),
        ),
        at(PROMPT, head_first("body-after-head-kept", Keeps)),
        half("unfinished-body-read", Reads),
        half("unfinished-body-answered-first", AnswersFirst),
        half("unfinished-body-echoed", Echoes),
        half("unfinished-body-kept", Keeps),
        half("unfinished-body-fails", Fails),
        half("unfinished-body-never", Never),
        beside(Beside::Fin, echoing(5, half("early-eof-echoed", Echoes))),
        beside(Beside::Fin, half("early-eof-kept", Keeps)),
        beside(Beside::Fin, half("early-eof-never", Never)),
        beside(Beside::LaterFin, with("fin-never", GET, b"G", Never)),
        with("get-fails", GET, b"G", Fails),
        with("get-never", GET, b"G", Never),
        with("pipelined-fails", TWO_GETS, b"GG", Fails),
        with("pipelined-never", TWO_GETS, b"GG", Never),
        echoing(5, bad_chunk("malformed-chunk-echoed", Echoes)),
        bad_chunk("malformed-chunk-kept", Keeps),
        // A part of a head is held.
        beside(
            Beside::Fin,
            with("fin-behind-half-a-head", HALF_A_HEAD, b"-", Ignores),
        ),
        beside(
            Beside::LaterFin,
            with("later-fin-behind-half-a-head", HALF_A_HEAD, b"-", Ignores),
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
    ];
    let plain = vec![
        get("request-complete"),
        small(get("small-request-complete")),
        at(FEW, small(ignored("small-body-ignored"))),
        at(
            PROMPT,
            heads(
                vec![Head::Length(BODY)],
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
        beside(
            Beside::Fin,
            with("early-eof", HALF_A_BODY, b"P9xxxxx", Reads),
        ),
        beside(Beside::Fin, ignored("early-eof-ignored")),
        at(
            PROMPT,
            beside(
                Beside::Rest,
                with("body-read-beside", HALF_A_BODY, b"P9xxxxx", AnswersFirst),
            ),
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
        with("pipelined", TWO_GETS, b"GG", Ignores),
        graceful(beside(Beside::Graceful, get("graceful"))),
        at(
            PROMPT,
            graceful(beside(
                Beside::RestThenGraceful,
                with("graceful-body", HALF_A_BODY, b"P9xxxxx", AnswersFirst),
            )),
        ),
        pipeline_flushing(heads(
            vec![Head::Length(BODY)],
            with("pipeline-flush-close", LAST_GET_AND_MORE, b"CG", Ignores),
        )),
        pipeline_flushing(with("pipeline-flush-two", TWO_GETS, b"GG", Ignores)),
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
                streaming(
                    Source::Feed(0),
                    with("fed-body-pipelined", TWO_GETS, b"GG", Ignores),
                ),
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
                with(
                    "flatten-next-request",
                    HALF_A_BODY,
                    b"P9xxxxx",
                    AnswersFirst,
                ),
            ),
        ),
        at(
            UNREAD,
            vectored(then(
                REST_AND_GET,
                b"xxxxG",
                with("queue-next-request", HALF_A_BODY, b"P9xxxxx", AnswersFirst),
            )),
        ),
        vectored(get("queue-request-complete")),
        vectored(ignored("queue-body-ignored")),
        vectored(with("queue-pipelined", TWO_GETS, b"GG", Ignores)),
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
    ];
    [plain, handlers].concat()
}
