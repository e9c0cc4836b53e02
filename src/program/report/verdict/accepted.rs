//! Accepted codes: codes that somebody has looked at, from a file that is checked in. They are not new.
//!
//! A line has a code or a range, perhaps a last day, and perhaps a reason: `-204 until 2026-12-31 # login outage`.

use crate::catalog::Codes;
use crate::program::report::tally::Tally;
use crate::program::terminal::visible::visible;
use jiff::civil::Date;
use std::fmt;
use std::ops::RangeInclusive;

const UNTIL: &str = "until";

/// The codes that a file accepts.
#[derive(Clone, Debug)]
pub(crate) struct AcceptList {
    /// The name of the file in messages.
    name: String,
    entries: Vec<AcceptEntry>,
}

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AcceptEntry {
    /// The number of the line, from 1.
    pub(crate) line: usize,
    pub(crate) codes: RangeInclusive<i32>,
    /// The last day on which the codes are accepted; `None` if they are for good.
    pub(crate) until: Option<Date>,
    /// The text behind `#`; empty if there is none.
    pub(crate) reason: String,
    /// True if the last day has passed, so that the codes are not accepted.
    pub(crate) is_expired: bool,
}

impl AcceptList {
    /// Reads the text of a file with this name, for a run on a day.
    ///
    /// # Errors
    ///
    /// Returns the message about the first line that is wrong: `accept.txt:3: ...`.
    pub(crate) fn parse(text: &[u8], name: &str, today: Date) -> Result<Self, String> {
        let text = str::from_utf8(text)
            .map_err(|error| format!("{name}: is no text in UTF-8 from byte {} on", error.valid_up_to()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut entries = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let wrong = |error: String| format!("{name}:{}: {error}", index + 1);
            entries.extend(AcceptEntry::parse(line, index + 1, today).map_err(wrong)?);
        }
        Ok(Self { name: name.to_owned(), entries })
    }

    /// Returns the entry that accepts a code; `None` if no entry does that has not expired.
    pub(crate) fn entry_of(&self, code: i32) -> Option<&AcceptEntry> {
        self.entries.iter().find(|entry| !entry.is_expired && entry.codes.contains(&code))
    }

    /// Returns all entries, with expired ones, in the order of the file.
    pub(crate) fn entries(&self) -> &[AcceptEntry] {
        &self.entries
    }

    /// Returns the codes that are accepted.
    pub(super) fn codes(&self) -> impl Iterator<Item = RangeInclusive<i32>> {
        self.entries.iter().filter(|entry| !entry.is_expired).map(|entry| entry.codes.clone())
    }

    /// Returns what to say of entries that should be looked at again, a line each: those that have expired, and those whose
    /// codes do not occur in a tally.
    pub(crate) fn remarks(&self, tally: &Tally) -> Vec<String> {
        let remark = |entry: &AcceptEntry| {
            let what = if entry.is_expired {
                "has expired, and is not accepted any more"
            } else if tally.is_whole() && entry.is_absent(tally) {
                "does not occur any more; take it out"
            } else {
                return None;
            };
            Some(format!("{}:{}: {entry}: {what}", self.name, entry.line))
        };
        self.entries.iter().filter_map(remark).collect()
    }
}

impl AcceptEntry {
    /// Reads a line; `None` if it is empty or a comment.
    ///
    /// # Errors
    ///
    /// Fails where the line does not begin with a code or a range, and where something other than a day follows it.
    fn parse(line: &str, number: usize, today: Date) -> Result<Option<Self>, String> {
        let (entry, reason) = line.split_once('#').unwrap_or((line, ""));
        let entry = entry.trim();
        if entry.is_empty() {
            return Ok(None);
        }
        let (codes, until) = match entry.split_once(UNTIL) {
            Some((codes, until)) => (codes, Some(day(until.trim())?)),
            None => (entry, None),
        };
        let codes = match Codes::parse(codes) {
            Ok(Codes::One(code)) => code..=code,
            Ok(Codes::Range(range)) => range,
            Err(error) => {
                return Err(format!("{:?} is no code and no range: {error}", visible(codes.trim())));
            }
        };
        let is_expired = until.is_some_and(|until| until < today);
        Ok(Some(Self { line: number, codes, until, reason: reason.trim().to_owned(), is_expired }))
    }

