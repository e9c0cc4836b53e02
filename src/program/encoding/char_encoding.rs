//! The character encodings by name, and how each is told, decoded and written.

use super::Utf16Order;
use super::tables::{CharTable, number_of};
use crate::lines::GROUP_SEPARATOR;
use serde::{Deserialize, Serialize};

/// The encoding of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CharEncoding {
    /// UTF-8, or any bytes that are taken as they are.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    Gbk,
    Gb18030,
    Big5,
    #[serde(rename = "utf-16le")]
    Utf16Le,
    #[serde(rename = "utf-16be")]
    Utf16Be,
}

/// The choice of an encoding for all inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodingChoice {
    /// The first bytes of each input tell its encoding. GBK is told from UTF-8 only with `tells_gbk`: without notes and
    /// reports in letters that are not ASCII, the output is the same, and reading on to tell them would take time.
    Auto {
        tells_gbk: bool,
    },
    Named(CharEncoding),
}

/// The encoding of an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct InputEncoding {
    pub(crate) encoding: CharEncoding,
    /// True if the input is in UTF-16 and begins with a byte order mark.
    pub(crate) has_mark: bool,
}

/// The numbers of inputs in each encoding other than UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EncodingCounts([u64; CharEncoding::OTHERS.len()]);

impl CharEncoding {
    /// All encodings other than UTF-8.
    const OTHERS: [Self; 5] = [Self::Gbk, Self::Gb18030, Self::Big5, Self::Utf16Le, Self::Utf16Be];

    /// Returns the name of the encoding, as `--encoding` takes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gbk => "gbk",
            Self::Gb18030 => "gb18030",
            Self::Big5 => "big5",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }

    /// Returns the order of the bytes in a unit; `None` if the encoding is not UTF-16.
    pub(crate) fn utf16_order(self) -> Option<Utf16Order> {
        match self {
            Self::Utf16Le => Some(Utf16Order::LittleEndian),
            Self::Utf16Be => Some(Utf16Order::BigEndian),
            _ => None,
        }
    }

    /// Returns the table of the encoding; `None` for UTF-8 and for UTF-16, which is searched as UTF-8.
    pub(super) fn table(self) -> Option<CharTable> {
        match self {
            Self::Gbk => Some(CharTable::Gbk),
            Self::Gb18030 => Some(CharTable::Gb18030),
            Self::Big5 => Some(CharTable::Big5),
            Self::Utf8 | Self::Utf16Le | Self::Utf16Be => None,
        }
    }

    /// Returns a newline in this encoding.
    pub(crate) fn newline(self) -> &'static [u8] {
        match self {
            Self::Utf16Le => b"\n\0",
            Self::Utf16Be => b"\0\n",
            Self::Utf8 | Self::Gbk | Self::Gb18030 | Self::Big5 => b"\n",
        }
    }

    /// Returns the line between groups of chosen lines in this encoding.
    pub(crate) fn group_separator(self) -> &'static [u8] {
        match self {
            Self::Utf16Le => b"-\0-\0\n\0",
            Self::Utf16Be => b"\0-\0-\0\n",
            Self::Utf8 | Self::Gbk | Self::Gb18030 | Self::Big5 => GROUP_SEPARATOR,
        }
    }

    /// Returns the first character of a text that the encoding lacks, with its number: `这 (U+8FD9)`; `None` where the
    /// encoding has all.
    pub(crate) fn first_missing(self, text: &str) -> Option<String> {
        let table = self.table()?;
        let missing =
            text.chars().find(|char| !table.encode(char.encode_utf8(&mut [0; 4]), &mut Vec::new()))?;
        Some(format!("{missing} ({})", number_of(missing)))
    }

    /// Returns the name of an input in the bytes that stand before its lines (`a.log:7:`), in the form in which lines of
    /// this encoding are annotated: in GBK, GB18030 or Big5 for lines in these, and in UTF-8 for lines in UTF-16, which
    /// are written as UTF-16 later. A name that is not UTF-8 stays as it is, but before lines in UTF-16 it gets
    /// replacement characters.
    pub(crate) fn name_before_lines(self, name: Vec<u8>) -> Vec<u8> {
        match (self.table(), str::from_utf8(&name)) {
            (Some(table), Ok(text)) => {
                let mut encoded = Vec::with_capacity(name.len());
                table.encode(text, &mut encoded);
                encoded
            }
            (None, Err(_)) if self.utf16_order().is_some() => {
                String::from_utf8_lossy(&name).into_owned().into_bytes()
            }
            _ => name,
        }
    }

    /// Returns a text of an input as UTF-8, with replacement characters for bytes that are no characters. The text is
    /// in the form in which it is searched. If it `is_cut`, a character that is cut off at its end is left out.
    pub(crate) fn decode(self, text: &[u8], is_cut: bool) -> String {
        match self.table() {
            Some(table) => table.decode(text, is_cut),
            None if self.utf16_order().is_some() => super::utf16::readable(&valid_utf8(text, is_cut)),
            None => valid_utf8(text, is_cut),
        }
    }
}

