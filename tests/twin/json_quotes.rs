//! The quotes of JSON: as they are, doubled, escaped or encoded, with backslashes before them.

use super::before::backslashes_before;
use regex::bytes::Regex;
use std::sync::LazyLock;

/// A quote, such as `\"`: its number of backslashes, and the text behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyQuote {
    backslashes: usize,
    mark: &'static str,
}

/// The texts behind the backslashes. The first two are told apart in this order.
const MARKS: [&str; 8] = ["\"\"", "\"", "u0022", "x22", "%22", "&quot;", "&#34;", "&#x22;"];

static QUOTE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern =
        r#"(?-u)^(?P<b>\\{0,16}|(?:%5[Cc]){0,16})(?P<mark>""|"|(?:u00|x)22|%22|&quot;|&#34;|&#x22;)"#;
    Regex::new(pattern).unwrap()
});

impl KeyQuote {
    /// Returns the quote that a text begins with, and its length.
    ///
    /// `u0022` and `x22` are quotes behind a backslash only, and a doubled quote is none behind one.
    pub(super) fn at(text: &[u8]) -> Option<(Self, usize)> {
        let found = QUOTE.captures(text)?;
        let unit = if found["b"].starts_with(b"%") { 3 } else { 1 };
        let backslashes = found["b"].len() / unit;
        let mark = MARKS.into_iter().find(|mark| mark.as_bytes() == &found["mark"])?;
        let exists = match mark {
            "u0022" | "x22" => backslashes > 0,
            "\"\"" => backslashes == 0,
            _ => backslashes <= 8,
        };
        exists.then_some((Self { backslashes, mark }, found[0].len()))
    }

    /// Returns true if a text has an odd number of quotes of any kind but the plain one: behind an odd number of
    /// backslashes, or encoded.
    pub(super) fn are_open_behind(text: &[u8]) -> bool {
        static ESCAPED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
            let kinds = [r#"\\+""#, r"\\+u0022", r"\\+x22", "%22", "&quot;", "&#34;", "&#x22;"];
            kinds.iter().map(|kind| Regex::new(&format!("(?-u){kind}")).unwrap()).collect()
        });
        let is_odd = |(kind, found): (usize, &Regex)| {
            let escaped = |quote: &regex::bytes::Match<'_>| kind > 0 || quote.len().is_multiple_of(2);
            found.find_iter(text).filter(escaped).count() % 2 == 1
        };
        ESCAPED.iter().enumerate().any(is_odd)
    }

    pub(super) fn is_of_url(self) -> bool {
        self.mark == "%22"
    }

    /// Returns true if a text ends in the quote, with as many backslashes.
    pub(super) fn ends(self, text: &[u8]) -> bool {
        self.backslashes_of_last(text) == Some(self.backslashes)
    }

    /// Returns the number of backslashes before the mark that a text ends in.
    fn backslashes_of_last(self, text: &[u8]) -> Option<usize> {
        let before = text.strip_suffix(self.mark.as_bytes())?;
        Some(if self.is_of_url() {
            before.rchunks(3).take_while(|unit| unit.eq_ignore_ascii_case(b"%5C")).count()
        } else {
            backslashes_before(before)
        })
    }

    /// Returns JSON text in the form that it has where its quotes have this form.
    ///
    /// The binary digits of the number of backslashes are the programs that wrote the text on, the first one first: for a
    /// 1, it became a string of JSON; for a 0, its backslashes alone were doubled.
    pub(super) fn encoded(self, json: &str) -> String {
        let layers = |text: String, count: usize| {
            let digits = if count == 0 { String::new() } else { format!("{count:b}") };
            digits.chars().fold(text, |text, digit| {
                let text = text.replace('\\', r"\\");
                if digit == '1' { text.replace('"', r#"\""#) } else { text }
            })
        };
        match self.mark {
            "\"" => layers(json.to_owned(), self.backslashes),
            "u0022" | "x22" => {
                let mut within = self.backslashes;
                let mut doubled = 1;
                while within.is_multiple_of(2) {
                    (within, doubled) = (within / 2, doubled * 2);
                }
                let backslash = if self.mark == "x22" { r"\x5C" } else { r"\\" };
                let text = layers(json.to_owned(), within / 2).replace('\\', backslash);
                let text = text.replace('"', &format!("\\{}", self.mark));
                text.replace('\\', &"\\".repeat(doubled))
            }
            "%22" => {
                let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
                let text = layers(json.to_owned(), self.backslashes);
                let encode = |byte: u8| {
                    if is_plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
                };
                text.bytes().map(encode).collect()
            }
            mark => layers(json.to_owned(), self.backslashes).replace('&', "&amp;").replace('"', mark),
        }
    }
}

/// A step in the text of a line, as JSON whose quotes have one form has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JsonStep {
    /// A string begins or ends.
    Quote,
    /// The text that has the JSON in a string begins or ends a string.
    Outside,
    Opens,
    Closes,
    Nothing,
}

impl KeyQuote {
    /// Returns the step that the last byte of a text is.
    ///
    /// A string may end in backslashes, of which each became as many as a quote's and one more. With an odd number of
    /// them, its quote is one within the string.
    pub(super) fn step(self, text: &[u8]) -> JsonStep {
        let own = self.backslashes;
        // In JSON within strings: 1 for no string, 2 for one, 4 for two.
        let doubled = (0..).map(|power| 1 << power).find(|&power| power > own).unwrap();
        match self.backslashes_of_last(text) {
            Some(found) if found % (2 * doubled) == own => JsonStep::Quote,
            Some(found) if found % (2 * doubled) == own + doubled => JsonStep::Nothing,
            Some(_) => JsonStep::Outside,
            None if text.ends_with(b"\"") => JsonStep::Outside,
            None => {
                let is_written = !self.mark.starts_with('"');
                let is_brace = |plain: &[u8], written: &[u8]| {
                    text.ends_with(plain) || is_written && text.ends_with(written)
                };
                match () {
                    () if is_brace(b"{", b"%7B") => JsonStep::Opens,
                    () if is_brace(b"}", b"%7D") => JsonStep::Closes,
                    () => JsonStep::Nothing,
                }
            }
        }
    }

    /// Returns the end of the character, or the doubled quote, at a place of a line.
    pub(super) fn behind(self, line: &[u8], at: usize) -> usize {
        at + if self.mark == "\"\"" && line[at..].starts_with(b"\"\"") { 2 } else { 1 }
    }
}
