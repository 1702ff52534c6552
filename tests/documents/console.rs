//! The documents show what the program prints.
//!
//! Every `console` block of README.md and DESIGN.md begins with a command, which is run and compared
//! by the build without `--cfg loom`; only times may differ. `.ci/documents` writes the blocks anew.

#[cfg(not(loom))]
mod blocks {
    use std::path::Path;
    use std::process::Command;

    const OPEN: &str = "```console\n$ ";
    const CLOSE: &str = "```\n";

    /// What is compared.
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Part {
        /// Everything that is explored in seconds.
        Quick,
        /// `cargo verify` without a filter.
        Whole,
    }

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("models/ lies in the repository")
    }

    /// What a command of a document prints; `None` when it is for another test.
    fn run(command: &str, part: Part) -> Option<String> {
        let (command, lines) = match command.split_once(" | tail -") {
            Some((command, lines)) => (command, lines.parse().expect("a number of lines")),
            None => (command, usize::MAX),
        };
        let (command, first) = match command.split_once(" | head -") {
            Some((command, lines)) => (command, lines.parse().expect("a number of lines")),
            None => (command, usize::MAX),
        };
        let whole = command == "cargo verify";
        if whole != (part == Part::Whole) {
            return None;
        }
        let words: Vec<_> = command.split_whitespace().collect();
        let printed = match words.as_slice() {
            ["cargo", "verify", words @ ..] => verify(words),
            ["cargo", "test", words @ ..] => cargo_test(words),
            _ => panic!("the documents show cargo verify and cargo test, not {command}"),
        };
        let printed: Vec<_> = printed
            .trim_matches('\n')
            .lines()
            .map(str::trim_end)
            .take(first)
            .collect();
        assert!(!printed.is_empty(), "{command} prints nothing");
        Some(printed[printed.len().saturating_sub(lines)..].join("\n") + "\n")
    }

    fn verify(words: &[&str]) -> String {
        let mut program = Command::new(env!("CARGO_BIN_EXE_verify"));
        printed(program.args(words).env("COLUMNS", "100"))
    }

    /// The tests of this build, which exist already.
    fn cargo_test(words: &[&str]) -> String {
        let this = std::env::current_exe().expect("this program exists");
        let target = this
            .ancestors()
            .nth(3)
            .expect("target/debug/deps/documents");
        let mut cargo = Command::new(env!("CARGO"));
        printed(
            cargo
                .args(["test", "--offline"])
                .args(words)
                .env("CARGO_TARGET_DIR", target),
        )
    }

    fn printed(command: &mut Command) -> String {
        let output = command.current_dir(root()).output();
        let output = output.expect("what was just built can be run");
        String::from_utf8(output.stdout).expect("the output is text")
    }

    /// Every decimal fraction is a time; whole numbers are counts and are compared. How many blanks
    /// align a time depends on its length.
    fn without_times(text: &str) -> String {
        let word = |word: &str| {
            let number = word.strip_suffix('s').unwrap_or(word);
            let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
            match number.split_once('.') {
                Some((whole, fraction)) if digits(whole) && digits(fraction) => "T".to_owned(),
                _ => word.to_owned(),
            }
        };
        let line = |line: &str| {
            line.split_whitespace()
                .map(word)
                .collect::<Vec<_>>()
                .join(" ")
        };
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    }

    fn compare(name: &str, part: Part) {
        let path = root().join(name);
        let document = std::fs::read_to_string(&path).expect(name);
        let mut updated = String::new();
        let mut rest = document.as_str();
        let mut blocks = 0;
        while let Some(start) = rest.find(OPEN) {
            let (before, block) = rest.split_at(start + OPEN.len());
            let (command, shown) = block.split_once('\n').expect("a command has an end");
            let (shown, after) = shown.split_once(CLOSE).expect("a block has an end");
            rest = after;
            let Some(printed) = run(command, part) else {
                updated += &format!("{before}{command}\n{shown}{CLOSE}");
                continue;
            };
            // Times alone are no reason to write anything.
            let same = without_times(shown) == without_times(&printed);
            if !same && std::env::var_os("UPDATE_DOCUMENTS").is_none() {
                panic!(
                    "{name}: `{command}` prints something else; .ci/documents writes it:\n\
                     {printed}"
                );
            }
            let shown = if same { shown } else { &printed };
            updated += &format!("{before}{command}\n{shown}{CLOSE}");
            blocks += 1;
        }
        assert!(blocks > 0, "{name} shows nothing");
        if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
            std::fs::write(&path, updated + rest).expect(name);
        }
    }

    const README: &str = "README.md";
    const RECORDING: &str = "tests/recordings/hyper-0-14-incident.json";
    const PICTURE: &str = "models/hyper_h1/lost-bytes.svg";

    #[test]
    fn the_picture_is_the_recorded_counterexample() {
        let path = root().join(PICTURE);
        let drawn = verify(&["replay", RECORDING, "--format", "svg"]) + "\n";
        if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
            std::fs::write(&path, &drawn).expect(PICTURE);
        }
        let shown = std::fs::read_to_string(&path).expect(PICTURE);
        assert_eq!(
            shown, drawn,
            "{PICTURE} is out of date; .ci/documents writes it"
        );
        let readme = std::fs::read_to_string(root().join(README)).expect(README);
        assert!(readme.contains(PICTURE), "README.md shows the picture");
    }

    #[test]
    fn readme_shows_what_the_program_prints() {
        compare(README, Part::Quick);
    }

    #[test]
    #[ignore = "explores everything; .ci/documents runs it"]
    fn readme_shows_what_the_whole_run_prints() {
        compare(README, Part::Whole);
    }

    /// What the test above compares and can be had at once.
    #[test]
    fn readme_tells_how_many_claims_there_are() {
        let registry = lastbyte_models::registry().expect("no clash");
        let claims = registry.claims().len();
        let readme = std::fs::read_to_string(root().join(README)).expect(README);
        let line = format!("\n{claims} claims: {claims} as declared, 0 not.\n");
        assert!(readme.contains(&line), "{README} lacks {line}");
    }

    #[test]
    fn design_shows_what_the_program_prints() {
        compare("DESIGN.md", Part::Quick);
    }

    /// A review that nobody reads to its end reviews nothing.
    #[test]
    fn documents_are_as_short_as_they_promise() {
        for (name, most) in [(README, 250), ("DESIGN.md", 350)] {
            let document = std::fs::read_to_string(root().join(name)).expect(name);
            let lines = document.lines().count();
            assert!(
                lines <= most,
                "{name} has {lines} lines; expected: {most} at most"
            );
        }
    }
}
