//! Rules that say what a failure of the sweep means at the newest release, by scenario and property.
//!
//! A rule looks at the contents of a scenario, never at its name. The first rule that fits decides. A failure
//! that no rule fits is not classified, and a test fails (`tests/models/classes.rs`). That test also checks
//! each rule: a defect must disappear with its repair alone, and the price of a repair must not show before
//! the repair.

use lastbyte::Property;
use lastbyte::check::{Class, Classified, Reference};
use lastbyte::environment::UnreadInput;

use super::rule::{Rule, Says};
use super::situation::{
    drops_body, ends_within_a_head, keeps_body, sends, sends_fin, streams_to_more,
};
use super::{
    Body, GivesUp, LOOKS_AT_CLOSING, LoopScenario, RECHECK_FLUSHES, Revision, Role, UserBody,
    WriteStrategy, all_scenarios,
};

use Property::{
    AcceptedArrives, Ends, EndsWithoutReader, NoNeedlessError, NoPanic, NoSilentLoss, NoStall,
    NothingBufferedAtShutdown, NothingTruncated, ReadsDuringFlush, ReceivedIsPrefix,
    ResetEndsWithError,
};

/// The properties that fail when bytes are lost at the moment the socket is given up.
const LOSSES: [Property; 4] = [
    NothingTruncated,
    NothingBufferedAtShutdown,
    NoSilentLoss,
    ReceivedIsPrefix,
];

/// The defect that the socket is given up before everything is flushed.
const LEFT_UNFLUSHED: Says = Says::Defect(|newest| Revision {
    leaves_flushed: true,
    ..newest
});

/// The finding about a timer for the next head that runs before the response is flushed.
const TIMER: &[(&str, &str)] = &[(
    "finding",
    "/models/dispatch_loop/findings/timeout-unflushed.md",
)];

