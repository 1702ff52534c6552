//! Defects of the explorer, and of a kernel that does less than it may. None breaks a property: each hides
//! that one is broken. So each is shown where the sound explorer, over the right kernel, refutes a property,
//! and the defective one comes to its end without.
//!
//! The instances are the smallest of the models that show the defect. Where no model does, the subject
//! is a list of calls. It reaches two similar states, of which only the second leads to the violation:
//! an explorer that treats the two as one does not explore what follows the second.

use lastbyte::run::{ExecutorDefect, KeyPart};
use lastbyte::{Instance, Property, Reader, ScriptStep};

use super::calls::Call;
use super::own_wakers::Looks;
use super::places::{
    Place, for_either_signal, in_model, in_the_loop, relying_on_room, with_calls,
    with_its_own_waker,
};
use super::{KernelDefect, Mutation, Row};
use crate::dispatch_close::{self, Revision as Closing};
use crate::dispatch_loop::{ORIGINAL, READ_GATED, WRITES_AGAIN};

/// One defect of the explorer, and what it hides.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// A short name, unique among the mutants.
    pub name: &'static str,
    /// What goes wrong.
    pub sentence: &'static str,
    /// The defect, if the explorer has it.
    pub defect: ExecutorDefect,
    /// The defect, if the kernel has it: it does less than a kernel may.
    pub kernel: Option<KernelDefect>,
    /// The property that is broken without being noticed.
    pub property: Property,
    /// Where, without the defect.
    sound: Place,
}

impl Hidden {
    /// Where the property is broken, under the explorer with the defect or without it.
    #[track_caller]
    pub fn instance(&self, subject: &str, defective: bool) -> Instance {
        let Place {
            model,
            sound,
            words,
        } = &self.sound;
        let name = format!("{model}/{}/{}", sound.subject(), sound.scenario());
        let mut scenario = sound.scenario().clone();
        scenario.name = name;
        let (kernel, explorer) = match defective {
            true => (self.kernel, self.defect),
            false => (None, ExecutorDefect::None),
        };
        scenario.decorator = kernel.and_then(KernelDefect::planted);
        Instance::new(subject, scenario, sound.run().clone())
            .with_parameter("at", &**words)
            .with_planted(explorer)
    }
}

