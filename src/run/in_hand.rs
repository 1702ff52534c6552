//! Makes another of a connection's sockets the current one for the duration of a call: see [`Beside`].

use std::ops::{Deref, DerefMut};

use crate::run::beside::Beside;
use crate::run::state::State;
use crate::trace::event::Levels;

impl State {
    fn swap(&mut self, socket: usize) {
        let Some(other) = socket.checked_sub(1) else {
            return;
        };
        // Without `..`: whoever adds a field to it adds it here.
        let Beside {
            kernel,
            inside,
            delivery,
            varying,
            varying_read,
            reader,
        } = &mut self.beside[other];
        std::mem::swap(&mut self.kernel, kernel);
        std::mem::swap(&mut self.inside, inside);
        std::mem::swap(&mut self.delivery, delivery);
        std::mem::swap(&mut self.varying, varying);
        std::mem::swap(&mut self.varying_read, varying_read);
        std::mem::swap(&mut self.reader, reader);
    }

    /// Makes a socket the current one; returns the previous one.
    fn take(&mut self, socket: usize) -> usize {
        let before = std::mem::replace(&mut self.at, socket);
        if before != socket {
            self.swap(before);
            self.swap(socket);
        }
        before
    }

    /// Runs `act` with this socket as the current one.
    pub(crate) fn on<R>(&mut self, socket: usize, act: impl FnOnce(&mut State) -> R) -> R {
        let before = self.take(socket);
        let mut taken = Taken {
            state: self,
            before,
        };
        act(&mut taken)
    }

    /// How many sockets there are.
    pub(crate) fn sockets(&self) -> usize {
        1 + self.beside.len()
    }

    /// The levels of every socket but the first.
    pub(crate) fn levels_beside(&mut self) -> Vec<Levels> {
        let others = 1..self.sockets();
        others.map(|n| self.on(n, |state| state.levels())).collect()
    }
}

/// Restores the previous socket, also when the call panics.
struct Taken<'a> {
    state: &'a mut State,
    before: usize,
}

impl Deref for Taken<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        self.state
    }
}

impl DerefMut for Taken<'_> {
    fn deref_mut(&mut self) -> &mut State {
        self.state
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.state.take(self.before);
    }
}
