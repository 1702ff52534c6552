//! The bounds of a claim say what its instances are: the text, read by a reader that knows nothing
//! of how it was made, comes to exactly the combinations that there are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lastbyte::Reader;
use lastbyte::check::{Parameters, Value, bounds};
use lastbyte::render::documents;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

// ---- Reading bounds -----------------------------------------------------------------------------

/// One combination of values.
type Combination = BTreeMap<String, Value>;

/// What one part of a text stands for.
#[derive(Debug)]
struct Part {
    names: Vec<String>,
    meaning: Meaning,
}

#[derive(Debug)]
enum Meaning {
    /// Exactly these.
    These(BTreeSet<Combination>),
    /// So many, and for each name the values, if they are told.
    SoMany(usize, BTreeMap<String, BTreeSet<Value>>),
}

type Relation = fn(u64, u64) -> bool;

/// Reads a text about parameters of these names.
struct Text<'a> {
    left: &'a str,
    names: Vec<&'a str>,
}

impl<'a> Text<'a> {
    fn take(&mut self, text: &str) -> bool {
        match self.left.strip_prefix(text) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    /// A parameter's name with one of these after it.
    fn name(&mut self, behind: &[&str]) -> Option<&'a str> {
        let names = self.names.iter().copied();
        let begins = |name: &&str| {
            let rest = self.left.strip_prefix(*name);
            rest.is_some_and(|rest| behind.iter().any(|behind| rest.starts_with(behind)))
        };
        let name = names.filter(begins).max_by_key(|name| name.len())?;
        self.left = &self.left[name.len()..];
        Some(name)
    }

    fn number(&mut self) -> Option<u64> {
        let digits = self
            .left
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(self.left.len());
        let number = self.left[..digits].parse().ok()?;
        self.left = &self.left[digits..];
        Some(number)
    }

    /// A value, or all values of a range.
    fn values(&mut self) -> Vec<Value> {
        if self.take("\"") {
            let mut text = String::new();
            while !self.take("\"") {
                self.take("\\");
                let c = self
                    .left
                    .chars()
                    .next()
                    .expect("quotation marks are closed");
                self.left = &self.left[c.len_utf8()..];
                text.push(c);
            }
            return vec![Value::Text(text)];
        }
        let end = self
            .left
            .find(['/', ',', ';', ')'])
            .unwrap_or(self.left.len());
        let plain = &self.left[..end];
        self.left = &self.left[end..];
        let value = |text: &str| match text.parse() {
            Ok(number) => Value::Number(number),
            Err(_) => Value::Text(text.to_owned()),
        };
        let Some((first, last)) = plain.split_once("..") else {
            return vec![value(plain)];
        };
        let (word, first) = first
            .rsplit_once(':')
            .map_or(("", first), |(word, n)| (word, n));
        let number = |text: &str| text.parse::<u64>().expect("a range is of numbers");
        let all = number(first)..=number(last);
        all.map(|n| match word {
            "" => Value::Number(n),
            word => Value::Text(format!("{word}:{n}")),
        })
        .collect()
    }

    fn list(&mut self) -> BTreeSet<Value> {
        let mut all = Vec::new();
        loop {
            all.extend(self.values());
            if !self.take("/") {
                break;
            }
        }
        let distinct: BTreeSet<_> = all.iter().cloned().collect();
        assert_eq!(distinct.len(), all.len(), "a value is told twice");
        distinct
    }

    /// `N=1..3`, `reader slow:1/prompt` or `13 values of reader`.
    fn column(&mut self) -> Part {
        if let Some(count) = self.number() {
            assert!(self.take(" values of "), "{}", self.left);
            let name = self.name(&[",", ";", ""]).expect("a name");
            return Part {
                names: vec![name.to_owned()],
                meaning: Meaning::SoMany(count as usize, BTreeMap::new()),
            };
        }
        let name = self
            .name(&["=", " "])
            .unwrap_or_else(|| panic!("a name: {}", self.left));
        assert!(self.take("=") || self.take(" "));
        let one = |value| BTreeMap::from([(name.to_owned(), value)]);
        Part {
            names: vec![name.to_owned()],
            meaning: Meaning::These(self.list().into_iter().map(one).collect()),
        }
    }

