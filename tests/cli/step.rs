//! `cargo verify replay --step` on a terminal: the keys, and that the terminal is restored.

#[cfg(not(unix))]
#[test]
fn stepping_is_tested_on_unix() {
    eprintln!("skipped: this is tested on Unix alone");
}

#[cfg(unix)]
mod unix {
    use lastbyte::check::recording::Recording;
    use lastbyte::render::chart::{Options, text};
    use lastbyte::render::transcript::Caption;
    use nix::sys::signal::Signal;

    use crate::terminal::Terminal;

    const RECORDING: &str = "../tests/recordings/shutdown_ordering-original-loses.json";
    const STEPS: usize = 15;

    fn start(columns: u16, lines: u16, no_color: bool) -> Terminal {
        Terminal::start(&["replay", RECORDING, "--step"], columns, lines, no_color)
    }

    /// What is printed until this step is shown.
    fn shows(terminal: &mut Terminal, step: usize) -> String {
        terminal.until(&format!("step {step} of {STEPS} "))
    }

    const RIGHT: &str = "\x1b[C";
    const LEFT: &str = "\x1b[D";
    const HOME: &str = "\x1b[H";
    const END: &str = "\x1b[F";

    #[test]
    fn keys_go_forward_and_back() {
        let mut terminal = start(100, 40, false);
        let opening = shows(&mut terminal, 1);
        assert!(opening.contains("\x1b[?1049h"), "{opening:?}");
        assert!(!terminal.is_restored());
        for (key, step) in [
            (RIGHT, 2),
            (" ", 3),
            (LEFT, 2),
            (LEFT, 1),
            (LEFT, 1),
            (END, STEPS),
            (RIGHT, STEPS),
            (LEFT, STEPS - 1),
            (HOME, 1),
        ] {
            terminal.press(key);
            shows(&mut terminal, step);
        }
        // Other keys, with which Control would end it among them.
        for key in ["c", "d", "x"] {
            terminal.press(key);
            shows(&mut terminal, 1);
        }
        terminal.press("q");
        terminal.expect_restored();
    }

    #[test]
    fn the_violation_is_told_at_the_end_only() {
        let mut terminal = start(100, 40, false);
        shows(&mut terminal, 1);
        terminal.press(END);
        let before = shows(&mut terminal, STEPS);
        assert!(!before.contains("violated:"), "{before:?}");
        let coloured = terminal.until("violated:");
        assert!(coloured.contains("\x1b[31m"), "{coloured:?}");
        terminal.press("\x1b");
        terminal.expect_restored();
    }

    #[test]
    fn a_small_terminal_shows_the_last_rows_below_the_heads() {
        let mut terminal = start(80, 14, true);
        shows(&mut terminal, 1);
        terminal.press(END);
        shows(&mut terminal, STEPS);
        // The whole chart, of which there is room for the first and the last lines.
        let recording = Recording::read(RECORDING.as_ref()).expect("saved");
        let caption = Caption {
            property: recording.property,
            replay: &format!("cargo verify replay {RECORDING}"),
        };
        let options = Options {
            width: 80,
            colour: false,
            caption,
        };
        let chart = text(&recording.trace, options);
        let lines: Vec<_> = chart.lines().collect();
        let last = lines.last().expect("a line");
        // The last line of all stands in the last line of the screen.
        let shown = terminal.until(&format!("\x1b[14;1H{last}"));
        for line in &lines[..2] {
            assert!(shown.contains(line), "{line} in {shown:?}");
        }
        assert!(shown.contains("ends with Ok"), "{shown:?}");
        assert!(!shown.contains("would block"), "{shown:?}");
        assert!(
            !shown.contains("\x1b[31m") && !shown.contains("\x1b[1m"),
            "{shown:?}"
        );
        terminal.press("\x03");
        terminal.expect_restored();
    }

    #[test]
    fn a_signal_restores_the_terminal() {
        let mut terminal = start(100, 40, false);
        shows(&mut terminal, 1);
        terminal.send(Signal::SIGTERM);
        terminal.expect_restored();
    }
}
