//! The model of the dispatch loop against real hyper: the same situation has the same sequences of
//! socket calls on both sides, in every interleaving.

#[cfg(not(loom))]
#[test]
fn conformance_needs_cfg_loom() {
    eprintln!("the model is compared with hyper by RUSTFLAGS=\"--cfg loom\" cargo test");
}

#[cfg(loom)]
mod explored {
    use std::collections::BTreeSet;
    use std::fmt;
    use std::sync::{Arc, Mutex};

    use lastbyte::{
        ActorId, Event, Explorer, FlushMode, Limits, Reader, Scenario, Script, ScriptStep, Subject,
        Trace,
    };
    use lastbyte_models::dispatch_loop::{
        Body, Connection, LAST_0_14, LOOKS_AT_CLOSING, ORIGINAL, RECHECK_FLUSHES, Revision,
        SHUTDOWN_FLUSHES, UserBody,
    };
    use lastbyte_models::hyper_h1::claims::{HYPER_0_14, HYPER_1, Series};
    use lastbyte_models::hyper_h1::{Handler, Server};

    /// More executions than any comparison takes.
    const EXECUTIONS: u64 = 20_000;

    /// Capacity of the kernel's buffer in bytes, and bytes that the reader takes at most.
    type Environment = (usize, Option<usize>);

    const ALL: &[Environment] = &[
        (32, None),
        (64, None),
        (64, Some(48)),
        (128, None),
        (1024, None),
    ];
    const WITHOUT_SMALLEST: &[Environment] = ALL.split_at(1).1;
    const PROMPT: &[Environment] = &[(64, None), (128, None), (1024, None)];
    const ROOMY: &[Environment] = &[(1024, None)];
    const LARGE: &[Environment] = ALL.split_at(3).1;

    const VERSIONS: [(Series, Revision); 2] = [(HYPER_0_14, LAST_0_14), (HYPER_1, RECHECK_FLUSHES)];

    const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    const LAST_GET: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    const TWO_GETS: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n";
    const LAST_GET_AND_MORE: &str =
        "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n";
    const NO_REQUEST: &str = "no request\r\n\r\n";
    const GET_AND_NO_REQUEST: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\nno request\r\n\r\n";
    const HALF_A_BODY: &str = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello";
    const BAD_CHUNK: &str =
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhelloX\r\n";

    /// Bytes of a response of 0.14 and of 1.
    type Sizes = [usize; 2];
    const RESPONSE: Sizes = [139, 139];
    /// Behind `connection: close`, which hyper 1 repeats in its answer.
    const LAST_RESPONSE: Sizes = [139, 158];

