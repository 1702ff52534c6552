//! Numbers in words.

/// A number of bytes, in words.
pub(crate) fn bytes(number: usize) -> String {
    count(number, "byte")
}

/// The number with a comma before every group of three digits.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 claim`, `2 claims`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    count_of(number as u64, noun)
}

/// The same as [`count`], for numbers that may exceed `usize`.
pub(crate) fn count_of(number: u64, noun: &str) -> String {
    let noun = match noun.strip_suffix('y') {
        _ if number == 1 => noun.to_owned(),
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    };
    format!("{} {noun}", thousands(number))
}
