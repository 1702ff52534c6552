//! Every claim that a property holds, explored to the end, in the build with `--cfg loom`.

#[path = "support/claims.rs"]
mod claims;

fn main() -> std::process::ExitCode {
    claims::run(lastbyte::Expected::Proved)
}
