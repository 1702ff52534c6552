//! What the model claims: the verdicts at every revision, for named scenarios and their properties.

use lastbyte::check::Meaning;
use lastbyte::{Claim, Expected, Property};

use super::{
    LoopScenario, ORIGINAL, PROPOSED, RECHECK_FLUSHES, REVISIONS, Revision, covering_scenarios,
    instance, named_scenarios,
};

use crate::known::told;

/// The verdicts on one property in one scenario.
#[derive(Clone, Copy, Debug)]
pub struct Verdicts {
    /// The scenario's name.
    pub scenario: &'static str,
    /// The property.
    pub property: Property,
    /// One letter for each of [`REVISIONS`]. `.`: the property holds. `-`: the pair is left out. The others:
    /// it fails, which is a defect (`x`), accepted (`a`) or the price of a repair (`p`).
    pub letters: &'static str,
    /// The public issue, or the reason for the verdicts.
    pub note: &'static str,
}

const fn verdicts(
    scenario: &'static str,
    property: Property,
    letters: &'static str,
    note: &'static str,
) -> Verdicts {
    Verdicts {
        scenario,
        property,
        letters,
        note,
    }
}

use Property::{
    EndsWithoutReader, NoNeedlessError, NoPanic, NoSilentLoss, NoSpin, NoStall, NothingTruncated,
    ReadsDuringFlush, ReceivedIsPrefix,
};

