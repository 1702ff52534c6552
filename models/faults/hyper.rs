//! What is claimed about real hyper under faults, servers and clients of both lines.

use lastbyte::Property::{
    NoPanic, NoSilentLoss, NoSpin, NoStall, ReceivedIsPrefix, ResetEndsWithError,
};
use lastbyte::{Claim, Expected, Faults, Instance, Property};

use super::connections::{Connection, clients, servers};
use super::{KEPT, Point};
use crate::hyper_h1::claims::{HYPER_0_14, HYPER_1, Series};

pub(super) fn claims() -> Vec<Claim> {
    [HYPER_1, HYPER_0_14]
        .into_iter()
        .flat_map(of_line)
        .collect()
}

fn of_line(line: Series) -> Vec<Claim> {
    use Expected::{Proved, Refuted};
    let mut claims = Vec::new();
    let mut claim = |name: &str,
                     sentence: &str,
                     scenarios: &str,
                     expected: Expected,
                     properties: &[Property],
                     instances: Vec<Instance>| {
        let name = format!("{}-{name}", line.name);
        claims.extend(super::claims(
            &name, sentence, scenarios, expected, properties, instances,
        ));
    };
    let failing = |of: &[Connection]| of.iter().flat_map(Connection::failing).collect::<Vec<_>>();
    let resetting = |of: &[Connection], points: &[Point], told_once| {
        let instances = of.iter().flat_map(|c| c.resetting(points, told_once));
        instances.collect::<Vec<_>>()
    };
    let (loses, keeps): (Vec<_>, Vec<_>) = servers(line).into_iter().partition(|c| c.loses);
    let survives = "Whatever system call fails, hyper delivers everything or ends with an error.";
    for (name, connections, scenarios) in [
        ("servers", keeps.clone(), "every fault; K=64/1024"),
        (
            "clients",
            clients(line),
            "a request with a body, every fault; K=64/1024",
        ),
    ] {
        claim(
            &format!("{name}-survive-faults"),
            survives,
            &format!("{name}: {scenarios}"),
            Proved,
            &KEPT,
            failing(&connections),
        );
        claim(
            &format!("{name}-report-reset"),
            "A reset at any point ends the connection with an error, and nobody waits or spins for it.",
            &format!("{name}: reset at any point; K=64/1024"),
            Proved,
            &[ResetEndsWithError, NoStall, NoSpin, NoPanic],
            resetting(&connections, &Point::ALL, false),
        );
    }
    if !loses.is_empty() {
        let mut small = failing(&loses);
        small.retain(|instance| {
            instance.scenario.capacity == 64 && instance.scenario.faults == Faults::default()
        });
        claim(
            "servers-lose-silently",
            "The faults are no alibi: what 0.14 loses by itself it loses with a wake-up for no reason.",
            "body ignored, malformed chunk, a spurious wake-up; K=64",
            Refuted,
            &[NoSilentLoss],
            small,
        );
        claim(
            "servers-fail-cleanly",
            "Where 0.14 loses bytes by itself, a fault does no other harm.",
            "body ignored, malformed chunk, every fault; K=64/1024",
            Proved,
            &[ReceivedIsPrefix, NoStall, NoSpin, NoPanic],
            failing(&loses),
        );
        claim(
            "servers-report-reset-unflushed",
            "There, too, a reset ends the connection with an error: the shutdown fails.",
            "body ignored, malformed chunk, reset at any point; K=64/1024",
            Proved,
            &[ResetEndsWithError],
            resetting(&loses, &Point::ALL, false),
        );
        let mut small = resetting(&loses, &[Point::Early], true);
        small.retain(|instance| instance.scenario.capacity == 64);
        claim(
            "unflushed-servers-hide-reset",
            "Over a socket like tokio's, 0.14 ends with Ok although a reset has met bytes that it \
             holds itself.",
            "body ignored, malformed chunk, reset before all is accepted; K=64",
            Refuted,
            &[ResetEndsWithError],
            small,
        );
    }
    claim(
        "servers-report-reset-told-once",
        "Over a socket like tokio's, a reset ends the connection with an error as long as hyper \
         holds bytes itself.",
        "servers: reset before all is accepted; K=64",
        Proved,
        &[ResetEndsWithError],
        resetting(&keeps, &[Point::Early], true),
    );
    let (open, closing): (Vec<_>, Vec<_>) = keeps.iter().cloned().partition(|c| c.stays_open);
    claim(
        "open-servers-hide-reset",
        "Over a socket like tokio's, a reset that meets bytes in the kernel only ends the \
         connection with Ok: hyper takes the failed read between two requests for an end of the \
         input, and tokio passes over the failed shutdown.",
        "servers that stay open: reset when all may be accepted; K=64/1024",
        Refuted,
        &[ResetEndsWithError],
        resetting(&open, &[Point::Late], true),
    );
    claim(
        "closing-servers-hide-reset",
        "Over a socket like tokio's, a reset that meets bytes in the kernel only ends the \
         connection with Ok: hyper reads no more, and tokio passes over the failed shutdown.",
        "servers that close: reset when all may be accepted; K=64/1024",
        Refuted,
        &[ResetEndsWithError],
        resetting(&closing, &[Point::Late], true),
    );
    claim(
        "servers-reset-before-the-request",
        "A reset in front of the request ends the connection with Ok: nothing is owed.",
        "servers: reset at any time; K=64/1024",
        Refuted,
        &[ResetEndsWithError],
        resetting(&keeps, &[Point::AtOnce], true),
    );
    let (open, closing): (Vec<_>, Vec<_>) = clients(line).into_iter().partition(|c| c.stays_open);
    claim(
        "open-clients-report-reset-told-once",
        "A client that stays open reads, and reports every reset.",
        "a client that stays open: reset at any point; K=64/1024",
        Proved,
        &[ResetEndsWithError],
        resetting(&open, &Point::ALL, true),
    );
    claim(
        "closing-clients-hide-reset",
        "A client whose response closes the connection reads no more: the reset meets only the \
         shutdown, and tokio passes over that.",
        "a client that closes: reset when all may be accepted; K=64/1024",
        Refuted,
        &[ResetEndsWithError],
        resetting(&closing, &[Point::Late], true),
    );
    claims
}
