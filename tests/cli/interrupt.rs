//! Ctrl-C, SIGTERM, a full disk: what is left says that it is partial, and nothing is half-written.

#[cfg(not(unix))]
#[test]
fn interruptions_are_tested_on_unix() {
    eprintln!("skipped: this is tested on Unix alone");
}

#[cfg(unix)]
mod unix {
    use std::io::{BufRead, BufReader, Read};
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Stdio};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use lastbyte::Verdict;
    use lastbyte::check::results::{Results, Row};
    use lastbyte::trace::Inconclusive;
    use nix::sys::signal::{Signal, kill, killpg};
    use nix::unistd::Pid;

    use crate::program::{Scratch, verify};
    use crate::versions::Versions;

    /// What marks a run's processes, which inherit it.
    const MARK: &str = "LASTBYTE_TEST_RUN";

    /// What takes half a minute, in many short explorations.
    const LONG: [&str; 2] = ["--only", "shutdown_ordering"];

    /// A run of [`LONG`].
    struct Run {
        child: Child,
        mark: String,
    }

    impl Run {
        /// One instance is explored.
        fn start(words: &[&str]) -> Run {
            let mut command = Command::new(env!("CARGO_BIN_EXE_verify"));
            Run::until(
                &[" instances, "],
                command.args(["--jobs", "2"]).args(LONG).args(words),
            )
        }

        /// These words have been said, one after the other.
        fn until(said: &[&str], command: &mut Command) -> Run {
            static NEXT: AtomicUsize = AtomicUsize::new(0);
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let mark = format!("{}-{number}", std::process::id());
            let mut child = command
                .env(MARK, &mark)
                .process_group(0)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program that was just built can be run");
            let stderr = child.stderr.take().expect("stderr is piped");
            let mut stderr = BufReader::new(stderr);
            let mut line = String::new();
            for words in said {
                while !line.contains(words) {
                    line.clear();
                    let read = stderr.read_line(&mut line).expect("progress is text");
                    assert!(read > 0, "it ends without {words}");
                }
            }
            // Progress that nobody reads must not stop the run.
            std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
            Run { child, mark }
        }

        /// Sends a signal to the whole process group, as a terminal does.
        fn send(&self, signal: Signal) {
            killpg(self.id(), signal).expect("it is running");
        }

        fn id(&self) -> Pid {
            Pid::from_raw(i32::try_from(self.child.id()).expect("process ids are small"))
        }

        /// Waits for the end; the exit code and what was printed.
        fn end(mut self) -> (Option<i32>, String) {
            let mut printed = String::new();
            let mut stdout = self.child.stdout.take().expect("stdout is piped");
            stdout.read_to_string(&mut printed).expect("text");
            let status = self.child.wait().expect("it was started");
            assert_eq!(running(&self.mark), 0, "no process is left");
            (status.code(), printed)
        }
    }

    /// Waits until no process carries the mark.
    fn none_is_left(mark: &str) {
        while running(mark) > 0 {
            std::thread::yield_now();
        }
    }

    /// How many processes carry the mark.
    fn running(mark: &str) -> usize {
        let mark = format!("{MARK}={mark}");
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let marked = processes.filter(|process| {
            let environment = std::fs::read(process.path().join("environ"));
            let environment = environment.unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .any(|v| v == mark.as_bytes())
        });
        marked.count()
    }

    fn interrupted(words: &[&str], signal: Signal) -> (Option<i32>, String) {
        let run = Run::start(words);
        if cfg!(target_os = "linux") {
            assert!(running(&run.mark) > 1, "it explores in processes");
        }
        run.send(signal);
        run.end()
    }

    #[test]
    fn a_signal_leaves_a_partial_result_that_says_so() {
        for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
            let (report, saved) = (Scratch::directory("report"), Scratch::directory("saved"));
            let directories = ["--report", report.path(), "--save", saved.path()];
            let words = [&["--format", "json"][..], &directories].concat();
            let (code, printed) = interrupted(&words, signal);
            assert_eq!(code, Some(3), "{signal}");
            let results: Results = serde_json::from_str(&printed).expect("the documented format");
            assert!(!results.complete && !results.hold(), "{signal}");
            assert_eq!(results.rows.len(), results.selected, "{signal}");
            let open =
                |verdict: &Verdict| *verdict == Verdict::Inconclusive(Inconclusive::Interrupted);
            let (open, decided): (Vec<_>, Vec<_>) =
                results.rows.iter().partition(|row| open(&row.verdict));
            assert!(!open.is_empty(), "{signal}");
            assert!(open.iter().all(|row| !row.holds), "{signal}");
            assert!(decided.iter().all(|row| row.holds), "{signal}");
            assert_eq!(report.names(), ["index.html"], "{signal}");
            let page = std::fs::read_to_string(report.join("index.html")).expect("it is there");
            assert!(page.contains("Partial: the run ended early"), "{signal}");
            assert!(page.trim_end().ends_with("</html>"), "{signal}");
            for name in saved.names() {
                assert!(name.ends_with(".json"), "{name}");
                lastbyte::check::recording::assert_reproduces(
                    saved.join(&name),
                    &lastbyte_models::registry().expect("no clash"),
                );
            }
        }
    }

    #[test]
    fn every_format_says_that_it_is_partial() {
        let (code, text) = interrupted(&["--format", "text"], Signal::SIGINT);
        assert_eq!(code, Some(3));
        assert!(text.contains("Partial: the run ended early"), "{text}");
        assert!(text.contains("inconclusive"), "{text}");
        let (code, markdown) = interrupted(&["--format", "markdown"], Signal::SIGINT);
        assert_eq!(code, Some(3));
        assert!(
            markdown.starts_with("### lastbyte: **partial, the run ended early**"),
            "{markdown}"
        );
        let (code, junit) = interrupted(&["--format", "junit"], Signal::SIGINT);
        assert_eq!(code, Some(3));
        assert!(
            junit
                .contains("<error message=\"expected proved, came out inconclusive: interrupted\"")
        );
        assert!(junit.trim_end().ends_with("</testsuites>"));
    }

    #[test]
    fn a_program_that_is_killed_takes_its_workers_along() {
        let mut run = Run::start(&["--format", "json"]);
        kill(run.id(), Signal::SIGKILL).expect("it is running");
        run.child.wait().expect("it was started");
        // A worker notices that nobody will give it orders any more.
        none_is_left(&run.mark);
    }

    /// Three versions, of which the first and the last are quick and the second takes half a minute.
    fn versions() -> Versions {
        let versions = Versions::new();
        let (quick, long) = ("--only template", &*LONG.join(" "));
        for (version, only) in [("1.0.0", quick), ("2.0.0", long), ("3.0.0", quick)] {
            let verify = env!("CARGO_BIN_EXE_verify");
            versions.package(version, &format!("exec '{verify}' --jobs 2 \"$@\" {only}"));
        }
        versions
    }

    /// Interrupts a run of all versions as soon as this was said.
    fn versions_interrupted(
        versions: &Versions,
        said: &[&str],
        signal: Signal,
        group: bool,
    ) -> Results {
        let (report, saved) = (Scratch::directory("report"), Scratch::directory("saved"));
        let directories = ["--report", report.path(), "--save", saved.path()];
        let words = [
            &["--real", "--allow-missing", "--format", "json"][..],
            &directories,
        ];
        let run = Run::until(said, &mut versions.command(&words.concat()));
        match group {
            true => run.send(signal),
            false => kill(run.id(), signal).expect("it is running"),
        }
        let (code, printed) = run.end();
        assert_eq!(code, Some(3), "{signal}");
        let results: Results = serde_json::from_str(&printed).expect("the documented format");
        assert!(results.real && !results.complete, "{signal}");
        assert_eq!(results.rows.len(), results.selected, "{signal}");
        assert_eq!(report.names(), ["index.html"], "{signal}");
        let page = std::fs::read_to_string(report.join("index.html")).expect("it is there");
        assert!(page.contains("Partial: the run ended early"), "{signal}");
        assert!(page.trim_end().ends_with("</html>"), "{signal}");
        let refuted = results
            .rows
            .iter()
            .filter(|row| row.counterexample.is_some());
        assert_eq!(saved.names().len(), refuted.count(), "{signal}");
        for name in saved.names() {
            let path = saved.join(&name);
            lastbyte::check::recording::Recording::read(path.as_ref()).expect("whole");
        }
        let model = |row: &&Row| row.model == "template" && row.holds;
        assert!(results.rows.iter().filter(model).count() >= 2, "{signal}");
        results
    }

    /// From the terminal the signal reaches everybody, from elsewhere only the program itself.
    const SIGNALS: [(Signal, bool); 2] = [(Signal::SIGINT, true), (Signal::SIGTERM, false)];

    fn not_run(results: &Results) -> Vec<(&str, &str)> {
        let missing = results.not_run.iter();
        missing.map(|m| (m.name.as_str(), m.why.as_str())).collect()
    }

    #[test]
    fn an_interrupted_build_leaves_the_versions_before_it() {
        let versions = versions();
        std::fs::write(versions.join("conformance/2.0.0/takes-long"), "").expect("scratch");
        let building = ["2/3 2.0.0: building"];
        for (signal, group) in SIGNALS {
            let results = versions_interrupted(&versions, &building, signal, group);
            let rest = [("2.0.0", "interrupted"), ("3.0.0", "interrupted")];
            assert_eq!(not_run(&results), rest, "{signal}");
            assert!(results.rows.iter().all(|row| row.holds), "{signal}");
        }
        // The last version is no exception.
        let run = Run::until(
            &["1/1 2.0.0: building"],
            &mut versions.command(&["--real=2.0.0"]),
        );
        run.send(Signal::SIGINT);
        let (code, text) = run.end();
        assert_eq!(code, Some(3), "{text}");
        assert!(text.contains("Partial: the run ended early"), "{text}");
        assert!(text.contains("Not run: 2.0.0: interrupted."), "{text}");
    }

    /// It may reach cargo before this program has been told.
    #[test]
    fn a_build_that_is_ended_by_an_interruption_is_interrupted() {
        let versions = versions();
        std::fs::write(versions.join("conformance/2.0.0/is-interrupted"), "").expect("scratch");
        let output = versions.command(&["--real=2.0.0"]).output();
        let output = output.expect("the program that was just built can be run");
        let text = String::from_utf8(output.stdout).expect("text");
        assert_eq!(output.status.code(), Some(3), "{text}");
        assert!(text.contains("Partial: the run ended early"), "{text}");
        assert!(text.contains("Not run: 2.0.0: interrupted."), "{text}");
    }

    #[test]
    fn an_interrupted_version_keeps_what_it_has_found() {
        let versions = versions();
        let exploring = ["2/3 2.0.0: exploring", " instances, "];
        for (signal, group) in SIGNALS {
            let results = versions_interrupted(&versions, &exploring, signal, group);
            assert_eq!(not_run(&results), [("3.0.0", "interrupted")], "{signal}");
            let open = Verdict::Inconclusive(Inconclusive::Interrupted);
            let open = results.rows.iter().filter(|row| row.verdict == open);
            assert!(open.count() > 0, "{signal}");
        }
    }

    /// What does not end when it is asked to is ended, after some patience.
    #[test]
    #[ignore = "waits for patience to end; cargo test -- --ignored"]
    fn a_version_that_does_not_listen_is_killed() {
        let versions = Versions::new();
        let deaf = "trap '' TERM INT; case $1 in --list) exit 0 ;; esac; while :; do sleep 1; done";
        versions.package("2.0.0", deaf);
        let mut command = versions.command(&["--real=2.0.0"]);
        let run = Run::until(&["1/1 2.0.0: exploring"], &mut command);
        run.send(Signal::SIGINT);
        let (code, text) = run.end();
        assert_eq!(code, Some(3), "{text}");
        assert!(text.contains("Not run: 2.0.0: interrupted."), "{text}");
    }

    /// An interruption that this program does not wait for ends whatever it has started.
    #[test]
    fn a_replay_that_is_interrupted_leaves_no_build() {
        let versions = versions();
        std::fs::write(versions.join("conformance/2.0.0/takes-long"), "").expect("scratch");
        let recording = Versions::recording("2.0.0");
        let mut command = versions.command(&["replay", recording.path()]);
        let mut run = Run::until(&["2.0.0: building"], &mut command);
        // This program, the script in cargo's place, and what that waits for.
        while cfg!(target_os = "linux") && running(&run.mark) < 3 {
            std::thread::yield_now();
        }
        // A shell passes over SIGINT while it is starting a program.
        run.send(Signal::SIGTERM);
        let status = run.child.wait().expect("it was started");
        assert_eq!(status.code(), None, "the signal ends it");
        none_is_left(&run.mark);
    }

    #[test]
    fn a_question_that_is_interrupted_is_inconclusive() {
        let request = Scratch::new("request", "G");
        let words = "explore --subject shutdown_ordering:flush-before-shutdown --response-bytes \
                     1000 --capacity 1 --uncached --format json --request";
        let mut child = Command::new(env!("CARGO_BIN_EXE_verify"))
            .args(words.split_whitespace())
            .arg(request.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program that was just built can be run");
        drop(child.stderr.take());
        let id = i32::try_from(child.id()).expect("process ids are small");
        // It says nothing before its end, and a signal before it listens ends it at once.
        while !listens(id) {
            std::thread::yield_now();
        }
        kill(Pid::from_raw(id), Signal::SIGTERM).expect("it is running");
        let output = child.wait_with_output().expect("it was started");
        assert_eq!(output.status.code(), Some(3));
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(answer["exploration"]["inconclusive"], "interrupted");
    }

    /// Whether a process handles SIGTERM itself.
    fn listens(id: i32) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("it is running");
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = u64::from_str_radix(caught.expect("Linux tells").trim(), 16);
        caught.expect("it is a number") & (1 << (Signal::SIGTERM as u64 - 1)) != 0
    }

    /// Runs the program where no file may become larger than so many blocks of 512 bytes. A write
    /// then fails as late as on a disk that is full.
    fn on_a_full_disk(blocks: u32, words: &[&str]) -> std::process::Output {
        let limited = format!("trap '' XFSZ; ulimit -f {blocks} && exec \"$0\" \"$@\"");
        Command::new("sh")
            .args(["-c", &limited])
            .arg(env!("CARGO_BIN_EXE_verify"))
            .args(words)
            .output()
            .expect("there is a shell")
    }

    /// Expects exit code 2 and one line.
    fn one_line(output: &std::process::Output, parts: &[&str]) {
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        let progress = |line: &&str| line.contains(" instances, ");
        let lines = error.lines().filter(|line| !progress(line));
        assert_eq!(lines.count(), 1, "{error}");
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }

    #[test]
    fn a_full_disk_leaves_nothing_half_written() {
        let directory = Scratch::directory("full");
        let only = ["--only", "template", "--report", directory.path()];
        let output = on_a_full_disk(16, &only);
        one_line(
            &output,
            &["cannot write", directory.path(), "File too large"],
        );
        assert_eq!(directory.names(), [""; 0]);
        // Some counterexamples are small enough, the others leave nothing.
        let output = on_a_full_disk(5, &["--only", "mutant", "--save", directory.path()]);
        one_line(&output, &["cannot write", directory.path()]);
        for name in directory.names() {
            lastbyte::check::recording::Recording::read(directory.join(&name).as_ref())
                .expect("whole");
        }
    }

    #[test]
    fn a_full_disk_behind_stdout_is_one_line() {
        for words in [&["--list"][..], &["--help"], &["--only", "template"]] {
            let full = std::fs::File::options().write(true).open("/dev/full");
            let Ok(full) = full else {
                eprintln!("skipped: no /dev/full here");
                return;
            };
            let output = Command::new(env!("CARGO_BIN_EXE_verify"))
                .args(words)
                .stdout(full)
                .output();
            let output = output.expect("the program that was just built can be run");
            one_line(&output, &["cannot write the output", "No space left"]);
        }
        // A reader that has gone away is no error.
        let mut child = Command::new(env!("CARGO_BIN_EXE_verify"))
            .arg("--list")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program that was just built can be run");
        drop(child.stdout.take());
        assert_eq!(child.wait().expect("it was started").code(), Some(0));
        assert_eq!(verify(&["--list"]).status.code(), Some(0));
    }
}
