//! Defects of the comparison itself: with one of them a subject of chance comes through, and without it
//! does not.

use lastbyte::run::ExecutorDefect;
use lastbyte::trace::Exploration;
use lastbyte::{Explorer, Property, Verdict};

use super::chance::random;
use super::support::*;

/// Explores a subject of chance whose end alone is different.
fn explored(defect: ExecutorDefect) -> Exploration {
    let tosses = subject(|socket| async move {
        drop(socket);
        match random() % 2 {
            0 => Ok(()),
            _ => Err("tails".to_owned()),
        }
    });
    let explorer = Explorer {
        planted: defect,
        ..explorer()
    };
    explorer.explore(&tosses, &plain())
}

#[test]
fn without_a_defect_chance_is_found_out_every_time() {
    for _ in 0..40 {
        is_not_deterministic(&explored(ExecutorDefect::None));
    }
}

/// Where moves are not compared, only loom itself could notice, and it does not.
#[test]
fn without_the_comparison_of_moves_it_comes_through() {
    let missed = (0..40).filter(|_| {
        let explored = explored(ExecutorDefect::MovesNotCompared);
        explored.verdict(Property::NothingTruncated) == Verdict::Missed
    });
    assert!(missed.count() > 0);
}

/// Where nothing is explored again, what differs in the next run stays unnoticed.
#[test]
fn without_a_repetition_it_comes_through() {
    let missed = (0..40).filter(|_| {
        let explored = explored(ExecutorDefect::NothingRepeated);
        explored.verdict(Property::NothingTruncated) == Verdict::Missed
    });
    assert!(missed.count() > 0);
}
