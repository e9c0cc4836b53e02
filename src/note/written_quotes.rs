//! Tells if a place of a line is within quotes that something has escaped or encoded: `{\"m\":\"ret=-204\"}`.

use crate::field::QuoteMark;
use memchr::memchr3;

/// The quotes of a line so far that are escaped (`\"`) or encoded (`\u0022`, `%22`, `&quot;`).
///
/// Text in such quotes is JSON, CSV or the like within other text. A note with quotes of its own would end it.
#[derive(Clone, Debug, Default)]
pub(super) struct WrittenQuotes {
    /// A bit for each kind of quote, which is set if the number of such quotes is odd.
    open: u8,
    /// The byte offset up to which the text has been looked at.
    looked_up_to: usize,
}

impl WrittenQuotes {
    /// Returns the state at the beginning of a line, at byte offset `start` of the text.
    pub(super) fn beginning_at(start: usize) -> Self {
        Self { open: 0, looked_up_to: start }
    }

    /// Looks at the line up to `to`, which must not lie before the `to` of the last call. Returns true if a quote is open
    /// there.
    pub(super) fn are_open_at(&mut self, text: &[u8], to: usize) -> bool {
        let text = &text[..to];
        while let Some(found) = memchr3(b'\\', b'%', b'&', text.get(self.looked_up_to..).unwrap_or_default())
        {
            let at = self.looked_up_to + found;
            let backslashes = text[at..].iter().take_while(|&&byte| byte == b'\\').count();
            let behind = &text[at + backslashes..];
            let mark = QuoteMark::ALL.into_iter().find(|mark| behind.starts_with(mark.text()));
            // A quote behind an even number of backslashes is a plain one, or two.
            let is_plain = matches!(mark, Some(QuoteMark::Plain | QuoteMark::Doubled));
            let length = match mark {
                Some(_) if is_plain => 1,
                Some(mark) => mark.text().len(),
                None => usize::from(backslashes == 0),
            };
            if let Some(mark) = mark.filter(|_| !is_plain || backslashes % 2 == 1) {
                let kind = if is_plain { QuoteMark::Plain } else { mark };
                self.open ^= 1 << kind as u8;
            }
            self.looked_up_to = at + backslashes + length;
        }
        self.looked_up_to = self.looked_up_to.max(to);
        self.open != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_that_are_escaped_or_encoded_are_open_until_their_like() {
        for (text, is_open) in [
            ("", false),
            ("a \"b\" c", false),
            (r#"{\"m\":\""#, true),
            (r#"{\"m\":\"x\" "#, false),
            (r#"\\""#, false),
            (r#"\\\""#, true),
            (r"\u0022", true),
            (r"\u0022\u0022", false),
            (r"\x22", true),
            ("%22", true),
            ("%22%22", false),
            ("&quot;", true),
            ("&quot;&#34;", true),
            ("&#x22;&#x22;", false),
            ("%2", false),
        ] {
            for cut in 0..=text.len() {
                let mut quotes = WrittenQuotes::default();
                quotes.are_open_at(text.as_bytes(), 0);
                let whole = quotes.are_open_at(text.as_bytes(), text.len());
                assert_eq!(whole, is_open, "{text} {cut}");
            }
        }
    }
}
