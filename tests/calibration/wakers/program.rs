//! Generated programs: a connection that waits for several things at once, each through a waker of
//! its own, and goes by what was woken first.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Range, RangeInclusive};

use bytes::Bytes;
use lastbyte::environment::FlushMode;
use lastbyte::{Reader, Scenario, Script, ScriptStep};
use proptest::collection::vec;
use proptest::prelude::*;

/// Signals and feeds of a scenario: all but the first signal are the rival's, if there is one.
const SIGNALS: usize = 3;
const FEEDS: usize = 1;

/// What must come up in many programs: ways to run tasks together, what a task waits for, and what
/// follows from the order of the wake-ups.
pub const CONSTRUCTS: [&str; 22] = [
    "JoinTwo",
    "Join",
    "JoinMany",
    "Select",
    "SelectThenRest",
    "SelectBiased",
    "Unordered",
    "FirstOf",
    "Ordered",
    "FirstWokenFirst",
    "LastWokenFirst",
    "Noted",
    "Signal",
    "Glance",
    "Feed",
    "Send",
    "Receive",
    "Rival",
    "Loses",
    "Fails",
    "Panics",
    "Hangs",
];

/// What a task does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Waits until a signal is raised.
    Signal(usize),
    /// Registers with a signal, and takes the next poll for the wake-up: it does not look again.
    Glance(usize),
    /// Takes an item from a feed, or its end; waits until there is one.
    Feed(usize),
    /// Hands over so many bytes; waits until all are accepted.
    Send(usize),
    /// Reads a piece of input, or its end; waits until there is one.
    Receive,
    /// Waits for a flush.
    Flush,
    /// Runs tasks.
    Together(Group),
}

/// How tasks run together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `futures::future::join` of the first two.
    JoinTwo,
    /// `futures::future::join_all`.
    Join,
    /// The same with so many tasks that it keeps them in a `FuturesOrdered`.
    JoinMany,
    /// `futures::future::select` of the first two; the other one is dropped.
    Select,
    /// The same, and the other one is waited for.
    SelectThenRest,
    /// `tokio::select!` with `biased` of the first two, the second one first.
    SelectBiased,
    /// A `FuturesUnordered`.
    Unordered,
    /// A `FuturesUnordered` of which only the first to end counts; the others are dropped.
    FirstOf,
    /// A `FuturesOrdered`.
    Ordered,
    /// A set that polls whoever was woken, first come, first served.
    FirstWokenFirst,
    /// The same, last come, first served.
    LastWokenFirst,
    /// Every task in every poll, with a waker of its own that notes the order of the wake-ups.
    Noted,
}

/// Tasks that run together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub kind: Kind,
    pub tasks: Vec<Vec<Step>>,
}

/// What a program does where its log so far has been weighed and found wanting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sends nothing from now on.
    Loses,
    /// Ends with an error.
    Fails,
    /// Drops what runs and ends well.
    Leaves,
    /// Panics.
    Panics,
    /// Asks for another poll.
    Yields,
    /// Waits for nothing.
    Hangs,
}

/// A part of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    Do(Step),
    /// Acts if the log's digest modulo `of` is `rest`.
    Decide {
        of: u64,
        rest: u64,
        action: Action,
    },
}

/// Another actor that the explorer knows by its history only: it runs tasks, and sends the
/// connection its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival(pub Group);

/// A connection and its surroundings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    pub stages: Vec<Stage>,
    /// Ends with an error that is the log.
    pub tells: bool,
    pub rival: Option<Rival>,
    pub scripts: Vec<Vec<ScriptStep>>,
    pub capacity: usize,
    pub slow: bool,
    /// The reader reads; otherwise it stops at once.
    pub reads: bool,
    pub deferred_flush: bool,
}

