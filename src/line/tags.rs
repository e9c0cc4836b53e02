//! Tells if a place of a line is in a tag of XML, in the value of an attribute, or between tags.

use memchr::{memchr, memchr3};

/// The place of a byte among tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagPlace {
    Outside,
    /// In no tag, in a line that begins with a tag or with `<!--`: most likely text between tags, or a comment.
    InContent,
    /// In a tag that begins in the same line, `<failure code=`, but in no value of an attribute.
    InTag,
    /// In the value of an attribute.
    InValue,
}

/// The tags of a line so far. `<` and a letter or `_` begin a tag, and `>` ends it. A value is in quotes behind `=`,
/// with or without backslashes before the quotes.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineTags {
    state: TagState,
    /// True if the first byte of the line that is no blank begins a tag or a comment; `None` until the first `<`.
    is_markup: Option<bool>,
    line_start: usize,
    /// The byte offset up to which the text has been looked at.
    looked_up_to: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum TagState {
    #[default]
    Outside,
    InTag,
    /// In a value that ends with this quote.
    InValue(u8),
}

impl LineTags {
    /// Returns the state at the beginning of a line, at byte offset `start` of the text. A newline ends all tags.
    pub(crate) fn beginning_at(start: usize) -> Self {
        Self { line_start: start, looked_up_to: start, ..Self::default() }
    }

    /// Looks at the line up to `to`, or up to the last call's place where that is later. Returns this place among tags.
    pub(crate) fn advance(&mut self, text: &[u8], to: usize) -> TagPlace {
        let to = to.max(self.looked_up_to);
        while self.looked_up_to < to && self.step(text, to) {}
        match self.state {
            TagState::Outside if self.is_markup == Some(true) => TagPlace::InContent,
            TagState::Outside => TagPlace::Outside,
            TagState::InTag => TagPlace::InTag,
            TagState::InValue(_) => TagPlace::InValue,
        }
    }

    /// Goes on behind the next byte that may change the state. Returns false where there is none before `to`.
    fn step(&mut self, text: &[u8], to: usize) -> bool {
        let rest = &text[self.looked_up_to..to];
        let found = match self.state {
            TagState::Outside => memchr(b'<', rest),
            TagState::InTag => memchr3(b'>', b'"', b'\'', rest),
            TagState::InValue(quote) => memchr(quote, rest),
        };
        let Some(found) = found else {
            self.looked_up_to = to;
            return false;
        };
        let at = self.looked_up_to + found;
        self.state = match (self.state, text[at]) {
            (TagState::Outside, _) => {
                let begins = text.get(at + 1).is_some_and(|&next| next.is_ascii_alphabetic() || next == b'_');
                let before = &text[self.line_start..at];
                let is_markup = begins || text[at..].starts_with(b"<!--");
                self.is_markup.get_or_insert_with(|| is_markup && before.trim_ascii().is_empty());
                if begins { TagState::InTag } else { TagState::Outside }
            }
            (TagState::InTag, b'>') => TagState::Outside,
            (TagState::InTag, quote) if opens_value(&text[..at]) => TagState::InValue(quote),
            _ => TagState::InTag,
        };
        self.looked_up_to = at + 1;
        true
    }
}

/// Returns true if a quote behind `before` opens the value of an attribute.
fn opens_value(before: &[u8]) -> bool {
    let is_between = |byte: &&u8| matches!(byte, b'\\' | b' ' | b'\t');
    before.iter().rev().take(8).find(|byte| !is_between(byte)) == Some(&b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_tags_are_told() {
        use TagPlace::{InContent, InTag, InValue, Outside};
        for (text, expected) in [
            ("", Outside),
            ("a < b ", Outside),
            ("if (1<2 && x=", Outside),
            ("<", Outside),
            ("<a", InTag),
            ("<_a code=", InTag),
            ("<a code=\"", InValue),
            ("<a code = \\\"", InValue),
            ("<a code='\">", InValue),
            ("<a code='\">'", InTag),
            ("<a it's ", InTag),
            ("<a>", InContent),
            (" \t<a b='1'/>", InContent),
            ("x <a b='1'/>", Outside),
            ("<1><a>", Outside),
            ("<a></a", InContent),
            ("<?xml ", Outside),
            (" <!-- x ", InContent),
            ("x <!-- ", Outside),
            ("<!DOCTYPE ", Outside),
        ] {
            for cut in 0..=text.len() {
                let mut tags = LineTags::default();
                // No caller cuts a line behind `<`: it asks for the beginnings of fields.
                if !text[..cut].ends_with('<') {
                    tags.advance(text.as_bytes(), cut);
                }
                assert_eq!(tags.advance(text.as_bytes(), text.len()), expected, "{text} {cut}");
            }
        }
    }
}
