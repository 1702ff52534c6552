//! Which property detects which mutant: one table, so that a gap in it is seen.

use super::*;
use lastbyte::environment::{Faults, FlushMode};
use lastbyte::{Script, ScriptStep};

/// One defect, and where which property notices it.
#[derive(Clone, Debug)]
pub struct Row {
    /// A short name, unique in the table.
    pub name: &'static str,
    /// What goes wrong.
    pub sentence: &'static str,
    /// The property that has to notice.
    pub property: Property,
    /// The defect, if the dispatcher has it.
    pub mutation: Mutation,
    /// What the dispatcher does without the defect.
    pub base: Mutation,
    /// The defect, if the kernel has it.
    pub kernel: Option<KernelDefect>,
    /// The defect, if the reader has it.
    pub peer: Option<ReaderDefect>,
    /// The defect, if the executor has it.
    pub executor: ExecutorDefect,
    /// N: bytes of the response.
    pub response: usize,
    /// K: bytes of the kernel's buffer.
    pub capacity: usize,
    /// The reader.
    pub reader: Reader,
    /// Whether the request is there before the start; otherwise a script sends it.
    pub request_is_there: bool,
    /// How the socket's flush behaves.
    pub flush: FlushMode,
    /// Faults that are there with the defect and without.
    pub faults: Faults,
    /// Scripts that are there with the defect and without.
    pub scripts: Vec<Script>,
}

impl Row {
    /// A response larger than the kernel's buffer, and a reader that takes all there is.
    fn new(
        name: &'static str,
        mutation: Mutation,
        property: Property,
        sentence: &'static str,
    ) -> Row {
        Row {
            name,
            sentence,
            property,
            mutation,
            base: Mutation::None,
            kernel: None,
            peer: None,
            executor: ExecutorDefect::None,
            response: 3,
            capacity: 1,
            reader: Reader::PROMPT,
            request_is_there: true,
            flush: FlushMode::Immediate,
            faults: Faults::default(),
            scripts: Vec::new(),
        }
    }

    /// The same with a request that comes at any time.
    fn with_late_request(mut self) -> Row {
        self.request_is_there = false;
        let request = [ScriptStep::Send("1".into())];
        self.scripts.push(Script::new("client", request));
        self
    }
}

