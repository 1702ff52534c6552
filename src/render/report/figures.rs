//! The section on what checks the checker.

use crate::figures;
use crate::render::{thousands, visible};
use crate::results::Results;

/// Rows that are shown without asking for them.
const SHORT: usize = 16;

/// A table of figures.
pub(super) struct Figures {
    pub(super) title: String,
    /// In parts, some of which are code.
    pub(super) about: Vec<(bool, String)>,
    pub(super) command: String,
    /// Whether its rows are folded away.
    pub(super) long: bool,
    pub(super) columns: Vec<Field>,
    pub(super) rows: Vec<Vec<Field>>,
}

/// One field, and whether its column holds numbers.
pub(super) struct Field {
    pub(super) text: String,
    pub(super) number: bool,
}

/// The tables that the models add to the results.
pub(super) fn of(results: &Results) -> Vec<Figures> {
    results.figures.iter().map(table).collect()
}

fn table(figures: &figures::Figures) -> Figures {
    let number = |text: &String| text.parse::<u64>().ok();
    let numbers = |column: usize| {
        let mut fields = figures.rows.iter().filter_map(|row| row.get(column));
        fields.all(|text| number(text).is_some())
    };
    let columns = figures.columns.iter().enumerate();
    let columns: Vec<_> = columns
        .map(|(n, text)| Field {
            text: visible(text),
            number: n > 0 && numbers(n),
        })
        .collect();
    let row = |row: &Vec<String>| {
        let fields = row.iter().zip(&columns).map(|(text, column)| Field {
            text: match number(text) {
                Some(number) if column.number => thousands(number),
                _ => visible(text),
            },
            number: column.number,
        });
        fields.collect()
    };
    Figures {
        title: visible(&figures.title),
        about: figures
            .about
            .split('`')
            .enumerate()
            .map(|(n, text)| (n % 2 == 1, visible(text)))
            .collect(),
        command: visible(&figures.command),
        long: figures.rows.len() > SHORT,
        rows: figures.rows.iter().map(row).collect(),
        columns,
    }
}
