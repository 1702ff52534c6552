//! Numbers in words.

/// So many bytes, in words.
pub(crate) fn bytes(number: usize) -> String {
    match number {
        1 => "1 byte".to_owned(),
        _ => format!("{} bytes", thousands(number as u64)),
    }
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
