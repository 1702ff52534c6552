//! The message about the files that `--save` has written.

use std::io::Write;
use std::path::Path;

use crate::render::{count, visible};

/// Up to this many files are named; more are counted.
const NAMED: usize = 3;

/// Says on stderr which files were written into a directory.
pub(super) fn say(directory: &Path, names: &[String]) {
    // If stderr is closed, nobody can be told.
    drop(writeln!(
        std::io::stderr(),
        "{}",
        sentence(directory, names)
    ));
}

fn sentence(directory: &Path, names: &[String]) -> String {
    let shown = directory.display();
    visible(&match names {
        [] => format!("saved nothing in {shown}: there is no counterexample"),
        few if few.len() <= NAMED => {
            let paths = few
                .iter()
                .map(|name| directory.join(name).display().to_string());
            format!("saved {}", paths.collect::<Vec<_>>().join(", "))
        }
        many => format!("saved {} in {shown}", count(many.len(), "counterexample")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_are_named_and_many_counted() {
        let all = ["a.json", "b.json", "c.json", "d.json"].map(str::to_owned);
        let said = |number| sentence(Path::new("dir"), &all[..number]);
        assert_eq!(said(0), "saved nothing in dir: there is no counterexample");
        assert_eq!(said(1), "saved dir/a.json");
        assert_eq!(said(3), "saved dir/a.json, dir/b.json, dir/c.json");
        assert_eq!(said(4), "saved 4 counterexamples in dir");
    }
}
