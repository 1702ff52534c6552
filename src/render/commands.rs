//! The commands that a reader of a result runs next, as a shell takes them.
//!
//! ```
//! use lastbyte::check::results::Results;
//! use lastbyte::render::commands::explain;
//!
//! // Of a run that has explored nothing.
//! let results = Results::none();
//! assert!(explain("model/claim", &results).ends_with("explain model/claim"));
//! ```

use std::path::Path;

use super::visible;
use crate::check::recording;
use crate::check::results::{Results, Row};

/// The shell commands that replay a claim's counterexample. It is in the directory `saved`, or is saved
/// first. The second command also runs when the first one fails.
pub fn replay(row: &Row, results: &Results, saved: Option<&Path>) -> String {
    let file = recording::file_name(&row.id.text);
    let program = visible(&results.program);
    if let Some(directory) = saved {
        let path = directory.join(file).display().to_string();
        return format!("{program} replay {}", quoted(&visible(&path)));
    }
    let save = reproduce(&row.id.text, row.version.as_deref(), results);
    format!("{save} --save . ; {program} replay {}", quoted(&file))
}

/// The command that explains a claim, for a shell.
pub fn explain(id: &str, results: &Results) -> String {
    let program = visible(&results.program);
    format!("{program} explain {}", quoted(&visible(id)))
}

/// The shell command that explores this claim or comparison. For a package that was built separately,
/// it builds that package.
pub fn reproduce(id: &str, version: Option<&str>, results: &Results) -> String {
    let id = quoted(&visible(id));
    let program = visible(&results.program);
    let packages = results.packages.as_ref();
    let option = packages.map_or("real", |packages| &packages.option);
    let option = match version {
        _ if !results.real => return format!("{program} --only {id}"),
        None => format!("--{option}"),
        Some(version) => {
            let grouped = packages.is_some_and(|packages| packages.grouped);
            let model = id.trim_start_matches('\'').split('/').next();
            let group = model.filter(|_| grouped).map(|model| format!("{model}@"));
            format!("--{option}={}{version}", group.unwrap_or_default())
        }
    };
    format!("{program} {} --only {id}", quoted(&visible(&option)))
}

/// A word for a shell.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._,=:+-".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_not_take_it_as_one() {
        for plain in [
            "a",
            "model/1.12.0",
            "--real=1.7.0",
            "N=64,K=4,reader=slow:1",
            "a+b_c",
        ] {
            assert_eq!(quoted(plain), plain);
        }
        for word in [
            "", "a b", "~", "*", "$HOME", "it's", "a\\b", "\"", "ü", "a;b", "a&b",
        ] {
            let quoted = quoted(word);
            assert!(
                quoted.starts_with('\'') && quoted.ends_with('\''),
                "{quoted}"
            );
            assert_eq!(shlex::split(&quoted), Some(vec![word.to_owned()]));
        }
    }
}
