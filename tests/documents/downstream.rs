//! What README.md tells a downstream user, done in a crate outside of the workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::root;

/// The first block in this language behind a heading of README.md.
fn block(heading: &str, language: &str) -> String {
    let text = fs::read_to_string(root().join("README.md")).expect("README.md is there");
    let (_, behind) = text.split_once(heading).expect("the heading is there");
    let (_, block) = behind
        .split_once(&format!("```{language}\n"))
        .expect("a block is there");
    let (block, _) = block.split_once("```").expect("the block ends");
    block.to_owned()
}

/// What the crate does itself: it uses its dependencies.
const LIBRARY: &str = r#"
pub async fn status(url: &str) -> reqwest::Result<u16> {
    reqwest::get(url).await.map(|response| response.status().as_u16())
}

pub async fn listen() -> std::io::Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::bind("127.0.0.1:0").await
}
"#;

fn crate_with(test: &str) -> PathBuf {
    let scratch = std::env::temp_dir().join(format!("lastbyte-downstream-{}", std::process::id()));
    let dependencies = block("### In a crate of yours", "toml");
    let here = root().display().to_string();
    let dependencies = dependencies.replace("../lastbyte", &here);
    assert!(dependencies.contains(&here), "{dependencies}");
    let manifest = format!(
        "[package]\nname = \"downstream\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n{dependencies}"
    );
    let write = |path: &str, text: &str| {
        let path = scratch.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it is writable");
        fs::write(path, text).expect("it is writable");
    };
    write("Cargo.toml", &manifest);
    write("src/lib.rs", LIBRARY);
    write("tests/last_byte.rs", test);
    scratch
}

/// Whether `cargo test` passes there, and what it says.
fn tested(scratch: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO"))
        .arg("test")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .current_dir(scratch)
        .output()
        .expect("cargo runs this test");
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (output.status.success(), text.concat())
}

#[test]
#[ignore = "builds tokio and reqwest anew; .ci/run runs it"]
fn the_test_in_the_readme_works_in_a_crate_with_tokio_net_and_reqwest() {
    let test = block("## Check your own connection in ten lines", "rust");
    assert!(test.trim().lines().count() <= 10, "{test}");
    let scratch = crate_with(&test);
    let (passes, text) = tested(&scratch);
    assert!(
        passes && text.contains("test the_last_byte_arrives ... ok"),
        "{text}"
    );

    let hasty = test.replace("write_all(", "write(");
    assert_ne!(hasty, test);
    let (passes, text) = tested(&crate_with(&hasty));
    fs::remove_dir_all(&scratch).expect("it is the test's own");
    assert!(!passes, "{text}");
    for part in [
        "kernel buffer of",
        "refuted: ",
        "replay: ",
        "lastbyte::replay(\"lastbyte-1 ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
