//! The key by which a state is recognised. The explorer uses a digest of 128 bits over named parts.
//! `Stepper::state` uses every field instead, to test that digest.
//!
//! Tested by `tests/run/agree.rs`, `tests/calibration`, `tests/second_opinion/every_instance.rs`, and by the
//! mutants that leave out one part each: `models/mutants/explorer.rs`, `tests/run/{further,clock}.rs`.

use std::hash::{Hash, Hasher};

use super::digest::digest_with;
use super::state::State;
use crate::run::planted::KeyPart;
use crate::trace::event::ActorId;
use crate::trace::folding::Kept;

/// Which history of opaque actors is part of the state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Histories {
    /// The full history.
    #[default]
    Full,
    /// The folded history, with this much of the amount to write in the current poll: see
    /// [`Folded`](super::folded::Folded).
    Folded(Kept),
}

impl State {
    /// The whole state as 128 bits.
    pub(crate) fn key(&self, histories: &Histories) -> u128 {
        digest_with(|hasher| self.hash_parts(histories, hasher))
    }

    fn hash_parts(&self, histories: &Histories, hasher: &mut impl Hasher) {
        let has = |part| !self.planted.leaves_out(part);
        if has(KeyPart::Kernel) {
            self.kernel.hash_levels(hasher);
            let subject = &self.slots[ActorId::SUBJECT.index()];
            if subject.declared {
                self.kernel.hash_contents(hasher);
                self.delivery.hash_contents(hasher);
            } else if subject.done && self.kernel.level() > 0 {
                // The bytes follow from a history that is no part of the key any more.
                self.varying.sum().hash(hasher);
            }
            (&self.progress, &self.device, &self.room).hash(hasher);
        }
        if has(KeyPart::Inside) {
            self.inside.hash(hasher);
        }
        if has(KeyPart::Beside) {
            self.hash_beside(hasher);
        }
        let watched = self.monitor.watched();
        if has(KeyPart::Reader) {
            self.delivery.hash(hasher);
            (&watched.reader, watched.reader_waits).hash(hasher);
        }
        for slot in &self.slots {
            let ended = slot.done && has(KeyPart::Ended);
            ended.hash(hasher);
            if ended {
                continue;
            }
            let woken = has(KeyPart::Token).then_some((slot.token, slot.self_woken));
            let fresh = has(KeyPart::Fresh).then_some((slot.first, slot.begins, slot.own_wakers));
            let waiting = has(KeyPart::Waiting).then_some(slot.is_parked());
            let place = match (&slot.folded, histories) {
                (Some(folded), Histories::Folded(kept)) if !slot.declared => {
                    (kept.of(folded.to_write()) as u128, Some(folded))
                }
                _ => (slot.history, None),
            };
            let place = has(KeyPart::Place).then_some(place);
            // Without the calls, the second round of an endless loop would look explored.
            let idle = (slot.idle_polls, slot.idle_calls(self.changes));
            let idle = has(KeyPart::Idle).then_some(idle);
            let unchanged = slot.changes_before == Some(self.changes);
            let unchanged = has(KeyPart::Changed).then_some(unchanged);
            (woken, fresh, waiting, place, idle, unchanged).hash(hasher);
        }
        if has(KeyPart::Channels) {
            (&self.feeds, &self.signals).hash(hasher);
        }
        if has(KeyPart::Tasks) {
            self.tasks.hash(hasher);
        }
        if has(KeyPart::Clock) {
            self.clock.hash(hasher);
        }
        if has(KeyPart::Violations) {
            self.monitor.hash_broken(hasher);
        }
        if has(KeyPart::Ended) {
            (&watched.subject, watched.through, watched.shutdowns).hash(hasher);
            (watched.shut, watched.reset_early, watched.failed_call).hash(hasher);
            watched.told_to_stop.hash(hasher);
        }
        if has(KeyPart::Poll) {
            (watched.asked_for_input, watched.write_pending).hash(hasher);
            (watched.waits_for_input, watched.waits_for_flush).hash(hasher);
            (watched.waits_for_shutdown, watched.waiting).hash(hasher);
        }
    }

    /// Hashes the further sockets, with what the monitor remembers of them.
    fn hash_beside(&self, hasher: &mut impl Hasher) {
        let subject = &self.slots[ActorId::SUBJECT.index()];
        for other in &self.beside {
            other.kernel.hash_levels(hasher);
            if subject.declared {
                other.kernel.hash_contents(hasher);
                other.delivery.hash_contents(hasher);
            } else if subject.done && other.kernel.level() > 0 {
                other.varying.sum().hash(hasher);
            }
            other.inside.hash(hasher);
            other.delivery.hash(hasher);
        }
        for watched in &self.monitor.watched_of_all()[1..] {
            watched.hash(hasher);
        }
    }

    /// Everything that can influence the future, field by field as text. A second checker recognises
    /// states by it, independently of [`State::key`].
    pub(crate) fn in_full(&self) -> String {
        // Without `..`: whoever adds a field decides here whether it belongs to the state.
        let State {
            kernel,
            inside,
            delivery,
            reader: _,
            beside,
            at,
            sockets: _,
            progress,
            device,
            room,
            slots,
            clock,
            tasks,
            feeds,
            signals,
            monitor,
            facts: _,
            log: _,
            schedule: _,
            changes,
            over,
            late_calls: _,
            outcome,
            conclusion: _,
            leaked: _,
            input_is_private: _,
            capacity: _,
            varying,
            varying_read,
            planted: _,
        } = self;
        let contents = [(kernel, varying, varying_read)];
        let others = beside
            .iter()
            .map(|other| (&other.kernel, &other.varying, &other.varying_read));
        let contents = contents.into_iter().chain(others);
        let contents: Vec<_> = contents
            .map(|(kernel, written, read)| {
                let outbound = read.blanked_after(&[], &kernel.outbound());
                (outbound, written.blanked_after(&[], &kernel.in_layer()))
            })
            .collect();
        let slots = slots.iter().map(|slot| slot.in_full(*changes));
        let slots: Vec<_> = slots.collect();
        let around = (kernel, inside, delivery, progress, device, room);
        let around = (around, contents, varying, varying_read, beside, at);
        let actors = (slots, clock, tasks, feeds, signals);
        let broken = digest_with(|hasher| monitor.hash_broken(hasher));
        let watched = (monitor.watched_of_all(), broken);
        format!("{around:?} {actors:?} {watched:?} {over:?} {outcome:?}")
    }
}
