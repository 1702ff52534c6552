//! Every claim that a property fails, with a counterexample, or that a defective explorer misses
//! it: those of all models with `--cfg loom`, those of a few without.

#[path = "../support/claims.rs"]
mod claims;

fn main() -> std::process::ExitCode {
    claims::run(lastbyte::Expected::Refuted)
}
