//! Views of results and traces. A renderer turns data into text; it knows nothing of loom, of
//! subjects or of the terminal.
//!
//! Names, panic messages and bytes of requests come from outside. Every view passes them through
//! [`visible`] first, and then escapes what its own format reserves.
//!
//! ```
//! assert_eq!(lastbyte::render::visible("one\nline"), "one\\nline");
//! ```

pub mod chart;
#[cfg(feature = "cli")]
mod classes;
#[cfg(feature = "cli")]
pub mod commands;
#[cfg(feature = "cli")]
pub mod comparison;
#[cfg(feature = "cli")]
pub mod documents;
#[cfg(feature = "cli")]
pub mod explain;
#[cfg(feature = "cli")]
mod growth;
#[cfg(feature = "cli")]
pub mod jsonl;
#[cfg(feature = "cli")]
pub mod junit;
#[cfg(feature = "cli")]
pub mod markdown;
#[cfg(feature = "cli")]
mod matrix;
#[cfg(feature = "cli")]
mod meaning;
#[cfg(feature = "cli")]
pub mod mermaid;
#[cfg(feature = "cli")]
pub mod packages;
mod palette;
#[cfg(feature = "cli")]
pub mod report;
#[cfg(feature = "cli")]
pub mod svg;
#[cfg(feature = "cli")]
pub mod sweep;
#[cfg(feature = "cli")]
pub mod table;
pub mod transcript;
#[cfg(feature = "cli")]
pub mod unexpected;

/// The text with every control character, line break and invisible direction mark spelled out, so
/// that it can neither move a cursor nor change how its surroundings are read.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether a character acts on its surroundings instead of being seen.
fn is_invisible(c: char) -> bool {
    let steers = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        // Permitted in Rust's strings, forbidden in XML.
        | '\u{fffe}' | '\u{ffff}');
    c.is_control() || steers
}

pub(crate) use crate::trace::numbers::count;
#[cfg(feature = "explore")]
pub(crate) use crate::trace::numbers::count_of;
pub use crate::trace::numbers::thousands;

#[cfg(feature = "cli")]
/// The sum, or the largest number: results that were read may hold any numbers.
pub(crate) fn total(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}

#[cfg(feature = "cli")]
/// The parts of a version number: 1.9.0 comes before 1.10.0.
pub(crate) fn version_numbers(version: &str) -> Option<Vec<u64>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(feature = "cli")]
/// Adds words, wrapped to `width` columns and indented.
pub(crate) fn paragraph(text: &mut String, width: usize, indent: usize, words: &str) {
    for line in textwrap::wrap(words, width - indent) {
        text.extend(std::iter::repeat_n(' ', indent));
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(visible("plain, ünïcödé"), "plain, ünïcödé");
        assert_eq!(visible("\x1b[2J\n\u{202e}x"), "\\u{1b}[2J\\n\\u{202e}x");
        assert_eq!(visible("\u{9b}\u{7f}\0"), "\\u{9b}\\u{7f}\\u{0}");
    }

    #[cfg(feature = "cli")]
    #[test]
    fn versions_are_numbers_between_dots() {
        assert_eq!(version_numbers("1.10.0"), Some(vec![1, 10, 0]));
        assert!(version_numbers("1.9.0") < version_numbers("1.10.0"));
        for not in ["", "1.", "1.x", "-1"] {
            assert_eq!(version_numbers(not), None, "{not:?}");
        }
    }

    #[test]
    fn one_is_singular() {
        let texts = [0, 1, 2, 1_000].map(|number| count(number, "execution"));
        assert_eq!(
            texts,
            [
                "0 executions",
                "1 execution",
                "2 executions",
                "1,000 executions"
            ]
        );
    }

    #[test]
    fn thousands_are_grouped_from_the_right() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (98304, "98,304")] {
            assert_eq!(thousands(number), text);
        }
        assert_eq!(thousands(u64::MAX), "18,446,744,073,709,551,615");
    }
}
