//! The instances in which defects of the explorer are shown: some are of the models, others are lists of
//! calls.

use std::sync::Arc;

use lastbyte::{Instance, Reader, Scenario, Script, ScriptStep};

use super::calls::{Call, Calls};
use super::own_wakers::Looks;
use super::unordered::Unordered;
use crate::dispatch_loop::{self, Revision};

/// An instance in which a property is broken, with a description in a few words.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) model: &'static str,
    pub(super) sound: Instance,
    pub(super) words: String,
}

/// An instance of a model.
pub(super) fn in_model(model: &'static str, sound: Instance) -> Place {
    let words = format!("{model} {} {}", sound.subject(), sound.scenario());
    Place {
        model,
        sound,
        words,
    }
}

/// A scenario of the whole loop.
pub(super) fn in_the_loop(revision: &Revision, scenario: &str) -> Place {
    let scenarios = dispatch_loop::all_scenarios();
    let scenario = scenarios.iter().find(|found| found.name() == scenario);
    let instance = dispatch_loop::instance(scenario.expect("the sweep has it"), revision);
    let instance = instance.expect("the revision and the scenario go together");
    in_model(dispatch_loop::NAME, instance)
}

/// These calls in words.
fn in_words(calls: &[Call]) -> String {
    let words: Vec<_> = calls.iter().map(ToString::to_string).collect();
    words.join(", ")
}

/// A connection that makes these calls, beside a script.
pub(super) fn with_calls(
    name: &str,
    reader: Reader,
    calls: &'static [Call],
    steps: impl Into<Vec<ScriptStep>>,
) -> Place {
    let script = Script::new("script", steps);
    let steps: Vec<_> = script.steps.iter().map(ToString::to_string).collect();
    let (words, steps) = (in_words(calls), steps.join(", "));
    let scenario = Scenario {
        feeds: 1,
        signals: 1,
        ..Scenario::new(name, 1, reader)
    };
    let subject = Arc::new(Calls(calls));
    Place {
        model: "calls",
        sound: Instance::new("connection", scenario.with_script(script), subject),
        words: format!("{words}; K=1, reader {reader}; script: {steps}"),
    }
}

/// A connection that waits for room, and then believes that there is room for two bytes.
pub(super) fn relying_on_room() -> Place {
    use Call::*;
    let calls: &[Call] = &[
        Promise, Promise, Promise, Promise, Send, Send, Offer, Pause, Offer, Offer, Shut,
    ];
    let scenario = Scenario::new("relies-on-room", 2, Reader::slow(1));
    Place {
        model: "calls",
        sound: Instance::new("connection", scenario, Arc::new(Calls(calls))),
        words: format!("{}; K=2, reader slow:1", in_words(calls)),
    }
}

/// A connection that waits for two signals at once, and acts on which was raised first.
pub(super) fn for_either_signal() -> Place {
    let scenario = Scenario {
        signals: 2,
        ..Scenario::new("waits-for-two-signals", 1, Reader::PROMPT)
    };
    let raises = |signal| Script::new(format!("script {signal}"), [ScriptStep::Raise(signal)]);
    let scenario = scenario.with_script(raises(0)).with_script(raises(1));
    let words =
        "two signals in a `FuturesUnordered`; K=1, reader prompt; two scripts: each raises one";
    Place {
        model: "unordered",
        sound: Instance::new("connection", scenario, Arc::new(Unordered)),
        words: words.to_owned(),
    }
}

/// A connection that waits for a signal through a waker of its own.
pub(super) fn with_its_own_waker(looks: Looks, words: &str) -> Place {
    let name = format!("{looks:?}");
    let scenario = Scenario {
        signals: 1,
        ..Scenario::new(name, 1, Reader::PROMPT)
    };
    let scenario = scenario.with_script(Script::new("script", [ScriptStep::Raise(0)]));
    Place {
        model: "own-wakers",
        sound: Instance::new("connection", scenario, Arc::new(looks)),
        words: format!("{words}; K=1, reader prompt; script: raises the signal"),
    }
}
