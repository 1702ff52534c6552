//! The same generated cases every time, and the smallest one that fails.

use std::fmt;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The number in an environment variable.
pub fn number(variable: &str, otherwise: u32) -> u32 {
    std::env::var(variable).map_or(otherwise, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is a number, got {text:?}"))
    })
}

/// Runs `check` on generated cases, the same ones every time; the first failure is shrunk.
/// `LASTBYTE_SEED` is where they begin.
pub fn on_cases<T: fmt::Debug>(
    cases: u32,
    strategy: impl Strategy<Value = T>,
    mut check: impl FnMut(&T) -> Result<(), String>,
) -> Result<(), String> {
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&number("LASTBYTE_SEED", 0).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for _ in 0..cases {
        let mut tree = strategy
            .new_tree(&mut runner)
            .map_err(|reason| reason.to_string())?;
        let Err(mut why) = check(&tree.current()) else {
            continue;
        };
        let mut smallest = tree.current();
        while tree.simplify() {
            while let Ok(()) = check(&tree.current()) {
                if !tree.complicate() {
                    return Err(format!("{why}\n{smallest:?}"));
                }
            }
            (why, smallest) = (
                check(&tree.current()).expect_err("just failed"),
                tree.current(),
            );
        }
        return Err(format!("{why}\n{smallest:?}"));
    }
    Ok(())
}
