//! The inputs and ranges of inputs that a report is of.

use crate::program::encoding::CharEncoding;
use crate::program::report::Report;
use crate::program::report::tally::CountedPart;
use serde::{Deserialize, Serialize};

/// An input, or a range of one.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum JsonPart {
    /// The key of an input that was read whole, and its size in bytes: `["0c5f0a1d2b3c4d5e", 40]`.
    Whole(String, u64),
    Range(JsonRange),
}

/// A range of an input, with what is needed to join it with the range before it and the one behind it.
#[derive(Serialize, Deserialize)]
pub(super) struct JsonRange {
    key: String,
    file: String,
    start: u64,
    end: u64,
    /// True if the input goes on behind the range.
    more: bool,
    lines: u64,
    encoding: CharEncoding,
}

impl JsonPart {
    /// Returns the parts of a report that have keys.
    pub(super) fn of(report: &Report<'_>) -> Vec<Self> {
        let parts = report.tally.parts.iter().filter_map(|part| {
            let key = format!("{:016x}", part.key?);
            let CountedPart { input, start, end, has_more: more, lines, encoding, .. } = *part;
            let file = || report.names.get(&input).cloned().unwrap_or_default();
            Some(if part.is_range() {
                Self::Range(JsonRange { key, file: file(), start, end, more, lines, encoding })
            } else {
                Self::Whole(key, end)
            })
        });
        parts.collect()
    }

    /// Returns the part. `number` returns the number of the input with a name.
    ///
    /// # Errors
    ///
    /// Returns the reason why it is none.
    pub(super) fn into_part(self, number: impl FnOnce(String) -> usize) -> Result<CountedPart, String> {
        let key_of = |key: &str| {
            let is_key = key.len() == 16 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
            let number = u64::from_str_radix(key, 16).ok().filter(|_| is_key);
            number.ok_or_else(|| format!("{key:?} is no key of a part: that has 16 hexadecimal digits"))
        };
        match self {
            Self::Whole(key, end) => Ok(CountedPart {
                input: 0,
                key: Some(key_of(&key)?),
                start: 0,
                end,
                has_more: false,
                lines: 0,
                encoding: CharEncoding::Utf8,
            }),
            Self::Range(JsonRange { key, file, start, end, more: has_more, lines, encoding }) => {
                if end < start {
                    return Err(format!("{file:?} has a part that ends before it begins"));
                }
                let (key, input) = (Some(key_of(&key)?), number(file));
                Ok(CountedPart { input, key, start, end, has_more, lines, encoding })
            }
        }
    }
}
