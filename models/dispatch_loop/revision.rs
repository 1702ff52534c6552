//! The revisions of hyper's dispatch loop, as data.
//!
//! Each field stands for one step that a revision added or changed. Each revision is the previous one with
//! the fields that its commit changed. The files that mirror hyper's files read these fields.

/// Why the loop goes round once more for the sake of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteAgain {
    /// It does not.
    Never,
    /// A body is left to write and the flush was ready.
    Flushed,
    /// The same, if a second `poll_write` then makes progress.
    Rechecked,
}

/// What becomes of a connection after a request with trailers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestTrailers {
    /// They are skipped.
    Ignored,
    /// The user gets them, and the connection closes.
    Close,
    /// The user gets them.
    KeepAlive,
}

/// One revision of `proto/h1/dispatch.rs` and of what it calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Revision {
    /// Its name in tables.
    pub name: &'static str,
    /// The released versions that contain it; empty when it was never released.
    pub versions: &'static [&'static str],
    /// The change and its commit in hyper's repository; empty when it is not hyper's.
    pub change: &'static str,
    /// What it does, or does differently from the revision before.
    pub about: &'static str,

    /// `graceful_shutdown` closes a connection that has read and written nothing yet.
    pub graceful_closes_untouched: bool,
    /// Why `poll_loop` goes round once more for the sake of writing.
    pub write_again: WriteAgain,
    /// `can_write_again` also asks for `!is_closing` and `Writing::Body`, and a ready write alone no longer
    /// makes the loop go round.
    pub only_with_a_body_to_write: bool,
    /// `Buffered::poll_shutdown` flushes first.
    pub shutdown_flushes: bool,
    /// What the second `poll_write` has buffered is flushed before the loop is left.
    pub recheck_flushes: bool,
    /// What becomes of a connection after a request with trailers.
    pub request_trailers: RequestTrailers,
    /// The body that the user reads goes through a channel of hyper's own (`body/chan.rs`): taking a piece
    /// out wakes the connection. With the channel before it (`body/incoming.rs`, of `futures-channel`), that
    /// wakes only a connection that waits for room, and dropping the body wakes it, too, even after the body
    /// was read.
    pub own_channel: bool,

    /// The flush after the second `poll_write` also follows when that has ended the body and buffered
    /// nothing. The loop goes round once more when this flush asks for another read.
    pub recheck_reads_again: bool,
    /// Whatever way the socket is given up, a complete flush comes first, whether `pipeline_flush` is set or
    /// not. Such a flush also comes before the loop is left, where an ordinary one would hold bytes back.
    pub leaves_flushed: bool,
    /// The loop goes round once more when the flush has made room for a head that had to wait for the queue.
    pub head_rechecked: bool,
    /// The timer for reading a head starts when the response before it is flushed.
    pub timer_waits: bool,

    /// The flush comes first, and nothing is read before it is complete.
    pub flush_gates_reads: bool,
}

/// hyper's order since its dispatcher was written: read, write, flush, and shut down when done.
pub const ORIGINAL: Revision = Revision {
    name: "1.7.0",
    versions: &["1.7.0"],
    change: "60d0eaf8",
    about: "reads, writes, flushes, and shuts down when done",
    graceful_closes_untouched: true,
    write_again: WriteAgain::Never,
    only_with_a_body_to_write: false,
    shutdown_flushes: false,
    recheck_flushes: false,
    request_trailers: RequestTrailers::Close,
    own_channel: false,
    recheck_reads_again: false,
    leaves_flushed: false,
    head_rechecked: false,
    timer_waits: false,
    flush_gates_reads: false,
};

/// The same order in the last 0.14 (`Dispatcher::disable_keep_alive`, dispatch.rs of hyper 0.14.32). It has
/// no column in the tables: it differs from [`ORIGINAL`] only before the first request.
pub const LAST_0_14: Revision = Revision {
    name: "0.14.32",
    versions: &["0.14.32"],
    change: "",
    about: "as 1.7.0, but `graceful_shutdown` before the first request does not close",
    graceful_closes_untouched: false,
    request_trailers: RequestTrailers::Ignored,
    ..ORIGINAL
};

