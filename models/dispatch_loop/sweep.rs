//! The sweeps: every revision in every sensible combination of what surrounds it.
//!
//! There are two: `cargo verify` explores a covering part of the product, and `cargo whole-sweep` the product
//! with pairs of uses. The axes are what the peer sends, what the service answers, the socket, the write
//! buffer, and the uses: a slow reader, `graceful_shutdown`, `half_close` and the like. The named scenarios
//! are part of both.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use lastbyte::Instance;
use lastbyte::check::{LeftOut, Sweep};
use lastbyte::environment::FlushMode;

use super::axes::{ANSWERS, BUFFERS, MORE_ANSWERS, MORE_REQUESTS, Place, REQUESTS, SOCKETS, USES};
use super::{Connection, LoopScenario, REVISIONS, Revision, named_scenarios};

/// What the sweep leaves out.
pub fn left_out() -> Vec<LeftOut> {
    let left_out = |what: &str, why: &str| LeftOut {
        what: what.to_owned(),
        why: why.to_owned(),
    };
    vec![
        left_out(
            "read-gated with pipeline_flush",
            "a flush that returns early gates nothing; nobody proposed the pair",
        ),
        left_out(
            "pipeline_flush with vectored writes",
            "set_flush_pipeline turns the queue off (io.rs)",
        ),
        left_out(
            "three uses at once, and two with any answer, socket or buffer but the first (a use: slow \
             reader, graceful_shutdown, half_close and the like)",
            "the product is too large; the named scenarios have the combinations that matter",
        ),
        left_out(
            "one use over a socket whose flush takes two calls",
            "the product is too large; every request and answer is combined with such a socket",
        ),
        left_out(
            "a body from another thread with a peer that sends more, with a deferred flush or with \
             graceful_shutdown",
            "there are four actors besides the reader, and an instance takes up to half a minute; the named \
             scenarios have the pairs that matter",
        ),
        left_out(
            "a client in the product of axes",
            "a client has only named scenarios",
        ),
        left_out(
            "an upgrade with graceful_shutdown in the product of axes",
            "what is promised depends on whether the upgrade comes first; the named scenarios and the \
             comparisons with hyper have it",
        ),
        left_out(
            "a reader that stops, with a request after which the connection stays open",
            "an idle connection waits for the next request",
        ),
        left_out(
            "header_read_timeout, a service that panics, and a connection that is dropped, in the product of axes",
            "the clock and the signal are one more actor each; the named scenarios and the comparisons with hyper \
             have them",
        ),
        left_out(
            "a wake-up that is lost when a client gives a request up",
            "in the model one actor drives the user and the connection, so the signal that makes the user \
             give up also polls the connection",
        ),
        left_out(
            "header_read_timeout of hyper 0.14",
            "that timer is tokio's, and needs tokio's runtime (hyper's feature `runtime`); hyper 1 takes any \
             timer",
        ),
        left_out(
            "HTTP/1.0, a body that ends early, late or with an error, a service that fails or never answers, \
             a request for an upgrade that is refused",
            "the model has them, and each is compared with hyper on its own; the product is too large",
        ),
        left_out(
            "Expect: 100-continue with graceful_shutdown or a body that is not read",
            "whether 100 is promised depends on what comes first",
        ),
        left_out(
            "a second answer owed after a body that the service drops or keeps",
            "the connection may close before it writes that answer",
        ),
    ]
}

/// The covering part: any three choices of request, answer, socket and buffer occur together in some
/// scenario, and every request occurs with each use. The named scenarios come first.
pub fn covering_scenarios() -> Vec<LoopScenario> {
    let mut all = named_scenarios();
    for (r, request) in REQUESTS.iter().enumerate() {
        for (a, answer) in ANSWERS.into_iter().enumerate() {
            for (s, socket) in SOCKETS.into_iter().enumerate() {
                for (b, buffer) in BUFFERS.into_iter().enumerate() {
                    let place = Place {
                        request,
                        answer,
                        socket,
                        buffer,
                        uses: &[],
                    };
                    // An orthogonal array: three of the four decide the fourth, up to a multiple of 3.
                    let is_in = (r + a + s + b).is_multiple_of(3);
                    all.extend(is_in.then(|| place.scenario()).flatten());
                }
            }
        }
        for used in USES {
            let place = Place {
                request,
                answer: ANSWERS[0],
                socket: SOCKETS[0],
                buffer: BUFFERS[0],
                uses: &[used],
            };
            all.extend(place.scenario());
        }
    }
    all
}

