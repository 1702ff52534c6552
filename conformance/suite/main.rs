//! `cargo verify` for one release of hyper.

use std::process::ExitCode;

fn main() -> ExitCode {
    lastbyte::cli::main(lastbyte_conformance::registry())
}
