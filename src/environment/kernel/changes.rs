//! What a [`Decorator`](crate::environment::Decorator) can change in a kernel.

use bytes::Bytes;

use super::{Kernel, Place, Registration};

impl Kernel {
    fn registration(&mut self, place: Place) -> Option<&mut Registration> {
        match place {
            Place::Writer => Some(&mut self.writer),
            Place::Flusher => Some(&mut self.flusher),
            Place::Shutter => Some(&mut self.shutter),
            Place::Input => Some(&mut self.inputter),
            Place::Reader => Some(&mut self.reader),
            _ => None,
        }
    }

    /// Carries out `call`. Nobody who waits at one of these places is woken by it: they stay registered.
    /// Places that are not the kernel's are ignored.
    pub fn without_waking(&mut self, places: &[Place], call: &mut dyn FnMut(&mut Kernel)) {
        let mut aside = Vec::new();
        for place in places {
            let registration = self.registration(*place);
            aside.extend(registration.map(|there| (*place, std::mem::take(there))));
        }
        call(self);
        for (place, registration) in aside {
            if let Some(there) = self.registration(place)
                && !there.is_set()
            {
                *there = registration;
            }
        }
    }

    /// Forgets who waits there. A place that is not the kernel's is ignored.
    pub fn forget(&mut self, place: Place) {
        if let Some(registration) = self.registration(place) {
            registration.clear();
        }
    }

    /// Changes the bytes that were accepted and not read.
    pub fn edit_outbound(&mut self, edit: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.outbound();
        edit(&mut bytes);
        self.contents.outbound.clear();
        self.contents.outbound.push(Bytes::from(bytes));
    }

    /// Throws away what a layer that buffers holds.
    pub fn clear_layer(&mut self) {
        self.contents.layer.clear();
    }

    /// Sets the capacity of the outbound buffer in bytes.
    pub fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity;
    }

    /// The capacity of the outbound buffer in bytes.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Sets whether the sending side is shut down.
    pub fn set_shut(&mut self, shut: bool) {
        self.write_shut = shut;
    }
}
