//! The encoding beside the code: the same schedule in both, step by step.
//!
//! The machine and the real dispatcher, on the real kernel and executor, go through every schedule of
//! every small size together. After every step the same actors can move, the same call has been made
//! with the same bytes, and the kernel and the reader have the same; at the end the outcome is the same.
//! These are the sizes at which the numbers of a step compare in every way in which they can at any
//! size (`every_size.rs`, group *cases*).

use std::collections::HashSet;

use lastbyte::explore::Stepper;
use lastbyte::trace::{ActorId, Event};
use lastbyte_models::mutants::KernelDefect;

use crate::both::{Defects, NONE, plain, real};
use crate::every_size::DOCUMENT;
use crate::figures;
use crate::machine::{Connection, Next, Order, ReaderAt, State, Who};
use crate::obligations::{Reads, small_machines};

fn id(who: Who) -> ActorId {
    match who {
        Who::Reader => ActorId::READER,
        Who::Dispatcher => ActorId::SUBJECT,
    }
}

/// The call that leads from one state to the next, as the trace calls it. Reading the request is none.
fn call(before: &State, after: &State, who: Who) -> Option<Event> {
    let failed = before.failed != after.failed;
    let error = || match before.next {
        Next::Shutdown => "NotConnected".to_owned(),
        Next::Request | Next::Write => "ConnectionReset".to_owned(),
    };
    let offered = before.inside;
    let call = match (who, before.next, after.reader_at) {
        (Who::Dispatcher, Next::Request, _) if failed => Event::InputFailed { error: error() },
        (Who::Dispatcher, Next::Request, _) => return None,
        (Who::Dispatcher, Next::Write, _) if failed => Event::WriteFailed {
            offered,
            error: error(),
        },
        (Who::Dispatcher, Next::Write, _) => match after.accepted - before.accepted {
            0 => Event::WritePending { offered },
            accepted => Event::Write { offered, accepted },
        },
        (Who::Dispatcher, Next::Shutdown, _) if failed => Event::ShutdownFailed { error: error() },
        (Who::Dispatcher, Next::Shutdown, _) => Event::Shutdown,
        (Who::Reader, _, ReaderAt::Reading) => match after.received - before.received {
            0 => Event::ReadPending,
            bytes => Event::Read { bytes },
        },
        (Who::Reader, _, ReaderAt::Eof) => Event::Eof,
        (Who::Reader, _, ReaderAt::Stopped) => Event::Stop,
        (Who::Reader, _, ReaderAt::Reset) => Event::Reset,
    };
    Some(call)
}

/// Whether the machine has a step for it, or nothing at all.
fn is_call(event: &Event) -> bool {
    matches!(
        event,
        Event::Write { .. }
            | Event::WritePending { .. }
            | Event::WriteFailed { .. }
            | Event::Shutdown
            | Event::ShutdownFailed { .. }
            | Event::InputFailed { .. }
            | Event::Read { .. }
            | Event::ReadPending
            | Event::Eof
            | Event::Stop
            | Event::Reset
    )
}

/// Both, after the same schedule.
struct Pair {
    state: State,
    schedule: Vec<Who>,
}

/// Goes through all schedules: how many states of the two together there are, and how many steps; or
/// where they part.
fn together(machine: &Connection, defects: &Defects) -> Result<(usize, usize), String> {
    let instance = real(machine, defects);
    let mut seen = HashSet::new();
    let mut steps = 0;
    let mut rest = vec![Pair {
        state: machine.start(),
        schedule: Vec::new(),
    }];
    while let Some(Pair { state, schedule }) = rest.pop() {
        let mut stepper =
            Stepper::with_planted(instance.run(), instance.scenario(), instance.planted());
        let (last, front) = match schedule.split_last() {
            Some((last, front)) => (Some(*last), front),
            None => (None, &[][..]),
        };
        let mut before = machine.start();
        for who in front {
            stepper.step(id(*who));
            before = machine.step(&before, *who);
        }
        let known = stepper.trace().steps.len();
        let part = |what: &str, ours: String, theirs: String| {
            Err(format!(
                "{machine:?} after {schedule:?}: {what}: {ours} in the machine, {theirs}"
            ))
        };
        if let Some(who) = last {
            stepper.step(id(who));
            let trace = stepper.trace();
            let new = trace.steps[known..].iter();
            let calls = new.filter(|step| step.actor == id(who) && is_call(&step.event));
            let theirs: Vec<_> = calls.map(|step| step.event.clone()).collect();
            let ours: Vec<_> = call(&before, &state, who).into_iter().collect();
            if ours != theirs {
                return part("the call", format!("{ours:?}"), format!("{theirs:?}"));
            }
            let levels = trace
                .steps
                .last()
                .map(|step| (step.levels.kernel, step.levels.received));
            let ours = Some((state.kernel, state.received));
            if ours != levels {
                return part(
                    "what the kernel and the reader have",
                    format!("{ours:?}"),
                    format!("{levels:?}"),
                );
            }
            steps += 1;
        }
        let able = Who::ALL
            .into_iter()
            .filter(|who| state.task(*who).can_move());
        let able: Vec<_> = able.collect();
        let ours: Vec<_> = able.iter().map(|who| id(*who)).collect();
        let theirs = stepper.enabled();
        if ours != theirs {
            return part("who can move", format!("{ours:?}"), format!("{theirs:?}"));
        }
        let outcomes = (
            machine.outcome(&state),
            stepper.outcome().as_ref().map(plain),
        );
        if outcomes.0 != outcomes.1 {
            return part(
                "the outcome",
                format!("{:?}", outcomes.0),
                format!("{:?}", outcomes.1),
            );
        }
        if seen.insert((state, stepper.state())) {
            rest.extend(able.into_iter().map(|who| Pair {
                state: machine.step(&state, who),
                schedule: schedule.iter().copied().chain([who]).collect(),
            }));
        }
    }
    Ok((seen.len(), steps))
}

/// Every small size, also with a reader that takes all there is.
fn small(order: Order) -> impl Iterator<Item = Connection> {
    let machines = Reads::ALL.into_iter();
    let machines = machines.flat_map(move |reads| small_machines(order, reads));
    machines.flat_map(|machine| {
        let prompt = Connection {
            chunk: None,
            ..machine
        };
        std::iter::once(machine).chain((machine.chunk == Some(1)).then_some(prompt))
    })
}

#[test]
fn every_step_is_the_dispatchers() {
    let sums = Order::ALL.map(|order| {
        let (mut instances, mut states, mut steps) = (0, 0, 0);
        for machine in small(order) {
            let all = together(&machine, &NONE).unwrap_or_else(|parted| panic!("{parted}"));
            instances += 1;
            states += all.0;
            steps += all.1;
        }
        [instances, states, steps]
    });
    for (number, name) in [
        "instances in which the encoding and the dispatcher go step by step together",
        "their states",
        "their steps, each the same in both",
    ]
    .into_iter()
    .enumerate()
    {
        figures::compare(
            DOCUMENT,
            name,
            &sums.map(|sum: [usize; 3]| sum[number].to_string()),
        );
    }
}

/// A kernel that takes one byte too many is told apart at the first step that meets it.
#[test]
fn a_step_that_differs_is_noticed() {
    let defect = (Some(KernelDefect::CapacityOffByOne), NONE.1);
    let parted = small(Order::Fixed)
        .filter_map(|machine| together(&machine, &defect).err())
        .next();
    let parted = parted.expect("one size is told apart");
    assert!(
        parted.contains("the call: [Write { offered: 2, accepted: 1 }] in the machine"),
        "{parted}"
    );
}
