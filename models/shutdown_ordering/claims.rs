//! The claims: what each ordering does in which scenarios, and the expected verdict.

use lastbyte::check::Meaning;
use lastbyte::{Claim, Expected, Instance, Property, Reader};

use crate::known::{meaning, told};

use super::machine::Ordering;
use super::scenarios::{grid, lone_request, next_request, readers};

use Expected::{Proved, Refuted};
use Ordering::{FlushBeforeShutdown, Original, ReadGatedFlush};
use Property::{
    AcceptedArrives, Ends, EndsWithoutReader, NoFlushAfterShutdown, NoNeedlessError, NoPanic,
    NoSilentLoss, NoSpin, NoStall, NothingBufferedAtShutdown, NothingTruncated, OneShutdown,
    ReadsDuringFlush, ReceivedIsPrefix, ResetEndsWithError,
};

/// All claims, in the order of the report.
pub(super) fn claims() -> Vec<Claim> {
    [
        original_loses(),
        flush_before_shutdown_never_loses(),
        read_gated_flush_blocks_reads(),
        resets_are_reported(),
        readers_that_stop(),
    ]
    .concat()
}

/// The largest payload of the proofs, in bytes.
const LARGEST: usize = 64;

/// A claim for each of the properties; a single one has the name alone.
#[track_caller]
fn claim(
    name: &str,
    sentence: &str,
    expected: Expected,
    properties: &[Property],
    instances: impl IntoIterator<Item = Instance>,
) -> Vec<Claim> {
    match properties {
        [property] => vec![Claim::new(name, sentence, *property, expected, instances)],
        _ => Claim::of_each(name, sentence, properties, expected, instances),
    }
}

// ---- The original ordering loses bytes ----------------------------------------------------------

/// When the response is larger than the kernel's buffer, and only then.
fn original_loses() -> Vec<Claim> {
    let mut claims = Vec::new();
    let larger: Vec<_> = grid(LARGEST / 2)
        .filter(|(n, k, _)| n > k)
        .map(|(n, k, reader)| lone_request(Original, n, k, reader))
        .collect();
    let loses = claim(
        "original-loses",
        "The original ordering loses bytes as soon as the response is \
         larger than the kernel's buffer.",
        Refuted,
        &[NothingTruncated],
        larger.clone(),
    );
    claims.extend(meaning(loses, Meaning::Defect, &told("#4022")));
    let loses = claim(
        "original-loses-silently",
        "The original ordering reports Ok when it has lost bytes.",
        Refuted,
        &[NoSilentLoss, NothingBufferedAtShutdown],
        larger.clone(),
    );
    claims.extend(meaning(loses, Meaning::Defect, &told("#4022")));
    claims.extend(claim(
        "original-delivers-what-was-accepted",
        "What arrives under the original ordering is exactly what the kernel had accepted.",
        Proved,
        &[AcceptedArrives, ReceivedIsPrefix],
        larger,
    ));
    claims.extend(claim(
        "original-small-is-fine",
        "The original ordering loses nothing when the whole response fits the kernel's buffer.",
        Proved,
        &[NothingTruncated, NoSilentLoss, NoStall],
        grid(LARGEST)
            .filter(|(n, k, _)| n <= k)
            .map(|(n, k, reader)| lone_request(Original, n, k, reader)),
    ));
    claims
}

// ---- Flushing before the shutdown loses none ----------------------------------------------------

/// Every payload, every buffer, every reader that reads to the end.
fn flush_before_shutdown_never_loses() -> Vec<Claim> {
    let mut claims = Vec::new();
    claims.extend(claim(
        "fixed-never-loses",
        "Flushing before the shutdown never loses a byte, never stalls and never spins, and ends without an error.",
        Proved,
        &[
            NothingTruncated,
            NoSilentLoss,
            ReceivedIsPrefix,
            AcceptedArrives,
            NothingBufferedAtShutdown,
            NoStall,
            NoSpin,
            OneShutdown,
            NoFlushAfterShutdown,
            Ends,
            NoNeedlessError,
            NoPanic,
        ],
        grid(LARGEST).map(|(n, k, reader)| lone_request(FlushBeforeShutdown, n, k, reader)),
    ));
    for n in [8, 16, 32, 64, 128] {
        claims.extend(claim(
            &format!("fixed-grows-linearly-{n}"),
            "Executions grow linearly with the payload.",
            Proved,
            &[NothingTruncated],
            vec![lone_request(FlushBeforeShutdown, n, 4, Reader::slow(1))],
        ));
    }
    let every_interleaving = lone_request(FlushBeforeShutdown, 8, 1, Reader::PROMPT)
        .with_scenario(|scenario| scenario.name += ",uncached")
        .without_caching();
    claims.extend(claim(
        "fixed-without-caching",
        "Flushing before the shutdown, without state caching: every interleaving is explored on its own.",
        Proved,
        &[NothingTruncated],
        vec![every_interleaving],
    ));
    claims
}

