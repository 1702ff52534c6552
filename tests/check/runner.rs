//! The processes that explore: what they are ordered to do, what they answer, and what becomes of
//! one that does neither.

#[cfg(not(unix))]
#[test]
fn workers_are_tested_on_unix() {
    eprintln!("skipped: this is tested on Unix alone");
}

#[cfg(unix)]
mod unix {
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::fs::PermissionsExt;
    use std::process::{Command, Stdio};
    use std::sync::atomic::Ordering;
    use std::time::{Duration, Instant};

    use lastbyte::check::runner::{Explored, Meter, Pool, SILENCE, Unit};
    use lastbyte::check::selection::Selection;
    use lastbyte::trace::Inconclusive;
    use lastbyte_models::registry;
    use serde_json::{Value, json};

    use crate::program::Scratch;

    /// Everything that belongs to these claims.
    fn units(filter: &str) -> Vec<Unit> {
        let all = Selection::all(&registry().expect("no clash"));
        let selected = all.only(&[filter.to_owned()]).expect(filter);
        Unit::all(&selected)
    }

    /// What a worker answers to one order.
    fn ordered(unit: &Unit, seconds: Option<f64>) -> Value {
        let mut worker = Command::new(env!("CARGO_BIN_EXE_verify"))
            .arg("worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program that was just built can be run");
        let mut orders = worker.stdin.take().expect("it is piped");
        let order = json!({"unit": unit.identity(), "seconds": seconds});
        writeln!(orders, "{order}").expect("it listens");
        let answers = BufReader::new(worker.stdout.take().expect("it is piped")).lines();
        let answers = answers.map(|line| -> Value {
            serde_json::from_str(&line.expect("text")).expect("one line of JSON")
        });
        let mut answers = answers.filter(|answer| answer.get("progress").is_none());
        let answer = answers.next().expect("an answer");
        drop(orders);
        worker.wait().expect("it was started");
        answer["explored"]["exploration"].clone()
    }

    #[test]
    fn a_instance_is_explored_as_it_says_and_for_as_long_as_ordered() {
        let cached = &units("shutdown_ordering/original-loses")[0];
        let explored = ordered(cached, None);
        assert_eq!(explored["inconclusive"], Value::Null);
        assert!(explored["states"].as_u64() > Some(0), "{explored}");
        let stopped = ordered(cached, Some(0.0));
        assert_eq!(stopped["inconclusive"], "time");
        let uncached = &units("hyper/hyper-0.14-body-ignored-without-caching")[0];
        let explored = ordered(uncached, None);
        assert_eq!(explored["inconclusive"], Value::Null);
        assert_eq!(explored["states"], 0);
    }

    /// Runs units with a program in the workers' place.
    fn explored(program: &str, deadline: Option<Instant>, silence: Duration) -> Explored {
        let script = Scratch::new("worker", format!("#!/bin/sh\n{program}\n"));
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(script.path(), executable).expect("scratch");
        let pool = Pool {
            program: script.path().into(),
            jobs: 2,
            deadline,
            silence,
            steps: None,
        };
        pool.explore(&units("template"), &Meter::default())
            .expect("it can be started")
    }

    fn crashed(explored: &Explored) -> Vec<&str> {
        let instances = explored.instances.values();
        let reasons = instances.map(|exploration| match &exploration.inconclusive {
            Some(Inconclusive::Crashed(why)) => why.as_str(),
            other => panic!("not crashed: {other:?}"),
        });
        reasons.collect()
    }

    #[test]
    fn a_worker_that_says_nothing_is_killed_and_its_instance_inconclusive() {
        let all = units("template").len();
        let started = Scratch::directory("started");
        let silent = format!("touch {}/$$; exec sleep 600", started.path());
        let explored = explored(&silent, None, Duration::ZERO);
        assert_eq!(crashed(&explored), vec!["silent for 0 s"; all]);
        for worker in started.names() {
            let process = format!("/proc/{worker}");
            assert!(!std::path::Path::new(&process).exists(), "{process}");
        }
    }

    #[test]
    fn a_worker_that_dies_or_babbles_takes_its_instance_along_and_no_other() {
        let all = units("template").len();
        let dead = explored("exit 7", None, SILENCE);
        let why = "the exploring process ended with exit status: 7";
        assert_eq!(crashed(&dead), vec![why; all]);
        let babbling = explored("echo nonsense; exec sleep 600", None, SILENCE);
        let why = crashed(&babbling);
        assert_eq!(why.len(), all);
        assert!(
            why.iter().all(|w| w.starts_with("unreadable answer: ")),
            "{why:?}"
        );
    }

    #[test]
    fn nothing_is_begun_when_the_time_is_up() {
        let begun = Scratch::directory("begun");
        let program = format!("touch {}/$$", begun.path());
        let explored = explored(&program, Some(Instant::now()), SILENCE);
        assert!(explored.instances.is_empty());
        assert_eq!(begun.names(), [""; 0]);
    }

    #[test]
    fn a_worker_tells_how_far_it_is_before_it_is_done() {
        let long = units("shutdown_ordering/fixed-without-caching");
        let meter = Meter::default();
        let pool = Pool {
            program: env!("CARGO_BIN_EXE_verify").into(),
            jobs: 1,
            deadline: None,
            silence: SILENCE,
            steps: None,
        };
        let explored = std::thread::scope(|scope| {
            scope.spawn(|| {
                while meter.executions.load(Ordering::Relaxed) == 0 {
                    std::thread::yield_now();
                }
                meter.stop.store(true, Ordering::Relaxed);
            });
            pool.explore(&long, &meter).expect("it can be started")
        });
        assert!(
            explored.instances.is_empty(),
            "it was stopped in the middle"
        );
        assert_eq!(explored.executions(), 0);
    }

    #[test]
    fn executions_are_those_of_instances_and_comparisons() {
        let mut units = units("template");
        let comparisons = Selection::all(&registry().expect("no clash")).comparisons;
        units.push(Unit::Comparison(comparisons[0].clone()));
        let pool = Pool {
            program: env!("CARGO_BIN_EXE_verify").into(),
            jobs: 2,
            deadline: None,
            silence: SILENCE,
            steps: None,
        };
        let meter = Meter::default();
        let explored = pool.explore(&units, &meter).expect("it can be started");
        assert_eq!(meter.done.into_inner(), units.len() as u64);
        let instances = explored
            .instances
            .values()
            .map(|instance| instance.executions);
        let compared = explored.comparisons.values();
        let compared = compared.flat_map(|compared| compared.executions);
        let executions: Vec<_> = instances.chain(compared).collect();
        assert_eq!(executions.len(), units.len() + 1);
        assert!(executions.iter().all(|executions| *executions > 0));
        assert_eq!(explored.executions(), executions.iter().sum::<u64>());
        assert_eq!(meter.executions.into_inner(), explored.executions());
    }
}
