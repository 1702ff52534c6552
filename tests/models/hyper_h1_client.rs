//! hyper's client in the harness: what it is promised to write is what it writes, its callers'
//! errors are its own, and the history of its calls stands for its state.

#[cfg(not(loom))]
#[test]
fn exploring_needs_cfg_loom() {
    eprintln!("real hyper is explored by RUSTFLAGS=\"--cfg loom\" cargo test, not by this build");
}

#[cfg(loom)]
mod explored {
    use std::sync::Arc;

    use lastbyte::trace::Exploration;
    use lastbyte::{Explorer, Reader, Registry, Scenario, Script, ScriptStep, Subject};
    use lastbyte_models::hyper_h1::{Answer, Client, Outgoing, Source, v0_14, v1};

    const LINES: [fn(Client) -> Arc<dyn Subject>; 2] = [v1::client, v0_14::client];

    const HELLO: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

    fn explore(subject: &Arc<dyn Subject>, scenario: &Scenario, caching: bool) -> Exploration {
        let explorer = Explorer {
            caching,
            ..Explorer::default()
        };
        let explored = explorer.explore(subject, scenario);
        // A subject that is not deterministic would be inconclusive.
        assert_eq!(explored.inconclusive, None);
        explored
    }

    /// The peer does this when it has seen `bytes` bytes.
    fn behind(bytes: usize, steps: impl IntoIterator<Item = ScriptStep>) -> Scenario {
        let steps = [ScriptStep::AwaitReceived(bytes)].into_iter().chain(steps);
        let peer = Script::new("peer", steps.collect::<Vec<_>>());
        Scenario::new("asked", 64, Reader::PROMPT).with_script(peer)
    }

    fn outcomes(explored: &Exploration) -> Vec<String> {
        explored.histogram.keys().map(ToString::to_string).collect()
    }

    /// Whatever the request's body comes from, and however it is written.
    #[test]
    fn every_request_arrives_as_promised_and_ends_the_client_when_it_is_let_go() {
        let end = |feed| [ScriptStep::EndFeed(feed), ScriptStep::WakeFeed(feed)];
        let piece = |piece: &str| ScriptStep::Feed(0, piece.to_owned().into());
        let sources = [
            (Source::Whole, vec![]),
            (Source::Pieces(4), vec![]),
            (Source::Chunks(4), vec![]),
            (Source::Feed(0), end(0).to_vec()),
            (
                Source::Fed { feed: 0, size: 4 },
                [
                    vec![piece("abcd"), piece("efgh"), piece("ij")],
                    end(0).to_vec(),
                ]
                .concat(),
            ),
        ];
        for line in LINES {
            for vectored in [false, true] {
                for (source, steps) in &sources {
                    let post = Outgoing::post(10, *source);
                    let bytes = post.bytes().len();
                    let client = Client {
                        answer: Answer::Read,
                        lets_go: true,
                        vectored,
                        ..Client::sending([post])
                    };
                    let mut scenario = behind(bytes, [ScriptStep::Send(HELLO.into())]);
                    if !steps.is_empty() {
                        scenario.feeds = 1;
                        scenario = scenario.with_script(Script::new("body", steps.clone()));
                    }
                    let explored = explore(&line(client), &scenario, true);
                    assert!(explored.counterexamples.is_empty(), "{source:?}");
                    assert_eq!(
                        outcomes(&explored),
                        [format!(
                            "subject: Ok; reader: complete; {bytes} bytes accepted, {bytes} received"
                        )],
                        "{source:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_client_that_is_kept_waits_behind_its_last_response() {
        for line in LINES {
            let two = Client::sending([Outgoing::GET, Outgoing::post(3, Source::Whole)]);
            let [first, second] = [0, 1].map(|n| two.requests[n].bytes().len());
            let ok = || ScriptStep::Send(HELLO.into());
            let next = ScriptStep::AwaitReceived(first + second);
            for answer in [Answer::Dropped, Answer::Read] {
                let two = Client {
                    answer,
                    ..two.clone()
                };
                let scenario = behind(first, [ok(), next.clone(), ok()]);
                let explored = explore(&line(two), &scenario, true);
                assert!(explored.counterexamples.is_empty(), "{answer:?}");
                let bytes = first + second;
                let waits = "subject: waits; reader: complete";
                assert_eq!(
                    outcomes(&explored),
                    [format!("{waits}; {bytes} bytes accepted, {bytes} received")],
                    "{answer:?}"
                );
            }
        }
    }

    #[test]
    fn a_caller_without_a_response_is_an_error_of_the_client() {
        for line in LINES {
            let client = Client::sending([Outgoing::GET]);
            let bytes = client.requests[0].bytes().len();
            let explored = explore(
                &line(client),
                &behind(bytes, [ScriptStep::FinishInput]),
                true,
            );
            for outcome in outcomes(&explored) {
                assert!(outcome.starts_with("subject: error ("), "{outcome}");
            }
            assert!(explored.concluded() > 0);
        }
    }

    #[test]
    fn a_response_that_is_cut_short_is_an_error_of_who_reads_it() {
        for line in LINES {
            let client = Client {
                answer: Answer::Read,
                ..Client::sending([Outgoing::GET])
            };
            let bytes = client.requests[0].bytes().len();
            let cut = ScriptStep::Send(HELLO[..HELLO.len() - 1].to_owned().into());
            let scenario = behind(bytes, [cut, ScriptStep::FinishInput]);
            let explored = explore(&line(client), &scenario, true);
            for outcome in outcomes(&explored) {
                assert!(outcome.starts_with("subject: error ("), "{outcome}");
            }
            assert!(explored.concluded() > 0);
        }
    }

    #[test]
    fn the_history_of_calls_stands_for_the_clients_state() {
        let small = ["client-peer-fin", "client-answered-unread"];
        let registry = Registry::new([lastbyte_models::history::model()]).expect("no clash");
        for claim in registry.claims() {
            let instance = &claim.instances[0];
            if !small.contains(&instance.scenario().name.as_str()) {
                continue;
            }
            let explore = |caching| explore(instance.run(), instance.scenario(), caching);
            let (every, cached) = (explore(false), explore(true));
            assert_eq!(outcomes(&every), outcomes(&cached), "{}", instance.id());
            let broken = |explored: &Exploration| -> Vec<_> {
                explored.counterexamples.keys().copied().collect()
            };
            assert_eq!(broken(&every), broken(&cached), "{}", instance.id());
            eprintln!(
                "{}: {} executions, with caching {}",
                instance.id(),
                every.executions,
                cached.executions
            );
        }
    }
}
