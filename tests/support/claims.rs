//! Runs claims as tests: one test for each claim, its properties together.

use std::process::ExitCode;
use std::sync::LazyLock;

use lastbyte::Expected;
use lastbyte::check::results::Row;
use lastbyte::check::runner::{Explored, Meter, Pool, SILENCE, Unit};
use lastbyte::check::selection::Selection;
use libtest_mimic::{Arguments, Trial};

/// The table of verdicts, which must be what the claims come to.
static RESULTS: LazyLock<String> = LazyLock::new(|| {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/results.md");
    std::fs::read_to_string(file).expect("models/results.md")
});

/// Which of the two tests runs a claim; no claim is left to neither.
fn test_of(expected: Expected) -> Expected {
    match expected {
        Expected::Proved => Expected::Proved,
        // What the sound explorer refutes, and what a defective one misses.
        Expected::Refuted | Expected::Missed => Expected::Refuted,
    }
}

/// Runs every claim of one test.
pub fn run(expected: Expected) -> ExitCode {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    let mut arguments = Arguments::from_args();
    // Each test keeps all processors busy with processes.
    arguments.test_threads.get_or_insert(1);
    let mut groups = BTreeMap::<String, Vec<lastbyte::Claim>>::new();
    let registry = match lastbyte_models::registry() {
        Ok(registry) => registry,
        Err(clash) => panic!("{clash}"),
    };
    for claim in registry.claims() {
        if test_of(claim.expected) == expected && is_explored_here(claim) {
            let id = claim.id();
            let property = format!("/{}", claim.property);
            let group = id.strip_suffix(&property).unwrap_or(&id);
            groups
                .entry(group.to_owned())
                .or_default()
                .push(claim.clone());
        }
    }
    assert!(
        !groups.is_empty(),
        "no claim expects {expected}: nothing would be tested"
    );
    // One run of the pool for all tests that were asked for: workers start once, and claims that
    // share instances explore them once.
    let asked_for = groups
        .iter()
        .filter(|(name, _)| is_selected(&arguments, name));
    let units = Unit::all(&Selection {
        claims: asked_for.flat_map(|(_, claims)| claims.clone()).collect(),
        ..Selection::default()
    });
    let explored = Arc::new(LazyLock::new(move || {
        let pool = Pool {
            program: env!("CARGO_BIN_EXE_verify").into(),
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            deadline: None,
            silence: SILENCE,
            steps: None,
        };
        pool.explore(&units, &Meter::default())
            .expect("workers can be started")
    }));
    let trials = groups.into_iter().map(|(group, claims)| {
        let explored = explored.clone();
        Trial::test(group, move || check(&claims, &explored))
    });
    let rest = (!cfg!(loom)).then(|| {
        Trial::test(REST, || {
            eprintln!(
                "RUSTFLAGS=\"--cfg loom\" cargo test explores them, and so does cargo verify"
            );
            Ok(())
        })
    });
    libtest_mimic::run(&arguments, trials.chain(rest).collect()).exit_code()
}

/// Says in its name what the build without `--cfg loom` does not check.
const REST: &str = "all other models are explored with cfg loom";

/// The build without `--cfg loom` explores a part, and must come to the same figures.
fn is_explored_here(claim: &lastbyte::Claim) -> bool {
    cfg!(loom) || ["hyper", "shutdown_ordering", "template"].contains(&claim.model())
}

/// Whether a test runs, as libtest-mimic decides it.
fn is_selected(arguments: &Arguments, name: &str) -> bool {
    let matches = |filter: &String| match arguments.exact {
        true => name == filter,
        false => name.contains(filter.as_str()),
    };
    arguments.filter.as_ref().is_none_or(matches) && !arguments.skip.iter().any(matches)
}

fn check(claims: &[lastbyte::Claim], explored: &Explored) -> Result<(), libtest_mimic::Failed> {
    for claim in claims {
        let explorations: Option<Vec<_>> = claim
            .instances
            .iter()
            .map(|instance| explored.instances.get(&instance.identity()))
            .collect();
        let row = Row::new(claim, &explorations.ok_or("an instance was not explored")?);
        if let Some(surprise) = row.surprise {
            let (instance, verdict) = (surprise.instance, surprise.verdict);
            return Err(format!(
                "{}: expected {}, got {verdict} in {instance}",
                row.id, row.expected
            )
            .into());
        }
        let line = lastbyte::render::documents::line(&row);
        if !RESULTS.lines().any(|shown| shown == line) {
            return Err(format!(
                "models/results.md is out of date, it lacks {line}; `.ci/documents` writes it"
            )
            .into());
        }
        // A refutation without a counterexample would be none.
        assert_eq!(
            row.counterexample.is_some(),
            row.expected == Expected::Refuted
        );
    }
    Ok(())
}
