//! The claims about real hyper under faults: servers and clients, hyper 1 and 0.14.

use lastbyte::Property::{
    NoPanic, NoSilentLoss, NoSpin, NoStall, ReceivedIsPrefix, ResetEndsWithError,
};
use lastbyte::check::Meaning;
use lastbyte::{Claim, Expected};

use super::connections::{Connection, clients, servers};
use super::{KEPT, LATE_RESET, Point, only_woken};
use crate::hyper_h1::claims::{HYPER_0_14, HYPER_1, Series};
use crate::known::{claim, meaning, told};

pub(super) fn claims() -> Vec<Claim> {
    [HYPER_1, HYPER_0_14]
        .into_iter()
        .flat_map(of_line)
        .collect()
}

fn of_line(line: Series) -> Vec<Claim> {
    use Expected::{Proved, Refuted};
    let mut claims = Vec::new();
    let failing = |of: &[Connection]| of.iter().flat_map(Connection::failing).collect::<Vec<_>>();
    let resetting = |of: &[Connection], points: &[Point], told_once| {
        let instances = of.iter().flat_map(|c| c.resetting(points, told_once));
        instances.collect::<Vec<_>>()
    };
    let (loses, keeps): (Vec<_>, Vec<_>) = servers(line).into_iter().partition(|c| c.loses);
    let survives = "Whatever system call fails, hyper delivers everything or ends with an error.";
    for (name, connections) in [("servers", keeps.clone()), ("clients", clients(line))] {
        claims.extend(claim(
            line.name,
            &format!("{name}-survive-faults"),
            survives,
            Proved,
            &KEPT,
            failing(&connections),
        ));
        claims.extend(claim(
            line.name,
            &format!("{name}-report-reset"),
            "A reset at any point ends the connection with an error, without a stall or a spin.",
            Proved,
            &[ResetEndsWithError, NoStall, NoSpin, NoPanic],
            resetting(&connections, &Point::ALL, false),
        ));
    }
    if !loses.is_empty() {
        let mut small = only_woken(failing(&loses));
        small.retain(|instance| instance.scenario().capacity == 64);
        claims.extend(meaning(
            claim(
                line.name,
                "servers-lose-silently",
                "The loss does not need a fault: with a spurious wake-up, 0.14 loses the same bytes as \
                 without one.",
                Refuted,
                &[NoSilentLoss],
                small,
            ),
            Meaning::Defect,
            &told("#4022"),
        ));
        claims.extend(claim(
            line.name,
            "servers-fail-cleanly",
            "Where 0.14 loses bytes without a fault, a fault does no other harm.",
            Proved,
            &[ReceivedIsPrefix, NoStall, NoSpin, NoPanic],
            failing(&loses),
        ));
        claims.extend(claim(
            line.name,
            "servers-report-reset-unflushed",
            "Where 0.14 shuts down unflushed, a reset ends the connection with an error, too: the shutdown fails.",
            Proved,
            &[ResetEndsWithError],
            resetting(&loses, &Point::ALL, false),
        ));
        let mut small = resetting(&loses, &[Point::Early], true);
        small.retain(|instance| instance.scenario().capacity == 64);
        claims.extend(meaning(claim(
            line.name,
            "unflushed-servers-hide-reset",
            "Over a socket like tokio's, 0.14 ends with Ok although the peer has reset the connection while 0.14 still held bytes itself.",
            Refuted,
            &[ResetEndsWithError],
            small,
        ), Meaning::Defect, &told("#4022")));
    }
    claims.extend(claim(
        line.name,
        "servers-report-reset-told-once",
        "Over a socket like tokio's, a reset ends the connection with an error as long as hyper \
         holds bytes itself.",
        Proved,
        &[ResetEndsWithError],
        resetting(&keeps, &[Point::Early], true),
    ));
    let (open, closing): (Vec<_>, Vec<_>) = keeps.iter().cloned().partition(|c| c.stays_open);
    claims.extend(meaning(
        claim(
            line.name,
            "open-servers-hide-reset",
            "Over a socket like tokio's, a reset that comes when the kernel has accepted everything ends the connection with Ok: hyper takes the failed read between two requests for an end of the \
         input, and tokio passes over the failed shutdown.",
            Refuted,
            &[ResetEndsWithError],
            resetting(&open, &[Point::Late], true),
        ),
        Meaning::Accepted,
        LATE_RESET,
    ));
    claims.extend(meaning(
        claim(
            line.name,
            "closing-servers-hide-reset",
            "Over a socket like tokio's, a reset that comes when the kernel has accepted everything ends the connection with Ok: hyper reads no more, and tokio passes over the failed shutdown.",
            Refuted,
            &[ResetEndsWithError],
            resetting(&closing, &[Point::Late], true),
        ),
        Meaning::Accepted,
        LATE_RESET,
    ));
    claims.extend(meaning(
        claim(
            line.name,
            "servers-reset-before-the-request",
            "A reset before the request ends the connection with Ok: nothing is owed.",
            Refuted,
            &[ResetEndsWithError],
            resetting(&keeps, &[Point::AtOnce], true),
        ),
        Meaning::Accepted,
        "Nothing is owed yet: peers often go away between two requests.",
    ));
    let (open, closing): (Vec<_>, Vec<_>) = clients(line).into_iter().partition(|c| c.stays_open);
    claims.extend(claim(
        line.name,
        "open-clients-report-reset-told-once",
        "A client that stays open reads, and reports every reset.",
        Proved,
        &[ResetEndsWithError],
        resetting(&open, &Point::ALL, true),
    ));
    claims.extend(meaning(
        claim(
            line.name,
            "closing-clients-hide-reset",
            "A client whose response closes the connection reads no more: the reset meets only the \
         shutdown, and tokio passes over that.",
            Refuted,
            &[ResetEndsWithError],
            resetting(&closing, &[Point::Late], true),
        ),
        Meaning::Accepted,
        LATE_RESET,
    ));
    claims
}