impl Program {
    /// The surroundings.
    pub fn scenario(&self) -> Scenario {
        let mut reader = match self.slow {
            true => Reader::slow(1),
            false => Reader::PROMPT,
        };
        if !self.reads {
            reader = reader.stops_after(0);
        }
        let mut scenario = Scenario::new("program", self.capacity, reader);
        (scenario.signals, scenario.feeds) = (SIGNALS, FEEDS);
        if self.deferred_flush {
            scenario.flush = FlushMode::Deferred;
        }
        let scripts = self.scripts.iter().enumerate();
        let scripts = scripts.map(|(n, steps)| Script::new(format!("script {n}"), steps.clone()));
        scenario.scripts = scripts.collect();
        scenario
    }

    /// What it is made of, each by its name in [`CONSTRUCTS`].
    pub fn constructs(&self) -> BTreeSet<String> {
        fn name(of: &impl fmt::Debug) -> String {
            let text = format!("{of:?}");
            let end = text.find(|c: char| !c.is_alphanumeric());
            text[..end.unwrap_or(text.len())].to_owned()
        }
        fn collect(group: &Group, names: &mut BTreeSet<String>) {
            names.insert(name(&group.kind));
            for step in group.tasks.iter().flatten() {
                names.insert(name(step));
                if let Step::Together(group) = step {
                    collect(group, names);
                }
            }
        }
        let mut names = BTreeSet::new();
        for stage in &self.stages {
            match stage {
                Stage::Do(Step::Together(group)) => collect(group, &mut names),
                Stage::Do(step) => drop(names.insert(name(step))),
                Stage::Decide { action, .. } => drop(names.insert(name(action))),
            }
        }
        if let Some(rival) = &self.rival {
            names.insert("Rival".to_owned());
            collect(&rival.0, &mut names);
        }
        names
    }

    /// Everything that is sent if nothing goes wrong, in the order of the program.
    pub fn promised(&self) -> Vec<u8> {
        fn collect(step: &Step, id: u8, sent: &mut Vec<u8>) {
            match step {
                Step::Send(bytes) => sent.extend(letters(id, *bytes)),
                Step::Together(group) => {
                    for (n, steps) in group.tasks.iter().enumerate() {
                        let id = child(id, n);
                        steps.iter().for_each(|step| collect(step, id, sent));
                    }
                }
                _ => {}
            }
        }
        let mut sent = Vec::new();
        for stage in &self.stages {
            if let Stage::Do(step) = stage {
                collect(step, 0, &mut sent);
            }
        }
        sent
    }
}