/// Every scenario of the whole sweep; those of the covering part come first.
pub fn all_scenarios() -> &'static [LoopScenario] {
    static ALL: LazyLock<Vec<LoopScenario>> = LazyLock::new(|| {
        let mut all = covering_scenarios();
        let covered: HashSet<_> = all.iter().map(|one| one.name().to_owned()).collect();
        let product = product().into_iter();
        all.extend(product.filter(|one| !covered.contains(one.name())));
        all
    });
    &ALL
}

/// The product, with more requests and answers than the covering part. One use occurs with two answers and
/// with every buffer, over sockets that flush at once; two uses with the first answer, socket and buffer.
fn product() -> Vec<LoopScenario> {
    let mut uses: Vec<Vec<_>> = vec![vec![]];
    uses.extend(USES.map(|used| vec![used]));
    for (n, one) in USES.iter().enumerate() {
        let others = USES[n..].iter().filter(|other| one.goes_with(**other));
        uses.extend(others.map(|other| vec![*one, *other]));
    }
    let mut all = Vec::new();
    for request in REQUESTS.iter().chain(&MORE_REQUESTS) {
        for answer in ANSWERS.into_iter().chain(MORE_ANSWERS) {
            for socket in SOCKETS {
                for buffer in BUFFERS {
                    for uses in &uses {
                        let place = Place {
                            request,
                            answer,
                            socket,
                            buffer,
                            uses,
                        };
                        let is_in = match uses.len() {
                            0 => true,
                            1 => {
                                let answers = [ANSWERS[0].0, ANSWERS[2].0];
                                answers.contains(&answer.0) && socket.2 == FlushMode::Immediate
                            }
                            _ => (answer, socket, buffer) == (ANSWERS[0], SOCKETS[0], BUFFERS[0]),
                        };
                        all.extend(is_in.then(|| place.scenario()).flatten());
                    }
                }
            }
        }
    }
    all
}

/// The instance of one scenario at one revision; `None` where the pair is left out.
#[track_caller]
pub fn instance(scenario: &LoopScenario, revision: &Revision) -> Option<Instance> {
    if revision.flush_gates_reads && scenario.connection.pipeline_flush {
        return None;
    }
    let connection = Connection {
        revision: *revision,
        ..scenario.connection.clone()
    };
    let instance = Instance::new(
        revision.name,
        scenario.outside.clone(),
        Arc::new(connection),
    );
    Some(instance.with_parameter("scenario", scenario.name()))
}

/// The covering sweep, which is part of `cargo verify`.
pub fn covering_sweep() -> Sweep {
    Sweep {
        part_of: Some("cargo whole-sweep"),
        ..sweep_of(&covering_scenarios())
    }
}

/// The whole sweep, which is `cargo whole-sweep`.
pub fn whole_sweep() -> Sweep {
    sweep_of(all_scenarios())
}

fn sweep_of(scenarios: &[LoopScenario]) -> Sweep {
    let mut instances = Vec::new();
    let mut not_applicable = Vec::new();
    for revision in &REVISIONS {
        for scenario in scenarios {
            match instance(scenario, revision) {
                Some(instance) => instances.push(instance),
                None => not_applicable.push((revision.name.to_owned(), scenario.name().to_owned())),
            }
        }
    }
    Sweep {
        instances,
        not_applicable,
        prominent: named_scenarios()
            .iter()
            .map(|scenario| scenario.name().to_owned())
            .collect(),
        left_out: left_out(),
        classified: Some(super::classes::classified()),
        part_of: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_three_axes_are_covered_and_the_whole_has_more() {
        let covering = covering_scenarios();
        let is_there = |parts: &[&str]| {
            let mut names = covering.iter().map(LoopScenario::name);
            names.any(|name| {
                parts
                    .iter()
                    .all(|part| name.split('.').any(|one| one == *part))
            })
        };
        // Every combination of choices on any three axes occurs, but for the fed answer.
        for (answer, _) in &ANSWERS[..3] {
            for (socket, ..) in SOCKETS {
                for (buffer, ..) in BUFFERS {
                    assert!(is_there(&[answer, socket, buffer]));
                }
                for request in &REQUESTS {
                    assert!(is_there(&[request.name, answer, socket]));
                }
            }
        }
        for request in &REQUESTS {
            for (socket, ..) in SOCKETS {
                for (buffer, ..) in BUFFERS {
                    assert!(is_there(&[request.name, socket, buffer]));
                }
            }
        }
        let whole = all_scenarios();
        let names: HashSet<_> = whole.iter().map(LoopScenario::name).collect();
        assert_eq!(names.len(), whole.len());
        assert!(covering.iter().all(|one| names.contains(one.name())));
        assert!(whole.len() >= 2_000, "{}", whole.len());
    }
}
