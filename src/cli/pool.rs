//! Explores in as many processes as there are processors, and shows the progress.

use std::io::{IsTerminal, Write};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::interrupt;
use super::seconds::Seconds;
use crate::check::runner::{Explored, Meter, Pool, SILENCE, Unit};
use crate::check::selection::Selection;
use crate::error::Misuse;

/// What a run may use: processes, time and steps.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Means {
    /// How many processes; one for each processor unless given.
    pub(super) jobs: Option<u64>,
    pub(super) max_seconds: Option<u64>,
    pub(super) max_steps: Option<u64>,
}

pub(super) fn explore(selection: &Selection, means: Means) -> Result<Explored, Misuse> {
    let failed = |what: &str, error: &dyn std::fmt::Display| Misuse(format!("{what}: {error}"));
    let seconds = Seconds::of_last_time();
    let (units, left) = seconds.longest_first(Unit::all(selection));
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = Pool {
        program: std::env::current_exe().map_err(|e| failed("cannot find this program", &e))?,
        jobs: means.jobs.map_or(processors, |jobs| jobs as usize),
        deadline: means
            .max_seconds
            .map(|s| Instant::now() + Duration::from_secs(s)),
        silence: SILENCE,
        steps: means.max_steps.map(|steps| steps as usize),
    };
    let meter = Meter::default();
    interrupt::note()?;
    std::thread::scope(|scope| {
        let shown = scope.spawn(|| watch(&meter, units.len(), &left, pool.jobs));
        let explored = pool.explore(&units, &meter);
        meter.stop.store(true, Ordering::Relaxed);
        drop(shown.join());
        let explored =
            explored.map_err(|error| failed("cannot start a process that explores", &error))?;
        seconds.keep(&explored);
        Ok(explored)
    })
}

/// Shows the progress until it is told to stop. On a terminal this is a bar, elsewhere a line after the
/// first instance and then now and then.
fn watch(meter: &Meter, instances: usize, left: &[f64], jobs: usize) {
    let bar = ProgressBar::new(instances as u64);
    let style = "{bar:30} {pos}/{len} instances  {msg}";
    bar.set_style(ProgressStyle::with_template(style).expect("the template is constant"));
    let started = Instant::now();
    let plain = !std::io::stderr().is_terminal();
    let mut said = None;
    while !meter.stop.load(Ordering::Relaxed) {
        if interrupt::happened() {
            meter.stop.store(true, Ordering::Relaxed);
        }
        let executions = meter.executions.load(Ordering::Relaxed);
        let done = meter.done.load(Ordering::Relaxed);
        let rate = rate(executions, started.elapsed());
        let current = meter.current.lock().expect("nobody panics here").clone();
        let (executions, rate) = (HumanCount(executions), HumanCount(rate));
        bar.set_position(done);
        let left = estimate(left.get(done as usize).copied(), jobs);
        bar.set_message(format!(
            "{executions} executions, {rate}/s  {current}{left}"
        ));
        if plain && is_due(said.map(|said: Instant| said.elapsed()), done) {
            said = Some(Instant::now());
            drop(writeln!(
                std::io::stderr(),
                "{done}/{instances} instances, {executions} executions, {rate}/s, {current}{left}"
            ));
        }
        std::thread::park_timeout(Duration::from_millis(100));
    }
    bar.finish_and_clear();
}

/// The estimated time for the rest, from the last run; empty if that is not known.
fn estimate(left: Option<f64>, jobs: usize) -> String {
    match left.unwrap_or_default() / jobs.max(1) as f64 {
        seconds if seconds < 0.5 => String::new(),
        seconds => format!(", about {seconds:.0} s left"),
    }
}

/// Whether a line of progress is due, `since` after the last one.
fn is_due(since: Option<Duration>, done: u64) -> bool {
    match since {
        None => done > 0,
        Some(since) => since >= Duration::from_secs(5),
    }
}

/// Executions per second.
pub(super) fn rate(executions: u64, time: Duration) -> u64 {
    (executions as f64 / time.as_secs_f64().max(0.001)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_after_the_first_instance_and_then_every_five_seconds() {
        let seconds = |s| Some(Duration::from_secs(s));
        assert!(!is_due(None, 0));
        assert!(is_due(None, 1));
        assert!(!is_due(seconds(4), 2));
        assert!(is_due(seconds(5), 2));
        assert!(is_due(seconds(6), 2));
    }

    #[test]
    fn what_is_left_is_divided_among_the_processes() {
        assert_eq!(estimate(Some(9.0), 2), ", about 4 s left");
        assert_eq!(estimate(Some(0.4), 1), "");
        assert_eq!(estimate(None, 2), "");
    }

    #[test]
    fn a_rate_is_per_second() {
        assert_eq!(rate(100, Duration::from_secs(4)), 25);
        assert_eq!(rate(3, Duration::ZERO), 3000);
    }
}
