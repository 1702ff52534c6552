//! The generated parts of Markdown documents.
//!
//! A part stands between the lines `<!-- generated: NAME -->` and `<!-- end of generated -->`. What a
//! run comes to is written by `cargo verify --update` and compared by `--check`: [`VERDICTS`],
//! [`SUMMARY`], [`COMPARISONS`], [`sweep`], [`chart_of`] and those of packages. Other parts belong to tests, which use the same
//! functions. `.ci/documents` runs all of it.
//!
//! ```
//! use lastbyte::render::documents::{names, part, replace};
//!
//! let document = "Before.\n\n<!-- generated: table -->\n\nold\n\n<!-- end of generated -->\n";
//! assert_eq!(names(document), ["table"]);
//! let document = replace(document, "table", "new").expect("it has this part");
//! assert_eq!(part(&document, "table").map(str::trim), Some("new"));
//! ```

use std::collections::BTreeMap;

use crate::check::results::{Results, Row};
use crate::render::comparison::{Figures, figures};
use crate::render::{self, packages, thousands, version_numbers};
use crate::trace::property::Property;

/// The part with one line for each claim.
pub const VERDICTS: &str = "verdicts";
/// The part with the number of claims by model, property and verdict.
pub const SUMMARY: &str = "summary";
/// The part with one line for each connection that was compared with its model.
pub const COMPARISONS: &str = "comparisons";

/// The line after every part.
pub const CLOSE: &str = "<!-- end of generated -->";

/// The line before a part.
pub fn open(name: &str) -> String {
    format!("<!-- generated: {name} -->")
}

/// The part with the table of a model's sweep.
pub fn sweep(model: &str) -> String {
    format!("sweep of {model}")
}

/// The part with a line for each crate of a collection of packages; the one with every verdict is named
/// as the collection is.
pub fn in_short(collection: &str) -> String {
    format!("{collection} in short")
}

/// The part with the chart of a claim's counterexample, by the claim's name: `model/claim`.
pub fn chart_of(claim: &str) -> String {
    format!("chart of {claim}")
}

/// What a part holds now; `None` when the document has no such part.
pub fn part<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    split(document, name).map(|[_, text, _]| text)
}

/// The document with this text in the part; `None` when the document has no such part.
pub fn replace(document: &str, name: &str, text: &str) -> Option<String> {
    let [before, _, after] = split(document, name)?;
    let open = open(name);
    Some(format!(
        "{before}{open}\n\n{}\n\n{CLOSE}{after}",
        text.trim_matches('\n')
    ))
}

/// The names of a document's parts, in their order.
pub fn names<'a>(document: &'a str) -> Vec<&'a str> {
    let name = |line: &'a str| line.strip_prefix("<!-- generated: ")?.strip_suffix(" -->");
    document.lines().filter_map(name).collect()
}

/// What stands before a part, in it and after it.
fn split<'a>(document: &'a str, name: &str) -> Option<[&'a str; 3]> {
    let (before, rest) = document.split_once(&open(name))?;
    let (text, after) = rest.split_once(CLOSE)?;
    Some([before, text, after])
}

/// The table's line for one claim. It holds what is the same in every run: no times.
pub fn line(row: &Row) -> String {
    let version = row
        .version
        .as_ref()
        .map(|version| format!(" {version}"))
        .unwrap_or_default();
    format!(
        "| {}{version} | {} | {} | {} | {} | {} |",
        row.subject, row.scenario, row.property, row.verdict, row.instances, row.executions
    )
}

/// The table of verdicts: every claim, under a heading for each model.
pub fn verdicts(results: &Results) -> String {
    let mut text = String::new();
    let mut model = None;
    for row in &results.rows {
        if model != Some(&row.model) {
            let heading = "| subject | scenarios | property | verdict | instances | executions |";
            text += &format!(
                "\n### {}\n\n{heading}\n|---|---|---|---|---:|---:|\n",
                row.model
            );
            model = Some(&row.model);
        }
        text += &line(row);
        text.push('\n');
    }
    text
}

