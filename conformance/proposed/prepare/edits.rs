//! A script of edits: lines of one's own at places in somebody else's files.
//!
//! A place is a function and a few letters in it, so that the script holds none of the other's lines. What
//! is not there exactly once is refused.

use std::collections::BTreeMap;
use std::ops::Range;

/// Where the lines of an edit go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place<'a> {
    /// Above the line with these letters.
    Above(&'a str),
    /// Below it.
    Below(&'a str),
    /// In the place of these letters.
    InsteadOf(&'a str),
    /// After the function.
    After,
}

/// Some lines, and where they go.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edit<'a> {
    /// The line of the script, from 1.
    line: usize,
    file: &'a str,
    /// The function, or the whole file.
    function: Option<&'a str>,
    place: Place<'a>,
    text: Vec<&'a str>,
}

/// A script that can be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script<'a>(Vec<Edit<'a>>);

impl<'a> Script<'a> {
    /// Reads a script.
    ///
    /// # Errors
    ///
    /// In one line, when it is not understood.
    pub fn parse(text: &'a str) -> Result<Script<'a>, String> {
        let mut edits: Vec<Edit> = Vec::new();
        let mut file = None;
        for (n, line) in text.lines().enumerate() {
            let n = n + 1;
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(text) = line.strip_prefix('|') {
                let edit = edits.last_mut().filter(|edit| Some(edit.file) == file);
                let edit = edit.ok_or(format!("line {n} belongs to no edit"))?;
                edit.text.push(text);
            } else if let Some(name) = line.strip_prefix("file ") {
                file = Some(name);
            } else {
                let (function, place) = place(line).ok_or_else(|| {
                    format!(
                        "line {n} is not understood; expected: `file PATH`, `after fn NAME`, or \
                         `in fn NAME` or `anywhere` with `above`, `below` or `instead of` and letters \
                         between backticks"
                    )
                })?;
                edits.push(Edit {
                    line: n,
                    file: file.ok_or(format!("line {n} stands before the first file"))?,
                    function,
                    place,
                    text: Vec::new(),
                });
            }
        }
        match edits.iter().find(|edit| edit.text.is_empty()) {
            Some(edit) => Err(format!("the edit of line {} has no lines", edit.line)),
            None => Ok(Script(edits)),
        }
    }

    /// The files that it changes, each with its new text. `read` has the old one.
    ///
    /// # Errors
    ///
    /// In one line, when a place is not there exactly once or two edits meet.
    pub fn apply(
        &self,
        read: impl Fn(&str) -> Result<String, String>,
    ) -> Result<BTreeMap<&'a str, String>, String> {
        let mut changed = BTreeMap::new();
        for Edit { file, .. } in &self.0 {
            if changed.contains_key(file) {
                continue;
            }
            let old = read(file)?;
            let edits = self.0.iter().filter(|edit| edit.file == *file);
            let mut places = Vec::new();
            for edit in edits {
                let range = edit
                    .find(&old)
                    .map_err(|why| format!("line {} does not fit {file}: {why}", edit.line))?;
                places.push((range, edit));
            }
            // What is put in one place stays in the order of the script.
            places.sort_by_key(|(range, _)| (range.start, range.end));
            let (mut new, mut at) = (String::new(), 0);
            for (range, edit) in places {
                if range.start < at {
                    return Err(format!(
                        "line {} does not fit {file}: it changes what another line \
                                        does",
                        edit.line
                    ));
                }
                new += &old[at..range.start];
                new += &edit.lines();
                at = range.end;
            }
            new += &old[at..];
            changed.insert(*file, new);
        }
        Ok(changed)
    }
}

impl Edit<'_> {
    /// What it replaces in a file.
    fn find(&self, file: &str) -> Result<Range<usize>, String> {
        let within = match self.function {
            None => 0..file.len(),
            Some(name) => function(file, name)?,
        };
        let (Place::Above(letters) | Place::Below(letters) | Place::InsteadOf(letters)) =
            self.place
        else {
            return Ok(within.end..within.end);
        };
        let found = only(
            file[within.clone()].match_indices(letters),
            &format!("`{letters}`"),
        )?;
        let start = within.start + found.0;
        let end = start + letters.len();
        let above = file[..start].rfind('\n').map_or(0, |n| n + 1);
        let below = file[end..].find('\n').map_or(file.len(), |n| end + n + 1);
        Ok(match self.place {
            Place::Above(_) => above..above,
            Place::Below(_) => below..below,
            Place::InsteadOf(_) | Place::After => start..end,
        })
    }

    /// Its text as it is inserted.
    fn lines(&self) -> String {
        let mut text = self.text.join("\n");
        if !matches!(self.place, Place::InsteadOf(_)) {
            text.push('\n');
        }
        text
    }
}

