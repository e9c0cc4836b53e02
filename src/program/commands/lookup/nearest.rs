//! Suggestions for a code that the catalog lacks: the codes that were probably meant.

use crate::program::terminal::visible::visible;
use crate::{Catalog, Language};
use std::ops::RangeInclusive;

/// The most codes that are suggested.
const SUGGESTIONS_MAX: usize = 3;
/// The largest difference between a wanted number and a suggested one. The vendor numbers related codes one after
/// another, so that a code within ten is likely to be of the same kind; a farther one is there by accident.
const NEAR_MAX: i64 = 10;

/// Returns the message for codes that the catalog lacks:
/// `-2044: is not in the catalog; the nearest are -204 (auth: ...), ...`. It suggests codes that differ from `text`
/// by one slip of the finger first, then codes whose numbers are within [`NEAR_MAX`] of `range`, the nearest first.
pub(crate) fn not_in_catalog(
    text: &str,
    range: &RangeInclusive<i32>,
    catalog: &Catalog,
    language: Language,
) -> String {
    let distance = |code: i32| {
        let below = i64::from(*range.start()) - i64::from(code);
        let above = i64::from(code) - i64::from(*range.end());
        below.max(above)
    };
    let is_slip = |code: i32| strsim::damerau_levenshtein(text, &code.to_string()) <= 1;
    let is_near = |code: i32| is_slip(code) || distance(code) <= NEAR_MAX;
    let mut near: Vec<_> = catalog.entries().iter().filter(|entry| is_near(entry.code())).collect();
    near.sort_by_cached_key(|entry| (!is_slip(entry.code()), distance(entry.code())));
    near.truncate(SUGGESTIONS_MAX);
    let near: Vec<String> = near
        .into_iter()
        .map(|entry| {
            let (category, message) = (entry.category().name_in(language), entry.message_in(language));
            format!("{} ({}: {})", entry.code(), visible(&category), visible(&message))
        })
        .collect();
    let nearest = match near.len() {
        0 if catalog.entries().is_empty() => "there are no codes".to_owned(),
        0 => "no code near it is; --list prints all codes".to_owned(),
        1 => format!("the nearest is {}", near[0]),
        _ => format!("the nearest are {}", near.join(", ")),
    };
    format!("{text}: is not in the catalog; {nearest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Entry;

    #[test]
    fn slips_come_before_neighbours() {
        let nearest = |codes: &[i32], text: &str, range| {
            let catalog = Catalog::of_entries(codes.iter().map(|&code| Entry::new(code, "m")).collect());
            not_in_catalog(text, &range, &catalog, Language::English)
        };
        let codes = [-204, -1101, -2045, -3000, -3, 5];
        assert_eq!(
            nearest(&codes, "-2044", -2044..=-2044),
            "-2044: is not in the catalog; the nearest are -2045 (other: m), -204 (auth: m)"
        );
        assert_eq!(
            nearest(&codes, "6", 6..=6),
            "6: is not in the catalog; the nearest are 5 (action: m), -3 (other: m)"
        );
        assert!(
            nearest(&codes, "-2999..-2100", -2999..=-2100).ends_with("; the nearest is -3000 (other: m)")
        );
        assert_eq!(nearest(&[7], "1", 1..=1), "1: is not in the catalog; the nearest is 7 (other: m)");
        assert_eq!(nearest(&[], "1", 1..=1), "1: is not in the catalog; there are no codes");
        assert!(nearest(&[-999_999_999], "999999999", 999_999_999..=999_999_999).contains("-999999999"));
    }

    #[test]
    fn only_near_codes_are_offered() {
        let nearest = |code: i32, range| {
            let catalog = Catalog::of_entries(vec![Entry::new(code, "m")]);
            not_in_catalog("-31337", &range, &catalog, Language::English)
        };
        let nothing = "-31337: is not in the catalog; no code near it is; --list prints all codes";
        assert_eq!(nearest(-204, -31337..=-31337), nothing);
        assert_eq!(nearest(-31348, -31337..=-31337), nothing);
        assert_eq!(nearest(-31300, -31337..=-31311), nothing);
        for (code, range) in [
            (-31347, -31337..=-31337),
            (-31327, -31337..=-31337),
            (-31301, -31337..=-31311),
            (-31387, -31337..=-31337),
            (31337, -31337..=-31337),
        ] {
            assert!(nearest(code, range).contains(&format!("the nearest is {code} (other: m)")), "{code}");
        }
    }
}
