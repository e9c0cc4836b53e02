//! The quotes of JSON in a line: as they are, or as the programs that logged the JSON have escaped and encoded them.

use crate::field::{JsonQuote, QuoteMark};
use crate::scanner::{self, BACKSLASHES_MAX};

/// The most bytes that [`JsonQuote::encode`] makes of one byte of a text: of a backslash behind eight backslashes and
/// `%22`.
pub(super) const ENCODED_BYTES_MAX: usize = 96;

/// The most backslashes before `u0022`: those before a quote, and those of the escape.
const ESCAPED_BACKSLASHES_MAX: usize = 2 * BACKSLASHES_MAX;

/// A way in which a program writes a text that has JSON in it.
#[derive(Clone, Copy, Debug)]
enum QuoteLayer {
    /// A string of JSON: backslashes before quotes and backslashes.
    Json,
    /// A string in other quotes (Python's `'…'`), or JSON in which no quote is left: backslashes before backslashes.
    Backslashes,
    /// Marks in place of quotes. The rest as the mark has it.
    Marks(QuoteMark),
}

/// The level of a quote, compared with the quotes of one JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// A quote of the JSON text.
    Own,
    /// A quote within a string of the JSON text.
    Deeper,
    /// A quote of the text that has the JSON text in a string.
    Shallower,
}

impl JsonQuote {
    /// The number of quotes that are told apart.
    pub(super) const COUNT: usize = QuoteMark::ALL.len() * (ESCAPED_BACKSLASHES_MAX + 1);

    /// Returns the number of the quote, less than [`JsonQuote::COUNT`].
    pub(super) fn number(self) -> usize {
        self.mark as usize * (ESCAPED_BACKSLASHES_MAX + 1) + usize::from(self.backslashes)
    }

    /// Returns the quote that a text begins with, and its length in bytes.
    pub(super) fn at(text: &[u8]) -> Option<(Self, usize)> {
        if !matches!(text.first(), Some(b'"' | b'\\' | b'%' | b'&')) {
            return None;
        }
        let unit: &[u8] = if text.starts_with(b"%") { b"%5C" } else { b"\\" };
        let mut rest = text;
        let mut backslashes = 0;
        while backslashes < ESCAPED_BACKSLASHES_MAX
            && let Some((first, behind)) = rest.split_at_checked(unit.len())
            && first.eq_ignore_ascii_case(unit)
        {
            (rest, backslashes) = (behind, backslashes + 1);
        }
        let mark = QuoteMark::ALL.into_iter().find(|mark| rest.starts_with(mark.text()))?;
        let quote = Self { backslashes: backslashes as u8, mark };
        quote.exists().then_some((quote, text.len() - rest.len() + mark.text().len()))
    }

    /// Returns the quote that a text ends in, and its length in bytes.
    pub(super) fn before(text: &[u8]) -> Option<(Self, usize)> {
        QuoteMark::ALL.into_iter().find_map(|mark| {
            let rest = text.strip_suffix(mark.text())?;
            let backslashes = mark.backslashes_before(rest);
            let unit = if mark == QuoteMark::Percent { 3 } else { 1 };
            let quote = Self { backslashes: u8::try_from(backslashes).ok()?, mark };
            quote.exists().then_some((quote, mark.text().len() + unit * backslashes))
        })
    }

    /// Returns true if a text ends in the quote, with as many backslashes.
    pub(super) fn ends(self, text: &[u8]) -> bool {
        text.strip_suffix(self.mark.text())
            .is_some_and(|rest| self.mark.backslashes_before(rest) == usize::from(self.backslashes))
    }

    /// Returns false for a mark that is no quote with this number of backslashes before it.
    fn exists(self) -> bool {
        match self.mark {
            QuoteMark::Unicode | QuoteMark::Hex => {
                (1..=ESCAPED_BACKSLASHES_MAX).contains(&usize::from(self.backslashes))
            }
            QuoteMark::Doubled => self.backslashes == 0,
            _ => usize::from(self.backslashes) <= BACKSLASHES_MAX,
        }
    }

    /// Returns the form that a part of a JSON text has where its quotes have this form.
    ///
    /// The number of backslashes tells the layers around the JSON text. A string of JSON makes 2k + 1 of k backslashes,
    /// and any other layer 2k. So the binary digits of the number name the layers, the first one first: 3 is JSON in a
    /// string of JSON in a string of JSON.
    pub(super) fn encode(self, json: &str) -> String {
        let of_digits = |number: u8| {
            let length = u8::BITS - number.leading_zeros();
            (0..length).rev().map(move |bit| {
                if number >> bit & 1 == 1 { QuoteLayer::Json } else { QuoteLayer::Backslashes }
            })
        };
        let encoded = |layers: &mut dyn Iterator<Item = QuoteLayer>| {
            layers.fold(json.to_owned(), |text, layer| layer.encode(&text))
        };
        match self.mark {
            QuoteMark::Plain => encoded(&mut of_digits(self.backslashes)),
            QuoteMark::Unicode | QuoteMark::Hex => {
                // The last backslash before the marks came with them, and was doubled by the layers around.
                let around = self.backslashes.trailing_zeros();
                let within = of_digits((self.backslashes >> around) / 2);
                let around = std::iter::repeat_n(QuoteLayer::Backslashes, around as usize);
                encoded(&mut within.chain([QuoteLayer::Marks(self.mark)]).chain(around))
            }
            mark => encoded(&mut of_digits(self.backslashes).chain([QuoteLayer::Marks(mark)])),
        }
    }

