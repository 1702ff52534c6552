//! What a failure in the sweep means at the newest release: rules over scenarios and properties.
//!
//! A rule looks at the contents of a scenario, never at its name. The first rule that fits decides. A
//! failure that no rule fits is not classified, and a test fails (`tests/models/classes.rs`). That test
//! also checks each rule: a defect disappears with its repair alone, and a price was not paid before
//! its repair.

use lastbyte::check::{Class, Classified, Meaning, Reference};
use lastbyte::environment::UnreadInput;
use lastbyte::{Property, ScriptStep};

use super::{
    Body, GivesUp, LOOKS_AT_CLOSING, LoopScenario, RECHECK_FLUSHES, Revision, Role, UserBody,
    WriteStrategy, all_scenarios,
};

/// A rule: which failures it is about, and what they mean.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What they mean, and how that is shown.
    pub says: Says,
    /// Why, in a sentence.
    pub reason: &'static str,
    /// Findings, documentation, and the maintainers' words with their dates: name and address.
    pub references: &'static [(&'static str, &'static str)],
    /// Whether it is about a failure of this property in this scenario.
    pub fits: fn(&LoopScenario, Property) -> bool,
}

/// What failures mean, with what shows it.
#[derive(Clone, Copy, Debug)]
pub enum Says {
    /// A defect, which this change of the newest revision repairs.
    Defect(fn(Revision) -> Revision),
    /// It need not hold there. With all defects repaired it does hold if this is otherwise; `None` where there
    /// is nothing that could be.
    Accepted(Option<fn(&mut LoopScenario)>),
    /// What a repair costs: it held at this revision, the last one without the repair.
    Price(&'static Revision),
}

impl Rule {
    /// What its failures mean.
    pub fn meaning(&self) -> Meaning {
        match self.says {
            Says::Defect(_) => Meaning::Defect,
            Says::Accepted(_) => Meaning::Accepted,
            Says::Price(_) => Meaning::PriceOfRepair,
        }
    }
}

use Property::{
    AcceptedArrives, Ends, EndsWithoutReader, NoNeedlessError, NoSilentLoss, NoStall,
    NothingBufferedAtShutdown, NothingTruncated, ReadsDuringFlush, ReceivedIsPrefix,
    ResetEndsWithError,
};

/// Bytes are lost when the socket is given up.
const LOSSES: [Property; 4] = [
    NothingTruncated,
    NothingBufferedAtShutdown,
    NoSilentLoss,
    ReceivedIsPrefix,
];

/// The socket is given up before it is flushed.
const LEFT_UNFLUSHED: Says = Says::Defect(|newest| Revision {
    leaves_flushed: true,
    ..newest
});

/// Every rule, in the order in which they are asked.
pub const RULES: &[Rule] = &[
    Rule {
        says: Says::Accepted(Some(|scenario| scenario.connection.half_close = true)),
        reason: "A peer that sends FIN before its exchange is over is taken to be gone, unless `half_close` is \
                 set. The connection says so with an error.",
        references: &[
            (
                "seanmonstar in #3879, 2025-04-22",
                "https://github.com/hyperium/hyper/issues/3879",
            ),
            (
                "#1981, 2019-10-18",
                "https://github.com/hyperium/hyper/pull/1981",
            ),
            (
                "`half_close`",
                "https://docs.rs/hyper/1.12.0/hyper/server/conn/http1/struct.Builder.html#method.half_close",
            ),
        ],
        fits: |scenario, property| {
            let lost = [NothingTruncated, NothingBufferedAtShutdown, NoNeedlessError];
            let connection = &scenario.connection;
            let taken_for_gone = connection.role == Role::Server && !connection.half_close;
            sends_fin(scenario) && taken_for_gone && lost.contains(&property)
        },
    },
    Rule {
        says: Says::Accepted(None),
        reason: "A client whose peer sends FIN before it has answered says so, although its request was \
                 delivered as far as there is one.",
        references: &[(
            "`Error::is_incomplete_message`",
            "https://docs.rs/hyper/1.12.0/hyper/struct.Error.html#method.is_incomplete_message",
        )],
        fits: |scenario, property| {
            let client = scenario.connection.role == Role::Client;
            client && sends_fin(scenario) && property == NoNeedlessError
        },
    },
    Rule {
        says: Says::Accepted(None),
        reason: "A connection that did not understand its peer says so, although it has delivered everything, \
                 the 400 included.",
        references: &[(
            "`Error::is_parse`",
            "https://docs.rs/hyper/1.12.0/hyper/struct.Error.html#method.is_parse",
        )],
        fits: |scenario, property| property == NoNeedlessError && sends(scenario, b'!'),
    },
    Rule {
        says: Says::Accepted(Some(|scenario| {
            scenario.outside.unread_input = UnreadInput::default()
        })),
        reason: "TCP resets a connection that is closed with unread input, and what the peer has not read is \
                 gone. hyper reads only what it is asked for.",
        references: &[
            (
                "seanmonstar in #3944, 2025-09-02",
                "https://github.com/hyperium/hyper/issues/3944",
            ),
            (
                "seanmonstar in #3078, 2022-12-08",
                "https://github.com/hyperium/hyper/issues/3078",
            ),
        ],
        fits: |scenario, property| {
            let resets = scenario.outside.unread_input == UnreadInput::Resets;
            resets && [NothingTruncated, NoSilentLoss, AcceptedArrives].contains(&property)
        },
    },
    Rule {
        says: Says::Accepted(Some(|scenario| {
            scenario.connection.user_body = UserBody::Dropped
        })),
        reason: "The other protocol begins after the request's body, and a user who keeps that and does not read \
                 it keeps the connection, which does not notice a reset either: hyper reads only what it is asked \
                 for.",
        references: &[(
            "seanmonstar in #3944, 2025-09-02",
            "https://github.com/hyperium/hyper/issues/3944",
        )],
        fits: |scenario, property| {
            let waits = sends(scenario, b'V') && keeps_body(scenario);
            waits && [NoStall, ResetEndsWithError].contains(&property)
        },
    },
    Rule {
        says: Says::Accepted(Some(|scenario| {
            scenario.connection.user_body = UserBody::Read
        })),
        reason: "A user who keeps a body and does not read it keeps the connection: hyper reads only what it is \
                 asked for.",
        references: &[(
            "seanmonstar in #3944, 2025-09-02",
            "https://github.com/hyperium/hyper/issues/3944",
        )],
        fits: |scenario, property| {
            keeps_body(scenario) && [Ends, ReadsDuringFlush].contains(&property)
        },
    },
    Rule {
        says: Says::Price(&LOOKS_AT_CLOSING),
        reason: "A shutdown that waits for the flush waits for ever for a reader that has stopped; a connection \
                 that counts as done did not wait before.",
        references: &[(
            "#4018, 2026-06-11",
            "https://github.com/hyperium/hyper/pull/4018",
        )],
        fits: |scenario, property| property == EndsWithoutReader && drops_body(scenario),
    },
    Rule {
        says: Says::Accepted(Some(|scenario| scenario.outside.reader.stops_after = None)),
        reason: "A reader that stops keeps a connection that is not flushed, in every release: hyper has a \
                 timeout for reading heads and none for writing, which can be had outside of it.",
        references: &[
            (
                "seanmonstar in #1234, 2017-07-03",
                "https://github.com/hyperium/hyper/issues/1234",
            ),
            (
                "`Builder`",
                "https://docs.rs/hyper/1.12.0/hyper/server/conn/http1/struct.Builder.html",
            ),
        ],
        fits: |scenario, property| {
            let stops = scenario.outside.reader.stops_after.is_some();
            property == EndsWithoutReader && stops
        },
    },
    Rule {
        says: Says::Price(&LOOKS_AT_CLOSING),
        reason: "A shutdown that waits for the flush reads no more: the connection is done with its input.",
        references: &[(
            "#4018, 2026-06-11",
            "https://github.com/hyperium/hyper/pull/4018",
        )],
        fits: |scenario, property| {
            let done = drops_body(scenario) || scenario.connection.graceful.is_some();
            property == ReadsDuringFlush && done
        },
    },
    Rule {
        says: LEFT_UNFLUSHED,
        reason: "With `pipeline_flush`, a flush is ready with nothing written as long as input is there.",
        references: &[(
            "finding",
            "/models/dispatch_loop/findings/pipeline-flush.md",
        )],
        fits: |scenario, property| {
            let asks_in_vain = streams_to_more(scenario) && !ends_within_a_head(scenario);
            let stalls = property == NoStall && !asks_in_vain;
            scenario.connection.pipeline_flush && (LOSSES.contains(&property) || stalls)
        },
    },
    Rule {
        says: LEFT_UNFLUSHED,
        reason: "`poll_without_shutdown` is ready before the response is flushed.",
        references: &[(
            "finding",
            "/models/dispatch_loop/findings/taken-out-unflushed.md",
        )],
        fits: |scenario, property| {
            let taken_out = scenario.connection.gives_up == GivesUp::WithoutShutdown;
            taken_out && LOSSES.contains(&property)
        },
    },
    Rule {
        says: LEFT_UNFLUSHED,
        reason: "Once a request has asked for an upgrade, a connection that is done hands its socket over \
                 before it is flushed, whether the service switches protocols or not.",
        references: &[(
            "finding",
            "/models/dispatch_loop/findings/upgrade-unflushed.md",
        )],
        fits: |scenario, property| {
            let asks = [b'U', b'V'].iter().any(|letter| sends(scenario, *letter));
            asks && LOSSES.contains(&property)
        },
    },
    Rule {
        says: Says::Accepted(Some(|scenario| {
            scenario.connection.bodies = vec![Body::Sized(1)];
        })),
        reason: "A body that fails ends the connection, which says so with an error; what was buffered is \
                 not sent.",
        references: &[(
            "`Error::is_user`",
            "https://docs.rs/hyper/1.12.0/hyper/struct.Error.html#method.is_user",
        )],
        fits: |scenario, property| {
            let mut bodies = scenario.connection.bodies.iter();
            let fails = bodies.any(|body| matches!(body, Body::Fails(_)));
            fails && [NothingTruncated, NothingBufferedAtShutdown].contains(&property)
        },
    },
    Rule {
        says: Says::Defect(|newest| Revision {
            recheck_reads_again: true,
            ..newest
        }),
        reason: "The flush after the second write asks for another read, and nobody looks: what is read \
                 already is never parsed.",
        references: &[(
            "finding",
            "/models/dispatch_loop/findings/second-request-stranded.md",
        )],
        fits: |scenario, property| streams_to_more(scenario) && [NoStall, Ends].contains(&property),
    },
    Rule {
        says: Says::Defect(|newest| Revision {
            head_rechecked: true,
            ..newest
        }),
        reason: "A head that waits for the queue to empty is not written when it is empty.",
        references: &[(
            "finding",
            "/models/dispatch_loop/findings/head-behind-queue.md",
        )],
        fits: |scenario, property| {
            let queued = scenario.connection.write_strategy == WriteStrategy::Queue;
            queued && property == NoStall && !streams_to_more(scenario)
        },
    },
];

/// What happens besides the connection, step by step.
fn steps(scenario: &LoopScenario) -> impl Iterator<Item = &ScriptStep> {
    let scripts = scenario.outside.scripts.iter();
    scripts.flat_map(|script| &script.steps)
}

/// The peer sends FIN at some time.
fn sends_fin(scenario: &LoopScenario) -> bool {
    let fin = |step: &ScriptStep| *step == ScriptStep::FinishInput;
    scenario.outside.input_eof || steps(scenario).any(fin)
}

/// The peer sends this byte at some time.
fn sends(scenario: &LoopScenario, byte: u8) -> bool {
    let later = steps(scenario).filter_map(|step| match step {
        ScriptStep::Send(bytes) => Some(bytes),
        _ => None,
    });
    let mut all = scenario.outside.input.iter().chain(later);
    all.any(|bytes| bytes.contains(&byte))
}

/// The service keeps a body, of which a part is there, and does not read it.
fn keeps_body(scenario: &LoopScenario) -> bool {
    scenario.connection.user_body == UserBody::Kept && sends(scenario, b'x')
}

/// The service drops a body that is not there as a whole.
fn drops_body(scenario: &LoopScenario) -> bool {
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

/// The first answer's body comes from another thread, and input is there after the first request.
fn streams_to_more(scenario: &LoopScenario) -> bool {
    let connection = &scenario.connection;
    let fed = matches!(connection.bodies.first(), Some(Body::Fed(_)));
    let input: usize = scenario.outside.input.iter().map(bytes::Bytes::len).sum();
    fed && connection.role == Role::Server && input > 1
}

/// What the peer sends ends within a head: after its first letter.
fn ends_within_a_head(scenario: &LoopScenario) -> bool {
    let last = scenario.outside.input.last();
    last.is_some_and(|bytes| bytes.ends_with(b"P"))
}

/// The rule for a failure, by its place among [`RULES`].
pub fn rule_for(scenario: &LoopScenario, property: Property) -> Option<usize> {
    RULES
        .iter()
        .position(|rule| (rule.fits)(scenario, property))
}

/// The classes of what fails at the newest release.
pub(super) fn classified() -> Classified {
    let reference = |(name, link): &(&str, &str)| Reference {
        name: (*name).to_owned(),
        link: (*link).to_owned(),
    };
    let class = |rule: &Rule| Class {
        meaning: rule.meaning(),
        reason: rule.reason.to_owned(),
        references: rule.references.iter().map(reference).collect(),
    };
    Classified {
        subject: RECHECK_FLUSHES.name.to_owned(),
        classes: RULES.iter().map(class).collect(),
        class_of: |scenario, property| {
            let found = all_scenarios().iter().find(|one| one.name() == scenario)?;
            rule_for(found, property)
        },
    }
}
