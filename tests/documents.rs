//! The documents show what the program prints.
//!
//! Every `console` block of README.md and DESIGN.md whose first line is `$ cargo verify ...` is run
//! and compared; only times may differ. `UPDATE_DOCUMENTS=1` writes the blocks anew.

#[cfg(not(loom))]
#[test]
fn documents_are_compared_with_cfg_loom() {
    eprintln!("covered by RUSTFLAGS=\"--cfg loom\" cargo test: the documents show explorations");
}

#[cfg(loom)]
mod console {
    use std::path::Path;
    use std::process::Command;

    const OPEN: &str = "```console\n$ cargo verify ";
    const CLOSE: &str = "```\n";

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("models/ lies in the repository")
    }

    fn run(words: &str) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_verify"))
            .args(words.split_whitespace())
            .current_dir(root())
            .env("COLUMNS", "100")
            .output()
            .expect("the program that was just built can be run");
        let text = String::from_utf8(output.stdout).expect("the output is text");
        let lines = text.lines().map(str::trim_end).collect::<Vec<_>>();
        lines.join("\n") + "\n"
    }

    /// Every decimal fraction is a time; whole numbers are counts and are compared. How many blanks
    /// align a time depends on its length.
    fn without_times(text: &str) -> String {
        let word = |word: &str| match word.split_once('.') {
            Some((whole, fraction))
                if !fraction.is_empty()
                    && (whole.to_owned() + fraction)
                        .chars()
                        .all(|c| c.is_ascii_digit()) =>
            {
                "T".to_owned()
            }
            _ => word.to_owned(),
        };
        let line = |line: &str| {
            line.split_whitespace()
                .map(word)
                .collect::<Vec<_>>()
                .join(" ")
        };
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    }

    fn compare(name: &str) {
        let path = root().join(name);
        let document = std::fs::read_to_string(&path).expect(name);
        let mut updated = String::new();
        let mut rest = document.as_str();
        let mut blocks = 0;
        while let Some(start) = rest.find(OPEN) {
            let (before, block) = rest.split_at(start + OPEN.len());
            let (words, shown) = block.split_once('\n').expect("a command has an end");
            let (shown, after) = shown.split_once(CLOSE).expect("a block has an end");
            let printed = run(words);
            if std::env::var_os("UPDATE_DOCUMENTS").is_none() {
                assert_eq!(
                    without_times(shown),
                    without_times(&printed),
                    "{name}: `cargo verify {words}` prints something else; UPDATE_DOCUMENTS=1 \
                     writes it"
                );
            }
            updated += &format!("{before}{words}\n{printed}{CLOSE}");
            rest = after;
            blocks += 1;
        }
        assert!(blocks > 0, "{name} shows nothing");
        if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
            std::fs::write(&path, updated + rest).expect(name);
        }
    }

    const RECORDING: &str = "tests/recordings/hyper-0-14-loses-silently.json";
    const PICTURE: &str = "models/hyper_h1/lost-bytes.svg";

    #[test]
    fn the_picture_is_the_recorded_counterexample() {
        let path = root().join(PICTURE);
        let drawn = run(&format!("replay {RECORDING} --format svg"));
        if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
            std::fs::write(&path, &drawn).expect(PICTURE);
        }
        let shown = std::fs::read_to_string(&path).expect(PICTURE);
        assert_eq!(
            shown, drawn,
            "{PICTURE} is out of date; UPDATE_DOCUMENTS=1 writes it"
        );
        let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md");
        assert!(readme.contains(PICTURE), "README.md shows the picture");
    }

    #[test]
    fn readme_shows_what_the_program_prints() {
        compare("README.md");
    }

    #[test]
    fn design_shows_what_the_program_prints() {
        compare("DESIGN.md");
    }
}