/// Every defect of the explorer.
pub fn hidden() -> Vec<Hidden> {
    use Call::*;
    use ExecutorDefect::*;

    use Property::*;
    let raise = || ScriptStep::Raise(0);
    let send = || ScriptStep::Send("1".into());
    let wake = || ScriptStep::WakeSubject;
    let feed = || [ScriptStep::Feed(0, "1".into()), ScriptStep::WakeFeed(0)];
    let received = || ScriptStep::AwaitReceived(1);
    let row = |name, defect, property, sound: Place, sentence| Hidden {
        name,
        sentence,
        defect,
        kernel: Option::None,
        property,
        sound,
    };
    // Twice no change between the polls, or the raise in between: then the third poll is the third
    // in a row, or it is not.
    let spins = || {
        with_calls(
            "polls-again",
            Reader::PROMPT,
            &[TryTake, Yield, TryTake, Yield, UnlessRaised, Pause, Yield],
            [raise()],
        )
    };
    vec![
        row(
            "explorer/flag-reset-early",
            FlagResetEarly,
            NoStall,
            // Only the second poll's first call can absorb the wake-up.
            with_calls(
                "woken-before-the-call",
                Reader::PROMPT,
                &[Promise, Promise, Send, Yield, TryTake, Pause, Send],
                [received(), wake()],
            ),
            "The wake-up flag is reset as a poll is due, not by its first call: a wake-up in \
             between causes one poll more.",
        ),
        row(
            "explorer/flag-reset-late",
            FlagResetLate,
            NoSilentLoss,
            // Input between the calls ends the second one and leaves the wake-up of the first.
            with_calls(
                "woken-between-the-calls",
                Reader::PROMPT,
                &[Promise, TryRecv, Recv, Pause],
                [send()],
            ),
            "The wake-up flag is reset by every call of a poll: a wake-up between two calls is \
             lost.",
        ),
        row(
            "explorer/nothing-shown-after-pruning",
            NothingShownAfterPruning,
            NoStall,
            in_the_loop(&WRITES_AGAIN, "half-a-second.fed.roomy.pipeline-flush"),
            "Where an execution ends early, the actors do not show loom what they would have \
             done next.",
        ),
        row(
            "explorer/first-choice-suppressed",
            FirstChoiceSuppressed,
            ResetEndsWithError,
            in_model("mutant", dispatcher(Mutation::ShutdownErrorIgnored)),
            "Who starts is no choice: the reader always does.",
        ),
        row(
            "explorer/polls-begin-unseen",
            PollsBeginUnseen,
            NoSilentLoss,
            with_its_own_waker(
                Looks::WhereAPollBegins,
                "waits with a waker of its own, asks for a poll, looks whether it was woken since",
            ),
            "The beginning of a poll is no step: what a waker has noted since the poll before is not seen.",
        ),
        row(
            "explorer/nothing-after-calls",
            NothingAfterCalls,
            NoSilentLoss,
            with_its_own_waker(
                Looks::BehindACall,
                "waits with a waker of its own, looks at once whether it was woken",
            ),
            "Between a call and the code after it, others cannot move.",
        ),
        row(
            "explorer/key-without-kernel",
            KeyWithout(KeyPart::Kernel),
            NoSilentLoss,
            in_the_loop(&READ_GATED, "unread-input"),
            "The key lacks what the kernel holds, and who is registered there.",
        ),
        row(
            "explorer/key-without-inside",
            KeyWithout(KeyPart::Inside),
            NothingBufferedAtShutdown,
            // What was offered is forgotten, unless the signal is raised.
            with_calls(
                "forgets-what-it-offered",
                Reader::PROMPT,
                &[Send, Offer, UnlessRaised, Forget, TryTake, Yield, Shut],
                [raise()],
            ),
            "The key lacks what the connection holds itself.",
        ),
        row(
            "explorer/key-without-reader",
            KeyWithout(KeyPart::Reader),
            ReceivedIsPrefix,
            // The second byte is promised, unless the signal is raised.
            with_calls(
                "sends-what-it-did-not-promise",
                Reader::PROMPT,
                &[Promise, UnlessRaised, Promise, Send, Yield, Send],
                [raise()],
            ),
            "The key lacks how the reader stands and what it was promised.",
        ),
        row(
            "explorer/key-without-ended",
            KeyWithout(KeyPart::Ended),
            ResetEndsWithError,
            // The reset comes before the close, or after it. That is all that the part adds: an
            // actor that has ended is left out of the key altogether.
            with_calls(
                "is-reset-before-the-close",
                Reader::PROMPT.resets_after(1),
                &[Promise, Send, Close, TryTake, Take],
                feed(),
            ),
            "The key lacks who has ended, and whether a reset came before the end.",
        ),
        row(
            "explorer/key-without-token",
            KeyWithout(KeyPart::Token),
            NoStall,
            with_calls(
                "is-owed-a-poll",
                Reader::PROMPT,
                &[Promise, Promise, Send, TryTake, Pause, Send],
                [wake()],
            ),
            "The key lacks who is owed another poll.",
        ),
        row(
            "explorer/key-without-fresh",
            KeyWithout(KeyPart::Fresh),
            NoStall,
            // The second look is the second call of its poll, or the first.
            with_calls(
                "looks-in-another-poll",
                Reader::PROMPT,
                &[Promise, IfRaised, Yield, Promise, TryTake, Pause, Send],
                [raise(), send()],
            ),
            "The key lacks whose poll has made no call yet.",
        ),
        row(
            "explorer/key-without-waiting",
            KeyWithout(KeyPart::Waiting),
            NoStall,
            with_calls(
                "waits-to-be-woken",
                Reader::PROMPT,
                &[Promise, Promise, Send, Pause, Send],
                [wake()],
            ),
            "The key lacks who waits.",
        ),
        row(
            "explorer/key-without-place",
            KeyWithout(KeyPart::Place),
            NoSilentLoss,
            in_model(
                dispatch_close::NAME,
                dispatch_close::instance(Closing::LooksOnce, dispatch_close::half_done()),
            ),
            "The key lacks where each actor is.",
        ),
        row(
            "explorer/key-without-wake-ups",
            KeyWithout(KeyPart::WakeUps),
            NoSilentLoss,
            for_either_signal(),
            "The key lacks which wake-ups have reached wakers of an actor's own making.",
        ),
        row(
            "explorer/key-without-idle",
            KeyWithout(KeyPart::Idle),
            NoSpin,
            spins(),
            "The key lacks how many polls in a row changed nothing.",
        ),
        row(
            "explorer/key-without-changed",
            KeyWithout(KeyPart::Changed),
            NoSpin,
            spins(),
            "The key lacks whether anything changed since the poll began.",
        ),
        row(
            "explorer/key-without-channels",
            KeyWithout(KeyPart::Channels),
            NoStall,
            // The item is taken by the look, or still there.
            with_calls(
                "takes-too-early",
                Reader::PROMPT,
                &[Promise, Promise, TryTake, Send, Yield, Take, Send],
                feed(),
            ),
            "The key lacks what feeds and signals hold, and who is registered there.",
        ),
        row(
            "explorer/key-without-violations",
            KeyWithout(KeyPart::Violations),
            ReadsDuringFlush,
            in_the_loop(&ORIGINAL, "bad-body.full.small.flatten.body-kept"),
            "The key lacks which properties are broken already.",
        ),
        row(
            "explorer/key-without-poll",
            KeyWithout(KeyPart::Poll),
            ReadsDuringFlush,
            // Input is asked for after a full buffer, unless the signal is raised.
            with_calls(
                "does-not-ask-for-input",
                Reader::PROMPT.stops_after(1),
                &[
                    TryRecv,
                    Yield,
                    Send,
                    Offer,
                    UnlessRaised,
                    TryRecv,
                    Promise,
                    TryTake,
                    Pause,
                ],
                [received(), raise(), send()],
            ),
            "The key lacks what the connection did in this poll.",
        ),
        Hidden {
            kernel: Some(KernelDefect::WriterWokenWhenEmpty),
            ..row(
                "kernel/writer-woken-when-empty",
                ExecutorDefect::None,
                NoSilentLoss,
                relying_on_room(),
                "A read wakes the writer only when it has emptied the buffer: nobody is woken who finds room for \
                 less than that.",
            )
        },
    ]
}

/// The instance in which a mutated dispatcher is detected.
fn dispatcher(mutation: Mutation) -> Instance {
    let rows = super::rows();
    let row = rows.iter().find(|row: &&Row| row.mutation == mutation);
    let row = row.expect("the table has every mutation");
    row.instance(row.name, true)
}
