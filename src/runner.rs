//! Explores many cells, in processes of their own: two threads of one process explore at half the
//! speed of two processes, and a subject that takes its process down takes nothing else with it.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::claim::{Cell, Claim};
use crate::verdict::{Cut, Exploration};

/// A worker that is silent for this long is taken for dead.
const SILENCE: Duration = Duration::from_secs(60);

/// A request to a worker, one line of JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) cell: String,
    pub(crate) seconds: Option<f64>,
}

/// A worker's answer, one line of JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Progress(u64),
    Done(Box<Exploration>),
}

/// The distinct cells of some claims, in order.
pub fn cells_of(claims: &[Claim]) -> Vec<Cell> {
    let mut seen = std::collections::HashSet::new();
    claims
        .iter()
        .flat_map(|claim| &claim.cells)
        .filter(|cell| seen.insert(cell.id()))
        .cloned()
        .collect()
}

/// How far a run is.
#[derive(Debug, Default)]
pub struct Meter {
    /// Executions so far.
    pub executions: AtomicU64,
    /// Cells that are done.
    pub cells: AtomicU64,
    /// The cell that was begun last.
    pub current: Mutex<String>,
    /// Set to stop as soon as possible.
    pub stop: AtomicBool,
}

/// Where and how long to explore.
#[derive(Clone, Debug)]
pub struct Pool {
    /// The program to run, with `worker` as its argument.
    pub program: PathBuf,
    /// How many processes.
    pub jobs: usize,
    /// When everything must be over.
    pub deadline: Option<Instant>,
}

/// Results by [`Cell::id`]; cells that were not reached are missing.
pub type Explored = HashMap<String, Exploration>;

impl Pool {
    /// Explores the cells; `meter` tells how far it is.
    ///
    /// # Errors
    ///
    /// When a worker cannot be started.
    pub fn explore(&self, cells: &[Cell], meter: &Meter) -> io::Result<Explored> {
        let next = AtomicU64::new(0);
        let explored = Mutex::new(Explored::new());
        std::thread::scope(|scope| {
            let jobs = self.jobs.clamp(1, cells.len().max(1));
            let workers: Vec<_> = (0..jobs)
                .map(|_| scope.spawn(|| self.work(cells, &next, &explored, meter)))
                .collect();
            workers.into_iter().try_for_each(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|_| Err(io::Error::other("a runner thread panicked")))
            })
        })?;
        Ok(explored.into_inner().expect("no runner thread panicked"))
    }

    fn work(
        &self,
        cells: &[Cell],
        next: &AtomicU64,
        explored: &Mutex<Explored>,
        meter: &Meter,
    ) -> io::Result<()> {
        let mut worker = None;
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed) as usize;
            let left = self
                .deadline
                .map(|end| end.saturating_duration_since(Instant::now()));
            let out_of_time = left.is_some_and(|left| left.is_zero());
            let Some(cell) = cells.get(index) else {
                return Ok(());
            };
            if out_of_time || meter.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            *meter.current.lock().expect("nobody panics here") = cell.id();
            let order = Order {
                cell: cell.id(),
                seconds: left.map(|left| left.as_secs_f64()),
            };
            let alive = match worker.take() {
                Some(worker) => worker,
                None => Worker::start(self)?,
            };
            let exploration = match alive.explore(&order, meter) {
                Ok((alive, exploration)) => {
                    worker = Some(alive);
                    exploration
                }
                Err(Gone::Stopped) => return Ok(()),
                Err(Gone::Died(why)) => Exploration::missing(Cut::Crashed(why)),
            };
            meter.cells.fetch_add(1, Ordering::Relaxed);
            let mut explored = explored.lock().expect("nobody panics here");
            explored.insert(cell.id(), exploration);
        }
    }
}

enum Gone {
    Stopped,
    Died(String),
}

struct Worker {
    child: Child,
    orders: ChildStdin,
    answers: Receiver<io::Result<String>>,
}

impl Worker {
    fn start(pool: &Pool) -> io::Result<Worker> {
        let mut command = Command::new(&pool.program);
        command
            .arg("worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        // Ctrl-C reaches everybody in the terminal's group. A worker that dies of it would look as
        // if the subject had killed it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let orders = child.stdin.take().expect("stdin is piped");
        let stdout = child.stdout.take().expect("stdout is piped");
        let (send, answers) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Worker {
            child,
            orders,
            answers,
        })
    }