    /// What happens besides the connection.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    enum Beside {
        #[default]
        Nothing,
        /// FIN lies behind the request.
        Fin,
        /// FIN comes at any time.
        LaterFin,
        /// FIN comes when the response is being flushed.
        FinDuringFlush,
        /// The rest of the request comes at any time.
        Rest,
        /// `graceful_shutdown` comes at any time.
        Graceful,
        /// A flush takes two calls.
        TwoPhaseFlush,
        /// The reader stops behind the first byte.
        ReaderStops,
        /// The reader resets the connection behind the first byte.
        ReaderResets,
    }

    /// One situation, for hyper and for the model.
    #[derive(Clone, Copy)]
    struct Pair {
        name: &'static str,
        request: &'static str,
        abstract_request: &'static [u8],
        response: Sizes,
        handler: Handler,
        beside: Beside,
        half_close: bool,
        pipeline_flush: bool,
        environments: &'static [Environment],
    }

    fn pairs() -> Vec<Pair> {
        use Handler::{AnswersFirst, Ignores, Reads};
        let pair = |name, request, abstract_request: &'static [u8], response, handler| Pair {
            name,
            request,
            abstract_request,
            response,
            handler,
            beside: Beside::Nothing,
            half_close: false,
            pipeline_flush: false,
            environments: ALL,
        };
        let small = |pair| Pair {
            environments: WITHOUT_SMALLEST,
            ..pair
        };
        let get = |name| pair(name, GET, b"G", RESPONSE, Ignores);
        vec![
            get("request-complete"),
            pair("connection-close", LAST_GET, b"C", LAST_RESPONSE, Ignores),
            pair("body-ignored", HALF_A_BODY, b"P9xxxxx", RESPONSE, Ignores),
            small(pair("malformed-chunk", BAD_CHUNK, b"P3x!", RESPONSE, Reads)),
            small(pair(
                "malformed-chunk-beside",
                BAD_CHUNK,
                b"P3x!",
                RESPONSE,
                AnswersFirst,
            )),
            small(pair(
                "malformed-chunk-ignored",
                BAD_CHUNK,
                b"P3x!",
                RESPONSE,
                Ignores,
            )),
            Pair {
                beside: Beside::Fin,
                environments: WITHOUT_SMALLEST,
                ..pair("early-eof", HALF_A_BODY, b"P9xxxxx", RESPONSE, Reads)
            },
            Pair {
                beside: Beside::Fin,
                environments: WITHOUT_SMALLEST,
                ..pair(
                    "early-eof-ignored",
                    HALF_A_BODY,
                    b"P9xxxxx",
                    RESPONSE,
                    Ignores,
                )
            },
            Pair {
                beside: Beside::Rest,
                environments: LARGE,
                ..pair(
                    "body-read-beside",
                    HALF_A_BODY,
                    b"P9xxxxx",
                    RESPONSE,
                    AnswersFirst,
                )
            },
            Pair {
                beside: Beside::Fin,
                ..get("fin-behind-request")
            },
            Pair {
                beside: Beside::LaterFin,
                environments: PROMPT,
                ..get("fin-any-time")
            },
            Pair {
                beside: Beside::FinDuringFlush,
                environments: LARGE,
                ..get("fin-during-flush")
            },
            Pair {
                beside: Beside::FinDuringFlush,
                half_close: true,
                environments: LARGE,
                ..get("fin-during-flush-half-close")
            },
            Pair {
                environments: PROMPT,
                ..pair("pipelined", TWO_GETS, b"GG", RESPONSE, Ignores)
            },
            Pair {
                beside: Beside::Graceful,
                environments: PROMPT,
                ..get("graceful")
            },
            Pair {
                pipeline_flush: true,
                ..pair(
                    "pipeline-flush-close",
                    LAST_GET_AND_MORE,
                    b"CG",
                    LAST_RESPONSE,
                    Ignores,
                )
            },
            Pair {
                environments: ROOMY,
                ..pair("bad-request", NO_REQUEST, b"!", RESPONSE, Ignores)
            },
            Pair {
                environments: ROOMY,
                ..pair(
                    "bad-second-request",
                    GET_AND_NO_REQUEST,
                    b"G!",
                    RESPONSE,
                    Ignores,
                )
            },
            Pair {
                beside: Beside::TwoPhaseFlush,
                environments: LARGE,
                ..get("two-phase-flush")
            },
            Pair {
                beside: Beside::TwoPhaseFlush,
                environments: ROOMY,
                ..pair(
                    "two-phase-flush-body-ignored",
                    HALF_A_BODY,
                    b"P9xxxxx",
                    RESPONSE,
                    Ignores,
                )
            },
            Pair {
                beside: Beside::ReaderStops,
                ..pair("reader-stops", HALF_A_BODY, b"P9xxxxx", RESPONSE, Ignores)
            },
            Pair {
                beside: Beside::ReaderResets,
                environments: PROMPT,
                ..pair("reader-resets", HALF_A_BODY, b"P9xxxxx", RESPONSE, Ignores)
            },
        ]
    }

    impl Pair {
        fn hyper(&self, series: &Series) -> Arc<dyn Subject> {
            (series.subject)(Server {
                handler: self.handler,
                half_close: self.half_close,
                pipeline_flush: self.pipeline_flush,
                graceful: (self.beside == Beside::Graceful).then_some(0),
                ..Server::answering(63)
            })
        }

        fn model(&self, revision: Revision, series: &Series) -> Arc<dyn Subject> {
            let response = self.response[usize::from(series.version != HYPER_0_14.version)];
            Arc::new(Connection {
                revision,
                half_close: self.half_close,
                pipeline_flush: self.pipeline_flush,
                user_body: match self.handler {
                    Handler::Ignores => UserBody::Dropped,
                    Handler::Reads | Handler::Echoes => UserBody::ReadFirst,
                    Handler::AnswersFirst => UserBody::ReadBeside,
                },
                graceful: (self.beside == Beside::Graceful).then_some(0),
                rounds: 16,
                write_limit: usize::MAX,
                // The head is one byte.
                ..Connection::server([Body::Full(response - 1)], 0)
            })
        }

        fn scenario(
            &self,
            (capacity, slow): Environment,
            input: &'static [u8],
            rest: &'static [u8],
        ) -> Scenario {
            let reader = slow.map_or(Reader::PROMPT, Reader::slow);
            let name = format!("{} K={capacity} {reader}", self.name);
            let scenario = Scenario::new(name, capacity, reader).with_input(input);
            let peer = |steps: &[ScriptStep]| Script::new("peer", steps);
            match self.beside {
                Beside::Nothing => scenario,
                Beside::Fin => scenario.with_input_eof(),
                Beside::LaterFin => scenario.with_script(peer(&[ScriptStep::FinishInput])),
                Beside::FinDuringFlush => scenario.with_script(peer(&[
                    ScriptStep::AwaitReceived(1),
                    ScriptStep::FinishInput,
                ])),
                Beside::Rest => scenario.with_script(peer(&[ScriptStep::Send(rest.into())])),
                Beside::TwoPhaseFlush => Scenario {
                    flush: FlushMode::TwoPhase,
                    ..scenario.with_script(Script::new("device", vec![ScriptStep::FinishFlush; 4]))
                },
                Beside::ReaderStops => Scenario {
                    reader: reader.stops_after(1),
                    ..scenario
                },
                Beside::ReaderResets => Scenario {
                    reader: reader.resets_after(1),
                    ..scenario
                },
                Beside::Graceful => Scenario {
                    signals: 1,
                    ..scenario.with_script(Script::new("user", [ScriptStep::Raise(0)]))
                },
            }
        }
    }

    /// What the socket sees of a connection, and the connection of the world.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
    enum Seen {
        Write { offered: usize, accepted: usize },
        WritePending { offered: usize },
        Call(&'static str),
        Woken,
        Ended { well: bool },
    }

    impl fmt::Display for Seen {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self {
                Seen::Write { offered, accepted } => write!(f, "write {offered}:{accepted}"),
                Seen::WritePending { offered } => write!(f, "write {offered}:pending"),
                Seen::Call(name) => f.write_str(name),
                Seen::Woken => f.write_str("WOKEN"),
                Seen::Ended { well: true } => f.write_str("Ok"),
                Seen::Ended { well: false } => f.write_str("Err"),
            }
        }
    }

    type Sequence = Vec<Seen>;

    /// The whole trace, without what has no counterpart: polls and parking, reads, notes, and
    /// wake-ups of the connection by itself.
    fn project(trace: &Trace) -> Sequence {
        let mut ended = None;
        let mut sequence = Vec::new();
        for step in &trace.steps {
            if step.actor != ActorId::SUBJECT {
                let woken = Event::Wake {
                    actor: ActorId::SUBJECT,
                };
                sequence.extend((step.event == woken).then_some(Seen::Woken));
                continue;
            }
            sequence.push(match &step.event {
                Event::Write { offered, accepted } => Seen::Write {
                    offered: *offered,
                    accepted: *accepted,
                },
                Event::WritePending { offered } => Seen::WritePending { offered: *offered },
                Event::WriteFailed { .. } => Seen::Call("write fails"),
                Event::Flush => Seen::Call("flush"),
                Event::FlushPending => Seen::Call("flush:pending"),
                Event::Shutdown => Seen::Call("shutdown"),
                Event::ShutdownFailed { .. } => Seen::Call("shutdown fails"),
                Event::Close => Seen::Call("close"),
                Event::Panicked { .. } => Seen::Call("panics"),
                Event::Ended { error } => {
                    ended = Some(Seen::Ended {
                        well: error.is_none(),
                    });
                    continue;
                }
                Event::Poll
                | Event::Park
                | Event::Input { .. }
                | Event::InputPending
                | Event::InputFailed { .. }
                | Event::Feed { .. }
                | Event::FeedPending
                | Event::Wake { .. }
                | Event::Note { .. } => continue,
                other => panic!("no event of a connection: {other:?}"),
            });
        }
        // The harness drops hyper, and with it the socket, before it says how it ended; the model
        // owns its socket until it has said so.
        sequence.extend(ended);
        sequence
    }

    /// What was found of one subject.
    struct Side {
        executions: u64,
        sequences: BTreeSet<Sequence>,
    }

    /// Every sequence of a subject.
    fn sequences(subject: &Arc<dyn Subject>, scenario: &Scenario) -> Side {
        let found = Arc::new(Mutex::new(BTreeSet::new()));
        let into = found.clone();
        let explorer = Explorer {
            caching: false,
            limits: Limits {
                executions: Some(EXECUTIONS),
                ..Limits::default()
            },
            observer: Some(Arc::new(move |trace, _| {
                into.lock().expect("no panic").insert(project(trace));
            })),
            ..Explorer::default()
        };
        let explored = explorer.explore(subject, scenario);
        assert_eq!(explored.cut, None, "{scenario}");
        // No trace is a part of one.
        assert_eq!(explored.concluded(), explored.executions, "{scenario}");
        let sequences = std::mem::take(&mut *found.lock().expect("no panic"));
        assert!(!sequences.is_empty(), "{scenario}");
        Side {
            executions: explored.executions,
            sequences,
        }
    }

    /// A place where the model is known to differ from hyper: what is left out of the sequences on
    /// both sides before they are compared.
    struct Deviation {
        name: &'static str,
        why: &'static str,
        pairs: &'static [&'static str],
        leave_out: fn(Sequence) -> Sequence,
    }

    const DEVIATIONS: [Deviation; 1] = [Deviation {
        name: "size-of-400",
        why: "The model's automatic 400 is one byte. Left out on both sides: how many bytes a write \
              has.",
        pairs: &["bad-request", "bad-second-request"],
        leave_out: |mut sequence| {
            for seen in &mut sequence {
                if let Seen::Write { offered, accepted } = seen
                    && offered == accepted
                {
                    *seen = Seen::Call("write all");
                }
            }
            sequence
        },
    }];

    /// The differences of two sets, as text.
    fn differences(hyper: &BTreeSet<Sequence>, model: &BTreeSet<Sequence>) -> Vec<String> {
        let text = |who: &str, sequence: &Sequence| {
            let seen: Vec<_> = sequence.iter().map(ToString::to_string).collect();
            format!("only {who}: {}", seen.join(", "))
        };
        let holes = hyper.difference(model).map(|s| text("hyper", s));
        let false_alarms = model.difference(hyper).map(|s| text("the model", s));
        holes.chain(false_alarms).collect()
    }

    fn both(series: &Series, revision: Revision, pair: &Pair, at: Environment) -> [Side; 2] {
        let hyper = pair.scenario(at, pair.request.as_bytes(), b"world");
        let model = pair.scenario(at, pair.abstract_request, b"xxxx");
        [
            sequences(&pair.hyper(series), &hyper),
            sequences(&pair.model(revision, series), &model),
        ]
    }

    /// What came of one pair and one version, over all its environments.
    #[derive(Default)]
    struct Row {
        cells: usize,
        executions: [u64; 2],
        sequences: [usize; 2],
        deviation: Option<&'static str>,
        wrong: Vec<String>,
    }

    fn compare(series: &Series, revision: Revision, pair: &Pair) -> Row {
        let mut row = Row::default();
        let deviation = DEVIATIONS.iter().find(|d| d.pairs.contains(&pair.name));
        let mut needed = false;
        for &environment in pair.environments {
            let sides = both(series, revision, pair, environment);
            row.cells += 1;
            for (n, side) in sides.iter().enumerate() {
                row.executions[n] += side.executions;
                row.sequences[n] += side.sequences.len();
            }
            let [mut hyper, mut model] = sides.map(|side| side.sequences);
            if let Some(deviation) = deviation {
                needed |= hyper != model;
                let leave_out = |all: BTreeSet<Sequence>| -> BTreeSet<Sequence> {
                    all.into_iter().map(deviation.leave_out).collect()
                };
                (hyper, model) = (leave_out(hyper), leave_out(model));
            }
            let at = format!("{} {} at {environment:?}", series.version, pair.name);
            let found = differences(&hyper, &model);
            let found = found.into_iter().map(|text| format!("{at}: {text}"));
            row.wrong.extend(found);
        }
        row.deviation = deviation.map(|deviation| deviation.name);
        if let Some(name) = row.deviation.filter(|_| !needed) {
            let (version, pair) = (series.version, pair.name);
            row.wrong
                .push(format!("{version} {pair}: {name} is not needed any more"));
        }
        row
    }

    fn document(rows: &[(&str, Vec<(&Pair, Row)>)]) -> String {
        let all = || rows.iter().flat_map(|(_, rows)| rows);
        let sum = |of: fn(&Row) -> usize| all().map(|(_, row)| of(row)).sum::<usize>();
        let mut text = format!(
            "# The model against real hyper\n\nEvery sequence of socket calls and wake-ups of the \
             model, in every interleaving and without a bound, is one of the hyper of that version, \
             and the other way round, but for the deviations below.\n\n{} scenarios compared, each with the kernel buffers and \
             readers given: {} comparisons; {} sequences of hyper in {} executions, {} of the model \
             in {}. Deviations: {}.\n\n| hyper | scenario | comparisons | sequences of hyper | of the \
             model | executions of hyper | of the model | deviation |\n|---|---|---|---|---|---|---|---|\n",
            pairs().len(),
            sum(|row| row.cells),
            sum(|row| row.sequences[0]),
            all().map(|(_, row)| row.executions[0]).sum::<u64>(),
            sum(|row| row.sequences[1]),
            all().map(|(_, row)| row.executions[1]).sum::<u64>(),
            DEVIATIONS.len(),
        );
        for (version, rows) in rows {
            for (pair, row) in rows {
                let [h, m] = row.sequences;
                let [eh, em] = row.executions;
                let (name, cells) = (pair.name, row.cells);
                let deviation = row.deviation.unwrap_or("");
                text += &format!(
                    "| {version} | {name} | {cells} | {h} | {m} | {eh} | {em} | {deviation} |\n"
                );
            }
        }
        let environments = |all: &mut dyn Iterator<Item = &Environment>| {
            let text = |&(capacity, slow): &Environment| {
                let reader = slow.map_or(Reader::PROMPT, Reader::slow);
                format!("K={capacity} {reader}")
            };
            all.map(text).collect::<Vec<_>>().join(", ")
        };
        text += "\nKernel buffers (K, in bytes) and readers:\n\n";
        for pair in pairs() {
            let compared = environments(&mut pair.environments.iter());
            let left = ALL.iter().filter(|e| !pair.environments.contains(e));
            let left = environments(&mut left.into_iter());
            text += &format!("* {}: {compared}", pair.name);
            if !left.is_empty() {
                text += &format!("; left out as too large: {left}");
            }
            text += "\n";
        }
        text += "\nDeviations:\n\n";
        for deviation in DEVIATIONS {
            text += &format!("* {}: {}\n", deviation.name, deviation.why);
        }
        text += "\nNot compared: reads of the input and how many bytes they have, polls and \
                 parking, wake-ups of a connection by itself, and the order of the socket's close \
                 and of the connection's end, which is up to who drives it.\n";
        text
    }

    #[test]
    #[ignore = "part of the longer explorations; cargo test -- --ignored"]
    fn the_model_does_what_hyper_does_and_nothing_else() {
        let pairs = pairs();
        for deviation in &DEVIATIONS {
            for name in deviation.pairs {
                assert!(pairs.iter().any(|pair| pair.name == *name), "{name}");
            }
        }
        let rows = VERSIONS.map(|(series, revision)| {
            let row = |pair| (pair, compare(&series, revision, pair));
            (series.version, pairs.iter().map(row).collect::<Vec<_>>())
        });
        let rows_of_all = rows.iter().flat_map(|(_, rows)| rows);
        let wrong: Vec<_> = rows_of_all.flat_map(|(_, row)| &row.wrong).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        let text = document(&rows);
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/dispatch_loop/conformance.md");
        if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
            std::fs::write(file, text).expect("a place for it");
        } else {
            assert_eq!(std::fs::read_to_string(file).expect("the figures"), text);
        }
    }

    /// The comparison can fail, in both directions: another revision is told apart.
    #[test]
    fn another_revision_is_told_apart() {
        let named = |name| pairs().into_iter().find(|pair| pair.name == name);
        let told_apart = |series: &Series, revision, name, directions: &[&str]| {
            let pair = named(name).expect("it is there");
            let [hyper, model] = both(series, revision, &pair, (64, None));
            let found = differences(&hyper.sequences, &model.sequences);
            for direction in directions {
                assert!(
                    found.iter().any(|text| text.starts_with(direction)),
                    "{name} at {} is as {}: {found:#?}",
                    revision.name,
                    series.version
                );
            }
        };
        let both_ways = ["only hyper", "only the model"];
        // Without the flush of the shutdown, and with it.
        told_apart(&HYPER_1, LOOKS_AT_CLOSING, "body-ignored", &both_ways);
        told_apart(&HYPER_0_14, SHUTDOWN_FLUSHES, "body-ignored", &both_ways);
        // With the graceful shutdown of hyper 1.
        told_apart(&HYPER_0_14, ORIGINAL, "graceful", &both_ways);
    }
}