impl Step {
    /// Simpler steps.
    fn simpler(&self) -> Vec<Step> {
        match self {
            Step::Glance(signal) => vec![Step::Signal(*signal)],
            Step::Send(2..) => vec![Step::Send(1)],
            Step::Together(group) => {
                let inner = group.tasks.iter().flatten().cloned();
                inner
                    .chain(group.simpler().into_iter().map(Step::Together))
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Group {
    /// Groups with fewer tasks and shorter ones.
    fn simpler(&self) -> Vec<Group> {
        let mut all = Vec::new();
        let mut add = |change: &dyn Fn(&mut Vec<Vec<Step>>)| {
            let mut group = self.clone();
            change(&mut group.tasks);
            all.push(group);
        };
        for (n, task) in self.tasks.iter().enumerate() {
            if self.tasks.len() > 2 {
                add(&|tasks| drop(tasks.remove(n)));
            }
            for (at, step) in task.iter().enumerate() {
                if task.len() > 1 {
                    add(&|tasks| drop(tasks[n].remove(at)));
                }
                for simpler in step.simpler() {
                    add(&|tasks| tasks[n][at] = simpler.clone());
                }
            }
        }
        all
    }
}

impl Program {
    /// Programs that are a little simpler.
    pub fn simpler(&self) -> Vec<Program> {
        let mut all = Vec::new();
        let mut add = |change: &dyn Fn(&mut Program)| {
            let mut program = self.clone();
            change(&mut program);
            if program != *self {
                all.push(program);
            }
        };
        for (n, stage) in self.stages.iter().enumerate() {
            add(&|program| drop(program.stages.remove(n)));
            if let Stage::Do(step) = stage {
                for simpler in step.simpler() {
                    add(&|program| program.stages[n] = Stage::Do(simpler.clone()));
                }
            }
        }
        for (script, steps) in self.scripts.iter().enumerate() {
            add(&|program| drop(program.scripts.remove(script)));
            for step in 0..steps.len() {
                add(&|program| drop(program.scripts[script].remove(step)));
            }
        }
        add(&|program| program.deferred_flush = false);
        add(&|program| program.slow = false);
        add(&|program| program.reads = false);
        add(&|program| program.capacity = 1);
        if let Some(Rival(group)) = &self.rival {
            for simpler in group.simpler() {
                add(&|program| program.rival = Some(Rival(simpler.clone())));
            }
        }
        all
    }
}

/// The `n`th task of a group that the task with this number runs.
pub fn child(id: u8, n: usize) -> u8 {
    4 * id + n as u8 + 1
}

/// What a task sends.
pub fn letters(id: u8, bytes: usize) -> Vec<u8> {
    vec![b'a' + id % 26; bytes]
}

/// Waits for one of these signals.
fn signal(signals: Range<usize>) -> impl Strategy<Value = Step> + Clone {
    prop_oneof![
        2 => signals.clone().prop_map(Step::Signal),
        1 => signals.prop_map(Step::Glance),
    ]
}

fn leaf() -> impl Strategy<Value = Step> + Clone {
    prop_oneof![
        12 => signal(0..SIGNALS),
        3 => (0..FEEDS).prop_map(Step::Feed),
        2 => (1..=2usize).prop_map(Step::Send),
        3 => Just(Step::Receive),
        1 => Just(Step::Flush),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        1 => Just(Kind::JoinTwo),
        1 => Just(Kind::Join),
        2 => Just(Kind::JoinMany),
        1 => Just(Kind::Select),
        1 => Just(Kind::SelectThenRest),
        1 => Just(Kind::SelectBiased),
        4 => Just(Kind::Unordered),
        2 => Just(Kind::FirstOf),
        2 => Just(Kind::Ordered),
        3 => Just(Kind::FirstWokenFirst),
        2 => Just(Kind::LastWokenFirst),
        3 => Just(Kind::Noted),
    ]
}

fn group(
    task: impl Strategy<Value = Vec<Step>>,
    tasks: RangeInclusive<usize>,
) -> impl Strategy<Value = Group> {
    (kind(), vec(task, tasks)).prop_map(|(kind, tasks)| Group { kind, tasks })
}

/// A group; now and then with a group in it.
fn groups(leaf: impl Strategy<Value = Step> + Clone) -> impl Strategy<Value = Group> {
    let one = || vec(leaf.clone(), 1);
    let pair = || group(one(), 2..=2);
    let of_three = group(one(), 3..=3);
    let of_sequences = group(vec(signal(0..SIGNALS), 1..=2), 2..=2);
    let inner = pair().prop_map(Step::Together);
    let nested = group(vec(prop_oneof![leaf.clone(), inner], 1), 2..=2);
    prop_oneof![5 => pair(), 1 => of_three, 1 => of_sequences, 1 => nested]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => Just(Action::Loses),
        2 => Just(Action::Fails),
        1 => Just(Action::Leaves),
        1 => Just(Action::Panics),
        1 => Just(Action::Yields),
        1 => Just(Action::Hangs),
    ]
}

/// What a script does so that the step need not wait for ever.
fn answers(step: &Step, events: &mut Vec<Vec<ScriptStep>>) {
    let item = || Bytes::from_static(b"1");
    let event = match step {
        Step::Signal(signal) | Step::Glance(signal) => vec![ScriptStep::Raise(*signal)],
        Step::Feed(feed) => vec![ScriptStep::Feed(*feed, item()), ScriptStep::WakeFeed(*feed)],
        Step::Receive => vec![ScriptStep::Send(item())],
        Step::Flush => vec![ScriptStep::FinishFlush],
        Step::Send(_) => return,
        Step::Together(group) => {
            let steps = group.tasks.iter().flatten();
            return steps.for_each(|step| answers(step, events));
        }
    };
    if !matches!(event[..], [ScriptStep::Raise(_)]) || !events.contains(&event) {
        events.push(event);
    }
}

/// What nobody waits for.
fn noise() -> impl Strategy<Value = Vec<ScriptStep>> {
    prop_oneof![
        Just(vec![ScriptStep::WakeSubject]),
        Just(vec![ScriptStep::FinishInput]),
        Just(vec![ScriptStep::WakeFeed(0)]),
        Just(vec![ScriptStep::EndFeed(0), ScriptStep::WakeFeed(0)]),
    ]
}

/// The events in some order, dealt out to so many scripts. Some get lost.
fn scripts(
    events: Vec<Vec<ScriptStep>>,
    number: usize,
) -> impl Strategy<Value = Vec<Vec<ScriptStep>>> {
    let quiet = if events.len() < 3 { 6 } else { 1_000 };
    let noise = prop_oneof![
        quiet => Just(None),
        1 => noise().prop_map(Some),
    ];
    let kept = vec(prop::bool::weighted(0.95), events.len() + 1);
    (Just(events).prop_shuffle(), noise, kept).prop_map(move |(mut events, noise, kept)| {
        events.extend(noise);
        let kept = events.into_iter().zip(kept).filter(|(_, kept)| *kept);
        let mut scripts = vec![Vec::new(); number];
        for (n, (event, _)) in kept.enumerate() {
            scripts[n % number].extend(event);
        }
        scripts.retain(|script| !script.is_empty());
        scripts
    })
}

fn stages() -> impl Strategy<Value = Vec<Stage>> {
    let together = groups(leaf()).prop_map(Step::Together);
    let decide = (2..=3u64, 0..3u64, action()).prop_map(|(of, rest, action)| Stage::Decide {
        of,
        rest: rest % of,
        action,
    });
    let behind = prop_oneof![
        4 => Just(Step::Send(1)),
        1 => leaf(),
    ];
    (together, decide, behind)
        .prop_map(|(together, decide, behind)| vec![Stage::Do(together), decide, Stage::Do(behind)])
}

fn rival() -> impl Strategy<Value = Rival> {
    group(vec(signal(1..SIGNALS), 1), 2..=2).prop_map(Rival)
}

type Actors = (Vec<Stage>, Option<Rival>);

fn actors() -> impl Strategy<Value = Actors> {
    prop_oneof![
        7 => stages().prop_map(|stages| (stages, None)),
        1 => rival().prop_map(|rival| {
            let stages = [Step::Receive, Step::Send(1)].map(Stage::Do);
            (stages.into(), Some(rival))
        }),
    ]
}

/// What the actors wait for.
fn wanted((stages, rival): &Actors) -> Vec<Vec<ScriptStep>> {
    let mut events = Vec::new();
    match rival {
        // It provides for the subject.
        Some(rival) => answers(&Step::Together(rival.0.clone()), &mut events),
        None => {
            for stage in stages {
                if let Stage::Do(step) = stage {
                    answers(step, &mut events);
                }
            }
        }
    }
    events
}

/// Programs.
pub fn programs() -> impl Strategy<Value = Program> {
    actors().prop_flat_map(|actors| {
        let events = wanted(&actors);
        // Without caching, every further event multiplies the executions.
        let steps = events.iter().flatten().count();
        let few = steps <= 2;
        let number = match actors.1 {
            None if steps == 3 => 2..=3usize,
            _ => 2..=2,
        };
        let scripts = number.prop_flat_map(move |number| scripts(events.clone(), number));
        let reader = (
            1..=2usize,
            prop::bool::weighted(0.2),
            prop::bool::weighted(0.5),
        );
        let around = (scripts, reader, any::<bool>());
        (any::<bool>(), around).prop_map(move |(tells, around)| {
            let (stages, rival) = actors.clone();
            let (scripts, (capacity, slow, reads), deferred_flush) = around;
            Program {
                stages,
                tells: tells || rival.is_some(),
                reads: reads && few && rival.is_none(),
                rival,
                scripts,
                capacity,
                slow,
                deferred_flush,
            }
        })
    })
}
