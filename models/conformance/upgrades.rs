//! The scenario families of servers: upgrades and CONNECT.

use super::building::*;
use super::messages::*;
use super::scenarios::*;
use crate::hyper_h1::Handler::Ignores;

/// Requests for another protocol, with and without a body. Some are granted, the others get an ordinary
/// answer.
pub(super) fn upgrades() -> Vec<Family> {
    let upgrading =
        |name, request, abstracted| switching(false, with(name, request, abstracted, Ignores));
    let tunnel =
        |name, request, abstracted| switching(true, with(name, request, abstracted, Ignores));
    let refusing = |name, request, abstracted| with(name, request, abstracted, Ignores);
    let upgradable = |family| server(&|server| server.upgradable = true, family);
    vec![
        upgrading("upgrade-half-a-body", UPGRADE_HALF_A_BODY, b"V9xxxxx"),
        upgrading("upgrade-whole-body", UPGRADE_WHOLE_BODY, b"V9xxxxxxxxx"),
        upgrading(
            "upgrade-body-and-early-data",
            UPGRADE_BODY_AND_EARLY,
            b"V5xxxxxxxxxx",
        ),
        at(
            PROMPT,
            beside(
                Beside::Rest,
                upgrading("upgrade-body-in-two", UPGRADE_HALF_A_BODY, b"V9xxxxx"),
            ),
        ),
        told_to_stop(upgrading("upgrade-graceful", UPGRADE, b"U")),
        told_to_stop(upgrading(
            "upgrade-early-data-graceful",
            UPGRADE_AND_EARLY,
            b"Uxxxxx",
        )),
        told_to_stop(upgrading(
            "upgrade-half-a-body-graceful",
            UPGRADE_HALF_A_BODY,
            b"V9xxxxx",
        )),
        beside(Beside::Fin, upgrading("upgrade-fin", UPGRADE, b"U")),
        beside(
            Beside::LaterFin,
            upgrading("upgrade-later-fin", UPGRADE, b"U"),
        ),
        beside(
            Beside::ReaderStops,
            upgrading("upgrade-reader-stops", UPGRADE, b"U"),
        ),
        beside(
            Beside::ReaderResets,
            upgrading("upgrade-reader-resets", UPGRADE, b"U"),
        ),
        at(
            PROMPT,
            beside(
                Beside::DeferredFlush(4),
                upgrading("upgrade-deferred-flush", UPGRADE, b"U"),
            ),
        ),
        vectored(upgrading("queue-upgrade", UPGRADE, b"U")),
        pipeline_flushing(upgrading(
            "pipeline-flush-upgrade-half-a-body",
            UPGRADE_HALF_A_BODY,
            b"V9xxxxx",
        )),
        pipeline_flushing(upgrading(
            "pipeline-flush-upgrade-body-and-early-data",
            UPGRADE_BODY_AND_EARLY,
            b"V5xxxxxxxxxx",
        )),
        tunnel("connect-half-a-body", CONNECT_HALF_A_BODY, b"V9xxxxx"),
        tunnel("connect-whole-body", CONNECT_WHOLE_BODY, b"V9xxxxxxxxx"),
        told_to_stop(tunnel("connect-graceful", CONNECT, b"U")),
        pipeline_flushing(tunnel(
            "pipeline-flush-connect-early-data",
            CONNECT_AND_EARLY,
            b"Uxxxxx",
        )),
        // The upgrade is refused with an ordinary answer.
        refusing("upgrade-refused", UPGRADE, b"U"),
        refusing("upgrade-refused-then-close", UPGRADE_AND_GET, b"UC"),
        refusing(
            "upgrade-refused-half-a-body",
            UPGRADE_HALF_A_BODY,
            b"V9xxxxx",
        ),
        refusing(
            "upgrade-refused-whole-body",
            UPGRADE_WHOLE_BODY,
            b"V9xxxxxxxxx",
        ),
        upgradable(refusing(
            "upgradable-refused-then-close",
            UPGRADE_AND_GET,
            b"UC",
        )),
        upgradable(refusing(
            "upgradable-refused-half-a-body",
            UPGRADE_HALF_A_BODY,
            b"V9xxxxx",
        )),
        told_to_stop(upgradable(refusing(
            "upgradable-refused-graceful",
            UPGRADE,
            b"U",
        ))),
    ]
}