/// All expected verdicts.
#[rustfmt::skip]
pub const VERDICTS: &[Verdicts] = &[
    //       scenario                             property          7 8 9 10  11 12 p g
    verdicts("close",                         NoSilentLoss,     ".........", "the read side closes only after a complete flush"),
    verdicts("dropped-body",                  NoSilentLoss,     "xxxxx....", "#4022"),
    verdicts("dropped-body-fits",             NoSilentLoss,     ".........", "a kernel buffer with room hides #4022"),
    verdicts("body-ends-during-flush",        NoSilentLoss,     "xxxxx....", "#4022"),
    verdicts("body-does-not-decode",          NoSilentLoss,     "xxxxx....", "#4022"),
    verdicts("bad-second-request",            NothingTruncated, "xxxxx....", "#4022, and the connection reports an error"),
    verdicts("bad-second-request",            NoNeedlessError,  "aaaaaaaaa", "the connection reports that it did not understand its peer"),
    verdicts("client-early-close",            NoSilentLoss,     "xxxxx....", "#4022, for a client's request"),
    verdicts("graceful",                      NoSilentLoss,     ".........", "the write side closes only after a complete flush"),
    verdicts("graceful-body",                 NoSilentLoss,     "xxxxx....", "#4022, on a connection that is idle and not flushed"),
    verdicts("deferred-flush",               NoStall,          "x.x......", "#3952"),
    verdicts("deferred-end",                 NoStall,          "x.xxxx...", "#3952, then #4143"),
    verdicts("deferred-pipelined",           NoStall,          "x.xxxx...", "#3952, then #4143"),
    verdicts("fed-body",                      NoSpin,           ".x.......", "#3976"),
    verdicts("fed-body",                      NoStall,          "...xxx...", "#4143"),
    verdicts("fed-body-pipelined",            NoStall,          "...xxxx..", "#4143, then the read that the flush asks for"),
    verdicts("client-peer-fin",               NoSpin,           ".x.x.....", "#4085"),
    verdicts("fin-during-flush",              NothingTruncated, "aaaaaaaa.", "by design without half_close"),
    verdicts("fin-during-flush-half-close",   NothingTruncated, ".........", "with half_close, FIN does not end the exchange"),
    verdicts("body-during-flush",             ReadsDuringFlush, "........p", "what a flush before the reads costs"),
    verdicts("request-during-flush",          ReadsDuringFlush, "........p", "what a flush before the reads costs"),
    verdicts("reader-stops",                  EndsWithoutReader,".....pppp", "what waiting for the flush costs"),
    verdicts("taken-out",                     NoSilentLoss,     "xxxxxxx..", "poll_without_shutdown is ready before the flush is"),
    verdicts("upgrade",                       ReceivedIsPrefix, ".........", "early data alone does no harm"),
    verdicts("upgrade-dropped-body",          ReceivedIsPrefix, "xxxxxxx..", "the socket is handed over before the flush"),
    verdicts("upgrade-graceful",              ReceivedIsPrefix, "xxxxxxx..", "the socket is handed over before the flush"),
    verdicts("upgrade-refused-dropped-body",  NoSilentLoss,     "xxxxxxx..", "the socket is handed over before the flush, although the upgrade was refused"),
    verdicts("upgrade-refused-close",         NoSilentLoss,     ".........", "the read side closes only after a complete flush"),
    verdicts("whole-body",                    NoStall,          ".........", "an ordinary request"),
    verdicts("body-fails",                    NoSilentLoss,     ".........", "what was buffered before the error is not sent, and the connection reports the error"),
    verdicts("pipeline-flush-close",          NoSilentLoss,     "xxxxxxx.-", "the flush returns early"),
    verdicts("pipeline-flush-upgrade",        ReceivedIsPrefix, "xxxxxxx.-", "the flush returns early"),
    verdicts("pipeline-flush-bad-request",    NothingTruncated, "xxxxxxx.-", "the flush returns early"),
    verdicts("pipeline-flush-partial",        NoStall,          "xxxxxxx.-", "the flush returns early"),
    verdicts("pipeline-flush-two",            NoStall,          "........-", "whole requests are answered and flushed"),
    verdicts("queue-next-request",            NoStall,          "xxxxxxx..", "nobody polls the write after the flush"),
    verdicts("flatten-next-request",          NoStall,          ".........", "one flat buffer takes the next head at once"),
    verdicts("client-queue-early-response",   NoStall,          "xxxxxxx..", "nobody polls the write after the flush"),
    verdicts("client-flatten-early-response", NoStall,          ".........", "one flat buffer takes the next head at once"),
    verdicts("service-panics",                NothingTruncated, "aaaaaaaa.", "the panic unwinds through the connection, which is dropped"),
    verdicts("service-panics",                NoPanic,          "aaaaaaaaa", "the panic is the user's own"),
    verdicts("connection-dropped",            NothingTruncated, "aaaaaaaaa", "what is not sent is dropped with the connection"),
    verdicts("connection-dropped",            NoSilentLoss,     ".........", "whoever drops a connection knows"),
    verdicts("timeout-half-a-head",           NoStall,          ".........", "the timer ends a connection that would wait for ever"),
    verdicts("timeout-head-in-two",           NoSilentLoss,     ".........", "the answer is sent, or the connection reports an error"),
    verdicts("timeout-idle",                  NothingTruncated, ".........", "the timer starts when the response is flushed"),
    verdicts("timeout-unflushed",             NothingTruncated, "xxxxxxx..", "the timer for the next head runs before the response is flushed"),
    verdicts("timeout-pipeline-flush",        NothingTruncated, "xxxxxxx.-", "the timer ends the connection behind a flush that returns early"),
    verdicts("client-open-answer",            NoSilentLoss,     "xxxxx....", "#4022, for a client's request"),
    verdicts("client-gives-up",               NothingTruncated, "xxxxx....", "#4022, for a client's request"),
    verdicts("client-gives-up",               NoSilentLoss,     ".........", "whoever gives a request up knows"),
    verdicts("client-upgrade",                ReceivedIsPrefix, ".........", "the request is flushed before the answer comes"),
    verdicts("client-upgrade-early",          ReceivedIsPrefix, "xxxxxxx..", "the socket is handed over before the flush"),
    verdicts("client-taken-out",              NoSilentLoss,     "xxxxxxx..", "poll_without_shutdown is ready before the flush is"),
    verdicts("unread-input",                  NoSilentLoss,     "aaaaaaaaa", "TCP resets, whatever the loop does"),
];

