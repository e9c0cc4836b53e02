//! `--search`: the entries that have all the words.

use super::Found;
use crate::{Catalog, Entry};

/// Finds the entries that have each word somewhere in the message, the explanation or the category, also as part of a
/// longer word, and in upper or lower case.
///
/// # Errors
///
/// Returns the message if there is no word.
pub(crate) fn search<'a>(words: &[String], catalog: &'a Catalog) -> Result<Found<'a>, String> {
    let typed = words.join(" ");
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return Err("--search: a word is missing; --list has all codes".to_owned());
    }
    let entries: Vec<_> = catalog.entries().iter().filter(|entry| has_all(entry, &words)).collect();
    let missing = entries.is_empty().then(|| {
        format!("--search {typed}: no code of the catalog has that; try fewer words, or parts of them")
    });
    Ok(Found { entries, missing: missing.into_iter().collect() })
}

/// Returns true if an entry has all words, which must be in lower case.
fn has_all(entry: &Entry, words: &[String]) -> bool {
    let category = entry.category();
    let texts = [entry.message(), entry.explanation(), category.name(), category.chinese_name()];
    let texts = texts.map(str::to_lowercase);
    words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(words: &[&str]) -> Vec<i32> {
        let entries = vec![
            Entry::new(-204, "user Session is FAILURE").with_explanation("用户登录态过期"),
            Entry::new(-205, "ＡＢＣ ünicode").with_explanation("Google 授权"),
            Entry::new(1, "success"),
        ];
        let catalog = Catalog::of_entries(entries);
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        search(&words, &catalog).unwrap().entries.iter().map(|entry| entry.code()).collect()
    }

    #[test]
    fn all_words_must_be_there_in_any_case_and_language() {
        assert_eq!(codes(&["session"]), [-204]);
        assert_eq!(codes(&["failure SESS"]), [-204]);
        assert_eq!(codes(&["failure", "登录态"]), [-204]);
        assert!(codes(&["failure", "google"]).is_empty());
        assert_eq!(codes(&["ａｂｃ"]), [-205]);
        assert_eq!(codes(&["ÜNICODE"]), [-205]);
        assert_eq!(codes(&["登录鉴权"]), [-204, -205]);
        assert_eq!(codes(&["AUTH", "google"]), [-205]);
        assert_eq!(codes(&["success"]), [1]);
    }

    #[test]
    fn no_word_is_refused() {
        assert!(search(&[" ".to_owned()], &Catalog::builtin()).unwrap_err().contains("a word is missing"));
    }
}