/// Every mutant that a property notices.
pub fn rows() -> Vec<Row> {
    use Property::*;
    vec![
        Row::new(
            "first-byte-not-buffered",
            Mutation::FirstByteNotBuffered,
            ReceivedIsPrefix,
            "The first byte of the response never reaches the write buffer.",
        ),
        Row::new(
            "last-byte-not-buffered",
            Mutation::LastByteNotBuffered,
            NothingTruncated,
            "The last byte of the response never reaches the write buffer.",
        ),
        Row::new(
            "bytes-swapped",
            Mutation::BytesSwapped,
            ReceivedIsPrefix,
            "Two bytes of the response change places.",
        ),
        Row::new(
            "buffered-twice",
            Mutation::BufferedTwice,
            ReceivedIsPrefix,
            "The response is buffered twice.",
        ),
        Row::new(
            "byte-appended",
            Mutation::ByteAppended,
            ReceivedIsPrefix,
            "A byte that nobody promised follows the response.",
        ),
        Row::new(
            "buffered-after-flush",
            Mutation::BufferedAfterFlush,
            NothingBufferedAtShutdown,
            "The response is buffered after the flush.",
        ),
        Row::new(
            "no-flush",
            Mutation::NoFlush,
            NothingTruncated,
            "The write buffer is never flushed.",
        ),
        Row::new(
            "pending-flush-ignored",
            Mutation::PendingFlushIgnored,
            NothingTruncated,
            "The result of the flush is dropped: the historical bug.",
        ),
        Row::new(
            "pending-flush-is-error",
            Mutation::PendingFlushIsError,
            NothingTruncated,
            "A flush that has to wait counts as failed.",
        ),
        Row::new(
            "pending-flush-ends-connection",
            Mutation::PendingFlushEndsConnection,
            NoSilentLoss,
            "A flush that has to wait ends the connection with Ok.",
        ),
        Row::new(
            "flush-stops-before-last-byte",
            Mutation::FlushStopsBeforeLastByte,
            NothingBufferedAtShutdown,
            "The flush stops one byte too early.",
        ),
        Row::new(
            "flush-stops-after-first-write",
            Mutation::FlushStopsAfterFirstWrite,
            NothingTruncated,
            "The flush stops after its first write.",
        ),
        Row::new(
            "flush-stops-without-registration",
            Mutation::FlushStopsWithoutRegistration,
            NoStall,
            "The flush waits after a write that succeeded, so nobody is registered.",
        ),
        Row::new(
            "partial-write-is-complete",
            Mutation::PartialWriteIsComplete,
            NothingTruncated,
            "A partial write counts as a complete one.",
        ),
        Row {
            response: 4,
            capacity: 2,
            ..Row::new(
                "advances-one-too-few",
                Mutation::AdvancesOneTooFew,
                ReceivedIsPrefix,
                "The last byte of every write is sent again.",
            )
        },
        Row {
            response: 4,
            capacity: 2,
            ..Row::new(
                "advances-one-too-many",
                Mutation::AdvancesOneTooMany,
                ReceivedIsPrefix,
                "The byte after every write is left out.",
            )
        },
        Row::new(
            "discards-on-pending",
            Mutation::DiscardsOnPending,
            NothingTruncated,
            "A flush that has to wait discards the buffer.",
        ),
        Row::new(
            "registers-nobody",
            Mutation::RegistersNobody,
            NoStall,
            "A write that has to wait registers a waker that wakes nobody.",
        ),
        Row::new(
            "registration-replaced",
            Mutation::RegistrationReplaced,
            NoStall,
            "A second write replaces the registration with one that wakes nobody.",
        ),
        Row {
            faults: Faults {
                write_error_after: Some(1),
                ..Faults::default()
            },
            ..Row::new(
                "write-error-is-done",
                Mutation::WriteErrorIsDone,
                NoSilentLoss,
                "A failed write counts as the end of the flush.",
            )
        },
        Row {
            reader: Reader::PROMPT.resets_after(1),
            ..Row::new(
                "write-error-is-ok",
                Mutation::WriteErrorIsOk,
                ResetEndsWithError,
                "A failed write ends the connection with Ok.",
            )
        },
        Row {
            faults: Faults {
                write_zero_after: Some(1),
                ..Faults::default()
            },
            ..Row::new(
                "write-zero-is-done",
                Mutation::WriteZeroIsDone,
                NoSilentLoss,
                "A write of 0 bytes counts as the end of the flush.",
            )
        },
        Row {
            faults: Faults {
                write_zero_after: Some(1),
                ..Faults::default()
            },
            ..Row::new(
                "write-zero-is-pending",
                Mutation::WriteZeroIsPending,
                NoStall,
                "After a write of 0 bytes the connection waits, registered nowhere.",
            )
        },
        Row {
            faults: Faults {
                write_zero_after: Some(1),
                ..Faults::default()
            },
            ..Row::new(
                "write-zero-is-retried",
                Mutation::WriteZeroIsRetried,
                NoSpin,
                "A write of 0 bytes is tried again at once.",
            )
        },
        Row::new(
            "first-wake-up-ignored",
            Mutation::FirstWakeUpIgnored,
            NoStall,
            "The poll that the first wake-up leads to does nothing.",
        ),
        Row::new(
            "wakes-itself",
            Mutation::WakesItself,
            NoSpin,
            "A flush that has to wait asks for the next poll itself.",
        ),
        Row::new(
            "starts-over-when-woken",
            Mutation::StartsOverWhenWoken,
            ReceivedIsPrefix,
            "Every wake-up buffers the response again.",
        ),
        Row::new(
            "panics-when-woken",
            Mutation::PanicsWhenWoken,
            NoPanic,
            "The first wake-up leads to a panic.",
        ),
        Row::new(
            "ends-when-woken",
            Mutation::EndsWhenWoken,
            NoSilentLoss,
            "The first wake-up ends the connection with Ok.",
        ),
        Row::new(
            "shutdown-before-flush",
            Mutation::ShutdownBeforeFlush,
            NothingBufferedAtShutdown,
            "The socket is shut down before the flush.",
        ),
        Row::new(
            "shutdown-twice",
            Mutation::ShutdownTwice,
            OneShutdown,
            "The socket is shut down twice.",
        ),
        Row::new(
            "write-after-shutdown",
            Mutation::WriteAfterShutdown,
            OneShutdown,
            "One more byte is written after the shutdown.",
        ),
        Row::new(
            "flush-after-shutdown",
            Mutation::FlushAfterShutdown,
            NoFlushAfterShutdown,
            "The socket is flushed once more after the shutdown.",
        ),
        Row::new(
            "never-ends",
            Mutation::NeverEnds,
            Ends,
            "The connection waits for ever after the shutdown.",
        ),
        Row::new(
            "error-after-shutdown",
            Mutation::ErrorAfterShutdown,
            NoNeedlessError,
            "The connection reports an error although everything has arrived.",
        ),
        Row {
            response: 2,
            capacity: 2,
            reader: Reader::PROMPT.resets_after(0),
            ..Row::new(
                "shutdown-error-ignored",
                Mutation::ShutdownErrorIgnored,
                ResetEndsWithError,
                "A failed shutdown ends the connection with Ok.",
            )
        },
        Row {
            kernel: Some(KernelDefect::CapacityOffByOne),
            ..Row::new(
                "kernel/capacity-off-by-one",
                Mutation::ChecksCapacity,
                NoPanic,
                "The kernel takes one byte more than its capacity.",
            )
        },
        Row {
            kernel: Some(KernelDefect::WriterNotRegistered),
            ..Row::new(
                "kernel/writer-not-registered",
                Mutation::None,
                NoStall,
                "A write that finds the buffer full registers nobody.",
            )
        },
        Row {
            kernel: Some(KernelDefect::WriterNotWoken),
            ..Row::new(
                "kernel/writer-not-woken",
                Mutation::None,
                NoStall,
                "A read that makes room wakes nobody.",
            )
        },
        Row {
            kernel: Some(KernelDefect::ReaderNotWoken),
            ..Row::new(
                "kernel/reader-not-woken",
                Mutation::None,
                NoStall,
                "A write wakes no reader.",
            )
        },
        Row {
            kernel: Some(KernelDefect::EofWakesNobody),
            base: Mutation::PendingFlushIgnored,
            ..Row::new(
                "kernel/eof-wakes-nobody",
                Mutation::PendingFlushIgnored,
                NoStall,
                "The end of the stream does not wake a reader that lacks the last byte.",
            )
        },
        Row {
            kernel: Some(KernelDefect::EofWakesNobody),
            ..Row::new(
                "kernel/eof-wakes-nobody-at-the-end",
                Mutation::None,
                NoStall,
                "The end of the stream does not wake a reader that has everything.",
            )
        },
        Row {
            kernel: Some(KernelDefect::InputterNotRegistered),
            ..Row::new(
                "kernel/inputter-not-registered",
                Mutation::None,
                NoStall,
                "A read that finds no input registers nobody.",
            )
        }
        .with_late_request(),
        Row {
            kernel: Some(KernelDefect::InputWakesNobody),
            ..Row::new(
                "kernel/input-wakes-nobody",
                Mutation::None,
                NoStall,
                "Input wakes nobody.",
            )
        }
        .with_late_request(),
        Row {
            kernel: Some(KernelDefect::FinWakesNobody),
            scripts: vec![Script::new("client", [ScriptStep::FinishInput])],
            request_is_there: false,
            ..Row::new(
                "kernel/fin-wakes-nobody",
                Mutation::None,
                NoStall,
                "The peer's FIN wakes nobody.",
            )
        },
        Row {
            kernel: Some(KernelDefect::FlushWakesNobody),
            flush: FlushMode::Deferred,
            scripts: vec![Script::new("layer below", [ScriptStep::FinishFlush])],
            ..Row::new(
                "kernel/flush-wakes-nobody",
                Mutation::None,
                NoStall,
                "A flush that finishes when everything is delivered wakes nobody.",
            )
        },
        Row::new(
            "registers-nobody-for-input",
            Mutation::RegistersNobodyForInput,
            NoStall,
            "A read that has to wait registers a waker that wakes nobody.",
        )
        .with_late_request(),
        Row {
            kernel: Some(KernelDefect::EofBeforeLastByte),
            ..Row::new(
                "kernel/eof-before-last-byte",
                Mutation::None,
                NothingTruncated,
                "The reader sees the end of the stream before the last byte.",
            )
        },
        Row {
            kernel: Some(KernelDefect::FirstByteDropped),
            ..Row::new(
                "kernel/first-byte-dropped",
                Mutation::None,
                ReceivedIsPrefix,
                "The first byte that the kernel accepts is thrown away.",
            )
        },
        Row {
            response: 4,
            capacity: 2,
            reader: Reader::slow(1),
            kernel: Some(KernelDefect::LastInFirstOut),
            ..Row::new(
                "kernel/last-in-first-out",
                Mutation::None,
                ReceivedIsPrefix,
                "Reads take from the end of the buffer.",
            )
        },
        Row {
            kernel: Some(KernelDefect::ShutdownDiscards),
            ..Row::new(
                "kernel/shutdown-discards",
                Mutation::None,
                AcceptedArrives,
                "A shutdown throws away what the buffer holds.",
            )
        },
        Row {
            reader: Reader::PROMPT.resets_after(0),
            kernel: Some(KernelDefect::ResetWakesNobody),
            ..Row::new(
                "kernel/reset-wakes-nobody",
                Mutation::None,
                ResetEndsWithError,
                "A reset wakes no writer.",
            )
        },
        Row {
            kernel: Some(KernelDefect::WriteAfterShutdown),
            ..Row::new(
                "kernel/write-after-shutdown",
                Mutation::ChecksShutdown,
                NoPanic,
                "A write after the shutdown is accepted.",
            )
        },
        Row {
            peer: Some(ReaderDefect::ForgetsFirstByte),
            ..Row::new(
                "reader/forgets-first-byte",
                Mutation::None,
                ReceivedIsPrefix,
                "The reader takes the first byte and forgets it.",
            )
        },
        Row {
            kernel: Some(KernelDefect::EmptyIsEof),
            ..Row::new(
                "reader/empty-is-eof",
                Mutation::None,
                NothingTruncated,
                "The reader takes an empty buffer for the end of the stream.",
            )
        },
        Row {
            peer: Some(ReaderDefect::IgnoresWakeUp),
            ..Row::new(
                "reader/ignores-wake-up",
                Mutation::None,
                NoStall,
                "The reader does not look again after it was woken.",
            )
        },
        Row {
            base: Mutation::YieldsAfterWrite,
            executor: ExecutorDefect::RunningWakeUpLost,
            ..Row::new(
                "executor/running-wake-up-lost",
                Mutation::YieldsAfterWrite,
                NoStall,
                "A wake-up that comes while the actor runs is lost.",
            )
        },
        Row {
            executor: ExecutorDefect::WaitingWakeUpLost,
            ..Row::new(
                "executor/waiting-wake-up-lost",
                Mutation::None,
                NoStall,
                "A wake-up that comes while the actor waits is lost.",
            )
        },
        Row {
            base: Mutation::YieldsAfterWrite,
            executor: ExecutorDefect::FlagNotReset,
            ..Row::new(
                "executor/flag-not-reset",
                Mutation::YieldsAfterWrite,
                NoSpin,
                "A poll does not absorb the wake-ups that came before it.",
            )
        },
    ]
}

