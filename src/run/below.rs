//! Who acts below the sockets: layers that finish a shutdown, and who reports room to write.

use crate::environment::kernel::{ShutdownMode, Wakes};
use crate::environment::script::{Script, ScriptStep};
use crate::run::scenario::Scenario;

impl Scenario {
    /// What is below the sockets and acts by itself, each an actor of its own after the caller's.
    pub(crate) fn devices(&self) -> Vec<Script> {
        let finishes = |socket: usize| {
            let steps = self.scripts.iter().flat_map(|script| &script.steps);
            let mut steps = steps.map(|step| step.parts());
            steps.any(|(at, step)| at == socket && *step == ScriptStep::FinishShutdown)
        };
        let further = self.further.iter().map(|further| further.shutdown);
        let modes = [self.shutdown].into_iter().chain(further).enumerate();
        let deferred = modes.filter(|(n, mode)| *mode == ShutdownMode::Deferred && !finishes(*n));
        deferred
            .map(|(n, _)| Script::new("layer below", [ScriptStep::FinishShutdown.on(n)]))
            .collect()
    }

    /// Whether somebody reports room to write.
    pub(crate) fn reports_room(&self) -> bool {
        self.wakes == Wakes::Later
    }

    /// How many act below the sockets, the clock among them.
    pub(crate) fn below(&self) -> usize {
        self.devices().len() + usize::from(self.reports_room()) + usize::from(self.clock)
    }
}
