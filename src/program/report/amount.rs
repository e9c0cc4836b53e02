//! Amounts in words: a number with its unit.

/// Returns a number of fields with its unit: `1 field`, `2 fields`.
pub(super) fn fields(number: u64) -> String {
    count_of(number, "field", "fields")
}

/// Returns a number with the word for its unit.
pub(super) fn count_of(number: u64, one: &str, several: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {several}") }
}

/// Returns a number of users with its unit. An estimate is rounded to three digits: `~12,400 users (± 3 %)`.
pub(super) fn users(number: u64, is_exact: bool) -> String {
    if is_exact { count_of(number, "user", "users") } else { format!("{} users (± 3 %)", rounded(number)) }
}

/// Returns a number of users without its unit: `312`, `~12,400`.
pub(super) fn users_alone(number: u64, is_exact: bool) -> String {
    if is_exact { number.to_string() } else { rounded(number) }
}

/// Returns an estimate, rounded to three digits, with commas between groups of three.
fn rounded(number: u64) -> String {
    let digits = number.to_string();
    let step = 10_u64.pow(u32::try_from(digits.len().saturating_sub(3)).unwrap_or(0));
    let mut text = (number.saturating_add(step / 2) / step * step).to_string();
    for at in (1..text.len()).rev().filter(|at| (text.len() - at).is_multiple_of(3)).collect::<Vec<_>>() {
        text.insert(at, ',');
    }
    format!("~{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_has_three_digits() {
        for (number, text) in
            [(1_025, "~1,030"), (12_449, "~12,400"), (99_950, "~100,000"), (7_654_321, "~7,650,000")]
        {
            assert_eq!(users_alone(number, false), text);
        }
        assert_eq!(users(1, true), "1 user");
        assert_eq!(users(1_024, true), "1024 users");
        assert_eq!(users(12_449, false), "~12,400 users (± 3 %)");
    }
}