    /// `N>K` or `N > K`, which restricts the two parts before it.
    fn relation(&mut self) -> Option<(&'a str, Relation, &'a str)> {
        let before = self.left;
        let read = |text: &mut Text<'a>| {
            let first = text.name(&[">", "<", " >", " <"])?;
            text.take(" ");
            let relations: [(&str, Relation); 4] = [
                (">=", |a, b| a >= b),
                ("<=", |a, b| a <= b),
                (">", |a, b| a > b),
                ("<", |a, b| a < b),
            ];
            let (_, holds) = relations.into_iter().find(|(sign, _)| text.take(sign))?;
            text.take(" ");
            Some((first, holds, text.name(&[",", ";", ""])?))
        };
        let relation = read(self);
        if relation.is_none() {
            self.left = before;
        }
        relation
    }

    /// `(N, K) = (3, 1), (4, 2)`: tuples of lists.
    fn tuples(&mut self) -> Part {
        let mut names = Vec::new();
        loop {
            names.push(self.name(&[",", ")"]).expect("a name"));
            if self.take(") = ") {
                break;
            }
            assert!(self.take(", "));
        }
        let mut all = BTreeSet::new();
        while self.take("(") {
            let mut combinations = vec![Combination::new()];
            for name in &names {
                let list = self.list();
                let with = |known: &Combination| {
                    let mut with = Vec::new();
                    for value in &list {
                        let mut one = known.clone();
                        one.insert((*name).to_owned(), value.clone());
                        with.push(one);
                    }
                    with
                };
                combinations = combinations.iter().flat_map(with).collect();
                assert!(
                    self.take(", ") || self.left.starts_with(')'),
                    "{}",
                    self.left
                );
            }
            assert!(self.take(")"));
            for combination in combinations {
                assert!(all.insert(combination), "a combination is told twice");
            }
            // Another tuple, or the end of the part.
            if self.left.starts_with(", (") {
                self.take(", ");
            }
        }
        Part {
            names: names.into_iter().map(str::to_owned).collect(),
            meaning: Meaning::These(all),
        }
    }

    /// `40 of all combinations of N=1..8, K=1..9`.
    fn some(&mut self) -> Option<Part> {
        let before = self.left;
        let count = self
            .number()
            .filter(|_| self.take(" of all combinations of "));
        let Some(count) = count else {
            self.left = before;
            return None;
        };
        let mut names = Vec::new();
        let mut told = BTreeMap::new();
        loop {
            let column = self.column();
            let name = column.names[0].clone();
            if let Meaning::These(values) = column.meaning {
                let values = values.into_iter().flat_map(BTreeMap::into_values);
                told.insert(name.clone(), values.collect());
            }
            names.push(name);
            if !self.take(", ") {
                break;
            }
        }
        Some(Part {
            names,
            meaning: Meaning::SoMany(count as usize, told),
        })
    }

    fn parts(mut self) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        while !self.left.is_empty() {
            if let Some((a, holds, b)) = self.relation() {
                let (second, first) = (parts.pop(), parts.pop());
                let (first, second) = (first.expect("a part"), second.expect("another"));
                assert_eq!([&first.names[0], &second.names[0]], [a, b]);
                let [first, second] = [first, second].map(|part| match part.meaning {
                    Meaning::These(these) => these,
                    Meaning::SoMany(..) => panic!("a relation of what is not told"),
                });
                let number = |one: &Combination, name| match one[name] {
                    Value::Number(number) => number,
                    Value::Text(_) => panic!("a relation of words"),
                };
                let mut all = BTreeSet::new();
                for one in &first {
                    for two in &second {
                        if holds(number(one, a), number(two, b)) {
                            all.insert(one.clone().into_iter().chain(two.clone()).collect());
                        }
                    }
                }
                parts.push(Part {
                    names: vec![a.to_owned(), b.to_owned()],
                    meaning: Meaning::These(all),
                });
            } else if self.take("(") {
                parts.push(self.tuples());
            } else {
                let part = self.some().unwrap_or_else(|| self.column());
                parts.push(part);
            }
            let is_last = self.left.is_empty();
            assert!(
                is_last || self.take(", ") || self.take("; "),
                "{:?}",
                self.left
            );
        }
        parts
    }
}

