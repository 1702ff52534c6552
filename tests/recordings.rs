//! Saved counterexamples still happen, step by step.

#[cfg(loom)]
use lastbyte::recording::assert_reproduces;
#[cfg(loom)]
use lastbyte_models::registry;

#[cfg(not(loom))]
#[test]
fn recordings_are_replayed_with_cfg_loom() {
    eprintln!("covered by RUSTFLAGS=\"--cfg loom\" cargo test");
}

#[cfg(loom)]
#[test]
fn the_original_ordering_loses() {
    assert_reproduces(
        "../tests/recordings/shutdown_ordering-original-loses.json",
        &registry(),
    );
}

#[cfg(loom)]
#[test]
fn hyper_0_14_loses_silently() {
    assert_reproduces(
        "../tests/recordings/hyper-0-14-loses-silently.json",
        &registry(),
    );
}

#[cfg(loom)]
#[test]
#[should_panic(expected = "behaves differently from step 6 on")]
fn a_recording_that_does_not_happen_is_noticed() {
    let path = "../tests/recordings/shutdown_ordering-original-loses.json";
    let mut recording =
        lastbyte::recording::Recording::read(path.as_ref()).expect("it was written by --save");
    recording.trace.steps.swap(5, 6);
    if let Err(misuse) = recording.replay(&registry()) {
        panic!("{misuse}");
    }
}
