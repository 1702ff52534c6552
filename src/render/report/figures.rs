//! The section on what checks the checker.

use crate::check::figures;
use crate::check::results::Results;
use crate::render::{thousands, visible};

/// How many rows are shown before a table is folded away.
const SHORT: usize = 16;

/// A table of figures.
pub(super) struct Figures {
    pub(super) title: String,
    /// The text in parts; `true` marks a part that is code.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of_rows(rows: &[[&str; 3]]) -> Figures {
        let words = |row: &[&str; 3]| row.map(str::to_owned).to_vec();
        table(&figures::Figures {
            title: String::new(),
            about: "see `make` and `x`".to_owned(),
            command: String::new(),
            columns: words(&["bytes", "executions", "states"]),
            rows: rows.iter().map(words).collect(),
        })
    }

    #[test]
    fn a_column_of_numbers_is_one_from_the_second_on() {
        let shown = of_rows(&[["4096", "12345", "12345"], ["8192", "1", "none"]]);
        let numbers = shown.columns.iter().map(|column| column.number);
        assert_eq!(numbers.collect::<Vec<_>>(), [false, true, false]);
        let texts = |row: &[Field]| row.iter().map(|f| f.text.clone()).collect::<Vec<_>>();
        assert_eq!(texts(&shown.rows[0]), ["4096", "12,345", "12345"]);
        assert_eq!(texts(&shown.rows[1]), ["8192", "1", "none"]);
        assert!(shown.rows.iter().all(|row| !row[0].number && row[1].number));
    }

    #[test]
    fn a_long_table_is_folded_away() {
        assert!(!of_rows(&[[""; 3]; SHORT]).long);
        assert!(of_rows(&[[""; 3]; SHORT + 1]).long);
    }

    #[test]
    fn code_stands_between_backticks() {
        let parts = of_rows(&[]).about;
        let parts: Vec<_> = parts.iter().map(|(code, text)| (*code, &**text)).collect();
        assert_eq!(
            parts,
            [
                (false, "see "),
                (true, "make"),
                (false, " and "),
                (true, "x"),
                (false, "")
            ]
        );
    }
}