/// Whether a text says exactly what there is; where it tells only how many, whether there are so
/// many.
fn is_exact(text: &str, instances: &[Parameters]) -> bool {
    let mut names = Vec::new();
    for (name, _) in instances.iter().flatten() {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let combination = |instance: &Parameters| -> Combination {
        let value = |name: &str| {
            let found = instance.iter().find(|(known, _)| *known == name);
            found.map_or_else(|| "none".into(), |(_, value)| value.clone())
        };
        names
            .iter()
            .map(|name| ((*name).to_owned(), value(name)))
            .collect()
    };
    let all: BTreeSet<Combination> = instances.iter().map(combination).collect();
    let project = |of: &[String]| -> BTreeSet<Combination> {
        let part = |one: &Combination| {
            let of = of.iter().map(|name| (name.clone(), one[name].clone()));
            of.collect()
        };
        all.iter().map(part).collect()
    };
    let read = Text {
        left: text,
        names: names.clone(),
    };
    let parts = read.parts();
    let mut told: Vec<_> = parts.iter().flat_map(|part| &part.names).collect();
    told.sort_unstable();
    let mut names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    names.sort_unstable();
    // The parts vary independently of each other: there are all combinations of them.
    let mut combinations = 1;
    let parts_are_exact = parts.iter().all(|part| {
        let there = project(&part.names);
        combinations *= there.len();
        match &part.meaning {
            Meaning::These(these) => *these == there,
            Meaning::SoMany(count, values) => {
                let columns_are_exact = values.iter().all(|(name, values)| {
                    let there = project(std::slice::from_ref(name));
                    let there = there.into_iter().flat_map(BTreeMap::into_values);
                    *values == there.collect()
                });
                *count == there.len() && columns_are_exact
            }
        }
    });
    told.into_iter().eq(&names) && parts_are_exact && combinations == all.len()
}

// ---- Sets of instances --------------------------------------------------------------------------

const NAMES: [&str; 5] = ["N", "K", "reader", "reset after", "fault"];

/// Words that could be taken for something else, and others.
const WORDS: [&str; 16] = [
    "prompt", "slow:1", "slow:2", "slow:3", "slow:5", "slow:01", "a b", "x/y", "1..3", "12",
    "a, b", "(a)", "N=1", "\"q\"", "\\", "none",
];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => (0..8_u64).prop_map(Value::Number),
        1 => prop::sample::select(WORDS.to_vec()).prop_map(Value::from),
    ]
}

/// All combinations of some values of some parameters.
fn product() -> impl Strategy<Value = Vec<Parameters>> {
    let column = prop::collection::btree_set(value(), 1..5);
    prop::collection::vec(column, 1..5).prop_map(|columns| {
        let mut rows = vec![Parameters::new()];
        for (name, values) in NAMES.into_iter().zip(columns) {
            let with = |row: &Parameters| {
                let mut with = Vec::new();
                for value in &values {
                    with.push([row.as_slice(), &[(name, value.clone())]].concat());
                }
                with
            };
            rows = rows.iter().flat_map(with).collect();
        }
        rows
    })
}

/// Some of the combinations, in any order, and here and there a parameter less.
fn some() -> impl Strategy<Value = Vec<Parameters>> {
    let of = |rows: Vec<Parameters>| {
        let all = rows.len();
        prop::sample::subsequence(rows, 1..=all)
    };
    let shuffled = product().prop_flat_map(of).prop_shuffle();
    let dropped = prop::collection::vec(any::<prop::sample::Index>(), 0..2);
    (shuffled, dropped).prop_map(|(mut rows, dropped)| {
        for index in dropped {
            let row = index.get_mut(&mut rows);
            if row.len() > 1 {
                row.pop();
            }
        }
        rows
    })
}

