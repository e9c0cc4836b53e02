//! Texts of a user in messages about a catalog.

/// The most characters of a text that a message shows.
const SHOWN_MAX: usize = 40;

/// Returns a text for a message: in quotes, with escapes, and cut behind [`SHOWN_MAX`] characters.
pub(crate) fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}
