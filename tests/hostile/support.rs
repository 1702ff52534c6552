//! Subjects in a few words, and child processes for what could take the process with it.

use std::future::Future;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lastbyte::environment::Raw;
use lastbyte::trace::{Exploration, Inconclusive};
use lastbyte::{
    Explorer, Framing, Limits, Property, Reader, Running, Scenario, Socket, Subject, Verdict,
};

type Start = dyn Fn(Socket) -> Running + Send + Sync;

/// A subject that is made of a closure.
pub struct Made {
    start: Box<Start>,
    stack: usize,
    framing: fn() -> Box<dyn Framing>,
    reads_while_writing: bool,
}

impl Subject for Made {
    fn start(&self, socket: Socket) -> Running {
        (self.start)(socket)
    }

    fn framing(&self) -> Box<dyn Framing> {
        (self.framing)()
    }

    fn stack_bytes(&self) -> usize {
        self.stack
    }

    fn reads_while_writing(&self) -> bool {
        self.reads_while_writing
    }
}

impl Made {
    pub fn stack(mut self, bytes: usize) -> Made {
        self.stack = bytes;
        self
    }

    pub fn framed(mut self, framing: fn() -> Box<dyn Framing>) -> Made {
        self.framing = framing;
        self
    }

    pub fn reads_while_writing(mut self) -> Made {
        self.reads_while_writing = true;
        self
    }

    pub fn arc(self) -> Arc<dyn Subject> {
        Arc::new(self)
    }
}

