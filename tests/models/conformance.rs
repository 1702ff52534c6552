//! The comparison of the model with real hyper can fail, in both directions, and
//! models/results.md shows its figures.

#[cfg(not(loom))]
#[test]
fn conformance_needs_cfg_loom() {
    eprintln!("the model is compared with hyper by RUSTFLAGS=\"--cfg loom\" cargo test");
}

#[cfg(loom)]
mod explored {
    use std::process::Command;

    use lastbyte::check::Deviation;
    use lastbyte_models::conformance::{families, releases};
    use lastbyte_models::dispatch_loop::{
        LOOKS_AT_CLOSING, ORIGINAL, RECHECK_FLUSHES, Revision, SHUTDOWN_FLUSHES,
    };

    /// What differs between a release and a revision, in the smallest scenario of a scenario family.
    fn differences(version: &str, revision: Revision, family: &str) -> Vec<String> {
        let releases = releases();
        let release = releases.iter().find(|r| r.version == version);
        let families = families();
        let family = families.iter().find(|s| s.name == family);
        let (release, family) = (release.expect(version), family.expect("it is there"));
        let mut comparison = release.compare_with(family, revision);
        comparison.pairs.truncate(1);
        let compared = comparison.run(None, None);
        assert_eq!(compared.inconclusive, None, "{}", comparison.id());
        compared.differences
    }

    /// Another revision is told apart, and from both sides.
    fn told_apart(version: &str, revision: Revision, family: &str) {
        let found = differences(version, revision, family);
        for side in ["only hyper-", "only dispatch_loop:"] {
            assert!(
                found.iter().any(|text| text.starts_with(side)),
                "{family} at {} is as {version}: {found:#?}",
                revision.name
            );
        }
    }

    #[test]
    fn another_revision_is_told_apart() {
        // Without the flush of the shutdown, and with it.
        told_apart("1.12.0", LOOKS_AT_CLOSING, "reader-stops");
        told_apart("0.14.32", SHUTDOWN_FLUSHES, "reader-stops");
        // With the graceful shutdown of hyper 1.
        told_apart("0.14.32", ORIGINAL, "graceful");
        // Without the flush after the second write.
        told_apart("1.12.0", SHUTDOWN_FLUSHES, "fed-body");
    }

    #[test]
    fn the_revision_of_the_release_is_not() {
        assert_eq!(
            differences("1.12.0", RECHECK_FLUSHES, "reader-stops"),
            [""; 0]
        );
    }

    /// A known deviation is left out on both sides, and told when it is not needed any more.
    #[test]
    fn a_deviation_hides_what_it_names_and_must_be_needed() {
        const EVERYTHING: Deviation = Deviation {
            name: "everything",
            why: "to be left out",
            leave_out: |_| true,
        };
        let run = |revision| {
            let releases = releases();
            let families = families();
            let named = families.iter().find(|s| s.name == "reader-stops");
            let newest = releases.last().expect("a release");
            let mut comparison = newest.compare_with(named.expect("it is there"), revision);
            comparison.deviation = Some(EVERYTHING);
            comparison.run(None, None).differences
        };
        assert_eq!(run(LOOKS_AT_CLOSING), [""; 0]);
        assert_eq!(
            run(RECHECK_FLUSHES),
            ["the deviation everything is not needed any more"]
        );
    }

    /// Every comparison of the newest release, and its line in models/results.md.
    #[test]
    #[ignore = "part of the longer explorations; cargo test -- --ignored"]
    fn the_results_show_the_figures() {
        let output = Command::new(env!("CARGO_BIN_EXE_verify"))
            .args(["--only", "conformance", "--check", "models/results.md"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .output()
            .expect("the program that was just built can be run");
        let told = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}{errors}");
    }
}