/// The pairs of numbers with a relation between them, and a third parameter.
fn related() -> impl Strategy<Value = Vec<Parameters>> {
    let relations: [Relation; 4] = [|a, b| a > b, |a, b| a >= b, |a, b| a < b, |a, b| a <= b];
    let numbers = || prop::collection::btree_set(0..9_u64, 1..7);
    let holds = prop::sample::select(relations.to_vec());
    (numbers(), numbers(), 1..4_usize, holds).prop_map(|(ns, ks, readers, holds)| {
        let mut rows = Vec::new();
        for n in &ns {
            for k in ks.iter().filter(|k| holds(*n, **k)) {
                for reader in 1..=readers {
                    rows.push(vec![
                        ("N", Value::Number(*n)),
                        ("K", Value::Number(*k)),
                        ("reader", Reader::slow(reader).into()),
                    ]);
                }
            }
        }
        rows
    })
}

fn any_set() -> impl Strategy<Value = Vec<Parameters>> {
    let there_are_some = |rows: &Vec<Parameters>| !rows.is_empty();
    prop_oneof![product(), some(), related()].prop_filter("no instance", there_are_some)
}

/// The first set that a derivation tells something wrong about.
fn wrong(derivation: impl Fn(&[Parameters]) -> String) -> Option<String> {
    let unset = |name: &str| std::env::var_os(name).is_none();
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if unset("PROPTEST_CASES") {
        config.cases = 2_000;
    }
    if unset("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(1);
    }
    let check = |instances: Vec<Parameters>| {
        let text = derivation(&instances);
        prop_assert!(is_exact(&text, &instances), "{text}\n{instances:?}");
        Ok(())
    };
    let checked = TestRunner::new(config).run(&any_set(), check);
    checked.err().map(|error| error.to_string())
}

// ---- Tests --------------------------------------------------------------------------------------

#[test]
fn the_text_says_exactly_which_instances_there_are() {
    assert_eq!(wrong(bounds), None);
}

/// Every combination of the values that there are.
fn all_combinations(instances: &[Parameters]) -> Vec<Parameters> {
    let mut rows = vec![Parameters::new()];
    for (place, (name, _)) in instances.first().into_iter().flatten().enumerate() {
        let values = instances.iter().filter_map(|one| one.get(place));
        let values: BTreeSet<_> = values.map(|(_, value)| value.clone()).collect();
        let with = |row: &Parameters| {
            let one = |value: &Value| [row.as_slice(), &[(*name, value.clone())]].concat();
            values.iter().map(one).collect::<Vec<_>>()
        };
        rows = rows.iter().flat_map(with).collect();
    }
    rows
}

/// Every number between the least and the largest of a parameter.
fn without_gaps(instances: &[Parameters]) -> Vec<Parameters> {
    let mut rows = instances.to_vec();
    for place in 0..instances.first().map_or(0, Vec::len) {
        let numbers = |rows: &[Parameters]| -> Vec<u64> {
            let number = |one: &Parameters| match one.get(place) {
                Some((_, Value::Number(number))) => Some(*number),
                _ => None,
            };
            rows.iter().filter_map(number).collect()
        };
        let there = numbers(&rows);
        let (Some(least), Some(most)) = (there.iter().min(), there.iter().max()) else {
            continue;
        };
        let pattern = rows[0].clone();
        for n in (*least..=*most).filter(|n| !there.contains(n)) {
            let mut row = pattern.clone();
            if let Some((_, value)) = row.get_mut(place) {
                *value = Value::Number(n);
                rows.push(row);
            }
        }
    }
    rows
}

type Derivation = fn(&[Parameters]) -> String;

