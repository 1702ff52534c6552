//! Deliberate defects of the executor and of the explorer, to show that tests and properties notice
//! them.
//!
//! They exist only with the feature `planted`, which the models and the tests use. Without it,
//! [`Planted`] holds nothing, and each of its questions has the answer of a sound explorer.

/// A defect of the executor, which polls the actors, or of the explorer, which remembers states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ExecutorDefect {
    /// None.
    #[default]
    None,
    /// A wake-up that comes while the actor runs is lost.
    RunningWakeUpLost,
    /// A wake-up that comes while the actor waits is lost.
    WaitingWakeUpLost,
    /// A poll does not absorb the wake-ups that came before it: the actor's wake-up flag is never
    /// reset.
    FlagNotReset,
    /// The wake-up flag is reset too early, before the first lock section of the poll: wake-ups between
    /// the two cause another poll.
    FlagResetEarly,
    /// The wake-up flag is reset in every lock section of a poll instead of only in the first.
    FlagResetLate,
    /// A pruned execution does not show loom what its other actors would have done next.
    NothingShownAfterPruning,
    /// The first lock section of the main thread is not offered to loom as a choice.
    FirstChoiceSuppressed,
    /// The state key leaves this part out, so states that differ only in it are treated as equal.
    KeyWithout(KeyPart),
    /// The start of a poll of an actor with wakers of its own is no step: no other actor can move
    /// between the wake-up and the actor's first look at its wakers.
    PollsBeginUnseen,
    /// After a call of an actor with wakers of its own, no other actor can move before the actor's code
    /// continues.
    NothingAfterCalls,
    /// When a part of a schedule is run again, its result is not compared with the first one.
    MovesNotCompared,
    /// An instance whose actors are identified by their histories is not explored again.
    NothingRepeated,
    /// Histories are folded without the check that histories with the same folded form continue alike.
    FoldingUnchecked,
}

impl ExecutorDefect {
    /// The defect of the check that folded histories are enough. It shows only with a subject that
    /// remembers what folding leaves out, so it is not among [`ExecutorDefect::all`].
    pub const OF_FOLDING: ExecutorDefect = ExecutorDefect::FoldingUnchecked;
}

/// The lists that the tests go through.
#[cfg(feature = "planted")]
impl ExecutorDefect {
    /// Every defect outside of the state key.
    pub const BESIDE_KEY: [ExecutorDefect; 7] = [
        ExecutorDefect::RunningWakeUpLost,
        ExecutorDefect::WaitingWakeUpLost,
        ExecutorDefect::FlagNotReset,
        ExecutorDefect::FlagResetEarly,
        ExecutorDefect::FlagResetLate,
        ExecutorDefect::NothingShownAfterPruning,
        ExecutorDefect::FirstChoiceSuppressed,
    ];

    /// The defects that show only with an actor that has wakers of its own.
    pub const OF_OWN_WAKERS: [ExecutorDefect; 2] = [
        ExecutorDefect::PollsBeginUnseen,
        ExecutorDefect::NothingAfterCalls,
    ];

    /// The defects of the check that a subject is deterministic. They do not show with a deterministic
    /// subject, so they are not among [`ExecutorDefect::all`].
    pub const OF_COMPARISON: [ExecutorDefect; 2] = [
        ExecutorDefect::MovesNotCompared,
        ExecutorDefect::NothingRepeated,
    ];

    /// Every defect that shows with a deterministic subject.
    pub fn all() -> impl Iterator<Item = ExecutorDefect> {
        let of_key = KeyPart::ALL.map(ExecutorDefect::KeyWithout);
        let beside = ExecutorDefect::BESIDE_KEY.into_iter();
        beside.chain(ExecutorDefect::OF_OWN_WAKERS).chain(of_key)
    }
}

/// A part of the state key, by which the explorer recognises a state that it has seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyPart {
    /// What the kernel holds, and which actors are registered there.
    Kernel,
    /// What the connection's own write buffer holds.
    Inside,
    /// How the reader stands and what it has received.
    Reader,
    /// Which actors have ended.
    Ended,
    /// Which actors must be polled again.
    Token,
    /// Which actors' current poll has had no lock section yet.
    Fresh,
    /// Which actors wait.
    Waiting,
    /// The point that each actor has reached in its program.
    Place,
    /// Which wake-ups have reached wakers of an actor's own making.
    WakeUps,
    /// How many polls in a row changed nothing.
    Idle,
    /// Whether anything changed since the poll began.
    Changed,
    /// What feeds and signals hold, and which actors are registered there.
    Channels,
    /// Which properties are broken.
    Violations,
    /// What the subject did in this poll: asked for input, left a write pending.
    Poll,
    /// The further sockets of the connection.
    Beside,
    /// Which timers are armed.
    Clock,
    /// Which tasks there are, and in which order they and the connection made their calls.
    Tasks,
}

