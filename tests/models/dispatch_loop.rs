//! The model of hyper's dispatch loop: every expected verdict at every revision.

use lastbyte::check::results::Results;
use lastbyte::render::chart::{Options, text};
use lastbyte::render::documents;
use lastbyte::render::transcript::Caption;
use lastbyte::trace::Exploration;
use lastbyte::{Explorer, Limits, Outcome, Property, Trace, Verdict};
use lastbyte_models::dispatch_close::{
    Revision as Close, half_done, instance as close_instance, never_published,
};
use lastbyte_models::dispatch_loop::{
    LoopScenario, PROPOSED, RECHECK_FLUSHES, REVISIONS, Revision, VERDICTS, instance,
    named_scenarios, whole_sweep,
};
use lastbyte_models::registry;

fn explore(scenario: &LoopScenario, revision: &Revision) -> Option<Exploration> {
    let instance = instance(scenario, revision)?;
    let exploration = Explorer::default().explore(instance.run(), instance.scenario());
    assert_eq!(exploration.inconclusive, None, "{}", instance.id());
    Some(exploration)
}

#[test]
fn verdicts_are_as_expected_at_every_revision() {
    let mut wrong = Vec::new();
    for scenario in named_scenarios() {
        for (n, revision) in REVISIONS.iter().enumerate() {
            let exploration = explore(&scenario, revision);
            for row in VERDICTS
                .iter()
                .filter(|row| row.scenario == scenario.name())
            {
                let found = exploration.as_ref().map(|e| e.verdict(row.property));
                let agrees = match (row.expected(n), &found) {
                    (Some(expected), Some(verdict)) => expected.is_met_by(verdict),
                    (expected, found) => expected.is_none() && found.is_none(),
                };
                if !agrees {
                    let (scenario, property) = (row.scenario, row.property);
                    wrong.push(format!(
                        "{scenario} at {}: {property} is {found:?}",
                        revision.name
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What an exploration found, without how it went.
fn findings(exploration: &Exploration) -> (Vec<&Outcome>, Vec<Property>) {
    (
        exploration.histogram.keys().collect(),
        exploration.counterexamples.keys().copied().collect(),
    )
}

/// With and without caching, the outcomes and the refuted properties are the same in every instance
/// that is small enough without. Instances of this size also agree when far less than the whole state is
/// declared: `tests/models/declared_state.rs` notices that.
#[test]
#[ignore = "part of the longer explorations; cargo test -- --ignored"]
fn caching_changes_no_verdict() {
    let limits = Limits {
        executions: Some(300),
        ..Limits::default()
    };
    let uncached = Explorer {
        caching: false,
        limits,
        ..Explorer::default()
    };
    let mut compared = 0;
    let mut instances: Vec<_> = named_scenarios()
        .iter()
        .flat_map(|scenario| {
            REVISIONS
                .iter()
                .filter_map(|revision| instance(scenario, revision))
        })
        .collect();
    for revision in [Close::LooksOnce, Close::LooksUntilClosed] {
        instances.extend([half_done(), never_published()].map(|s| close_instance(revision, s)));
    }
    for instance in &instances {
        let slow = uncached.explore(instance.run(), instance.scenario());
        if slow.inconclusive.is_some() {
            continue;
        }
        let fast = Explorer::default().explore(instance.run(), instance.scenario());
        assert_eq!(findings(&fast), findings(&slow), "{}", instance.id());
        assert!(fast.executions <= slow.executions, "{}", instance.id());
        compared += 1;
    }
    assert!(compared > 50, "only {compared} instances are small enough");
    eprintln!("{compared} of {} instances compared", instances.len());
}

/// The findings show what the program finds: `.ci/documents` writes the generated parts anew.
#[test]
fn findings_show_what_the_program_finds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/dispatch_loop/findings");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the findings")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let document = std::fs::read_to_string(&file).expect("text");
        let mut expected = document.clone();
        for name in documents::names(&document) {
            // Other parts belong to other tests.
            let Some((scenario, property)) = name.split_once(' ') else {
                continue;
            };
            let shown = match scenario {
                "claim" => shown_of_claim(property),
                _ => shown(scenario, Property::from_name(property).expect("a property")),
            };
            expected = documents::replace(&expected, name, &shown).expect("an end");
        }
        if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
            std::fs::write(&file, expected).expect("a place for it");
        } else {
            assert_eq!(document, expected, "{}", file.display());
        }
    }
}

/// What the program finds of one property of one scenario in the newest release and in the proposal.
fn shown(scenario: &str, property: Property) -> String {
    let scenario = named_scenarios()
        .into_iter()
        .find(|c| c.name() == scenario)
        .expect("a scenario");
    let id = format!(
        "dispatch_loop/{}/{}/{property}",
        RECHECK_FLUSHES.name,
        scenario.name()
    );
    let newest = explore(&scenario, &RECHECK_FLUSHES).expect("not left out");
    let proposed = explore(&scenario, &PROPOSED).expect("not left out");
    assert_eq!(newest.verdict(property), Verdict::Refuted, "{id}");
    assert_eq!(proposed.verdict(property), Verdict::Proved, "{id}");
    format!(
        "\n`{id}`: {} At 1.12.0 it is {} ({} executions explored), in the proposed revision {} ({} executions, \
         which are all).\n\n{}\n",
        scenario.about,
        newest.verdict(property),
        newest.executions,
        proposed.verdict(property),
        proposed.executions,
        chart(&id, property, &newest.counterexamples[&property]),
    )
}

/// The shortest counterexample to a claim.
fn shown_of_claim(id: &str) -> String {
    let registry = registry().expect("no clash");
    let mut claims = registry.claims().iter();
    let claim = claims.find(|claim| claim.id() == id).expect("a claim");
    let traces = claim.instances.iter().map(|instance| {
        let mut found = Explorer::default().explore(instance.run(), instance.scenario());
        let trace = found.counterexamples.remove(&claim.property);
        trace.expect("every instance is refuted")
    });
    let shortest = traces.min_by_key(|trace| trace.steps.len());
    let shortest = shortest.expect("a claim has instances");
    format!(
        "\n`{id}`: {}\n\n{}\n",
        claim.sentence,
        chart(id, claim.property, &shortest)
    )
}

fn chart(id: &str, property: Property, trace: &Trace) -> String {
    let replay = format!("cargo verify --only {id}");
    let caption = Caption {
        property,
        replay: &replay,
    };
    let options = Options {
        width: 100,
        colour: false,
        caption,
    };
    let chart = text(trace, options);
    let chart: Vec<_> = chart.lines().map(str::trim_end).collect();
    format!("```text\n{}\n```", chart.join("\n"))
}

/// hyper yields after 16 rounds of its loop, the model after 3: the verdicts are the same.
#[test]
#[ignore = "part of the longer explorations; cargo test -- --ignored"]
fn three_rounds_are_as_good_as_sixteen() {
    for name in [
        "fed-body",
        "client-peer-fin",
        "queue-next-request",
        "deferred-end",
    ] {
        let scenario = named_scenarios()
            .into_iter()
            .find(|c| c.name() == name)
            .expect("a scenario");
        let mut longer = scenario.clone();
        longer.connection.rounds = 16;
        for revision in &REVISIONS {
            let (short, long) = (explore(&scenario, revision), explore(&longer, revision));
            let refuted = |e: &Option<Exploration>| {
                let e = e.as_ref().expect("not left out");
                e.counterexamples.keys().copied().collect::<Vec<_>>()
            };
            assert_eq!(
                refuted(&short),
                refuted(&long),
                "{name} at {}",
                revision.name
            );
        }
    }
}

/// The whole sweep, against the table in `models/dispatch_loop/sweep.md`.
#[test]
#[ignore = "part of the longer explorations; cargo test -- --ignored"]
fn the_sweep_is_as_its_table_shows() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/dispatch_loop/sweep.md");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_whole_sweep"))
        .args(["--format", "json", "--check", file])
        .output()
        .expect("the program that was just built can be run");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    let results: Results = serde_json::from_slice(&output.stdout).expect("results");
    let [swept] = &results.sweeps[..] else {
        panic!("one model is swept");
    };
    assert_eq!(swept.instances.len(), whole_sweep().instances.len());
    assert!(swept.inconclusive().is_empty());
}