/// The only one of these.
fn only<T>(mut all: impl Iterator<Item = T>, what: &str) -> Result<T, String> {
    match (all.next(), all.count()) {
        (Some(found), 0) => Ok(found),
        (None, _) => Err(format!("{what} is not there; expected: once")),
        (Some(_), more) => Err(format!(
            "{what} is there {} times; expected: once",
            more + 1
        )),
    }
}

/// From the line that a function begins with to the end of the line that it ends with, which is the first
/// one that has its indentation and a brace.
fn function(file: &str, name: &str) -> Result<Range<usize>, String> {
    let starts = [format!("fn {name}("), format!("fn {name}<")];
    let mut at = 0;
    let lines = file.split_inclusive('\n').map(|line| {
        at += line.len();
        (at - line.len(), line)
    });
    let lines: Vec<_> = lines.collect();
    let begins = lines.iter().filter(|(_, line)| {
        let is_comment = line.trim_start().starts_with("//");
        !is_comment && starts.iter().any(|start| line.contains(start))
    });
    let (start, line) = only(begins, &format!("fn {name}"))?;
    let indentation = &line[..line.len() - line.trim_start().len()];
    let end = format!("{indentation}}}");
    let mut after = lines.iter().filter(|(at, _)| at > start);
    let last = after.find(|(_, line)| line.trim_end() == end);
    let (at, line) = last.ok_or(format!("fn {name} has no end"))?;
    Ok(*start..at + line.len())
}

/// The function and the place of a line of the script.
fn place(line: &str) -> Option<(Option<&str>, Place<'_>)> {
    if let Some(name) = line.strip_prefix("after fn ") {
        return Some((Some(name), Place::After));
    }
    let (function, words) = match line.strip_prefix("in fn ") {
        Some(rest) => {
            let (name, words) = rest.split_once(' ')?;
            (Some(name), words)
        }
        None => (None, line.strip_prefix("anywhere ")?),
    };
    let (how, letters) = words.split_once(" `")?;
    let letters = letters
        .strip_suffix('`')
        .filter(|letters| !letters.is_empty())?;
    let place = match how {
        "above" => Place::Above(letters),
        "below" => Place::Below(letters),
        "instead of" => Place::InsteadOf(letters),
        _ => return None,
    };
    Some((function, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
// fn one() is not this
fn one() {
    begin();
    end();
}

fn two<T>() {
    begin();
}
";

    fn applied(script: &str) -> Result<String, String> {
        let read = |file: &str| match file {
            "a.rs" => Ok(FILE.to_owned()),
            other => Err(format!("no {other}")),
        };
        let mut new = Script::parse(script)?.apply(read)?;
        Ok(new.remove("a.rs").unwrap_or_default())
    }

    #[test]
    fn lines_go_where_the_script_says() {
        let script = "# of our own\nfile a.rs\nafter fn one\n|\n|fn between() {}\nin fn one below `beg`\n\
                      |    more();\nin fn two above `begin()`\n|    before();\nin fn one instead of `end`\n\
                      |last();\n|    the_end";
        let expected = FILE
            .replacen("begin();\n", "begin();\n    more();\n", 1)
            .replace(
                "    end();\n}\n",
                "    last();\n    the_end();\n}\n\nfn between() {}\n",
            )
            .replace("two<T>() {\n", "two<T>() {\n    before();\n");
        assert_eq!(applied(script), Ok(expected));
    }

    #[test]
    fn what_is_not_there_once_is_refused() {
        for (script, why) in [
            (
                "file a.rs\nin fn one below `bgin`\n|x",
                "line 2 does not fit a.rs: `bgin` is not there; expected: once",
            ),
            (
                "file a.rs\nanywhere below `begin`\n|x",
                "line 2 does not fit a.rs: `begin` is there 2 times; expected: once",
            ),
            (
                "file a.rs\nafter fn three\n|x",
                "line 2 does not fit a.rs: fn three is not there; expected: once",
            ),
            ("file b.rs\nafter fn three\n|x", "no b.rs"),
            (
                "file a.rs\nin fn one instead of `begin`\n|x\nin fn one instead of `gin()`\n|y",
                "line 4 does not fit a.rs: it changes what another line does",
            ),
        ] {
            assert_eq!(applied(script), Err(why.to_owned()), "{script}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (script, why) in [
            ("after fn one\n|x", "line 1 stands before the first file"),
            ("|x", "line 1 belongs to no edit"),
            (
                "file a.rs\nafter fn one\n|x\nfile b.rs\n|y",
                "line 5 belongs to no edit",
            ),
            ("file a.rs\nafter fn one", "the edit of line 2 has no lines"),
        ] {
            assert_eq!(Script::parse(script), Err(why.to_owned()), "{script}");
        }
        for line in [
            "in fn one",
            "in fn one beside `x`",
            "anywhere below ``",
            "below `x`",
            "in fn one below `x",
        ] {
            let script = format!("file a.rs\n{line}\n|x");
            let refused = Script::parse(&script).expect_err(line);
            assert!(
                refused.starts_with("line 2 is not understood; expected: "),
                "{refused}"
            );
        }
    }
}
