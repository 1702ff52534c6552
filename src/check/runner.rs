//! Explores many instances in separate processes, for two reasons: two threads of one process explore
//! only at half the speed of two processes, and a subject that takes its process down takes no other
//! result with it.
//!
//! ```
//! use lastbyte::{Model, Registry};
//! use lastbyte::check::{runner::Unit, selection::Selection};
//!
//! let registry = Registry::new([Model::new("mine", "what it is about")]).expect("one model");
//! assert!(Unit::all(&Selection::all(&registry)).is_empty());
//! ```

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::check::comparison::{Compared, Comparison};
use crate::check::identity::Identity;
use crate::check::instance::Instance;
use crate::check::selection::Selection;
use crate::check::sweep::SweptInstance;
use crate::trace::verdict::{Exploration, Inconclusive};

/// The default of [`Pool::silence`]. A worker reports its progress several times a second.
pub const SILENCE: Duration = Duration::from_secs(60);

/// A request to a worker, one line of JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    /// An instance or a comparison.
    pub(crate) unit: Identity,
    pub(crate) seconds: Option<f64>,
    pub(crate) steps: Option<usize>,
}

/// A worker's answer, one line of JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Progress(u64),
    /// An instance's exploration; where a sweep has the instance, what it shows of it.
    Explored {
        id: Identity,
        exploration: Box<Exploration>,
        swept: Option<Box<SweptInstance>>,
    },
    Compared(Box<Compared>),
    /// The worker does not have what was requested; the reason, in one line.
    Unknown(String),
}

impl Answer {
    /// What it is about, if it is a result.
    fn id(&self) -> Option<&Identity> {
        match self {
            Answer::Explored { id, .. } => Some(id),
            Answer::Compared(compared) => Some(&compared.id),
            Answer::Progress(_) | Answer::Unknown(_) => None,
        }
    }
}

/// The unit of work for one process.
#[derive(Clone, Debug)]
pub enum Unit {
    /// An instance.
    Instance(Box<Instance>),
    /// A comparison.
    Comparison(Comparison),
}

impl Unit {
    fn instance(instance: Instance) -> Unit {
        Unit::Instance(Box::new(instance))
    }

    /// Everything that is selected, the claims first.
    pub fn all(selection: &Selection) -> Vec<Unit> {
        let claimed = selection
            .claimed_instances()
            .into_iter()
            .map(Unit::instance);
        let comparisons = selection.comparisons.iter().cloned();
        let swept = selection.swept_instances().into_iter().map(Unit::instance);
        claimed
            .chain(comparisons.map(Unit::Comparison))
            .chain(swept)
            .collect()
    }

    /// The answer for a unit that was not explored, and why.
    fn missing(&self, why: Inconclusive) -> Answer {
        match self {
            Unit::Instance(instance) => {
                let exploration = Exploration::missing(why);
                let swept = SweptInstance::new(instance, &exploration);
                Answer::Explored {
                    id: instance.identity(),
                    exploration: Box::new(exploration),
                    swept: Some(Box::new(swept)),
                }
            }
            Unit::Comparison(comparison) => {
                Answer::Compared(Box::new(Compared::missing(comparison, why)))
            }
        }
    }

    /// The identity of its results.
    pub fn identity(&self) -> Identity {
        match self {
            Unit::Instance(instance) => instance.identity(),
            Unit::Comparison(comparison) => comparison.identity(),
        }
    }
}

/// The progress of a run.
#[derive(Debug, Default)]
pub struct Meter {
    /// Executions so far.
    pub executions: AtomicU64,
    /// Units that are done.
    pub done: AtomicU64,
    /// The unit that was begun last.
    pub current: Mutex<String>,
    /// Set to stop as soon as possible.
    pub stop: AtomicBool,
}

/// The resources of a run: program, processes and limits.
#[derive(Clone, Debug)]
pub struct Pool {
    /// The program to run, with `worker` as its argument.
    pub program: PathBuf,
    /// How many processes.
    pub jobs: usize,
    /// When everything must be over.
    pub deadline: Option<Instant>,
    /// A worker that sends nothing for this long counts as dead.
    pub silence: Duration,
    /// Most steps of one execution of an instance; [`Limits::steps`](crate::Limits::steps) unless given.
    pub steps: Option<usize>,
}