/// Planted defects: what is typed by hand goes wrong in these ways.
#[test]
fn a_derivation_that_goes_wrong_is_noticed() {
    let defects: [(&str, Derivation); 6] = [
        ("min..max is a range", |all| bounds(&without_gaps(all))),
        ("what is no product is told as one", |all| {
            bounds(&all_combinations(all))
        }),
        ("a relation is left out", |all| {
            let text = bounds(all);
            let signs = [">=", "<=", ">", "<"];
            let items = text
                .split(", ")
                .filter(|item| !signs.iter().any(|sign| item.contains(sign)));
            items.collect::<Vec<_>>().join(", ")
        }),
        ("a relation is turned round", |all| {
            bounds(all).replace("N>K", "N<K")
        }),
        ("a parameter is left out", |all| {
            let less = all.iter().map(|one| one[..one.len().min(2)].to_vec());
            bounds(&less.collect::<Vec<_>>())
        }),
        ("the last instance is left out", |all| {
            bounds(&all[..all.len().saturating_sub(1).max(1)])
        }),
    ];
    for (defect, derivation) in defects {
        // What cannot be read is wrong as well.
        let wrong = wrong(derivation);
        assert!(wrong.is_some(), "{defect}");
    }
}

fn told(names: &[&'static str], rows: &[&[u64]]) -> Vec<Parameters> {
    let row = |row: &&[u64]| {
        let values = row.iter().map(|number| Value::Number(*number));
        names.iter().copied().zip(values).collect()
    };
    rows.iter().map(row).collect()
}

/// What stood in the claims, typed by hand, where the instances were others.
#[test]
fn what_was_typed_by_hand_is_noticed() {
    let pairs = told(&["N", "K"], &[&[3, 1], &[4, 2], &[6, 3]]);
    assert!(!is_exact("N=3..6, K=1..3, N>K", &pairs));
    assert_eq!(bounds(&pairs), "(N, K) = (3, 1), (4, 2), (6, 3)");
    let mut more = Vec::new();
    for pair in &pairs {
        for reader in [Reader::slow(1), Reader::slow(2), Reader::PROMPT] {
            more.push([pair.as_slice(), &[("reader", reader.into())]].concat());
        }
    }
    assert_eq!(
        bounds(&more),
        "(N, K) = (3, 1), (4, 2), (6, 3); reader slow:1/slow:2/prompt"
    );
}

#[test]
fn numbers_are_told_singly_in_lists_and_in_ranges_without_holes() {
    for (numbers, text) in [
        (&[5][..], "N=5"),
        (&[4, 5], "N=4/5"),
        (&[6, 4, 5], "N=4..6"),
        (&[8, 16, 32], "N=8/16/32"),
        (&[1, 2, 3, 7, 9, 10, 11], "N=1..3/7/9..11"),
        (
            &[u64::MAX - 1, u64::MAX],
            "N=18446744073709551614/18446744073709551615",
        ),
    ] {
        let rows: Vec<_> = numbers.chunks(1).collect();
        assert_eq!(bounds(&told(&["N"], &rows)), text);
    }
    let all: Vec<_> = (0..13).map(|n| [2 * n]).collect();
    let rows: Vec<_> = all.iter().map(|n| &n[..]).collect();
    assert_eq!(bounds(&told(&["N"], &rows)), "13 values of N");
    assert_eq!(
        bounds(&told(&["reset after"], &rows[..2])),
        "reset after 0/2"
    );
}

#[test]
fn words_are_told_in_their_order_and_in_quotation_marks_where_they_could_mean_something_else() {
    for (words, text) in [
        (
            &["slow:1", "slow:2", "prompt"][..],
            "reader slow:1/slow:2/prompt",
        ),
        (
            &["prompt", "slow:2", "slow:3", "slow:1"],
            "reader prompt/slow:1..3",
        ),
        (&["a:1", "b:1", "a:2", "a:3"], "reader a:1..3/b:1"),
        (&["a:1", "a:02", "a:3"], "reader a:1/a:3/a:02"),
        (
            &["x/y", "1", "a, b", "a..b", ""],
            "reader \"x/y\"/\"1\"/\"a, b\"/\"a..b\"/\"\"",
        ),
    ] {
        let rows: Vec<_> = words
            .iter()
            .map(|word| vec![("reader", Value::from(*word))])
            .collect();
        assert_eq!(bounds(&rows), text);
        assert!(is_exact(text, &rows));
    }
}

#[test]
fn a_product_is_told_as_one_and_a_relation_as_itself() {
    let grid = |keep: fn(u64, u64) -> bool| {
        let mut rows = Vec::new();
        for n in 1..=4 {
            for k in (1..=4).filter(|k| keep(n, *k)) {
                rows.push(vec![("N", Value::Number(n)), ("K", Value::Number(k))]);
            }
        }
        bounds(&rows)
    };
    assert_eq!(grid(|_, _| true), "N=1..4, K=1..4");
    assert_eq!(grid(|n, k| n > k), "N=2..4, K=1..3, N>K");
    assert_eq!(grid(|n, k| n >= k), "N=1..4, K=1..4, N>=K");
    assert_eq!(grid(|n, k| n < k), "N=1..3, K=2..4, N<K");
    assert_eq!(grid(|n, k| n <= k), "N=1..4, K=1..4, N<=K");
    // One pair is missing: no simple relation is left.
    assert_eq!(
        grid(|n, k| n > k && (n, k) != (4, 1)),
        "(N, K) = (2, 1), (3, 1/2), (4, 2/3)"
    );
    let longer = told(&["N", "reset after"], &[&[1, 0], &[2, 0], &[2, 1]]);
    assert_eq!(bounds(&longer), "N=1/2, reset after 0/1, N > reset after");
}

#[test]
fn of_many_tuples_there_is_the_number_and_what_they_are_made_of() {
    // No two rows have anything in common but the word.
    let rows: Vec<_> = (0..13_u64)
        .map(|n| {
            vec![
                ("N", Value::Number(n)),
                ("K", Value::Number(n * 5 % 13)),
                ("reader", "prompt".into()),
            ]
        })
        .collect();
    let text = "13 of all combinations of N=0..12, K=0..12; reader prompt";
    assert_eq!(bounds(&rows), text);
    assert!(is_exact(text, &rows));
    assert!(!is_exact(&text.replace("13 of", "12 of"), &rows));
    assert!(!is_exact(&text.replace("K=0", "K=1"), &rows));
}

#[test]
fn what_is_absent_is_none() {
    let with = vec![("N", Value::Number(1)), ("fault", "x".into())];
    let without = vec![("N", Value::Number(1))];
    assert_eq!(bounds(&[with, without]), "N=1, fault x/none");
    assert_eq!(bounds(&[]), "");
}

/// The claims that there are.
#[test]
fn every_claim_says_exactly_which_instances_it_has() {
    let registry = lastbyte_models::registry().expect("no clash");
    for claim in registry.claims() {
        let instances: Vec<_> = claim.instances.iter().map(|one| one.parameters()).collect();
        let text = claim.bounds();
        assert!(is_exact(&text, &instances), "{}: {text}", claim.id());
    }
}

// ---- Documents ----------------------------------------------------------------------------------

fn root() -> &'static Path {
    let models = Path::new(env!("CARGO_MANIFEST_DIR"));
    models.parent().expect("models/ lies in the repository")
}