    fn explore(mut self, order: &Order, meter: &Meter) -> Result<(Worker, Exploration), Gone> {
        let line = serde_json::to_string(order).expect("an order is plain data");
        if writeln!(self.orders, "{line}")
            .and_then(|()| self.orders.flush())
            .is_err()
        {
            return Err(self.died());
        }
        let mut counted = 0;
        let mut count = |executions: u64| {
            meter
                .executions
                .fetch_add(executions.saturating_sub(counted), Ordering::Relaxed);
            counted = counted.max(executions);
        };
        let mut heard = Instant::now();
        loop {
            if meter.stop.load(Ordering::Relaxed) {
                return Err(Gone::Stopped);
            }
            match self.answers.recv_timeout(Duration::from_millis(200)) {
                Ok(Ok(line)) => match serde_json::from_str(&line) {
                    Ok(Answer::Progress(executions)) => count(executions),
                    Ok(Answer::Done(exploration)) => {
                        count(exploration.executions);
                        return Ok((self, *exploration));
                    }
                    Err(error) => return Err(Gone::Died(format!("unreadable answer: {error}"))),
                },
                Err(RecvTimeoutError::Timeout) if heard.elapsed() < SILENCE => continue,
                Err(RecvTimeoutError::Timeout) => {
                    return Err(Gone::Died(format!("silent for {} s", SILENCE.as_secs())));
                }
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => return Err(self.died()),
            }
            heard = Instant::now();
        }
    }

    fn died(&mut self) -> Gone {
        match self.child.wait() {
            Ok(status) => Gone::Died(format!("the exploring process ended with {status}")),
            Err(error) => Gone::Died(error.to_string()),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Either may fail because the process is gone, which is what is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A worker's side: explores what is ordered on stdin, answers on stdout, until stdin ends.
#[cfg(loom)]
pub(crate) fn serve(claims: &[Claim]) -> io::Result<()> {
    use std::sync::Arc;

    use crate::explorer::{Explorer, Limits, Progress};

    let cells: HashMap<String, Cell> = cells_of(claims)
        .into_iter()
        .map(|cell| (cell.id(), cell))
        .collect();
    let wanted = wanted_counterexamples(claims);
    let say = |answer: &Answer| {
        let line = serde_json::to_string(answer).expect("an answer is plain data");
        let mut out = io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush())
    };
    for line in io::stdin().lock().lines() {
        let order: Order = serde_json::from_str(&line?)?;
        let cell = cells
            .get(&order.cell)
            .ok_or_else(|| io::Error::other("no such cell"))?;
        let last = Mutex::new(Instant::now());
        let progress: Progress = Arc::new(move |executions| {
            let mut last = last.lock().expect("nobody panics here");
            if last.elapsed() > Duration::from_millis(100) {
                *last = Instant::now();
                if say(&Answer::Progress(executions)).is_err() {
                    // Nobody listens any more, whatever became of them.
                    std::process::exit(1);
                }
            }
        });
        let explorer = Explorer {
            caching: cell.caching,
            limits: Limits {
                time: order.seconds.map(Duration::from_secs_f64),
                ..Limits::default()
            },
            progress: Some(progress),
            ..Explorer::default()
        };
        let mut exploration = explorer.decide(&cell.run, &cell.scenario);
        // A trace that no row shows need not travel; that the property fails must.
        if let Some(wanted) = wanted.get(&order.cell) {
            for (property, trace) in &mut exploration.counterexamples {
                if !wanted.contains(property) {
                    trace.steps.clear();
                    trace.schedule.clear();
                }
            }
        }
        say(&Answer::Done(Box::new(exploration)))?;
    }
    Ok(())
}

#[cfg(loom)]
fn wanted_counterexamples(
    claims: &[Claim],
) -> HashMap<String, std::collections::HashSet<crate::Property>> {
    let mut wanted: HashMap<_, std::collections::HashSet<_>> = HashMap::new();
    for claim in claims {
        for cell in &claim.cells {
            wanted.entry(cell.id()).or_default().insert(claim.property);
        }
    }
    wanted
}

/// What a process without the flag can do about an order.
#[cfg(not(loom))]
pub(crate) fn serve(_claims: &[Claim]) -> io::Result<()> {
    Err(io::Error::other("this build explores nothing"))
}