    /// Returns the level of the quote that a text ends in, compared with this quote; `None` where it ends in none.
    pub(super) fn level_of_last(self, text: &[u8]) -> Option<Level> {
        let Some(before) = text.strip_suffix(self.mark.text()) else {
            return text.ends_with(b"\"").then_some(Level::Shallower);
        };
        let own = usize::from(self.backslashes);
        let found = self.mark.backslashes_before(before);
        // A string within the JSON text ends in pairs of backslashes, each doubled by each layer.
        let pair = 2 << own.checked_ilog2().map_or(0, |digits| digits + 1);
        Some(match found % pair {
            rest if rest == own => Level::Own,
            rest if rest == own + pair / 2 => Level::Deeper,
            _ => Level::Shallower,
        })
    }
}

impl QuoteMark {
    /// Returns the number of backslashes that a text before the mark ends in; before `%22`, they are written as `%5C`.
    fn backslashes_before(self, text: &[u8]) -> usize {
        match self {
            Self::Percent => text.rchunks(3).take_while(|unit| unit.eq_ignore_ascii_case(b"%5C")).count(),
            _ => scanner::backslashes_before(text),
        }
    }
}

impl QuoteLayer {
    fn encode(self, text: &str) -> String {
        match self {
            Self::Json => text.replace('\\', r"\\").replace('"', "\\\""),
            Self::Backslashes => text.replace('\\', r"\\"),
            Self::Marks(mark) => {
                let replaced = |text: &str| text.replace('"', mark.as_str());
                match mark {
                    QuoteMark::Plain | QuoteMark::Doubled => replaced(text),
                    QuoteMark::Unicode => text.replace('\\', r"\\").replace('"', "\\u0022"),
                    QuoteMark::Hex => text.replace('\\', r"\x5C").replace('"', "\\x22"),
                    QuoteMark::Percent => percent_encoded(text),
                    // JSON has no other characters with a meaning in XML: they are escapes.
                    QuoteMark::Named | QuoteMark::Decimal | QuoteMark::Hexadecimal => {
                        replaced(&text.replace('&', "&amp;"))
                    }
                }
            }
        }
    }
}

/// Returns a text with `%HH` in place of each byte that does not stand for itself in each part of a URL.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(2 * text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(text: &str) -> JsonQuote {
        let (quote, length) = JsonQuote::at(text.as_bytes()).unwrap();
        assert_eq!(length, text.len(), "{text}");
        assert_eq!(JsonQuote::before(format!("x{text}").as_bytes()), Some((quote, length)), "{text}");
        quote
    }

    #[test]
    fn what_is_added_has_the_form_of_the_quotes() {
        for (text, expected) in [
            ("\"", r#"a"\"\\"#),
            (r#"\""#, r#"a\"\\\"\\\\"#),
            // Python's '…' around a string of JSON.
            (r#"\\""#, r#"a\\"\\\\\\"\\\\\\\\"#),
            (r#"\\\""#, r#"a\\\"\\\\\\\"\\\\\\\\"#),
            ("\"\"", r#"a""\""\\"#),
            (r"\u0022", r"a\u0022\\\u0022\\\\"),
            (r"\\u0022", r"a\\u0022\\\\\\u0022\\\\\\\\"),
            (r"\x22", r"a\x22\x5C\x22\x5C\x5C"),
            ("%22", "a%22%5C%22%5C%5C"),
            ("%5C%22", "a%5C%22%5C%5C%5C%22%5C%5C%5C%5C"),
            ("&quot;", r"a&quot;\&quot;\\"),
            (r"\&#34;", r"a\&#34;\\\&#34;\\\\"),
        ] {
            assert_eq!(quote(text).encode(r#"a"\"\\"#), expected, "{text}");
        }
        assert_eq!(quote("%22").encode(",\"é- "), "%2C%22%C3%A9-%20");
        assert_eq!(quote("&#x22;").encode("&\""), "&amp;&#x22;");
    }

    #[test]
    fn nothing_grows_more_than_is_said() {
        for mark in QuoteMark::ALL {
            for backslashes in 0..=ESCAPED_BACKSLASHES_MAX {
                let quote = JsonQuote { backslashes: backslashes as u8, mark };
                if quote.exists() {
                    let length = |text: &str| quote.encode(text).len();
                    assert!(length("\\\\").max(length("\\\"")).max(length("\\u0001")) <= ENCODED_BYTES_MAX);
                }
            }
        }
    }

    #[test]
    fn levels_are_told_by_backslashes() {
        use Level::{Deeper, Own, Shallower};
        for (own, levels) in [
            ("\"", &[Own, Deeper, Own, Deeper, Own][..]),
            (r#"\""#, &[Shallower, Own, Shallower, Deeper, Shallower, Own]),
            (r#"\\""#, &[Shallower, Shallower, Own, Shallower, Shallower, Shallower, Deeper]),
            (r#"\\\""#, &[Shallower, Shallower, Shallower, Own, Shallower, Shallower, Shallower, Deeper]),
        ] {
            for (backslashes, &expected) in levels.iter().enumerate() {
                let text = format!("x{}\"", "\\".repeat(backslashes));
                assert_eq!(quote(own).level_of_last(text.as_bytes()), Some(expected), "{own} {text}");
            }
        }
        assert_eq!(quote("%22").level_of_last(b"x%5C%22"), Some(Deeper));
        assert_eq!(quote("%22").level_of_last(b"x\""), Some(Shallower));
        assert_eq!(quote("%22").level_of_last(b"x"), None);
    }
}
