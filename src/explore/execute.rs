//! One execution of the system, as loom calls it.

use std::panic::resume_unwind;
use std::sync::Arc;

use crate::explore::shared::Shared;
use crate::run::executor::{Stopped, drive};
use crate::run::scenario::Scenario;
use crate::run::setup::{everybody, setup};
use crate::run::state_key::Histories;
use crate::run::subject::Subject;
use crate::run::sync::Gate;
use crate::run::world::World;
use crate::trace::event::ActorId;

/// The stack of every actor but the connection, in bytes. The peer runs on loom's main thread, whose
/// stack is half of that.
pub(super) const STACK_BYTES: usize = 64 * 1024;

/// One execution of the system; called by loom, once for each interleaving.
pub(super) fn execute(subject: &Arc<dyn Subject>, scenario: &Scenario, shared: &Arc<Shared>) {
    if !shared.begin() {
        resume_unwind(Box::new(Stopped));
    }
    let mut world = World::new(setup(&**subject, scenario), Gate::of_loom());
    world.watcher = Some(shared.clone());
    {
        let (search, mut state) = (shared.search(), world.peek());
        state.plant(search.plan.planted);
        if *search.histories() != Histories::Full {
            state.fold();
        }
    }
    let world = Arc::new(world);
    let mut peer = None;
    for (n, start) in everybody(subject, scenario).into_iter().enumerate() {
        let actor = ActorId(n as u8);
        let world = world.clone();
        let act = move || drive(&world, actor, |handle| start(handle));
        let stack = match actor {
            // Loom's main thread acts, too.
            ActorId::READER => {
                peer = Some(act);
                continue;
            }
            ActorId::SUBJECT => subject.stack_bytes(),
            _ => STACK_BYTES,
        };
        let thread = loom::thread::Builder::new().stack_size(stack / size_of::<usize>());
        thread.spawn(act).map(drop).expect("loom always spawns");
    }
    peer.expect("there is a peer")();
}
