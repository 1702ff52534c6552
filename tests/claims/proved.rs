//! Every claim that a property holds, explored to the end: those of all models with
//! `--cfg loom`, those of a few without.

#[path = "../support/claims.rs"]
mod claims;

fn main() -> std::process::ExitCode {
    claims::run(lastbyte::Expected::Proved)
}
