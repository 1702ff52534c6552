//! The program on a terminal: what it shows, and keys.
#![allow(dead_code, reason = "every test takes what it needs")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};

use nix::poll::{PollFd, PollFlags, poll};
use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{Termios, tcgetattr};
use nix::unistd::Pid;

/// The program on a terminal of its own.
pub struct Terminal {
    keyboard: File,
    screen: File,
    /// Keeps the terminal open, and tells its settings.
    line: File,
    before: Termios,
    pub program: Child,
    printed: String,
}

impl Terminal {
    /// Starts it with these words on a terminal of this size.
    pub fn start(words: &[&str], columns: u16, lines: u16, no_color: bool) -> Terminal {
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
        command.args(words);
        // The terminal's own size is what counts.
        command.env("COLUMNS", "200").env_remove("NO_COLOR");
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
    pub fn until(&mut self, text: &str) -> String {
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

    /// Types.
    pub fn press(&mut self, keys: &str) {
        self.keyboard
            .write_all(keys.as_bytes())
            .expect("it is open");
    }

    /// Sends a signal to the program.
    pub fn send(&self, signal: Signal) {
        let id = i32::try_from(self.program.id()).expect("process ids are small");
        kill(Pid::from_raw(id), signal).expect("it is running");
    }

    /// Whether the terminal has the settings that it had at first.
    pub fn is_restored(&self) -> bool {
        tcgetattr(&self.line).expect("it is a terminal") == self.before
    }

    /// Waits for the end; the terminal is what it was.
    pub fn expect_restored(mut self) {
        // Leaves the screen of its own, on which the cursor was hidden.
        let closing = self.until("\x1b[?1049l");
        assert!(closing.contains("\x1b[?25h"), "{closing:?}");
        let status = self.program.wait().expect("it was started");
        assert_eq!(status.code(), Some(1));
        assert!(self.is_restored());
    }
}
