//! `cargo verify`.

use std::process::ExitCode;

fn main() -> ExitCode {
    lastbyte_models::program().main(lastbyte_models::registry())
}
