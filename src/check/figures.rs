//! Tables of figures that stand beside the verdicts in a report.
//!
//! ```
//! use lastbyte::check::figures::Figures;
//!
//! let document = "# Title\n\nFrom here.\n\n| what | n |\n|---|---:|\n| a | 1 |\n";
//! let figures = Figures::from_markdown(document, "cargo test").expect("a table");
//! assert_eq!(figures.rows, [["a", "1"]]);
//! ```

use serde::{Deserialize, Serialize};

/// One table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// What it shows.
    pub title: String,
    /// Where the figures come from.
    pub about: String,
    /// The shell command that produces the figures.
    pub command: String,
    /// The heads of the columns; the first column names the row.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<String>>,
}

impl Figures {
    /// Reads the table from a Markdown document that has a heading, a paragraph, a table and the
    /// command that checks it. `None` when one of these is missing, or when a row has another number of
    /// fields than there are columns.
    pub fn from_markdown(document: &str, command: &str) -> Option<Figures> {
        let (title, rest) = document.strip_prefix("# ")?.split_once("\n\n")?;
        let (about, table) = rest.split_once("\n\n")?;
        let mut lines = table.lines().map(cells);
        let columns = lines.next()??;
        let _alignment = lines.next()??;
        let rows: Vec<_> = lines.collect::<Option<_>>()?;
        let fits = rows.iter().all(|row: &Vec<_>| row.len() == columns.len());
        fits.then(|| Figures {
            title: title.to_owned(),
            about: about.replace('\n', " "),
            command: command.to_owned(),
            columns,
            rows,
        })
    }
}

fn cells(line: &str) -> Option<Vec<String>> {
    let inner = line.strip_prefix('|')?.strip_suffix('|')?;
    Some(
        inner
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str =
        "# Title\n\nFrom\nhere.\n\n| what | n |\n|---|---:|\n| a | 1 |\n| b | 2 |\n";

    #[test]
    fn a_table_is_read() {
        let figures = Figures::from_markdown(DOCUMENT, "make").expect("a table");
        assert_eq!((&*figures.title, &*figures.about), ("Title", "From here."));
        assert_eq!(figures.command, "make");
        assert_eq!(figures.columns, ["what", "n"]);
        assert_eq!(figures.rows, [["a", "1"], ["b", "2"]]);
    }

    #[test]
    fn what_is_no_table_is_none() {
        for (old, new) in [
            ("# ", ""),
            ("From\nhere.\n\n", ""),
            ("| b | 2 |", "| b |"),
            ("| b | 2 |", "| b | 2"),
            ("| b | 2 |", "text"),
            ("|---|---:|\n| a | 1 |\n| b | 2 |\n", ""),
        ] {
            let document = DOCUMENT.replacen(old, new, 1);
            assert_eq!(
                Figures::from_markdown(&document, "make"),
                None,
                "{document}"
            );
        }
    }
}