/// The Markdown documents, in which bounds may be told.
fn all_documents() -> Vec<PathBuf> {
    let mut found: Vec<_> = ["README.md", "DESIGN.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        .map(|file| root().join(file))
        .into();
    let mut folders = vec![root().join("models")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// Documents that are compared as a whole with what they are made of.
const COMPARED: [&str; 1] = ["models/conformance/scenarios.md"];

/// What is not compared with what a program prints: no blocks of a console, no generated parts.
fn prose(document: &str) -> String {
    let mut prose = String::new();
    let mut end: Option<&str> = None;
    for line in document.lines() {
        match end {
            Some(text) if line.starts_with(text) => end = None,
            Some(_) => {}
            None if line.starts_with("```console") => end = Some("```"),
            None if line.starts_with("<!-- generated: ") => end = Some(documents::CLOSE),
            None => prose += &format!("{line}\n"),
        }
    }
    assert_eq!(end, None, "the last part has an end");
    prose
}

/// Where a text tells bounds and does not say what a claim does.
fn invented(text: &str, claims: &BTreeSet<String>) -> Vec<String> {
    let mut invented = Vec::new();
    // What is in backticks is every second part.
    for (n, part) in text.split('`').enumerate() {
        let words: Vec<_> = part
            .split(|c: char| !(c.is_alphanumeric() || "=<>".contains(c)))
            .collect();
        let tells = |word: &&str| {
            let rest = word.strip_prefix(['N', 'K']);
            rest.is_some_and(|rest| rest.starts_with(['=', '<', '>']))
        };
        if words.iter().any(tells) && !(n % 2 == 1 && claims.contains(part)) {
            invented.push(part.trim().to_owned());
        }
    }
    invented
}

fn of_claims() -> BTreeSet<String> {
    let registry = lastbyte_models::registry().expect("no clash");
    registry
        .claims()
        .iter()
        .map(lastbyte::Claim::bounds)
        .collect()
}

#[test]
fn documents_and_sentences_tell_no_bounds_but_those_of_claims() {
    let claims = of_claims();
    let mut all = 0;
    for path in all_documents() {
        let shown = path
            .strip_prefix(root())
            .expect("it lies there")
            .display()
            .to_string();
        if COMPARED.contains(&shown.as_str()) {
            continue;
        }
        let document = std::fs::read_to_string(&path).expect("text");
        let prose = prose(&document);
        let found = invented(&prose, &claims);
        assert!(
            found.is_empty(),
            "{shown}: no claim has these bounds: {found:#?}"
        );
        all += 1;
    }
    assert!(all > 8, "only {all} documents");
    let registry = lastbyte_models::registry().expect("no clash");
    for claim in registry.claims() {
        let found = invented(&claim.sentence, &claims);
        assert!(found.is_empty(), "{}: {found:?}", claim.id());
    }
}

#[test]
fn bounds_that_no_claim_has_are_found() {
    let claims = BTreeSet::from(["N=8, K=1".to_owned()]);
    for fine in [
        "",
        "N bytes, K bytes",
        "the row `N=8, K=1` says so",
        "`NK=1` and `ON=2`",
    ] {
        assert_eq!(invented(fine, &claims), [""; 0], "{fine}");
    }
    for wrong in [
        "N=8, K=1",
        "the row `N=8, K=2` says so",
        "`N=8`",
        "with N>K",
        "**K=1..3**",
        "(N=3)",
    ] {
        assert_eq!(invented(wrong, &claims).len(), 1, "{wrong}");
    }
    let document = "a\n```console\n$ x\nN=1\n```\nb\n<!-- generated: x -->\nN=2\n<!-- end of generated -->\nc\n";
    assert_eq!(prose(document), "a\nb\nc\n");
}

/// The table of verdicts, line by line and without exploring anything.
#[test]
fn results_have_the_bounds_of_every_claim() {
    let document = std::fs::read_to_string(root().join("models/results.md")).expect("text");
    let table = documents::part(&document, documents::VERDICTS).expect("a table");
    let shown = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| subject"));
    let shown = shown.map(|line| line.split(" | ").take(3).collect::<Vec<_>>().join(" | "));
    let registry = lastbyte_models::registry().expect("no clash");
    let claimed = registry.claims().iter().map(|claim| {
        let instance = &claim.instances[0];
        let version = instance
            .version()
            .map(|version| format!(" {version}"))
            .unwrap_or_default();
        let (subject, bounds) = (instance.subject(), claim.bounds());
        format!("| {subject}{version} | {bounds} | {}", claim.property)
    });
    let (shown, claimed): (Vec<_>, Vec<_>) = (shown.collect(), claimed.collect());
    for (shown, claimed) in shown.iter().zip(&claimed) {
        assert_eq!(shown, claimed, ".ci/documents writes it");
    }
    assert_eq!(shown.len(), claimed.len());
}
