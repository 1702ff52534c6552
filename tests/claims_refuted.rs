//! Every claim that a property fails, with a counterexample, in the build with `--cfg loom`.

#[path = "support/claims.rs"]
mod claims;

fn main() -> std::process::ExitCode {
    claims::run(lastbyte::Expected::Refuted)
}
