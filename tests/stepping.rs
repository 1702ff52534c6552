//! `cargo verify replay --step` on a terminal: the keys, and that the terminal is restored.

#[cfg(not(all(loom, unix)))]
#[test]
fn stepping_is_tested_with_cfg_loom_on_unix() {
    eprintln!("covered by RUSTFLAGS=\"--cfg loom\" cargo test: a counterexample is replayed");
}

#[cfg(all(loom, unix))]
mod unix {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::fd::AsFd;
    use std::process::{Child, Command, Stdio};

    use nix::poll::{PollFd, PollFlags, poll};
    use nix::pty::{Winsize, openpty};
    use nix::sys::signal::{Signal, kill};
    use nix::sys::termios::{Termios, tcgetattr};
    use nix::unistd::Pid;

    const RECORDING: &str = "../tests/recordings/shutdown_ordering-original-loses.json";
    const STEPS: usize = 15;

    /// The program on a terminal of its own.
    struct Terminal {
        keyboard: File,
        screen: File,
        /// Keeps the terminal open, and tells its settings.
        line: File,
        before: Termios,
        program: Child,
        printed: String,
    }

    impl Terminal {
        fn start(columns: u16, lines: u16, no_color: bool) -> Terminal {
            let size = Winsize {
                ws_row: lines,
                ws_col: columns,
                ws_xpixel: 0,
                ws_ypixel: 0,
            };
            let pty = openpty(&size, None).expect("the system has terminals");
            let (screen, line) = (File::from(pty.master), File::from(pty.slave));
            let before = tcgetattr(&line).expect("it is a terminal");
            let end = || Stdio::from(line.try_clone().expect("descriptors are left"));
            let mut command = Command::new(env!("CARGO_BIN_EXE_verify"));
            command.args(["replay", RECORDING, "--step"]);
            command.env_remove("COLUMNS").env_remove("NO_COLOR");
            command.env("TERM", "xterm-256color");
            if no_color {
                command.env("NO_COLOR", "1");
            }
            let program = command.stdin(end()).stdout(end()).stderr(end()).spawn();
            Terminal {
                keyboard: screen.try_clone().expect("descriptors are left"),
                screen,
                line,
                before,
                program: program.expect("the program that was just built can be run"),
                printed: String::new(),
            }
        }

        /// Reads until this has been printed, and returns all that was printed since the last time.
        fn until(&mut self, text: &str) -> String {
            loop {
                if let Some(at) = self.printed.find(text) {
                    let rest = self.printed.split_off(at + text.len());
                    return std::mem::replace(&mut self.printed, rest);
                }
                // The limit is for a program that hangs.
                let mut screen = [PollFd::new(self.screen.as_fd(), PollFlags::POLLIN)];
                let readable = poll(&mut screen, 60_000_u16).expect("it is open");
                assert!(readable > 0, "no {text:?} in {:?}", self.printed);
                let mut bytes = [0; 4096];
                let n = self.screen.read(&mut bytes).expect("it is open");
                self.printed += &String::from_utf8_lossy(&bytes[..n]);
            }
        }

        fn press(&mut self, keys: &str) {
            self.keyboard
                .write_all(keys.as_bytes())
                .expect("it is open");
        }

        fn shows(&mut self, step: usize) -> String {
            self.until(&format!("step {step} of {STEPS} "))
        }

        /// Waits for the end; the terminal is what it was.
        fn expect_restored(mut self) {
            // Leaves the screen of its own, on which the cursor was hidden.
            let closing = self.until("\x1b[?1049l");
            assert!(closing.contains("\x1b[?25h"), "{closing:?}");
            let status = self.program.wait().expect("it was started");
            assert_eq!(status.code(), Some(1));
            let after = tcgetattr(&self.line).expect("it is a terminal");
            assert_eq!(after, self.before);
        }
    }

    const RIGHT: &str = "\x1b[C";
    const LEFT: &str = "\x1b[D";
    const HOME: &str = "\x1b[H";
    const END: &str = "\x1b[F";

    #[test]
    fn keys_go_forward_and_back() {
        let mut terminal = Terminal::start(100, 40, false);
        let opening = terminal.shows(1);
        assert!(opening.contains("\x1b[?1049h"), "{opening:?}");
        assert_ne!(
            tcgetattr(&terminal.line).expect("a terminal"),
            terminal.before
        );
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
            terminal.shows(step);
        }
        // Other keys, with which Control would end it among them.
        for key in ["c", "d", "x"] {
            terminal.press(key);
            terminal.shows(1);
        }
        terminal.press("q");
        terminal.expect_restored();
    }

    #[test]
    fn the_violation_is_told_at_the_end_only() {
        let mut terminal = Terminal::start(100, 40, false);
        terminal.shows(1);
        terminal.press(END);
        let before = terminal.shows(STEPS);
        assert!(!before.contains("violated:"), "{before:?}");
        let coloured = terminal.until("violated:");
        assert!(coloured.contains("\x1b[31m"), "{coloured:?}");
        terminal.press("\x1b");
        terminal.expect_restored();
    }

    #[test]
    fn a_small_terminal_shows_the_last_rows_below_the_heads() {
        let mut terminal = Terminal::start(80, 12, true);
        terminal.shows(1);
        terminal.press(END);
        terminal.shows(STEPS);
        let shown = terminal.until("ends with Ok");
        assert!(shown.contains("steps    dispatcher"), "{shown:?}");
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
        let mut terminal = Terminal::start(100, 40, false);
        terminal.shows(1);
        let id = i32::try_from(terminal.program.id()).expect("process ids are small");
        kill(Pid::from_raw(id), Signal::SIGTERM).expect("it is running");
        terminal.expect_restored();
    }
}
