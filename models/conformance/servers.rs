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
        not_in: &[],
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
        let head = if connect { Head::Bare } else { Head::Switching };
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
    let old = |family| {
        let head = Head::Old {
            length: BODY,
            keeps: false,
        };
        heads(vec![head], family)
    };
    let keeping = |family| {
        let head = Head::Old {
            length: BODY,
            keeps: true,
        };
        heads(vec![head], family)
    };
    let expecting = |name, handler| Family {
        real: [EXPECTS.as_bytes(), b"helloworld"],
        abstracted: [b"E9", b"xxxxxxxxx"],
        ..beside(Beside::Rest, half(name, handler))
    };
    let expecting_only = |name, handler| beside(Beside::Nothing, expecting(name, handler));
    let expecting_whole = |name, handler| with(name, EXPECTS_AND_SENDS, b"E9xxxxxxxxx", handler);
    let chunked = |name, handler| with(name, CHUNKED_WHOLE, b"Qxx.", handler);
    let chunked_in_two =
        |name, handler| then(REST_OF_CHUNKS, b"x.", with(name, CHUNKED, b"Qx", handler));
    let chunked_ends_later =
        |name, handler| then(END_OF_CHUNKS, b".", with(name, CHUNKED, b"Qx", handler));
    let trailed = |name, handler| with(name, CHUNKED_TRAILERS, b"Qx;", handler);
    let trailed_later = |name, handler| then(TRAILERS, b";", with(name, CHUNKED, b"Qx", handler));
    let sourced = |source, head, family| {
        let family = heads(vec![head], family);
        server(&|server| server.source = source, family)
    };
    // What goes over the wire otherwise.
    let wire = vec![
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
        old(with("http-1-0", OLD_GET, b"C", Ignores)),
        keeping(with("http-1-0-keep-alive", OLD_GET_KEEPS, b"G", Ignores)),
        keeping(with(
            "http-1-0-pipelined",
            TWO_OLD_GETS_KEEP,
            b"GG",
            Ignores,
        )),
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
            with("answer-fails-pipelined", TWO_GETS, b"GG", Ignores),
        ),
    ];
    let upgrading =
        |name, request, abstracted| switching(false, with(name, request, abstracted, Ignores));
    let tunnel =
        |name, request, abstracted| switching(true, with(name, request, abstracted, Ignores));
    let refusing = |name, request, abstracted| with(name, request, abstracted, Ignores);
    let upgradable = |family| server(&|server| server.upgradable = true, family);
    // Upgrades.
    let upgrades = vec![
        upgrading("upgrade-half-a-body", UPGRADE_HALF_A_BODY, b"V9xxxxx"),
        upgrading("upgrade-whole-body", UPGRADE_WHOLE_BODY, b"V9xxxxxxxxx"),
        upgrading(
            "upgrade-body-and-early-data",
            UPGRADE_BODY_AND_EARLY,
            b"V5xxxxxxxxxx",
        ),
        at(
            PROMPT,
            beside(
                Beside::Rest,
                upgrading("upgrade-body-in-two", UPGRADE_HALF_A_BODY, b"V9xxxxx"),
            ),
        ),
        graceful(beside(
            Beside::Graceful,
            upgrading("upgrade-graceful", UPGRADE, b"U"),
        )),
        graceful(beside(
            Beside::Graceful,
            upgrading("upgrade-early-data-graceful", UPGRADE_AND_EARLY, b"Uxxxxx"),
        )),
        graceful(beside(
            Beside::Graceful,
            upgrading(
                "upgrade-half-a-body-graceful",
                UPGRADE_HALF_A_BODY,
                b"V9xxxxx",
            ),
        )),
        beside(Beside::Fin, upgrading("upgrade-fin", UPGRADE, b"U")),
        beside(
            Beside::LaterFin,
            upgrading("upgrade-later-fin", UPGRADE, b"U"),
        ),
        beside(
            Beside::ReaderStops,
            upgrading("upgrade-reader-stops", UPGRADE, b"U"),
        ),
        beside(
            Beside::ReaderResets,
            upgrading("upgrade-reader-resets", UPGRADE, b"U"),
        ),
        at(
            PROMPT,
            beside(
                Beside::DeferredFlush(4),
                upgrading("upgrade-deferred-flush", UPGRADE, b"U"),
            ),
        ),
        vectored(upgrading("queue-upgrade", UPGRADE, b"U")),
        pipeline_flushing(upgrading(
            "pipeline-flush-upgrade-half-a-body",
            UPGRADE_HALF_A_BODY,
            b"V9xxxxx",
        )),
        pipeline_flushing(upgrading(
            "pipeline-flush-upgrade-body-and-early-data",
            UPGRADE_BODY_AND_EARLY,
            b"V5xxxxxxxxxx",
        )),
        tunnel("connect-half-a-body", CONNECT_HALF_A_BODY, b"V9xxxxx"),
        tunnel("connect-whole-body", CONNECT_WHOLE_BODY, b"V9xxxxxxxxx"),
        graceful(beside(
            Beside::Graceful,
            tunnel("connect-graceful", CONNECT, b"U"),
        )),
        pipeline_flushing(tunnel(
            "pipeline-flush-connect-early-data",
            CONNECT_AND_EARLY,
            b"Uxxxxx",
        )),
        // What is asked for is refused: an ordinary answer.
        refusing("upgrade-refused", UPGRADE, b"U"),
        refusing("upgrade-refused-then-close", UPGRADE_AND_GET, b"UC"),
        refusing(
            "upgrade-refused-half-a-body",
            UPGRADE_HALF_A_BODY,
            b"V9xxxxx",
        ),
        refusing(
            "upgrade-refused-whole-body",
            UPGRADE_WHOLE_BODY,
            b"V9xxxxxxxxx",
        ),
        upgradable(refusing(
            "upgradable-refused-then-close",
            UPGRADE_AND_GET,
            b"UC",
        )),
        upgradable(refusing(
            "upgradable-refused-half-a-body",
            UPGRADE_HALF_A_BODY,
            b"V9xxxxx",
        )),
        graceful(beside(
            Beside::Graceful,
            upgradable(refusing("upgradable-refused-graceful", UPGRADE, b"U")),
        )),
    ];
    // Two things at once.
    let pairs = vec![
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
    ];
    [plain, handlers, wire, upgrades, pairs].concat()
}
