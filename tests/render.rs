//! What the views look like, as snapshots beside this file.

mod fixtures;

use fixtures::{HOSTILE, lost_bytes, results};
use insta::assert_snapshot;
use lastbyte::Property;
use lastbyte::render::chart::{Options, text};
use lastbyte::render::story::Caption;
use lastbyte::render::table::table;

#[test]
fn table_fits_100_and_80_columns() {
    for width in [100, 80] {
        let text = table(&results(), width);
        assert!(text.lines().all(|line| line.chars().count() <= width));
        assert_snapshot!(format!("table_{width}"), text);
    }
}

const CAPTION: Caption<'_> = Caption {
    property: Property::NothingTruncated,
    replay: "cargo verify replay lost.json",
};

#[test]
fn chart_of_lost_bytes() {
    for (width, colour) in [(100, false), (80, false), (100, true)] {
        let chart = text(
            &lost_bytes(),
            Options {
                width,
                colour,
                caption: CAPTION,
            },
        );
        let name = format!("chart_{width}{}", if colour { "_colour" } else { "" });
        assert_snapshot!(name, chart);
    }
}

#[test]
fn chart_with_scripts_and_hostile_names() {
    for width in [100, 80] {
        let chart = text(
            &fixtures::busy(),
            Options {
                width,
                colour: false,
                caption: CAPTION,
            },
        );
        assert_snapshot!(format!("chart_scripts_{width}"), chart);
    }
    let mut trace = fixtures::busy();
    trace.actors.fill(HOSTILE.to_owned());
    let chart = text(
        &trace,
        Options {
            width: 100,
            colour: false,
            caption: CAPTION,
        },
    );
    assert_snapshot!("chart_hostile", chart);
}

#[test]
fn mermaid_of_lost_bytes() {
    assert_snapshot!(lastbyte::render::mermaid::sequence(&lost_bytes(), CAPTION));
}

#[test]
fn json_lines_of_lost_bytes() {
    assert_snapshot!(lastbyte::render::jsonl::lines(&lost_bytes(), CAPTION));
}

#[test]
fn svg_of_lost_bytes() {
    assert_snapshot!(lastbyte::render::svg::sequence(&lost_bytes(), CAPTION));
}
