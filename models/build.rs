//! Tells the crate which versions of hyper it is built against, from the lock file that cargo
//! resolved them with: hyper itself says it nowhere. A series that is there is a `cfg` as well.
//! Tests learn the platform. Where the models are, it lists them: every `pub mod` of `lib.rs`.

use std::path::{Path, PathBuf};

fn lock_file(package: &Path) -> PathBuf {
    let found = package.ancestors().map(|folder| folder.join("Cargo.lock"));
    let mut found = found.filter(|file| file.exists());
    found.next().expect("cargo has written a lock file")
}

/// Writes the models of this file as an expression, `[one::model(), another::model()]`.
fn list_models(file: &Path) {
    println!("cargo:rerun-if-changed={}", file.display());
    let source = std::fs::read_to_string(file).expect("the source is text");
    let modules = source.lines().filter_map(|line| {
        let name = line.strip_prefix("pub mod ")?.strip_suffix(';')?;
        Some(format!("{name}::model()"))
    });
    let modules: Vec<_> = modules.collect();
    let folder = std::env::var_os("OUT_DIR").expect("cargo sets it");
    let list = format!("[{}]", modules.join(", "));
    std::fs::write(Path::new(&folder).join("models.rs"), list)
        .expect("cargo's folder can be written");
}

fn main() {
    let target = std::env::var("TARGET").expect("cargo sets it");
    println!("cargo:rustc-env=TARGET={target}");
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let file = lock_file(Path::new(&package));
    println!("cargo:rerun-if-changed={}", file.display());
    let models = Path::new(&package).join("lib.rs");
    if models.exists() {
        list_models(&models);
    }
    let lock = std::fs::read_to_string(&file).expect("the lock file is text");
    for series in ["1", "0_14"] {
        println!("cargo:rustc-check-cfg=cfg(hyper_{series})");
    }
    let mut lines = lock.lines();
    while let Some(line) = lines.next() {
        if line != "name = \"hyper\"" {
            continue;
        }
        let version = lines
            .next()
            .and_then(|line| line.strip_prefix("version = "));
        let version = version.expect("a package has a version").trim_matches('"');
        // What was changed says so behind a plus: 1.12.0+proposed.
        let version = version.split_once('+').map_or(version, |(_, name)| name);
        let series = match version.starts_with("0.14.") {
            true => "0_14",
            false => "1",
        };
        println!("cargo:rustc-cfg=hyper_{series}");
        println!("cargo:rustc-env=HYPER_{series}_VERSION={version}");
    }
}
