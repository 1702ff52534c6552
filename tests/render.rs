//! What the views look like, as snapshots beside this file.

mod fixtures;

use fixtures::results;
use insta::assert_snapshot;
use lastbyte::render::table::table;

#[test]
fn table_fits_100_and_80_columns() {
    for width in [100, 80] {
        let text = table(&results(), width);
        assert!(text.lines().all(|line| line.chars().count() <= width));
        assert_snapshot!(format!("table_{width}"), text);
    }
}