/// How many claims of each model about each property came out how. The models are links to their
/// headings in `models/results.md`.
pub fn summary(results: &Results) -> String {
    let mut models: Vec<&str> = Vec::new();
    let mut properties = Property::ALL.to_vec();
    let mut counts = BTreeMap::<(&str, &str), BTreeMap<String, usize>>::new();
    for row in &results.rows {
        if !models.contains(&&*row.model) {
            models.push(&row.model);
        }
        if !properties.contains(&row.property) {
            properties.push(row.property);
        }
        let place = (row.property.name(), &*row.model);
        let verdicts = counts.entry(place).or_default();
        *verdicts.entry(row.verdict.to_string()).or_default() += 1;
    }
    let heads = models
        .iter()
        .map(|model| format!(" [{model}](models/results.md#{model}) |"));
    let mut text = format!("| property |{}\n|---|", heads.collect::<String>());
    text += &"---|".repeat(models.len());
    for property in properties {
        let fields: Vec<_> = models
            .iter()
            .map(|model| counts.get(&(property.name(), *model)))
            .collect();
        if fields.iter().all(Option::is_none) {
            continue;
        }
        text += &format!("\n| **{property}**: {} |", property.sentence());
        for verdicts in fields {
            let told = verdicts.into_iter().flatten();
            let told: Vec<_> = told.map(|(verdict, n)| format!("{verdict} {n}")).collect();
            text += &format!(" {} |", told.join(", "));
        }
    }
    text += "\n| claims |";
    for model in models {
        let rows = results.rows.iter().filter(|row| row.model == model);
        text += &format!(" {} |", rows.count());
    }
    text
}

/// The document with every part filled that these results can fill; `None` when there is none. Results
/// of only some claims do not fill tables of claims, and a slice has only a part of each sweep.
/// Packages that were built separately have only comparisons.
pub fn fill(document: &str, results: &Results) -> Option<String> {
    let mut filled: Option<String> = None;
    let mut write = |name: &str, text: &dyn Fn(&str) -> String| {
        let current = filled.as_deref().unwrap_or(document);
        let new = part(current, name).and_then(|old| replace(current, name, &text(old)));
        filled = new.or(filled.take());
    };
    if !results.real && results.not_selected == 0 {
        write(VERDICTS, &|_| verdicts(results));
        write(SUMMARY, &|_| summary(results));
    }
    if !results.real && results.shard.is_none() {
        // A document has the whole.
        for swept in results
            .sweeps
            .iter()
            .filter(|swept| swept.part_of.is_none())
        {
            write(&sweep(&swept.model), &|_| render::sweep::markdown(swept));
        }
    }
    if let Some(from) = results
        .packages
        .as_ref()
        .filter(|_| results.not_selected == 0)
    {
        write(&from.option, &|old| packages::table(old, results));
        if packages::is_whole(results) {
            write(&in_short(&from.option), &|_| packages::in_short(results));
        }
    }
    for row in &results.rows {
        if let Some(found) = &row.counterexample {
            let chart = |_: &str| packages::chart(row, &found.trace, results);
            write(&chart_of(&row.id.text), &chart);
        }
    }
    if !results.comparisons.is_empty() {
        write(COMPARISONS, &|old| comparisons(old, results));
    }
    filled
}

/// The line for the comparisons of one real connection with its model.
pub fn comparison_line(figures: &Figures) -> String {
    let [real, model] = &figures.subjects;
    let numbers = [
        figures.executions,
        figures.explored.map(|size| size.states),
        figures.automata.map(|size| size.states),
    ];
    let numbers = numbers.as_flattened().iter();
    let numbers: Vec<_> = numbers.map(|n| thousands(*n)).collect();
    format!(
        "| {real} | {model} | {} | {} | {} | {} | {} |",
        figures.families,
        figures.comparisons,
        numbers.join(" | "),
        figures.deviations,
        figures.unlike
    )
}

