//! When a call is pending although the kernel could do it: tokio's readiness, which an event sets and a
//! call that finds no room clears, and tokio's cooperative budget, which others in the same task may
//! have spent.

/// When whoever found no room to write learns that there is room again.
///
/// Linux leaves it open: a Unix socket wakes a writer once no more than a quarter of its send buffer is
/// taken (`unix_writable`, net/unix/af_unix.c), TCP once a third is free (`sk_stream_is_writeable`,
/// include/net/sock.h, called by `sk_stream_write_space`), both count a buffer's overhead, and TCP
/// learns of a read by an acknowledgement. *Guaranteed* is a wake-up when everything has been read;
/// *possible* is one after any read that makes room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Wakes {
    /// Every read that makes room wakes who is registered, and a write takes what there is room for.
    #[default]
    AtEveryRead,
    /// At any point after a read that has made room: an actor of its own says when, as the kernel and
    /// tokio's driver do together. Until then every write is pending, whatever room there is: tokio keeps
    /// the readiness of a socket, a write that was not taken whole clears it, and only an event sets it
    /// (`Registration::poll_write_io`). A socket that has reported nothing yet is not ready either.
    Later,
}

/// What is known of the room to write, where [`Wakes::Later`] says that it has to be known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Readiness {
    /// Nothing has been reported of the socket yet.
    #[default]
    Fresh,
    /// There was room when it was looked at last.
    Ready,
    /// A write was not taken whole, and nothing was reported since.
    Cleared,
}

/// tokio's cooperative budget (`tokio::task::coop`): 128 calls a poll of a task, which everything in that task
/// shares. Where others spend it, a read or write of the connection is pending although the kernel could
/// carry it out, and the task is woken at once. It can happen in any poll, at any call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// The budget is spent behind so many reads and writes that were not pending.
    pub behind: usize,
    /// In so many polls: in the rest of that one, and in the whole of those that follow it.
    pub polls: usize,
}

/// Where the budget stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Spending {
    /// Nobody has spent it.
    #[default]
    Left,
    /// A call has found it spent; so does every further one of so many polls.
    Spent(usize),
    /// Those polls are over.
    Renewed,
}

/// Whether calls can be made that the kernel would carry out.
#[derive(Debug, Default, Hash)]
pub(crate) struct Gates {
    pub(crate) wakes: Wakes,
    readiness: Readiness,
    spending: Spending,
    /// Reads and writes that were let through, where the budget asks for their number.
    calls: usize,
}

impl Gates {
    /// Whether this read or write finds the budget spent.
    pub(crate) fn is_spent(&mut self, budget: Option<Budget>) -> bool {
        let Some(Budget { behind, polls }) = budget else {
            return false;
        };
        match self.spending {
            Spending::Left if self.calls < behind => {
                self.calls += 1;
                false
            }
            Spending::Left if polls > 0 => {
                (self.spending, self.calls) = (Spending::Spent(polls), 0);
                true
            }
            Spending::Spent(_) => true,
            Spending::Left | Spending::Renewed => false,
        }
    }

    /// A call could not be carried out and has spent nothing.
    pub(crate) fn was_pending(&mut self, budget: Option<Budget>) {
        if budget.is_some() && self.spending == Spending::Left {
            self.calls = self.calls.saturating_sub(1);
        }
    }

    /// A new poll has a budget of its own.
    pub(crate) fn begin_poll(&mut self) {
        self.spending = match self.spending {
            Spending::Spent(polls) if polls > 1 => Spending::Spent(polls - 1),
            Spending::Spent(_) => Spending::Renewed,
            other => other,
        };
    }

    /// Whether a write has to wait for an event, whatever room there is.
    pub(crate) fn waits_for_event(&self) -> bool {
        self.wakes == Wakes::Later && self.readiness != Readiness::Ready
    }

    /// This is known of the room now, where it matters.
    pub(crate) fn know(&mut self, readiness: Readiness) {
        if self.wakes == Wakes::Later {
            self.readiness = readiness;
        }
    }

    /// Input was found: the event that has reported it has reported room as well.
    pub(crate) fn found_input(&mut self) {
        if self.readiness == Readiness::Fresh {
            self.know(Readiness::Ready);
        }
    }
}
