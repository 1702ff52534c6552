//! Every claim that a property fails, with a counterexample, or that a defective explorer misses
//! it, in the build with `--cfg loom`.

#[path = "support/claims.rs"]
mod claims;

fn main() -> std::process::ExitCode {
    claims::run(lastbyte::Expected::Refuted)
}
