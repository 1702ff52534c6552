//! `cargo verify`.

use std::process::ExitCode;

use lastbyte::cli::Program;

fn main() -> ExitCode {
    Program::new("cargo verify")
        .with_checkout()
        .main(lastbyte_models::registry())
}
