//! Solvers that fail in one way each: none of them proves anything.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::every_size::{run, surprises, there, version_or_skipped};
use crate::machine::Order;
use crate::obligations::{PREMISES, Reads, Script};
use crate::solver::{Error, Solver};

/// A solver that answers each `(check-sat)` like this, in the words of a shell.
fn fake(answer: &str) -> Solver {
    static COUNT: AtomicUsize = AtomicUsize::new(0);

    let number = COUNT.fetch_add(1, Relaxed);
    let file = format!("fake-solver-{}-{number}", std::process::id());
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
    let script = format!(
        "#!/bin/sh\n\
         if [ \"$1\" = --version ]; then echo fake; exit; fi\n\
         while read -r line; do\n\
         case \"$line\" in '(check-sat)') {answer};; *) echo success;; esac\n\
         done\n"
    );
    std::fs::write(&file, script).expect("the target directory can be written");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).expect("it is ours");
    Solver {
        program: file.display().to_string(),
        ..Solver::z3()
    }
}

/// Whether a fake solver can be started at all.
fn skipped(test: &str) -> bool {
    there(&fake("exit"), test).is_none()
}

#[test]
fn a_solver_that_does_not_answer_proves_nothing() {
    if skipped("a_solver_that_does_not_answer_proves_nothing") {
        return;
    }
    let script = Script::new(Order::Fixed, Reads::ToTheEnd);
    for (answer, said) in [
        ("echo unknown", "natural\": it says `unknown`"),
        (
            "echo '~~ %% ))'",
            "natural\": Unexpected result from solver: ~~",
        ),
        (
            "printf '\\377\\n'",
            "natural\": stream did not contain valid UTF-8",
        ),
        ("exit 3", "natural\": Failed to parse solver output"),
        (
            "echo '(error \"out of memory\")'",
            "Unexpected result from solver: (error",
        ),
        (
            "echo timeout",
            "natural\": Unexpected result from solver: timeout",
        ),
        // It has nothing to show for it.
        ("echo sat", "natural\": Failed to parse solver output"),
    ] {
        let solver = fake(answer);
        let report = solver.run(&script);
        let Err(Error::NoAnswer(why)) = report else {
            panic!("{answer}: {report:?}");
        };
        assert!(why.contains(said), "{answer}: {why}");
        assert!(why.starts_with(&format!("{} gave no answer to \"start: ", solver.program)));
    }
}

/// One that says nothing, or what never ends.
#[test]
fn a_solver_that_hangs_is_ended() {
    if skipped("a_solver_that_hangs_is_ended") {
        return;
    }
    let script = Script::new(Order::Fixed, Reads::ToTheEnd);
    for answer in ["sleep 600", "echo '((('"] {
        let solver = Solver {
            seconds: 1,
            ..fake(answer)
        };
        let report = solver.run(&script);
        let Err(Error::NoAnswer(why)) = report else {
            panic!("{answer}: {report:?}");
        };
        assert!(why.ends_with("within 1 s"), "{why}");
    }
}

#[test]
fn a_solver_that_says_unsat_to_everything_is_not_believed() {
    if skipped("a_solver_that_says_unsat_to_everything_is_not_believed") {
        return;
    }
    let script = Script::new(Order::Fixed, Reads::ToTheEnd);
    let report = run(&fake("echo unsat"), &script);
    let premises = script
        .obligations()
        .filter(|obligation| obligation.group == PREMISES.0);
    let said = surprises(&script, &report);
    assert_eq!(report.surprises.len(), premises.count());
    assert!(
        said.contains("premises: the reader waits: nothing satisfies it"),
        "{said}"
    );
}

#[test]
fn a_solver_that_is_not_there_is_no_failure_and_no_proof() {
    if skipped("a_solver_that_is_not_there_is_no_failure_and_no_proof") {
        return;
    }
    let solver = Solver {
        program: "no-such-solver".to_owned(),
        ..Solver::z3()
    };
    let report = solver.run(&Script::new(Order::Fixed, Reads::ToTheEnd));
    let Err(Error::NotInstalled(why)) = report else {
        panic!("{report:?}");
    };
    assert!(why.starts_with("no-such-solver is not installed"), "{why}");
    let skipped = version_or_skipped(&solver, "this").expect_err("nothing is there");
    assert_eq!(
        skipped,
        format!("SKIPPED this: {why}. Nothing is proved here.")
    );
}
