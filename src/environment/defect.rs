//! Deliberate defects of the executor and of the explorer, to show that they would be noticed.

/// A defect of what polls the actors, or of what remembers their states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ExecutorDefect {
    /// None.
    #[default]
    None,
    /// A wake-up that comes while the actor runs is lost.
    RunningWakeUpLost,
    /// A wake-up that comes while the actor waits is lost.
    WaitingWakeUpLost,
    /// A poll does not absorb the wake-ups that came before it: the flag is never reset.
    FlagNotReset,
    /// A poll absorbs only what came before it was due: the flag is reset too early, outside of
    /// its first lock section.
    FlagResetEarly,
    /// The flag is reset by every lock section of a poll, not only by the first.
    FlagResetLate,
    /// A pruned execution does not show loom what its other actors would have done next.
    NothingShownAfterPruning,
    /// The first lock section of the main thread is no choice.
    FirstChoiceSuppressed,
    /// Two states are taken for the same although they differ in this.
    KeyWithout(KeyPart),
    /// Where a poll of an actor with wakers of its own begins is no step: others cannot move between
    /// what it was woken for and its first look at what they noted.
    PollsBeginUnseen,
    /// After a call of an actor with wakers of its own, others cannot move before its code goes on.
    NothingAfterCalls,
    /// It is not compared what a part of a schedule leads to when it is run again.
    MovesNotCompared,
    /// What is known by its history is not explored again.
    NothingRepeated,
    /// Histories are folded, and it is not checked whether those that are folded to the same go on
    /// alike.
    FoldingUnchecked,
}

impl ExecutorDefect {
    /// Every defect that is none of the key.
    pub const BESIDE_KEY: [ExecutorDefect; 7] = [
        ExecutorDefect::RunningWakeUpLost,
        ExecutorDefect::WaitingWakeUpLost,
        ExecutorDefect::FlagNotReset,
        ExecutorDefect::FlagResetEarly,
        ExecutorDefect::FlagResetLate,
        ExecutorDefect::NothingShownAfterPruning,
        ExecutorDefect::FirstChoiceSuppressed,
    ];

    /// The defects that only an actor with wakers of its own shows.
    pub const OF_OWN_WAKERS: [ExecutorDefect; 2] = [
        ExecutorDefect::PollsBeginUnseen,
        ExecutorDefect::NothingAfterCalls,
    ];

    /// The defects of the check whether a subject is deterministic. No deterministic subject shows
    /// them, so they are not among [`ExecutorDefect::all`].
    pub const OF_COMPARISON: [ExecutorDefect; 2] = [
        ExecutorDefect::MovesNotCompared,
        ExecutorDefect::NothingRepeated,
    ];

    /// The defect of the check whether folded histories are enough. Only a subject that remembers
    /// what is folded shows it, so it is not among [`ExecutorDefect::all`].
    pub const OF_FOLDING: ExecutorDefect = ExecutorDefect::FoldingUnchecked;

    /// Every defect that a deterministic subject shows.
    pub fn all() -> impl Iterator<Item = ExecutorDefect> {
        let of_key = KeyPart::ALL.map(ExecutorDefect::KeyWithout);
        let beside = ExecutorDefect::BESIDE_KEY.into_iter();
        beside.chain(ExecutorDefect::OF_OWN_WAKERS).chain(of_key)
    }
}

/// A part of the state by which the explorer recognises what it has seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyPart {
    /// What the kernel holds, and who is registered there.
    Kernel,
    /// What the connection holds itself.
    Inside,
    /// How the reader stands and what it has received.
    Reader,
    /// Who has ended.
    Ended,
    /// Who is owed another poll.
    Token,
    /// Whose poll has had no lock section yet.
    Fresh,
    /// Who waits.
    Waiting,
    /// Where each actor is.
    Place,
    /// Which wake-ups have reached wakers of an actor's own making.
    WakeUps,
    /// How many polls in a row changed nothing.
    Idle,
    /// Whether anything changed since the poll began.
    Changed,
    /// What feeds and signals hold, and who is registered there.
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

impl KeyPart {
    /// What only some scenarios have: several sockets, a clock, tasks.
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

#[cfg(test)]
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