/// The lists that the tests go through.
#[cfg(feature = "planted")]
impl KeyPart {
    /// The parts that only some scenarios have: several sockets, a clock, tasks.
    pub const OF_SOME: [KeyPart; 3] = [KeyPart::Beside, KeyPart::Clock, KeyPart::Tasks];

    /// Every part that any scenario has.
    pub const ALL: [KeyPart; 14] = [
        KeyPart::Kernel,
        KeyPart::Inside,
        KeyPart::Reader,
        KeyPart::Ended,
        KeyPart::Token,
        KeyPart::Fresh,
        KeyPart::Waiting,
        KeyPart::Place,
        KeyPart::WakeUps,
        KeyPart::Idle,
        KeyPart::Changed,
        KeyPart::Channels,
        KeyPart::Violations,
        KeyPart::Poll,
    ];
}

/// What is planted in one exploration: at most one defect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Planted {
    #[cfg(feature = "planted")]
    defect: ExecutorDefect,
}

#[cfg(feature = "planted")]
impl From<ExecutorDefect> for Planted {
    fn from(defect: ExecutorDefect) -> Planted {
        Planted { defect }
    }
}

impl Planted {
    /// Whether it is this defect.
    pub(crate) fn is(self, defect: ExecutorDefect) -> bool {
        self.is_one_of(&[defect])
    }

    /// Whether there is any defect.
    pub(crate) fn is_any(self) -> bool {
        !self.is(ExecutorDefect::None)
    }

    #[cfg(feature = "planted")]
    fn is_one_of(self, defects: &[ExecutorDefect]) -> bool {
        defects.contains(&self.defect)
    }

    #[cfg(not(feature = "planted"))]
    fn is_one_of(self, defects: &[ExecutorDefect]) -> bool {
        defects.contains(&ExecutorDefect::None)
    }

    /// Whether a lock section resets the actor's wake-up flag: the first one of a poll does.
    pub(crate) fn resets_flag(self, first: bool) -> bool {
        use ExecutorDefect::*;
        match first {
            true => !self.is_one_of(&[FlagNotReset, FlagResetEarly]),
            false => self.is(FlagResetLate),
        }
    }

    /// Whether the state key leaves this part out.
    pub(crate) fn leaves_out(self, part: KeyPart) -> bool {
        self.is(ExecutorDefect::KeyWithout(part))
    }

    /// Whether histories may be folded and checked.
    pub(crate) fn may_fold(self) -> bool {
        self.is_one_of(&[ExecutorDefect::None, ExecutorDefect::OF_FOLDING])
    }

    /// Whether an instance that is identified by its history is explored again. With a defect nothing
    /// is proved, so it is not, unless the defect is one of this comparison.
    pub(crate) fn repeats(self) -> bool {
        self.is_one_of(&[ExecutorDefect::None, ExecutorDefect::MovesNotCompared])
    }

    /// Whether repeated moves are compared. With most defects they cannot be: equal keys may stand for
    /// different states.
    pub(crate) fn compares_moves(self) -> bool {
        self.is_one_of(&[
            ExecutorDefect::None,
            ExecutorDefect::NothingRepeated,
            ExecutorDefect::OF_FOLDING,
        ])
    }
}

#[cfg(all(test, feature = "planted"))]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_defect_is_listed_once() {
        let all: HashSet<_> = ExecutorDefect::all().collect();
        assert_eq!(all.len(), ExecutorDefect::all().count());
        let parts = KeyPart::ALL.map(ExecutorDefect::KeyWithout);
        let beside = ExecutorDefect::BESIDE_KEY.iter();
        let known = beside.chain(&ExecutorDefect::OF_OWN_WAKERS).chain(&parts);
        assert!(known.clone().all(|defect| all.contains(defect)));
        assert_eq!(all.len(), known.count());
    }
}
