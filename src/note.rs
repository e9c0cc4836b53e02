//! Notes: what is written behind a field, rendered once for each entry of the catalog.

use crate::catalog::Entry;

/// Ends all colours and styles.
pub(crate) const RESET: &[u8] = b"\x1b[0m";

/// The note of one entry, as bytes: ` (category: message)`.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) plain: Box<[u8]>,
    /// The same in the colour of its severity, with all colours ended behind it.
    pub(crate) colored: Box<[u8]>,
}

impl Note {
    pub(crate) fn of_entry(entry: &Entry) -> Self {
        let text = format!("({}: {})", entry.category().name(), entry.message());
        let reset = String::from_utf8_lossy(RESET);
        Self {
            plain: format!(" {text}").into_bytes().into(),
            colored: format!(" \x1b[{}m{text}{reset}", entry.severity().color()).into_bytes().into(),
        }
    }

    /// Whether `rest`, what stands right behind a field, begins with this note, in colour or not; if so,
    /// how long it is there.
    #[inline]
    pub(crate) fn length_at(&self, rest: &[u8]) -> Option<usize> {
        // Nearly always the first two bytes say no, without a comparison of the whole.
        if !matches!(rest, [b' ', b'(' | b'\x1b', ..] | [b'\x1b', ..]) {
            return None;
        }
        if rest.starts_with(&self.plain) {
            return Some(self.plain.len());
        }
        let skipped = if rest.starts_with(RESET) { RESET.len() } else { 0 };
        rest[skipped..].starts_with(&self.colored).then_some(skipped + self.colored.len())
    }

    /// The most bytes that [`Note::length_at`] looks at.
    pub(crate) fn max_length(&self) -> usize {
        RESET.len() + self.colored.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;

    fn note(code: i32) -> Note {
        Note::of_entry(Catalog::builtin().get(code).unwrap())
    }

    #[test]
    fn severity_gives_the_color() {
        assert_eq!(&*note(1).plain, b" (success: success)");
        assert_eq!(&*note(1).colored, b" \x1b[32m(success: success)\x1b[0m");
        assert_eq!(&*note(5).colored, b" \x1b[33m(action: need google authcode)\x1b[0m");
        assert_eq!(&*note(-204).colored, b" \x1b[31m(auth: user session is failure!)\x1b[0m");
    }

    #[test]
    fn a_note_that_is_there_is_known_in_each_form() {
        let note = note(-204);
        let plain = b" (auth: user session is failure!)".as_slice();
        let colored = b" \x1b[31m(auth: user session is failure!)\x1b[0m".as_slice();
        let on_colored_line = [RESET, colored].concat();
        for form in [plain, colored, &on_colored_line] {
            assert_eq!(note.length_at(form), Some(form.len()));
            assert_eq!(note.length_at(&[form, b" x"].concat()), Some(form.len()));
            assert_eq!(note.length_at(&form[..form.len() - 1]), None);
            assert!(form.len() <= note.max_length());
        }
        assert_eq!(note.length_at(b""), None);
        assert_eq!(note.length_at(b" (auth: user session is error!)"), None);
        assert_eq!(note.length_at(b"  (auth: user session is failure!)"), None);
    }
}
