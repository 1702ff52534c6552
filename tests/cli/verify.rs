//! What a run shows on a terminal while it explores.

#[cfg(not(unix))]
#[test]
fn progress_is_tested_on_unix() {
    eprintln!("skipped: this is tested on Unix alone");
}

#[cfg(unix)]
mod unix {
    use nix::sys::signal::Signal;

    use crate::program::{Scratch, verify};
    use crate::terminal::Terminal;

    #[test]
    fn a_run_shows_instances_executions_and_what_is_explored() {
        let only = ["--only", "shutdown_ordering/fixed-without-caching"];
        let mut terminal = Terminal::start(&only, 120, 40, true);
        let bar = terminal.until("shutdown_ordering/flush-before-shutdown/");
        assert!(bar.contains("0/1 instances"), "{bar:?}");
        // Executions are told while the only instance is being explored.
        let shown = terminal.until("/s  shutdown_ordering/flush-before-shutdown/");
        assert!(shown.contains(" executions, "), "{shown:?}");
        terminal.send(Signal::SIGINT);
        terminal.until("Partial: the run ended early");
        assert_eq!(
            terminal.program.wait().expect("it was started").code(),
            Some(3)
        );
    }

    #[test]
    fn without_a_terminal_there_is_a_line_for_the_first_instance_at_the_earliest() {
        let output = verify(&["--only", "template/small-is-fine"]);
        let told = String::from_utf8(output.stderr).expect("text");
        assert!(!told.contains("0/2"), "{told}");
    }

    #[test]
    fn a_question_shows_executions() {
        let request = Scratch::new("request", "G");
        let words = "explore --subject shutdown_ordering:flush-before-shutdown --response-bytes \
                     2000 --capacity 1 --uncached --request";
        let mut words: Vec<_> = words.split_whitespace().collect();
        words.push(request.path());
        let mut terminal = Terminal::start(&words, 120, 40, true);
        terminal.until("64 executions, ");
        terminal.send(Signal::SIGINT);
        terminal.until("not complete: interrupted");
        assert_eq!(
            terminal.program.wait().expect("it was started").code(),
            Some(3)
        );
    }
}
