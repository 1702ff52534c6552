//! The bounds of a claim in words, made from the instances that are explored.
//!
//! Every instance has a value for each of some parameters. The text says exactly which combinations
//! of values there are. Parameters that vary independently of each other stand side by side, so
//! `N=1..3, K=1/8` is all six pairs. Two numbers of which one is always larger are written with
//! that relation, if the pairs are all that satisfy it: `N=2..4, K=1..3, N>K`. Anything else is a
//! list of tuples: `(N, K) = (3, 1), (4, 2)`.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use crate::environment::reader::Reader;

/// Most values or tuples that are listed; of more, only the number is given.
const LISTED: usize = 12;

/// Length from which consecutive numbers are written as a range.
const RANGE: usize = 3;

/// What stands for a parameter that an instance does not have.
const NONE: &str = "none";

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// A number, such as one of bytes.
    Number(u64),
    /// Anything else.
    Text(String),
}

impl From<usize> for Value {
    fn from(number: usize) -> Value {
        Value::Number(number as u64)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<Reader> for Value {
    fn from(reader: Reader) -> Value {
        Value::Text(reader.to_string())
    }
}

impl fmt::Display for Value {
    /// Puts a text in quotation marks where it could be taken for something else.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => number.fmt(f),
            Value::Text(text) if is_plain(text) => f.write_str(text),
            Value::Text(text) => write!(f, "{text:?}"),
        }
    }
}

