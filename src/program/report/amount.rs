//! Amounts in words: a number with its unit.

/// Returns a number of fields with its unit: `1 field`, `2 fields`.
pub(super) fn fields(number: u64) -> String {
    count_of(number, "field", "fields")
}

/// Returns a number with the word for its unit.
pub(super) fn count_of(number: u64, one: &str, several: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {several}") }
}
