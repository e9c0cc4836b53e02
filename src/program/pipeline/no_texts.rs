//! Inputs that are no text, which are left out of streams and copied to folders: counted, and the first of them named.

use crate::program::input::InputFile;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The most files that are named.
const NAMED: usize = 3;

/// Collects inputs that are no text, from any thread.
#[derive(Debug, Default)]
pub struct NoTexts(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    count: usize,
    /// The names of the first ones, in the order of the inputs.
    first: BTreeMap<usize, String>,
}

impl NoTexts {
    pub(super) fn add(&self, file: &InputFile) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.count += 1;
        kept.first.insert(file.number, file.name.to_string());
        if kept.first.len() > NAMED {
            kept.first.pop_last();
        }
    }

    /// Returns one line that says how many there were and what was done with them; `None` where there were none.
    pub fn summary(&self, are_copied: bool) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let names: Vec<&str> = kept.first.values().map(String::as_str).collect();
        let names = names.join(", ");
        let (subject, verb, treats) = match kept.count {
            0 => return None,
            1 => ("1 file is no text".to_owned(), "was", "it"),
            count => (format!("{count} files are no text"), "were", "all"),
        };
        let done = match (are_copied, kept.count) {
            (false, _) => "left out",
            (true, 1) => "copied as it is",
            (true, _) => "copied as they are",
        };
        let more = match kept.count.saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!("{subject} and {verb} {done}: {names}{more}; -a treats {treats} as text"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::input::InputName;

    #[test]
    fn the_first_three_are_named_whatever_their_order() {
        let no_texts = NoTexts::default();
        assert_eq!(no_texts.summary(false), None);
        let add = |number: usize| {
            let name = InputName::File(format!("{number}.db").into());
            let relative = format!("{number}.db").into();
            no_texts.add(&InputFile { name, relative, number, regular_bytes: None, in_folder: true });
        };
        add(7);
        let one = "1 file is no text and was left out: 7.db; -a treats it as text";
        assert_eq!(no_texts.summary(false).as_deref(), Some(one));
        [1, 9].into_iter().for_each(add);
        let three =
            "3 files are no text and were copied as they are: 1.db, 7.db, 9.db; -a treats all as text";
        assert_eq!(no_texts.summary(true).as_deref(), Some(three));
        [2, 0].into_iter().for_each(add);
        let five =
            "5 files are no text and were left out: 0.db, 1.db, 2.db and 2 more; -a treats all as text";
        assert_eq!(no_texts.summary(false).as_deref(), Some(five));
    }
}