/// The table of comparisons with the lines of these results; the lines of other connections in the
/// old table stay.
pub fn comparisons(old: &str, results: &Results) -> String {
    let new: Vec<_> = figures(&results.comparisons);
    let is_new = |line: &str| {
        let mut new = new.iter();
        new.any(|f| line.starts_with(&format!("| {} |", f.subjects[0])))
    };
    let old = old
        .lines()
        .filter(|line| line.contains(" | ") && !is_new(line));
    let old = old.filter(|line| !line.starts_with("| real "));
    let mut lines: Vec<_> = old.map(str::to_owned).collect();
    lines.extend(new.iter().map(comparison_line));
    lines.sort_by_key(|line| {
        let name = line.trim_start_matches("| ");
        let name = name.split(' ').next().unwrap_or_default();
        let (name, version) = name.rsplit_once('-').unwrap_or((name, ""));
        let numbers = version_numbers(version);
        (name.to_owned(), numbers.is_none(), numbers)
    });
    let head = "| real connection | model | scenario families | scenarios | executions | of the model | \
                explored states | of the model | automata's states | of the model | known \
                deviations | not alike |\n\
                |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|";
    format!("{head}\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(name: &str) -> String {
        format!("{}\n\nold\n\n{CLOSE}\n", open(name))
    }

    #[test]
    fn only_the_marked_part_is_replaced() {
        let document = format!("before\n{}behind\n{}", marked("a b"), marked("c"));
        assert_eq!(names(&document), ["a b", "c"]);
        assert_eq!(part(&document, "c").map(str::trim), Some("old"));
        let new = replace(&document, "a b", "new\n").expect("it is marked");
        let expected = format!(
            "before\n{}behind\n{}",
            marked("a b").replace("old", "new"),
            marked("c")
        );
        assert_eq!(new, expected);
        assert_eq!(replace(&new, "a b", "new"), Some(new.clone()));
        assert_eq!(replace(&new, "a", "new"), None);
        let endless = open("a");
        assert_eq!(replace(&endless, "a", "new"), None);
    }

    /// Results of everything, of a part, of a slice, and of versions built on their own.
    #[test]
    fn what_these_results_do_not_know_is_left_alone() {
        use crate::check::comparison::Compared;
        use crate::check::identity::Identity;
        use crate::check::sweep::Swept;

        let swept = Swept {
            model: "m".to_owned(),
            subjects: Vec::new(),
            prominent: Vec::new(),
            left_out: Vec::new(),
            not_applicable: Vec::new(),
            classified: None,
            part_of: None,
            classes: Vec::new(),
            instances: Vec::new(),
        };
        let compared = Compared {
            id: Identity::new("c", &[]),
            family: String::new(),
            subjects: ["real-1.0.0", "model"].map(str::to_owned),
            version: None,
            scenarios: Vec::new(),
            executions: [0; 2],
            explored: Default::default(),
            automata: Default::default(),
            sequences: [0; 2],
            folding: None,
            deviation: None,
            differences: Vec::new(),
            inconclusive: None,
            seconds: 0.0,
        };
        let all = Results {
            sweeps: vec![swept],
            comparisons: vec![compared],
            ..Results::none()
        };
        let part = Results {
            not_selected: 1,
            ..all.clone()
        };
        let slice = Results {
            shard: Some((1, 2)),
            ..part.clone()
        };
        let real = Results {
            real: true,
            ..all.clone()
        };
        let of_m = sweep("m");
        let filled = |results: &Results| -> Vec<bool> {
            let each = [VERDICTS, SUMMARY, &of_m, COMPARISONS].map(|name| {
                let new = fill(&marked(name), results);
                assert!(new.as_ref().is_none_or(|new| !new.contains("\nold\n")));
                new.is_some()
            });
            each.into()
        };
        assert_eq!(filled(&all), [true; 4]);
        assert_eq!(filled(&part), [false, false, true, true]);
        assert_eq!(filled(&slice), [false, false, false, true]);
        assert_eq!(filled(&real), [false, false, false, true]);
        assert_eq!(filled(&Results::none()), [true, true, false, false]);
        assert_eq!(fill("no marks", &all), None);
        let both = format!("{}{}", marked(VERDICTS), marked(COMPARISONS));
        let olds = |results| fill(&both, results).map(|new| new.matches("\nold\n").count());
        assert_eq!(olds(&all), Some(0));
        assert_eq!(olds(&part), Some(1));
    }
}