/// Results by [`Unit::identity`]; a unit that was not reached is missing.
#[derive(Clone, Debug, Default)]
pub struct Explored {
    /// Instances.
    pub instances: HashMap<Identity, Exploration>,
    /// Instances of sweeps.
    pub swept: HashMap<Identity, SweptInstance>,
    /// Comparisons.
    pub comparisons: HashMap<Identity, Compared>,
}

impl Explored {
    fn insert(&mut self, answer: Answer) {
        match answer {
            Answer::Progress(_) | Answer::Unknown(_) => {}
            Answer::Explored {
                id,
                exploration,
                swept,
            } => {
                self.swept.extend(swept.map(|swept| (id.clone(), *swept)));
                self.instances.insert(id, *exploration);
            }
            Answer::Compared(compared) => {
                self.comparisons.insert(compared.id.clone(), *compared);
            }
        }
    }

    /// Executions of everything.
    pub fn executions(&self) -> u64 {
        let instances = self.instances.values().map(|e| e.executions);
        let compared = self.comparisons.values().flat_map(|c| c.executions);
        instances.chain(compared).sum()
    }
}

impl Pool {
    /// Explores the units; `meter` shows the progress.
    ///
    /// # Errors
    ///
    /// When a worker cannot be started.
    pub fn explore(&self, units: &[Unit], meter: &Meter) -> io::Result<Explored> {
        let next = AtomicU64::new(0);
        let explored = Mutex::new(Explored::default());
        std::thread::scope(|scope| {
            let jobs = self.jobs.clamp(1, units.len().max(1));
            let workers: Vec<_> = (0..jobs)
                .map(|_| scope.spawn(|| self.work(units, &next, &explored, meter)))
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
        units: &[Unit],
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
            let Some(unit) = units.get(index) else {
                return Ok(());
            };
            if out_of_time || meter.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            let unit_id = unit.identity();
            meter
                .current
                .lock()
                .expect("nobody panics here")
                .clone_from(&unit_id.text);
            let order = Order {
                unit: unit_id,
                seconds: left.map(|left| left.as_secs_f64()),
                steps: self.steps,
            };
            let alive = match worker.take() {
                Some(worker) => worker,
                None => Worker::start(self)?,
            };
            let answer = match alive.explore(&order, meter, self.silence) {
                Ok((alive, Answer::Unknown(why))) => {
                    worker = Some(alive);
                    unit.missing(Inconclusive::Unknown(why))
                }
                Ok((alive, answer)) => {
                    worker = Some(alive);
                    answer
                }
                Err(Gone::Stopped) => return Ok(()),
                Err(Gone::Died(why)) => unit.missing(Inconclusive::Crashed(why)),
            };
            meter.done.fetch_add(1, Ordering::Relaxed);
            let mut explored = explored.lock().expect("nobody panics here");
            explored.insert(answer);
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
            .arg(WORKER)
            .env(WORKER_VARIABLE, "1")
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

    fn explore(
        mut self,
        order: &Order,
        meter: &Meter,
        silence: Duration,
    ) -> Result<(Worker, Answer), Gone> {
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
                    Ok(answer) => {
                        if let Some(other) = answer.id().filter(|id| **id != order.unit) {
                            let (other, ordered) = (other.in_full(), order.unit.in_full());
                            return Err(Gone::Died(format!(
                                "{ordered} was ordered, and the answer is about {other}"
                            )));
                        }
                        let executions = match &answer {
                            Answer::Progress(executions) => *executions,
                            Answer::Explored { exploration, .. } => exploration.executions,
                            Answer::Compared(compared) => compared.executions.iter().sum(),
                            Answer::Unknown(_) => 0,
                        };
                        count(executions);
                        // An exploration that began again had more before.
                        let more = counted.saturating_sub(executions);
                        meter.executions.fetch_sub(more, Ordering::Relaxed);
                        return Ok((self, answer));
                    }
                    Err(error) => return Err(Gone::Died(format!("unreadable answer: {error}"))),
                },
                Err(RecvTimeoutError::Timeout) if heard.elapsed() < silence => continue,
                Err(RecvTimeoutError::Timeout) => {
                    return Err(Gone::Died(format!("silent for {} s", silence.as_secs())));
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

/// The argument of a process that is started as a worker.
pub(crate) const WORKER: &str = "worker";

/// Set for a process that is started as a worker. Such a process never starts workers of its own.
pub(crate) const WORKER_VARIABLE: &str = "LASTBYTE_WORKER";