    /// Returns true if the inputs of a tally are known to have none of the codes.
    fn is_absent(&self, tally: &Tally) -> bool {
        let may_be_among_others = tally.known_from().is_some_and(|from| *self.codes.start() < from);
        let has = |code: &i32| self.codes.contains(code);
        !may_be_among_others && !tally.known.keys().any(has) && !tally.unknown.keys().any(has)
    }

    /// Returns the codes as they are written: `-204`, `-299..-201`.
    pub(crate) fn written_codes(&self) -> String {
        let (first, last) = (self.codes.start(), self.codes.end());
        if first == last { first.to_string() } else { format!("{first}..{last}") }
    }
}

/// Writes the entry as a line of the file has it.
impl fmt::Display for AcceptEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written_codes())?;
        if let Some(until) = self.until {
            write!(f, " {UNTIL} {until}")?;
        }
        if !self.reason.is_empty() {
            write!(f, " # {}", self.reason)?;
        }
        Ok(())
    }
}

/// Reads a day as `YYYY-MM-DD`.
fn day(text: &str) -> Result<Date, String> {
    let has_form = text.len() == 10;
    text.parse()
        .ok()
        .filter(|_| has_form)
        .ok_or_else(|| format!("{:?} is no day; write CODE {UNTIL} YYYY-MM-DD # reason", visible(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn parse(text: &str) -> Result<AcceptList, String> {
        AcceptList::parse(text.as_bytes(), "a.txt", date(2026, 5, 1))
    }

    #[test]
    fn a_line_has_codes_and_perhaps_a_day_and_a_reason() {
        let text = "\u{feff}# seen by the team\r\n\n-204\n -299..-201 until 2026-05-01 # a # b\r\n5 # x\n-705 until 2026-04-30\n";
        let list = parse(text).unwrap();
        let lines: Vec<_> =
            list.entries().iter().map(|entry| (entry.line, entry.to_string(), entry.is_expired)).collect();
        assert_eq!(
            lines,
            [
                (3, "-204".to_owned(), false),
                (4, "-299..-201 until 2026-05-01 # a # b".to_owned(), false),
                (5, "5 # x".to_owned(), false),
                (6, "-705 until 2026-04-30".to_owned(), true),
            ]
        );
        let entries = [-204, -201, -300, 5, -705].map(|code| list.entry_of(code).map(|entry| entry.line));
        assert_eq!(entries, [Some(3), Some(4), None, Some(5), None]);
        assert!(parse("").unwrap().entries().is_empty());
    }

    #[test]
    fn what_is_no_line_is_named_with_its_number() {
        for (text, expected) in [
            ("-204\nauth\n", "a.txt:2: \"auth\" is no code and no range: write a code"),
            ("-204 -205", "a.txt:1: \"-204 -205\" is no code"),
            ("-1234567890", "-1234567890 is no code: a code has up to 9 digits"),
            ("-201..-299", "write the lower one first"),
            ("-204 until soon", "\"soon\" is no day; write CODE until YYYY-MM-DD # reason"),
            ("-204 until 2026-02-30", "is no day"),
            ("-204 until 2026-12-31 23:00", "is no day"),
            ("-204 until", "\"\" is no day"),
            ("until 2026-12-31", "\"\" is no code"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let error = AcceptList::parse(b"-204\n\xFF", "a.txt", date(2026, 5, 1)).unwrap_err();
        assert_eq!(error, "a.txt: is no text in UTF-8 from byte 5 on");
    }
}