/// Every rule, in the order in which the rules are tried.
pub const RULES: &[Rule] = &[
    Rule {
        says: Says::Accepted(Some(|scenario| scenario.connection.panics = None)),
        reason: "A panic in the service unwinds through the connection, which is dropped with everything \
                 that it has not sent. Whoever wants an answer in that case catches the panic in the \
                 service.",
        references: &[
            (
                "`tower_http::catch_panic`",
                "https://docs.rs/tower-http/latest/tower_http/catch_panic/index.html",
            ),
            (
                "#4064, 2026-05-08",
                "https://github.com/hyperium/hyper/pull/4064",
            ),
        ],
        fits: |scenario, property| {
            let lost = [NothingTruncated, NothingBufferedAtShutdown, NoPanic];
            scenario.connection.panics.is_some() && lost.contains(&property)
        },
    },
    Rule {
        says: Says::Accepted(Some(|scenario| scenario.connection.dropped = None)),
        reason: "A connection that its user drops closes the socket and discards what it has not sent. The \
                 user knows that; `graceful_shutdown` is there for an orderly end.",
        references: &[
            (
                "#4064, 2026-05-08",
                "https://github.com/hyperium/hyper/pull/4064",
            ),
            (
                "`graceful_shutdown`",
                "https://docs.rs/hyper/1.12.0/hyper/server/conn/http1/struct.Connection.html#method.graceful_shutdown",
            ),
        ],
        fits: |scenario, property| {
            let lost = [NothingTruncated, NothingBufferedAtShutdown, NoNeedlessError];
            scenario.connection.dropped.is_some() && lost.contains(&property)
        },
    },
    Rule {
        says: Says::Accepted(Some(|scenario| scenario.connection.cancels = None)),
        reason: "A client whose user gives the request up ends with an error, although the request was delivered.",
        references: &[(
            "`send_request`",
            "https://docs.rs/hyper/1.12.0/hyper/client/conn/http1/struct.SendRequest.html#cancel-safety",
        )],
        fits: |scenario, property| {
            scenario.connection.cancels.is_some() && property == NoNeedlessError
        },
    },
    Rule {
        says: Says::Accepted(Some(|scenario| {
            scenario.connection.header_read_timeout = false
        })),
        reason: "If the peer sends no further head in time, the connection ends with an error, although it \
                 has delivered everything: the timeout for reading a head is also the one for an idle \
                 connection.",
        references: &[
            (
                "seanmonstar in #3828, 2025-01-27",
                "https://github.com/hyperium/hyper/pull/3828",
            ),
            (
                "`header_read_timeout`",
                "https://docs.rs/hyper/1.12.0/hyper/server/conn/http1/struct.Builder.html#method.header_read_timeout",
            ),
        ],
        fits: |scenario, property| {
            scenario.connection.header_read_timeout && property == NoNeedlessError
        },
    },
    Rule {
        says: Says::Defect(|newest| Revision {
            leaves_flushed: true,
            timer_waits: true,
            ..newest
        }),
        reason: "With `pipeline_flush`, the response is held back while the read buffer holds a part of the \
                 next head, and the timer for that head ends the connection.",
        references: TIMER,
        fits: |scenario, property| {
            let timed = scenario.connection.header_read_timeout;
            timed && scenario.connection.pipeline_flush && LOSSES.contains(&property)
        },
    },
    Rule {
        says: Says::Defect(|newest| Revision {
            timer_waits: true,
            ..newest
        }),
        reason: "The timer for the next head already runs while the response before it is not flushed, and \
                 ends the connection.",
        references: TIMER,
        fits: |scenario, property| {
            scenario.connection.header_read_timeout && LOSSES.contains(&property)
        },
    },
    Rule {
        says: Says::Accepted(Some(|scenario| scenario.connection.half_close = true)),
        reason: "hyper takes a peer that sends FIN before the exchange is over to be gone, unless \
                 `half_close` is set. The connection ends with an error.",
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
        reason: "A client ends with an error if its peer sends FIN before it has answered, although \
                 everything that the client had to send by then was delivered.",
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
        reason: "A connection that cannot parse what its peer sends ends with an error, although it has \
                 delivered everything, the 400 included.",
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
        reason: "TCP resets a connection that is closed with unread input, and what the peer has not read by \
                 then is lost. hyper reads only what its user asks for.",
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
        reason: "The new protocol begins after the request's body. If the user keeps that body and does not \
                 read it, the connection waits for ever and does not notice a reset: hyper reads only what \
                 its user asks for.",
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
        reason: "If the user keeps a body and does not read it, the connection waits for ever: hyper reads \
                 only what its user asks for.",
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
        reason: "A shutdown that flushes first waits for ever for a reader that has stopped. Before this \
                 repair, a connection that counted as done did not wait.",
        references: &[(
            "#4018, 2026-06-11",
            "https://github.com/hyperium/hyper/pull/4018",
        )],
        fits: |scenario, property| property == EndsWithoutReader && drops_body(scenario),
    },
    Rule {
        says: Says::Accepted(Some(|scenario| scenario.outside.reader.stops_after = None)),
        reason: "In every release, a connection that is not flushed waits for ever for a reader that has \
                 stopped: hyper has a timeout for reading heads and none for writing. One can be added \
                 around the connection.",
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
        reason: "A shutdown that waits for the flush reads no input meanwhile: the connection is done with \
                 its input.",
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
        reason: "With `pipeline_flush`, a flush writes nothing and counts as ready while the read buffer \
                 holds input.",
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
        reason: "A response body that fails ends the connection with an error; what was buffered is not sent.",
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
        reason: "The flush after the second write asks for another read, and the loop does not check that: a \
                 request that was already received is never parsed.",
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
        reason: "A head that waits until the write queue is empty is not written when the queue is empty.",
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

/// The rule for a failure, by its place among [`RULES`].
pub fn rule_for(scenario: &LoopScenario, property: Property) -> Option<usize> {
    RULES
        .iter()
        .position(|rule| (rule.fits)(scenario, property))
}

/// The classes of all failures at the newest release.
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
