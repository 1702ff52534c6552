//! Where a connection has several sockets: the levels and the name of each.

use crate::trace::event::{Conclusion, Levels, NamedSocket, Step, Trace};

impl Step {
    /// Where the bytes of a socket are afterwards.
    pub fn levels_of(&self, socket: usize) -> &Levels {
        nth(&self.levels, &self.beside, socket)
    }
}

impl Step {
    /// Promised bytes that the kernel has not accepted after this step: of the socket that was called
    /// or, where the step is no call, of the socket with the most.
    pub(crate) fn owed(&self) -> usize {
        let all = [&self.levels].into_iter().chain(&self.beside);
        match self.event.is_call() {
            true => self.levels_of(usize::from(self.socket)).owed,
            false => all.map(|levels| levels.owed).max().unwrap_or(0),
        }
    }
}

fn nth<'a>(first: &'a Levels, beside: &'a [Levels], socket: usize) -> &'a Levels {
    let other = socket.checked_sub(1).and_then(|other| beside.get(other));
    other.unwrap_or(first)
}

impl Conclusion {
    /// Where the bytes of a socket are at the end.
    pub fn levels_of(&self, socket: usize) -> &Levels {
        nth(&self.levels, &self.beside, socket)
    }
}

impl Trace {
    /// The name of the socket that a step is about, where there is more than one: that of the call, or
    /// that of the peer which acts.
    pub fn socket_of(&self, step: &Step) -> Option<&NamedSocket> {
        let by_peer = self.sockets.iter().find(|one| one.peer == step.actor);
        let by_call = || match step.event.is_call() {
            true => self.sockets.get(usize::from(step.socket)),
            false => None,
        };
        by_peer.or_else(by_call)
    }
}