/// The first repair of the missed write wake-up.
pub const WRITES_AGAIN: Revision = Revision {
    name: "1.8.0",
    versions: &["1.8.0"],
    change: "#3952, 2377b893",
    about: "goes round once more when the flush was ready and a body is left",
    write_again: WriteAgain::Flushed,
    ..ORIGINAL
};

/// The revert of [`WRITES_AGAIN`] as it was first released: a request with trailers still closes the
/// connection (until #4043, 7211ec25). It has no column in the tables: it differs from [`REVERTED`] only in
/// that.
pub const REVERTED_1_8_1: Revision = Revision {
    name: "1.8.1",
    versions: &["1.8.1"],
    about: "as 1.9.0, but trailers of a request close",
    request_trailers: RequestTrailers::Close,
    ..REVERTED
};

/// The revert of [`WRITES_AGAIN`].
pub const REVERTED: Revision = Revision {
    name: "1.9.0",
    versions: &["1.9.0"],
    change: "#3977, 4492f31e",
    about: "reverts #3952",
    write_again: WriteAgain::Never,
    request_trailers: RequestTrailers::KeepAlive,
    ..WRITES_AGAIN
};

/// The second repair of the missed write wake-up.
pub const RECHECKS: Revision = Revision {
    name: "1.10.0",
    versions: &["1.10.0"],
    change: "#3988, 743a3ba0",
    about: "goes round once more if a second write makes progress",
    write_again: WriteAgain::Rechecked,
    ..REVERTED
};

/// The repair of the busy loop on a half-closed peer.
pub const LOOKS_AT_CLOSING: Revision = Revision {
    name: "1.10.1",
    versions: &["1.10.1"],
    change: "#4086, c6cb906f",
    about: "as 1.10.0, but not when closing",
    only_with_a_body_to_write: true,
    ..RECHECKS
};

/// The repair of the lost last bytes.
pub const SHUTDOWN_FLUSHES: Revision = Revision {
    name: "1.11.0",
    versions: &["1.11.0"],
    change: "#4018, 72046cc7",
    about: "the shutdown flushes first",
    shutdown_flushes: true,
    ..LOOKS_AT_CLOSING
};

/// The repair of the bytes that the second `poll_write` left unflushed.
pub const RECHECK_FLUSHES: Revision = Revision {
    name: "1.12.0",
    versions: &["1.12.0"],
    change: "#4143, f660f5bf",
    about: "flushes what a second write has buffered",
    recheck_flushes: true,
    own_channel: true,
    ..SHUTDOWN_FLUSHES
};

/// The proposed revision: 1.12.0 with repairs for the defects of the findings. What fails by design still
/// fails.
pub const PROPOSED: Revision = Revision {
    name: "proposed",
    versions: &[],
    change: "",
    about: "repairs the defects that the sweep still finds in 1.12.0",
    recheck_reads_again: true,
    leaves_flushed: true,
    head_rechecked: true,
    timer_waits: true,
    ..RECHECK_FLUSHES
};

/// The original order with the flush before the reads: it delivers the last byte, and reads nothing until
/// then.
pub const READ_GATED: Revision = Revision {
    name: "read-gated",
    versions: &[],
    change: "",
    about: "the original order with the flush before the reads; never released",
    flush_gates_reads: true,
    ..ORIGINAL
};

/// Every revision of the tables, in their order.
pub const REVISIONS: [Revision; 9] = [
    ORIGINAL,
    WRITES_AGAIN,
    REVERTED,
    RECHECKS,
    LOOKS_AT_CLOSING,
    SHUTDOWN_FLUSHES,
    RECHECK_FLUSHES,
    PROPOSED,
    READ_GATED,
];

impl Revision {
    /// The revision with this [`name`](Revision::name), or the one that a released version
    /// contains.
    pub fn find(name: &str) -> Option<&'static Revision> {
        let by_name = REVISIONS.iter().find(|revision| revision.name == name);
        let mut all = REVISIONS.iter().chain([&LAST_0_14, &REVERTED_1_8_1]);
        by_name.or_else(|| all.find(|r| r.versions.contains(&name)))
    }
}
