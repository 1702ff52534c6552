//! `cargo verify`.

use std::process::ExitCode;

fn main() -> ExitCode {
    lastbyte::cli::main(lastbyte_models::registry())
}
