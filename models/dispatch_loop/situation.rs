//! Questions about a scenario, for the rules of `classes.rs`.

use lastbyte::ScriptStep;

use super::{Body, LoopScenario, Role, UserBody};

/// The steps of all scripts.
fn steps(scenario: &LoopScenario) -> impl Iterator<Item = &ScriptStep> {
    let scripts = scenario.outside.scripts.iter();
    scripts.flat_map(|script| &script.steps)
}

/// The peer sends FIN at some time.
pub(super) fn sends_fin(scenario: &LoopScenario) -> bool {
    let fin = |step: &ScriptStep| *step == ScriptStep::FinishInput;
    scenario.outside.input_eof || steps(scenario).any(fin)
}

/// The peer sends this byte at some time.
pub(super) fn sends(scenario: &LoopScenario, byte: u8) -> bool {
    let later = steps(scenario).filter_map(|step| match step {
        ScriptStep::Send(bytes) => Some(bytes),
        _ => None,
    });
    let mut all = scenario.outside.input.iter().chain(later);
    all.any(|bytes| bytes.contains(&byte))
}

/// The service keeps a body without reading it, and a part of it has arrived.
pub(super) fn keeps_body(scenario: &LoopScenario) -> bool {
    scenario.connection.user_body == UserBody::Kept && sends(scenario, b'x')
}

/// The service drops a body that has not arrived completely.
pub(super) fn drops_body(scenario: &LoopScenario) -> bool {
    let input = scenario.outside.input.concat();
    let announced = input.iter().find(|byte| byte.is_ascii_digit());
    let there = input.iter().filter(|byte| **byte == b'x').count();
    let is_whole = match announced {
        Some(digit) => usize::from(digit - b'0') <= there,
        // Chunks.
        None => input.iter().any(|byte| b".;".contains(byte)),
    };
    scenario.connection.user_body == UserBody::Dropped && there > 0 && !is_whole
}

/// The first answer's body comes from another thread, and more input follows the first request.
pub(super) fn streams_to_more(scenario: &LoopScenario) -> bool {
    let connection = &scenario.connection;
    let fed = matches!(connection.bodies.first(), Some(Body::Fed(_)));
    let input: usize = scenario.outside.input.iter().map(bytes::Bytes::len).sum();
    fed && connection.role == Role::Server && input > 1
}

/// The input ends within a head, after its first letter.
pub(super) fn ends_within_a_head(scenario: &LoopScenario) -> bool {
    let last = scenario.outside.input.last();
    last.is_some_and(|bytes| bytes.ends_with(b"P"))
}