/// Whether a text needs no quotation marks where values are listed.
fn is_plain(text: &str) -> bool {
    let reserved = |c: char| ",;/()=<>\"".contains(c) || c.is_control();
    !text.is_empty()
        && text.trim() == text
        && !text.contains(reserved)
        && !text.contains("..")
        && !text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a parameter can have this name: a letter, then letters, digits, spaces and hyphens.
pub(crate) fn is_name(name: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || c == ' ' || c == '-';
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.ends_with(' ')
        && name.chars().all(good)
}

/// The parameters of one instance, in the order in which they are to be told.
pub type Parameters = Vec<(&'static str, Value)>;

/// A relation of two numbers, with its sign.
type Relation = (&'static str, fn(&u64, &u64) -> bool);

const RELATIONS: [Relation; 4] = [
    (">", u64::gt),
    (">=", u64::ge),
    ("<", u64::lt),
    ("<=", u64::le),
];

/// A table: the names of the columns, and one row for each instance.
struct Rows {
    names: Vec<&'static str>,
    /// For each column its values, in the order in which they are told.
    values: Vec<Vec<Value>>,
    /// One row for each instance, as places among the values.
    rows: Vec<Vec<usize>>,
}

impl Rows {
    fn new(instances: &[Parameters]) -> Rows {
        let mut names = Vec::new();
        for (name, _) in instances.iter().flatten() {
            if !names.contains(name) {
                names.push(*name);
            }
        }
        let value = |instance: &Parameters, name| {
            let found = instance.iter().find(|(known, _)| *known == name);
            found.map_or_else(|| NONE.into(), |(_, value)| value.clone())
        };
        let values: Vec<Vec<Value>> = names
            .iter()
            .map(|name| ordered(instances.iter().map(|instance| value(instance, *name))))
            .collect();
        let place = |(column, name): (usize, &&'static str), instance| {
            let value = value(instance, *name);
            let mut places = values[column].iter();
            places.position(|known| *known == value).expect("collected")
        };
        let row = |instance| {
            let columns = names.iter().enumerate();
            columns.map(|column| place(column, instance)).collect()
        };
        let rows = instances.iter().map(row).collect();
        Rows {
            names,
            values,
            rows,
        }
    }

    /// What these columns hold, each combination once.
    fn project(&self, columns: &[usize]) -> BTreeSet<Vec<usize>> {
        let row = |row: &Vec<usize>| columns.iter().map(|column| row[*column]).collect();
        self.rows.iter().map(row).collect()
    }

    /// The columns in groups that vary independently of each other, each group as small as
    /// possible: the rows are all combinations of what the groups hold.
    fn independent(&self) -> Vec<Vec<usize>> {
        let mut groups = Vec::new();
        let mut left: Vec<usize> = (0..self.names.len()).collect();
        while let Some((first, others)) = left.split_first() {
            let all = self.project(&left).len();
            let mut subsets = subsets(others);
            subsets.sort_by_key(Vec::len);
            let splits = |chosen: &Vec<usize>| {
                let rest: Vec<_> = others
                    .iter()
                    .copied()
                    .filter(|column| !chosen.contains(column))
                    .collect();
                let group = [&[*first], chosen.as_slice()].concat();
                let is_product = self.project(&group).len() * self.project(&rest).len() == all;
                is_product.then_some((group, rest))
            };
            let (group, rest) = subsets
                .iter()
                .find_map(splits)
                .expect("all of the columns are all of the rows");
            groups.push(group);
            left = rest;
        }
        groups
    }

    fn numbers(&self, column: usize, places: impl IntoIterator<Item = usize>) -> Option<Vec<u64>> {
        let number = |place: usize| match self.values[column][place] {
            Value::Number(number) => Some(number),
            Value::Text(_) => None,
        };
        places.into_iter().map(number).collect()
    }

    /// Two columns of numbers, if their pairs are all of which this relation holds.
    fn related(&self, group: &[usize]) -> Option<String> {
        let &[a, b] = group else { return None };
        let pairs: HashSet<(u64, u64)> = self
            .project(group)
            .into_iter()
            .map(|pair| {
                let a = self.numbers(a, [pair[0]])?;
                let b = self.numbers(b, [pair[1]])?;
                Some((a[0], b[0]))
            })
            .collect::<Option<_>>()?;
        let distinct = |of: fn(&(u64, u64)) -> u64| pairs.iter().map(of).collect::<BTreeSet<_>>();
        let (firsts, seconds) = (distinct(|pair| pair.0), distinct(|pair| pair.1));
        let is_exact = |(_, holds): &&Relation| {
            let mut all = firsts
                .iter()
                .flat_map(|a| seconds.iter().map(move |b| (*a, *b)));
            all.all(|(a, b)| pairs.contains(&(a, b)) == holds(&a, &b))
        };
        let (sign, _) = RELATIONS.iter().find(is_exact)?;
        let (a_name, b_name) = (self.names[a], self.names[b]);
        let relation = match a_name.len() == 1 && b_name.len() == 1 {
            true => format!("{a_name}{sign}{b_name}"),
            false => format!("{a_name} {sign} {b_name}"),
        };
        let whole = |column: usize| self.listed(column, &self.all(column));
        (whole(a).is_some() && whole(b).is_some())
            .then(|| format!("{}, {}, {relation}", self.single(a), self.single(b)))
    }

    /// A column that varies on its own.
    fn single(&self, column: usize) -> String {
        let name = self.names[column];
        let mut chars = name.chars();
        let is_letter = chars.next().is_some_and(char::is_uppercase) && chars.next().is_none();
        let places = self.all(column);
        match self.listed(column, &places) {
            Some(listed) if is_letter => format!("{name}={listed}"),
            Some(listed) => format!("{name} {listed}"),
            None => format!("{} values of {name}", places.len()),
        }
    }

    /// The places of all values of a column.
    fn all(&self, column: usize) -> Vec<usize> {
        (0..self.values[column].len()).collect()
    }

    /// Values of one column; `None` if there are too many.
    fn listed(&self, column: usize, places: &[usize]) -> Option<String> {
        let values: Vec<_> = places.iter().map(|p| &self.values[column][*p]).collect();
        let mut parts = Vec::new();
        let mut rest = values.as_slice();
        while let Some(first) = rest.first() {
            let run = rest
                .iter()
                .enumerate()
                .take_while(|(n, value)| follows(first, value, *n as u64))
                .count();
            // A value follows itself.
            let run = if run < RANGE { 1 } else { run };
            parts.push(match (run, rest[run - 1]) {
                (1, _) => first.to_string(),
                (_, Value::Number(last)) => format!("{first}..{last}"),
                (_, Value::Text(last)) => {
                    let last = numbered(last).map_or_else(String::new, |(_, n)| n.to_string());
                    format!("{first}..{last}")
                }
            });
            rest = &rest[run..];
        }
        (parts.len() <= LISTED).then(|| parts.join("/"))
    }

    /// Columns that vary together, as tuples whose places list values: each stands for all
    /// combinations of them, and no combination is there twice.
    fn tuples(&self, group: &[usize]) -> String {
        let rows = self.project(group).into_iter();
        let mut tuples: Vec<Vec<Vec<usize>>> = rows
            .map(|row| row.into_iter().map(|place| vec![place]).collect())
            .collect();
        let count = tuples.len();
        for place in (0..group.len()).rev() {
            let mut joined: Vec<Vec<Vec<usize>>> = Vec::new();
            for tuple in tuples {
                let alike = |known: &&mut Vec<Vec<usize>>| {
                    let mut places = (0..group.len()).filter(|other| *other != place);
                    places.all(|other| known[other] == tuple[other])
                };
                match joined.iter_mut().find(alike) {
                    Some(known) => known[place].extend(&tuple[place]),
                    None => joined.push(tuple),
                }
            }
            tuples = joined;
        }
        let names: Vec<_> = group.iter().map(|column| self.names[*column]).collect();
        let tuple = |tuple: &Vec<Vec<usize>>| {
            let columns = group.iter().zip(tuple);
            let lists = columns.map(|(column, places)| self.listed(*column, places));
            let lists: Vec<_> = lists.collect::<Option<_>>()?;
            Some(format!("({})", lists.join(", ")))
        };
        let listed: Option<Vec<_>> = match tuples.len() <= LISTED {
            true => tuples.iter().map(tuple).collect(),
            false => None,
        };
        match listed {
            Some(listed) => format!("({}) = {}", names.join(", "), listed.join(", ")),
            None => {
                let columns = group.iter().map(|column| self.single(*column));
                let columns = columns.collect::<Vec<_>>().join(", ");
                format!("{count} of all combinations of {columns}")
            }
        }
    }
}

/// Every subset, the empty one first.
fn subsets(items: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for item in items {
        let with = all
            .iter()
            .map(|subset: &Vec<usize>| [subset.as_slice(), &[*item]].concat());
        let with: Vec<_> = with.collect();
        all.extend(with);
    }
    all
}

/// Distinct values: numbers first and in order, then texts in the order in which they come, those
/// of one word by their numbers.
fn ordered(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut seen = HashSet::new();
    let mut distinct: Vec<_> = values.filter(|value| seen.insert(value.clone())).collect();
    let mut words: Vec<String> = Vec::new();
    distinct.sort_by_cached_key(|value| match value {
        Value::Number(number) => (0, 0, *number),
        Value::Text(text) => {
            let (word, number) = numbered(text).unwrap_or((text, 0));
            let known = words.iter().position(|known| known == word);
            let place = known.unwrap_or_else(|| {
                words.push(word.to_owned());
                words.len() - 1
            });
            (1, place, number)
        }
    });
    distinct
}

/// Whether a value is the `n`th after the first: a number, or the same word with a number.
fn follows(first: &Value, value: &Value, n: u64) -> bool {
    match (first, value) {
        (Value::Number(first), Value::Number(number)) => first.checked_add(n) == Some(*number),
        (Value::Text(first), Value::Text(text)) if n > 0 => {
            match (numbered(first), numbered(text)) {
                (Some((word, first)), Some((same, number))) => {
                    word == same && first.checked_add(n) == Some(number)
                }
                _ => false,
            }
        }
        _ => n == 0,
    }
}

/// A word and the number after it: `slow:1`.
fn numbered(text: &str) -> Option<(&str, u64)> {
    let (word, number) = text.rsplit_once(':')?;
    let number: u64 = number.parse().ok()?;
    // As it would be written, or the range would mean other texts.
    (is_plain(text) && text == format!("{word}:{number}")).then_some((word, number))
}

/// In words: exactly which combinations of values these instances have.
///
/// Parameters that vary independently of each other stand side by side: `N=1..3, K=1/8` is all six
/// pairs. Two numbers may be restricted by a relation: `N=2..4, K=1..3, N>K`. Anything else is a
/// list of tuples: `(N, K) = (3, 1), (4, 2)`.
///
/// Values are separated by slashes, three or more numbers in a row are a range, and so are words
/// that differ in such numbers (`slow:1..3`). What an instance lacks and others have is `none`. Of
/// more than twelve values or tuples the text has only the number: `390 values of scenario`, or
/// `40 of all combinations of N=1..8, K=1..9`.
pub fn bounds(instances: &[Parameters]) -> String {
    let rows = Rows::new(instances);
    let mut text = String::new();
    let mut was_list = false;
    for group in rows.independent() {
        let (part, is_list) = match group.as_slice() {
            [column] => (rows.single(*column), false),
            _ => match rows.related(&group) {
                Some(related) => (related, false),
                None => (rows.tuples(&group), true),
            },
        };
        if !text.is_empty() {
            // Commas separate the tuples, too.
            text += if was_list || is_list { "; " } else { ", " };
        }
        text += &part;
        was_list = is_list;
    }
    text
}

/// For each instance, its values as the text can express them.
pub(crate) fn combinations(instances: &[Parameters]) -> Vec<Vec<usize>> {
    Rows::new(instances).rows
}