/// Mutants that nobody can notice, each with the reason, and the properties that they keep.
pub fn equivalent() -> Vec<(Row, Vec<Property>)> {
    use Property::*;
    let all = vec![
        NothingTruncated,
        NoSilentLoss,
        NothingBufferedAtShutdown,
        NoStall,
        NoSpin,
        OneShutdown,
    ];
    // After a complete flush, close(2) shows the peer what shutdown(2) shows: the end of the stream.
    let closes = Row::new(
        "closes-instead-of-shutdown",
        Mutation::ClosesInsteadOfShutdown,
        NothingTruncated,
        "Without a shutdown, dropping the socket ends the stream after the last byte.",
    );
    // The kernel's buffer takes the bytes one by one as well as at once; between two of them the
    // reader may come, which it also may with a buffer of one byte.
    let one_byte = Row::new(
        "offers-one-byte-a-write",
        Mutation::OffersOneByteAWrite,
        NothingTruncated,
        "Writes of one byte only take longer.",
    );
    // The second flush finds the buffer empty, and a plain socket's flush is always ready.
    let twice = Row::new(
        "flushes-twice",
        Mutation::FlushesTwice,
        NothingTruncated,
        "A second flush finds nothing to do.",
    );
    [closes, one_byte, twice]
        .map(|row| (row, all.clone()))
        .into()
}
