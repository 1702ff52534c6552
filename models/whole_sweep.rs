//! The program `cargo whole-sweep`.

use std::process::ExitCode;

fn main() -> ExitCode {
    lastbyte_models::whole_sweep().main(lastbyte_models::registry_of_whole_sweep())
}