pub fn made<F>(start: impl Fn(Socket) -> F + Send + Sync + 'static) -> Made
where
    F: Future<Output = Result<(), String>> + 'static,
{
    Made {
        start: Box::new(move |socket| Box::pin(start(socket))),
        stack: 64 * 1024,
        framing: || Box::new(Raw::default()),
        reads_while_writing: false,
    }
}

pub fn subject<F>(start: impl Fn(Socket) -> F + Send + Sync + 'static) -> Arc<dyn Subject>
where
    F: Future<Output = Result<(), String>> + 'static,
{
    made(start).arc()
}

pub fn text(error: impl ToString) -> String {
    error.to_string()
}

/// Promises and writes.
pub async fn write(socket: &mut Socket, bytes: &'static [u8]) -> Result<(), String> {
    socket.handle().expect_delivery(Bytes::from_static(bytes));
    socket.write_all(bytes).await.map_err(text)
}

/// Promises, writes, and shuts down.
pub async fn deliver(mut socket: Socket, bytes: &'static [u8]) -> Result<(), String> {
    write(&mut socket, bytes).await?;
    socket.close().await.map_err(text)
}

/// A kernel buffer of 2 bytes, and a prompt reader.
pub fn plain() -> Scenario {
    Scenario::new("plain", 2, Reader::PROMPT)
}

/// Gives a poll without a call up after half a second.
pub fn explorer() -> Explorer {
    Explorer {
        limits: Limits {
            poll: Duration::from_millis(500),
            time: Some(Duration::from_secs(30)),
            ..Limits::default()
        },
        ..Explorer::default()
    }
}

pub fn explore(subject: &Arc<dyn Subject>, scenario: &Scenario) -> Exploration {
    explorer().explore(subject, scenario)
}

/// It came to its end without any defect, and every verdict says so.
#[track_caller]
pub fn is_clean(explored: &Exploration) {
    assert_eq!(explored.inconclusive, None);
    let broken: Vec<_> = explored.counterexamples.keys().collect();
    assert!(broken.is_empty(), "{broken:?}");
}

/// No property has any other verdict than that the exploration is inconclusive for this reason.
#[track_caller]
pub fn is_inconclusive(
    explored: &Exploration,
    expected: impl Fn(&Inconclusive) -> bool,
    says: &[&str],
) {
    for property in Property::ALL {
        match explored.verdict(property) {
            Verdict::Inconclusive(why) => {
                assert!(expected(&why), "{property}: {why}");
                let told = why.to_string();
                for word in says {
                    assert!(told.contains(word), "{word:?} is not in {told:?}");
                }
                assert!(!told.contains('\n'), "{told}");
            }
            // What was found before is a fact, whatever stopped the rest.
            Verdict::Refuted
                if !matches!(
                    explored.inconclusive,
                    Some(Inconclusive::NotDeterministic(_))
                ) =>
            {
                assert!(expected(
                    explored.inconclusive.as_ref().expect("it is inconclusive")
                ));
            }
            verdict => panic!("{property}: {verdict}"),
        }
    }
}

/// The verdict on every property is that the subject is not deterministic, and it says where.
#[track_caller]
pub fn is_not_deterministic(explored: &Exploration) {
    let expected =
        |why: &Inconclusive| matches!(why, Inconclusive::NotDeterministic(at) if at.step > 0);
    is_inconclusive(explored, expected, &["step ", "usual reasons", "`HashMap`"]);
}

#[track_caller]
pub fn is_refuted(explored: &Exploration, property: Property) {
    assert_eq!(explored.verdict(property), Verdict::Refuted, "{property}");
}

#[track_caller]
pub fn is_proved(explored: &Exploration, property: Property) {
    assert_eq!(explored.verdict(property), Verdict::Proved, "{property}");
}

/// How the panics in the counterexample are told.
#[track_caller]
pub fn panics_with(explored: &Exploration, words: &str) {
    is_refuted(explored, Property::NoPanic);
    let trace = &explored.counterexamples[&Property::NoPanic];
    let told = trace.steps.iter().any(|step| match &step.event {
        lastbyte::trace::Event::Panicked { message } => message.contains(words),
        _ => false,
    });
    assert!(told, "{words:?} is in none of {:?}", trace.steps);
}

const CHILD: &str = "LASTBYTE_HOSTILE_CHILD";

/// As much address space as a child may have; an exploration takes a small part of it.
const MEMORY: u64 = 3 << 30;

/// So long a child may take: many times what it needs.
const TIME: Duration = Duration::from_secs(90);

/// Runs the test in a process of its own, with limits on time and memory, and expects that it ends
/// well.
#[track_caller]
pub fn apart(test: &str, body: impl FnOnce()) {
    if std::env::var_os(CHILD).is_some() {
        #[cfg(unix)]
        {
            use nix::sys::resource::{Resource, getrlimit, setrlimit};
            let (_, hard) = getrlimit(Resource::RLIMIT_AS).expect("there is a limit");
            setrlimit(Resource::RLIMIT_AS, MEMORY.min(hard), hard).expect("below the hard limit");
            // An abort is expected of none, and its core is of no use.
            setrlimit(Resource::RLIMIT_CORE, 0, 0).expect("less is always permitted");
        }
        body();
        println!("the body is through");
        return;
    }
    let test = test.strip_prefix("hostile::").unwrap_or(test);
    let mut child = Command::new(std::env::current_exe().expect("it runs"))
        .args([test, "--exact", "--nocapture", "--include-ignored"])
        .env(CHILD, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the test can be run");
    fn drain(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
        std::thread::spawn(move || {
            let mut all = Vec::new();
            // What was read before an error is all there is to show.
            let _incomplete = pipe.read_to_end(&mut all).is_err();
            all
        })
    }
    let out = drain(child.stdout.take().expect("it is piped"));
    let err = drain(child.stderr.take().expect("it is piped"));
    let until = Instant::now() + TIME;
    let status = loop {
        match child.try_wait().expect("it is a child") {
            Some(status) => break Some(status),
            None if Instant::now() > until => {
                child.kill().expect("it runs");
                child.wait().expect("it is a child");
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let [out, err] = [out, err].map(|pipe| pipe.join().expect("it reads"));
    let told = String::from_utf8_lossy(&out) + String::from_utf8_lossy(&err);
    let status = status.unwrap_or_else(|| panic!("{test} hangs\n{told}"));
    assert!(status.success(), "{test}: {status}\n{told}");
    assert!(told.contains("the body is through"), "{test}: no such test");
}

/// A test that runs [`apart`].
macro_rules! each_apart {
    ($($(#[$more:meta])* fn $name:ident() $body:block)*) => {
        $($(#[$more])* #[test] fn $name() {
            crate::support::apart(concat!(module_path!(), "::", stringify!($name)), || $body);
        })*
    };
}
pub(crate) use each_apart;
