//! Real hyper in the harness: which version ran, how many executions it took, and that what is
//! assumed about opaque subjects (deterministic, small enough for their stack) is so.

use std::collections::BTreeSet;

use lastbyte::{Model, Registry};
use lastbyte_models::hyper_h1::{history, v0_14, v1};

fn registry(model: Model) -> Registry {
    Registry::new([model]).expect("no clash")
}

#[test]
fn the_versions_that_run_are_the_ones_that_are_claimed() {
    assert_eq!(v1::VERSION, "1.12.0");
    assert_eq!(v0_14::VERSION, "0.14.32");
    for claim in registry(lastbyte_models::hyper_h1::model()).claims() {
        for instance in &claim.instances {
            let version = match instance.subject() {
                "hyper-1" => v1::VERSION,
                _ => v0_14::VERSION,
            };
            assert_eq!(instance.version(), Some(version), "{}", instance.id());
        }
    }
}

#[test]
fn scenarios_name_known_releases_and_have_names_of_their_own() {
    let defects = history::scenarios();
    let names: BTreeSet<&str> = defects.iter().map(|defect| defect.name).collect();
    assert_eq!(names.len(), defects.len());
    for defect in &defects {
        for release in defect.broken {
            let known = history::RELEASES.contains(release) || *release == history::PROPOSED;
            assert!(known, "{release}");
        }
    }
    for version in [v1::VERSION, v0_14::VERSION] {
        assert!(history::RELEASES.contains(&version));
    }
}

#[cfg(not(loom))]
#[test]
fn exploring_needs_cfg_loom() {
    eprintln!("real hyper is explored by RUSTFLAGS=\"--cfg loom\" cargo test, not by this build");
}

#[cfg(loom)]
mod explored {
    use std::sync::Arc;

    use lastbyte::check::Query;
    use lastbyte::trace::Exploration;
    use lastbyte::{Explorer, Instance, Outcome, Reader, Scenario, Subject};
    use lastbyte_models::hyper_h1::claims::{HYPER_0_14, HYPER_1};
    use lastbyte_models::hyper_h1::scenarios::{Family, families};

    fn explore(instance: &Instance, caching: bool) -> Exploration {
        let explorer = Explorer {
            caching,
            ..Explorer::default()
        };
        let explored = explorer.explore(instance.run(), instance.scenario());
        // A subject that is not deterministic would be inconclusive.
        assert_eq!(explored.inconclusive, None, "{}", instance.id());
        explored
    }

    fn outcomes(explored: &Exploration) -> Vec<&Outcome> {
        explored.histogram.keys().collect()
    }

    #[test]
    fn the_published_case_takes_few_executions() {
        let published = HYPER_1.instance(&Family::named("body-ignored"), 64);
        let explored = explore(&published, false);
        assert!(explored.counterexamples.is_empty());
        assert_eq!(explored.executions, 336);
        let [outcome] = outcomes(&explored)[..] else {
            panic!("one outcome was expected: {:?}", explored.histogram);
        };
        assert_eq!(
            outcome.to_string(),
            "subject: Ok; reader: complete; 139 bytes accepted, 139 received"
        );
        assert_eq!(explore(&published, true).executions, 88);
    }

    #[test]
    fn hyper_0_14_delivers_what_the_kernel_had_accepted_and_says_ok() {
        let published = HYPER_0_14.instance(&Family::named("body-ignored"), 64);
        let explored = explore(&published, false);
        let outcomes: Vec<String> = outcomes(&explored)
            .iter()
            .map(ToString::to_string)
            .collect();
        let cut = "subject: Ok; reader: end of file before message length reached";
        assert_eq!(
            outcomes,
            [
                "subject: Ok; reader: complete; 139 bytes accepted, 139 received".to_owned(),
                format!("{cut}; 64 bytes accepted, 64 received"),
                format!("{cut}; 128 bytes accepted, 128 received"),
            ]
        );
    }

    /// Explores an instance with and without state caching; both must find the same.
    fn compare(instance: &Instance) {
        let (every, cached) = (explore(instance, false), explore(instance, true));
        assert_eq!(outcomes(&every), outcomes(&cached), "{}", instance.id());
        let broken = |explored: &Exploration| -> Vec<_> {
            explored.counterexamples.keys().copied().collect()
        };
        assert_eq!(broken(&every), broken(&cached), "{}", instance.id());
        assert!(cached.executions <= every.executions, "{}", instance.id());
        eprintln!(
            "{}: {} executions, with caching {}",
            instance.id(),
            every.executions,
            cached.executions
        );
    }

    #[test]
    fn the_history_of_calls_stands_for_hypers_state() {
        for series in [HYPER_1, HYPER_0_14] {
            for family in families() {
                for capacity in [64, 1024] {
                    compare(&series.instance(&family, capacity));
                }
            }
        }
    }

    #[test]
    fn the_history_of_calls_stands_for_hypers_state_with_other_actors() {
        let small = ["pending-body", "terminating-chunk", "pipelined-request"];
        for claim in super::registry(lastbyte_models::history::model()).claims() {
            if small.contains(&claim.instances[0].scenario().name.as_str()) {
                compare(&claim.instances[0]);
            }
        }
    }

    /// A query of 20 bytes of response to this request.
    fn query(request: &'static str, settings: &[(&str, &str)]) -> Query {
        let settings = settings.iter();
        let settings = settings.map(|&(key, value)| (key.to_owned(), value.to_owned()));
        Query {
            request: request.into(),
            response_bytes: 20,
            settings: settings.collect(),
            ..Query::default()
        }
    }

    /// What every server of this build makes of a query.
    fn explored(query: &Query) -> Vec<(String, Exploration)> {
        let subjects = (lastbyte_models::hyper_h1::model().subjects)().into_iter();
        let servers = subjects.filter(|named| named.client_of.is_none());
        let explored = servers.map(|named| {
            let subject: Arc<dyn Subject> = named.subject(query).expect("it is supported");
            let scenario = Scenario::new("query", 64, Reader::PROMPT);
            let scenario = scenario.with_input(query.request.clone());
            (named.name, Explorer::default().explore(&subject, &scenario))
        });
        explored.collect()
    }

    #[test]
    fn queries_from_the_command_line_are_answered() {
        let request = "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: words\r\n\r\n";
        for (name, explored) in explored(&query(request, &[("upgrade", "true")])) {
            assert_eq!(explored.inconclusive, None, "{name}");
            assert!(explored.counterexamples.is_empty(), "{name}");
            assert!(explored.concluded() > 0);
        }
    }

    #[test]
    fn a_response_to_head_is_a_head_in_a_pipeline_too() {
        let head = "HEAD / HTTP/1.1\r\nhost: a\r\n\r\n";
        let pipeline = "GET / HTTP/1.1\r\nhost: a\r\n\r\nHEAD / HTTP/1.1\r\nhost: a\r\n\r\n\
                        GET / HTTP/1.1\r\nhost: a\r\n\r\n";
        for request in [head, pipeline] {
            for (name, explored) in explored(&query(request, &[])) {
                assert_eq!(explored.inconclusive, None, "{name}");
                assert!(explored.counterexamples.is_empty(), "{name}: {request}");
                assert!(explored.concluded() > 0);
            }
        }
    }
}