impl Verdicts {
    /// What is expected at the `n`th of [`REVISIONS`]; `None` where it is left out.
    pub fn expected(&self, n: usize) -> Option<Expected> {
        match self.letters.as_bytes()[n] {
            b'.' => Some(Expected::Proved),
            b'x' | b'a' | b'p' => Some(Expected::Refuted),
            _ => None,
        }
    }

    /// What a failure at the `n`th of [`REVISIONS`] means.
    fn meaning(&self, n: usize) -> Meaning {
        match self.letters.as_bytes()[n] {
            b'a' => Meaning::Accepted,
            b'p' => Meaning::PriceOfRepair,
            _ => Meaning::Defect,
        }
    }

    /// Whether the verdict at the `n`th revision is a claim. It is where it differs from that of the revision
    /// before, where the newest release fails, and where the read-gated variant fails although the original
    /// order does not.
    fn is_shown(&self, n: usize) -> bool {
        let fails = |n| self.expected(n) == Some(Expected::Refuted);
        let newest = REVISIONS.iter().position(|r| *r == RECHECK_FLUSHES);
        match REVISIONS[n] {
            RECHECK_FLUSHES if fails(n) => true,
            revision if revision.flush_gates_reads => fails(n) && !fails(0),
            // A failure that no release has repaired is shown at the newest release only.
            ORIGINAL => fails(0) && !newest.is_some_and(fails),
            _ => self.expected(n).is_some() && self.expected(n) != self.expected(n - 1),
        }
    }

    /// Whether the verdict is the same at every revision.
    fn is_constant(&self) -> bool {
        (1..REVISIONS.len()).all(|n| self.expected(n).is_none_or(|e| Some(e) == self.expected(0)))
    }
}

/// The properties that hold in every scenario of the covering sweep, for the proposed revision.
const EVERYWHERE: [Property; 5] = [
    NoStall,
    NoSpin,
    ReceivedIsPrefix,
    Property::OneShutdown,
    Property::NoPanic,
];

pub(super) fn claims() -> Vec<Claim> {
    let scenarios = named_scenarios();
    let mut claims = Vec::new();
    for verdicts in VERDICTS {
        let scenario = scenarios
            .iter()
            .find(|scenario| scenario.name() == verdicts.scenario);
        let scenario = scenario.expect("every row names a scenario");
        for (n, revision) in REVISIONS.iter().enumerate() {
            let newest = *revision == RECHECK_FLUSHES;
            if verdicts.is_shown(n) || (newest && verdicts.is_constant()) {
                claims.extend(claim(verdicts, scenario, n, revision));
            }
        }
    }
    claims.extend(EVERYWHERE.map(everywhere));
    claims
}

fn claim(
    verdicts: &Verdicts,
    scenario: &LoopScenario,
    n: usize,
    revision: &Revision,
) -> Option<Claim> {
    let name = format!(
        "{}/{}/{}",
        revision.name,
        scenario.name(),
        verdicts.property
    );
    let about = scenario.about.trim_end_matches('.');
    let sentence = format!("{about} ({}).", verdicts.note);
    let expected = verdicts.expected(n)?;
    let instance = instance(scenario, revision)?;
    let claim = Claim::new(name, sentence, verdicts.property, expected, [instance]);
    Some(claim.meaning(verdicts.meaning(n), told(verdicts.note)))
}

fn everywhere(property: Property) -> Claim {
    let scenarios = covering_scenarios();
    Claim::new(
        format!("{}/everywhere/{property}", PROPOSED.name),
        format!(
            "In every scenario of the sweep that is part of cargo verify: {}",
            property.sentence()
        ),
        property,
        Expected::Proved,
        // A scenario in which the user's code panics does not count for `no-panic`.
        scenarios
            .iter()
            .filter(|scenario| {
                property != Property::NoPanic || scenario.connection.panics.is_none()
            })
            .filter_map(|scenario| instance(scenario, &PROPOSED)),
    )
}
