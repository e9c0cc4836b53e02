//! The message about inputs that are not text, which are left out of streams and copied to folders.

use crate::program::input::InputFile;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The most files that the message names.
const NAMED: usize = 3;

/// Counts inputs that are not text, from any thread, and keeps the names of the first ones.
#[derive(Debug, Default)]
pub struct NoTexts(Mutex<Kept>);

/// The number of inputs that are not text, and the names to print.
#[derive(Debug, Default)]
struct Kept {
    count: usize,
    /// The names of the first inputs, by the number of the input.
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

    /// Returns one line with the number of inputs, their treatment and the first names; `None` if there are no such
    /// inputs. `are_copied` is true if they were copied, and false if they were left out.
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
    use crate::program::terminal::input_name::InputName;

    #[test]
    fn the_first_three_are_named_whatever_their_order() {
        let no_texts = NoTexts::default();
        assert_eq!(no_texts.summary(false), None);
        let add = |number: usize| {
            let name = InputName::File(format!("{number}.db").into());
            let mut file = InputFile::new(name, None, None);
            file.number = number;
            no_texts.add(&file);
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