/// Returns the text as UTF-8, with replacement characters for invalid bytes. If the text `is_cut`, a character that is
/// cut off at the end is left out.
fn valid_utf8(text: &[u8], is_cut: bool) -> String {
    let mut valid = String::with_capacity(text.len());
    let mut left = text.len();
    for chunk in text.utf8_chunks() {
        left -= chunk.valid().len() + chunk.invalid().len();
        valid.push_str(chunk.valid());
        let is_cut_off = left == 0
            && is_cut
            && str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
        if !chunk.invalid().is_empty() && !is_cut_off {
            valid.push(char::REPLACEMENT_CHARACTER);
        }
    }
    valid
}

impl From<CharEncoding> for InputEncoding {
    /// Takes the encoding of an input without a byte order mark.
    fn from(encoding: CharEncoding) -> Self {
        Self { encoding, has_mark: false }
    }
}

impl EncodingCounts {
    /// Returns the count of one input.
    pub(crate) fn one(encoding: CharEncoding) -> Self {
        let mut counts = Self::default();
        counts.add(encoding, 1);
        counts
    }

    /// Counts inputs of an encoding.
    pub(crate) fn add(&mut self, encoding: CharEncoding, count: u64) {
        if let Some(place) = Self::place(encoding) {
            self.0[place] = self.0[place].saturating_add(count);
        }
    }

    /// Takes back the count of one input, which must have been counted.
    pub(crate) fn take_back(&mut self, encoding: CharEncoding) {
        if let Some(place) = Self::place(encoding) {
            self.0[place] = self.0[place].saturating_sub(1);
        }
    }

    /// Adds other counts.
    pub(crate) fn append(&mut self, next: Self) {
        CharEncoding::OTHERS.iter().zip(next.0).for_each(|(&encoding, count)| self.add(encoding, count));
    }

    /// Returns the encodings that have been counted, with the number of inputs of each.
    pub(crate) fn counted(self) -> impl Iterator<Item = (CharEncoding, u64)> {
        CharEncoding::OTHERS.into_iter().zip(self.0).filter(|&(_, count)| count > 0)
    }

    fn place(encoding: CharEncoding) -> Option<usize> {
        CharEncoding::OTHERS.iter().position(|&other| other == encoding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_encodings_as_the_option_does() {
        for encoding in CharEncoding::OTHERS.into_iter().chain([CharEncoding::Utf8]) {
            assert_eq!(serde_json::to_value(encoding).unwrap(), encoding.name());
        }
    }

    #[test]
    fn texts_are_cut_at_a_character() {
        let encoded = |encoding: CharEncoding| {
            let mut bytes = Vec::new();
            assert!(encoding.table().unwrap().encode("码=登录", &mut bytes));
            bytes
        };
        for (encoding, text) in [
            (CharEncoding::Utf8, "码=登录".as_bytes().to_vec()),
            (CharEncoding::Gbk, encoded(CharEncoding::Gbk)),
            (CharEncoding::Gb18030, encoded(CharEncoding::Gb18030)),
        ] {
            let cut = &text[..text.len() - 1];
            assert_eq!(encoding.decode(&text, true), "码=登录");
            assert_eq!(encoding.decode(cut, true), "码=登");
            assert_eq!(encoding.decode(cut, false), "码=登\u{fffd}");
        }
    }
}
