//! The same programs on plain data, without loom, threads, futures or wakers: every interleaving
//! by brute force.
//!
//! Written from the documentation of the semantics, not from the explorer: a wake-up reaches a
//! waiting actor, which goes on; one that is polled is owed another poll, unless the wake-up comes
//! before the poll's first lock section.

use std::collections::{HashMap, HashSet, VecDeque};

use lastbyte::ScriptStep;
use lastbyte::run::SPIN_POLLS;
use lastbyte::trace::{ActorId, Event};

use crate::program::{Op, Program};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Mode {
    /// Started; it has not been polled yet, nor declared anything.
    Started,
    /// Woken; its next move is the first of a poll.
    Called,
    /// Polled, and about to enter a lock section.
    Polled,
    /// Waits for a wake-up.
    Waiting,
    Ended,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Actor {
    mode: Mode,
    pc: usize,
    taken: u32,
    owed: bool,
    /// Woken by itself during this poll.
    by_itself: bool,
    /// No lock section yet in this poll.
    fresh: bool,
    idle: u8,
    /// Nothing has changed since this poll began.
    unchanged: bool,
    /// Calls of this poll since anything changed.
    calls: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
struct Channel {
    /// Who put each of them.
    items: VecDeque<usize>,
    raised: bool,
    /// Its owner is registered with the feed; with the signal.
    feed_waits: bool,
    signal_waits: bool,
}

/// A state of the whole system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    actors: Vec<Actor>,
    channels: Vec<Channel>,
    spins: Option<usize>,
}

/// What happened, as the explorer's trace should say.
pub type Log = Vec<(ActorId, Event)>;

fn id(actor: usize) -> ActorId {
    ActorId(actor as u8)
}

impl State {
    pub fn start(program: &Program, log: &mut Log) -> State {
        let started = Actor {
            mode: Mode::Started,
            pc: 0,
            taken: 0,
            owed: false,
            by_itself: false,
            fresh: true,
            idle: 0,
            unchanged: false,
            calls: 0,
        };
        let mut state = State {
            actors: vec![started; program.0.len()],
            channels: vec![Channel::default(); program.0.len()],
            spins: None,
        };
        // The main thread runs before the others until its first choice.
        state.begin_poll(0, log);
        state
    }

    /// Who could move.
    pub fn movers(&self) -> Vec<usize> {
        let over = self.spins.is_some();
        let can_move = |actor: &Actor| !matches!(actor.mode, Mode::Waiting | Mode::Ended);
        (0..self.actors.len())
            .filter(|&i| !over && can_move(&self.actors[i]))
            .collect()
    }

    /// Somebody waits, and nobody is left to wake it.
    pub fn is_stalled(&self) -> bool {
        let waiting = |actor: &Actor| actor.mode == Mode::Waiting;
        self.movers().is_empty() && self.actors.iter().any(waiting)
    }

    /// Somebody is polled again and again without any change.
    pub fn is_spinning(&self) -> bool {
        self.spins.is_some()
    }

    fn begin_poll(&mut self, i: usize, log: &mut Log) {
        let actor = &mut self.actors[i];
        actor.mode = Mode::Polled;
        actor.fresh = true;
        actor.by_itself = false;
        actor.unchanged = true;
        actor.calls = 0;
        log.push((id(i), Event::Poll));
    }

    fn changed(&mut self) {
        for actor in &mut self.actors {
            actor.unchanged = false;
            actor.calls = 0;
        }
    }

    fn wake(&mut self, whom: usize, by: usize, log: &mut Log) {
        let actor = &mut self.actors[whom];
        let told = match actor.mode {
            Mode::Ended => false,
            Mode::Waiting => {
                actor.mode = Mode::Called;
                true
            }
            Mode::Started | Mode::Called | Mode::Polled => {
                actor.by_itself |= whom == by;
                !std::mem::replace(&mut actor.owed, true)
            }
        };
        if told {
            log.push((id(by), Event::Wake { actor: id(whom) }));
        }
    }

    /// Actor `i` moves: one lock section, and whatever follows it up to the next one.
    pub fn step(&mut self, program: &Program, i: usize, log: &mut Log) {
        let ops = &program.0[i];
        if self.actors[i].mode != Mode::Polled {
            self.begin_poll(i, log);
        }
        let actor = &mut self.actors[i];
        if actor.fresh {
            actor.owed = actor.by_itself;
            actor.fresh = false;
        }
        actor.calls += 1;
        let op = ops[actor.pc];
        if !self.section(op, i, log) {
            if op == Op::Nag {
                self.wake(i, i, log);
            }
            return self.pending(i, log);
        }
        let actor = &mut self.actors[i];
        actor.pc += 1;
        match ops.get(actor.pc) {
            None => {
                actor.mode = Mode::Ended;
                log.push((id(i), Event::Ended { error: None }));
            }
            Some(Op::Pause) => {
                actor.pc += 1;
                self.pending(i, log);
            }
            Some(Op::Yield) => {
                actor.pc += 1;
                self.wake(i, i, log);
                self.pending(i, log);
            }
            Some(_) => {}
        }
    }

    /// `false` if the actor has to wait.
    fn section(&mut self, op: Op, i: usize, log: &mut Log) -> bool {
        let script = |step: ScriptStep| Event::Script {
            step: step.to_string(),
        };
        match op {
            Op::Put(to) => {
                self.changed();
                self.channels[to].items.push_back(i);
                log.push((id(i), script(ScriptStep::Feed(to, ".".into()))));
            }
            Op::Wake(whom) => {
                self.changed();
                log.push((id(i), script(ScriptStep::WakeFeed(whom))));
                if std::mem::take(&mut self.channels[whom].feed_waits) {
                    self.wake(whom, i, log);
                }
            }
            Op::Raise(whose) => {
                self.changed();
                self.channels[whose].raised = true;
                log.push((id(i), script(ScriptStep::Raise(whose))));
                if std::mem::take(&mut self.channels[whose].signal_waits) {
                    self.wake(whose, i, log);
                }
            }
            Op::WakeSubject => {
                self.changed();
                log.push((id(i), script(ScriptStep::WakeSubject)));
                self.wake(1, i, log);
            }
            Op::Take | Op::Try => {
                let channel = &mut self.channels[i];
                let item = channel.items.pop_front();
                let found = item.is_some();
                channel.feed_waits = !found;
                if let Some(item) = item {
                    self.actors[i].taken = 4 * self.actors[i].taken + item as u32 + 1;
                    self.changed();
                }
                let item = "1 byte".to_owned();
                let event = if found {
                    Event::Feed { item }
                } else {
                    Event::FeedPending
                };
                log.push((id(i), event));
                return found || op == Op::Try;
            }
            Op::Await | Op::Nag | Op::Look => {
                let channel = &mut self.channels[i];
                let raised = channel.raised;
                channel.signal_waits = !raised;
                self.actors[i].taken += u32::from(raised && op == Op::Look);
                let text = if raised {
                    "sees the signal"
                } else {
                    "waits for the signal"
                };
                log.push((id(i), Event::Note { text: text.into() }));
                return raised || op == Op::Look;
            }
            Op::Close => log.push((id(i), Event::Close)),
            Op::Pause | Op::Yield => unreachable!("no lock section"),
        }
        true
    }

    fn pending(&mut self, i: usize, log: &mut Log) {
        let actor = &mut self.actors[i];
        if actor.owed {
            actor.idle = if actor.unchanged { actor.idle + 1 } else { 0 };
            if actor.idle >= SPIN_POLLS {
                self.spins = Some(i);
            } else {
                self.begin_poll(i, log);
            }
        } else {
            actor.mode = Mode::Waiting;
            (actor.fresh, actor.by_itself) = (true, false);
            (actor.idle, actor.unchanged, actor.calls) = (0, false, 0);
            log.push((id(i), Event::Park));
        }
    }

    /// What tells two states apart: an ended actor has no future.
    fn canonical(&self) -> State {
        let mut state = self.clone();
        for actor in &mut state.actors {
            if actor.mode == Mode::Ended {
                actor.taken = 0;
                (actor.owed, actor.by_itself, actor.fresh) = (false, false, false);
                (actor.idle, actor.unchanged, actor.calls) = (0, false, 0);
            }
        }
        state
    }
}

/// Everything that a program can do.
#[derive(Debug, Default)]
pub struct Everything {
    /// Maximal interleavings.
    pub interleavings: u128,
    /// States in which somebody can move.
    pub states: HashSet<State>,
    /// Such a state, and who moves.
    pub edges: HashSet<(State, usize)>,
    /// States in which nobody can move.
    pub finals: HashSet<State>,
}

/// Follows one schedule: every state, who moved in it, and the last state.
///
/// # Errors
///
/// When somebody moves who cannot.
pub fn follow(
    program: &Program,
    schedule: &[ActorId],
    log: &mut Log,
) -> Result<(Vec<(State, usize)>, State), String> {
    let mut state = State::start(program, log);
    let mut edges = Vec::new();
    for actor in schedule.iter().map(|actor| actor.index()) {
        if !state.movers().contains(&actor) {
            return Err(format!(
                "actor {actor} cannot move at this point of {schedule:?}"
            ));
        }
        edges.push((state.canonical(), actor));
        state.step(program, actor, log);
    }
    Ok((edges, state.canonical()))
}

/// Visits every state once, and counts the interleavings below it.
pub fn enumerate(program: &Program) -> Everything {
    fn visit(
        program: &Program,
        state: &State,
        counts: &mut HashMap<State, u128>,
        found: &mut Everything,
    ) -> u128 {
        let canonical = state.canonical();
        if let Some(count) = counts.get(&canonical) {
            return *count;
        }
        let movers = state.movers();
        let mut count = 0;
        for &actor in &movers {
            let mut next = state.clone();
            next.step(program, actor, &mut Log::new());
            found.edges.insert((canonical.clone(), actor));
            count += visit(program, &next, counts, found);
        }
        if movers.is_empty() {
            found.finals.insert(canonical.clone());
            count = 1;
        } else {
            found.states.insert(canonical.clone());
        }
        counts.insert(canonical, count);
        count
    }
    let mut found = Everything::default();
    let start = State::start(program, &mut Log::new());
    found.interleavings = visit(program, &start, &mut HashMap::new(), &mut found);
    found
}

/// Every maximal interleaving as a schedule, one by one.
pub fn schedules(program: &Program) -> HashSet<Vec<ActorId>> {
    fn visit(
        program: &Program,
        state: &State,
        path: &mut Vec<ActorId>,
        all: &mut HashSet<Vec<ActorId>>,
    ) {
        let movers = state.movers();
        if movers.is_empty() {
            all.insert(path.clone());
        }
        for actor in movers {
            let mut next = state.clone();
            next.step(program, actor, &mut Log::new());
            path.push(id(actor));
            visit(program, &next, path, all);
            path.pop();
        }
    }
    let mut all = HashSet::new();
    let start = State::start(program, &mut Log::new());
    visit(program, &start, &mut Vec::new(), &mut all);
    all
}