// ---- A flush before the reads loses none, and blocks the next request ---------------------------

/// The repair inside the loop, and its price, which the merged one does not have.
fn read_gated_flush_blocks_reads() -> Vec<Claim> {
    let mut claims = Vec::new();
    let read_gated = |n| grid(n).map(|(n, k, reader)| lone_request(ReadGatedFlush, n, k, reader));
    claims.extend(claim(
        "read-gated-never-loses",
        "Flushing before the reads never loses a byte and never stalls.",
        Proved,
        &[NothingTruncated, NoStall],
        read_gated(16),
    ));
    let next = |ordering| -> Vec<Instance> {
        [(3, 1), (4, 2), (6, 3)]
            .into_iter()
            .flat_map(|(n, k)| readers().map(|reader| next_request(ordering, n, k, reader)))
            .collect()
    };
    let blocks = claim(
        "read-gated-blocks-next-request",
        "Flushing before the reads leaves the next request unread while the flush is pending.",
        Refuted,
        &[ReadsDuringFlush],
        next(ReadGatedFlush),
    );
    claims.extend(meaning(blocks, Meaning::PriceOfRepair, "The price of a flush before the reads: a slow reader of one response keeps the next request waiting."));
    claims.extend(claim(
        "fixed-reads-next-request",
        "Flushing before the shutdown reads the next request while the \
         flush is pending, and answers it.",
        Proved,
        &[ReadsDuringFlush, NothingTruncated, NoStall],
        next(FlushBeforeShutdown),
    ));
    claims
}

// ---- Readers that reset -------------------------------------------------------------------------

/// Whatever the ordering.
fn resets_are_reported() -> Vec<Claim> {
    let mut claims = Vec::new();
    for ordering in Ordering::ALL {
        let resets = [(4, 2), (6, 3), (3, 4)].into_iter().flat_map(|(n, k)| {
            (0..n).flat_map(move |m| {
                [Reader::slow(1), Reader::PROMPT]
                    .map(|reader| lone_request(ordering, n, k, reader.resets_after(m)))
            })
        });
        claims.extend(claim(
            &format!("{ordering}-reports-reset"),
            "A reader that resets before the shutdown ends the connection with an error.",
            Proved,
            &[ResetEndsWithError],
            resets,
        ));
    }
    claims
}

// ---- Readers that stop for ever -----------------------------------------------------------------

/// What waiting for the flush costs.
fn readers_that_stop() -> Vec<Claim> {
    let mut claims = Vec::new();
    let stops = |ordering| -> Vec<Instance> {
        [(4, 2), (6, 3)]
            .into_iter()
            .flat_map(|(n, k)| {
                (0..n - k)
                    .map(move |m| lone_request(ordering, n, k, Reader::slow(1).stops_after(m)))
            })
            .collect()
    };
    claims.extend(claim(
        "original-ends-without-reader",
        "The original ordering ends although the reader has stopped.",
        Proved,
        &[EndsWithoutReader],
        stops(Original),
    ));
    let waits = claim(
        "fixed-waits-for-reader",
        "The price of the repair: it waits for ever for a reader that has stopped for ever.",
        Refuted,
        &[EndsWithoutReader],
        stops(FlushBeforeShutdown),
    );
    claims.extend(meaning(waits, Meaning::PriceOfRepair, "The price of flushing before the shutdown: whoever must not wait for a reader needs a timeout of their own."));
    claims
}
