//! Checks: `--fail-on error>3` fails where more than three fields have a code that is selected.

use crate::program::report::amount::fields;
use crate::program::report::tally::{LOWEST_CODE, Tally, sum};
use crate::{Catalog, EarlierCodes, Selector, SelectorError};
use std::cmp::Reverse;
use std::fmt;

/// The most codes that a message names.
const CODES_IN_MESSAGE: usize = 3;

/// The rule that at most a given number of fields have selected codes.
#[derive(Clone, Debug)]
pub struct Check {
    /// The check as the user wrote it: `error>3`.
    pub(crate) text: String,
    pub(crate) selector: Selector,
    /// The largest number of fields that passes.
    pub(crate) limit: u64,
}

/// The result of a check.
#[derive(Clone, Debug)]
pub(crate) struct CheckOutcome<'a> {
    pub(crate) check: &'a Check,
    /// The number of fields with selected codes.
    pub(crate) count: u64,
    /// The selected codes that are told apart, with their numbers of fields, the most frequent first.
    pub(crate) codes: Vec<(i32, u64)>,
}

/// The reason why a text is not a check.
#[derive(Debug)]
pub(crate) enum CheckError {
    Selector(SelectorError),
    /// The text behind `>`, which is not a number.
    Limit(String),
}

impl Check {
    /// Reads `SELECT` or `SELECT>N`; without `>N`, the limit is 0.
    ///
    /// # Errors
    ///
    /// Fails where `SELECT` is not a selector, and where `N` is not a number.
    pub(crate) fn parse(
        text: &str,
        catalog: &Catalog,
        earlier: Option<&EarlierCodes>,
    ) -> Result<Self, CheckError> {
        let (selector, limit) = match text.split_once('>') {
            None => (text, 0),
            Some((selector, limit)) => {
                (selector, limit.trim().parse().map_err(|_| CheckError::Limit(limit.trim().to_owned()))?)
            }
        };
        let selector = Selector::parse(selector, catalog, earlier).map_err(CheckError::Selector)?;
        Ok(Self { text: text.to_owned(), selector, limit })
    }

    /// Returns the result of the check; `unknown_fields` is the number of selected fields with unknown codes.
    pub(crate) fn outcome<'a>(
        &'a self,
        tally: &Tally,
        catalog: &Catalog,
        unknown_fields: u64,
    ) -> CheckOutcome<'a> {
        let codes = tally.known.iter().chain(&tally.unknown).map(|(&code, counted)| (code, counted.fields));
        let mut codes: Vec<_> = codes.filter(|&(code, _)| self.selects(code, catalog)).collect();
        codes.sort_by_key(|&(code, count)| (Reverse(count), code.unsigned_abs()));
        let known = codes.iter().filter(|(code, _)| tally.known.contains_key(code));
        let known_fields = sum(known.map(|&(_, count)| count));
        CheckOutcome { check: self, count: known_fields.saturating_add(unknown_fields), codes }
    }

    /// Returns true if the check selects the code.
    pub(crate) fn selects(&self, code: i32, catalog: &Catalog) -> bool {
        self.selector.selects(code, catalog.get(code))
    }

    /// Returns the number of selected fields with unknown codes. Returns `None` if the check may select some of the
    /// codes that the tally does not tell apart, but not all.
    pub(crate) fn unknown_fields(&self, tally: &Tally) -> Option<u64> {
        let selected = tally.unknown.iter().filter(|&(&code, _)| self.selector.selects(code, None));
        let fields = sum(selected.map(|(_, counted)| counted.fields));
        if tally.more_unknown == 0 {
            return Some(fields);
        }
        let farther = LOWEST_CODE..=tally.unknown.keys().next().map_or(-1, |lowest| lowest - 1);
        let all = self.selector.selects_unknown(&farther)?;
        Some(if all { fields.saturating_add(tally.more_unknown) } else { fields })
    }
}

impl CheckOutcome<'_> {
    /// Returns true if more fields were selected than the limit allows.
    pub(crate) fn has_failed(&self) -> bool {
        self.count > self.check.limit
    }

    /// Returns the option that made the check: `--fail-on error>3`.
    pub(crate) fn option(&self) -> String {
        format!("--fail-on {}", self.check.text)
    }

    /// Returns the number of selected fields, and the codes that most of them have: `7 fields (-204: 4, -402: 3)`.
    pub(crate) fn found(&self) -> String {
        let fields = fields(self.count);
        let told_apart = sum(self.codes.iter().map(|&(_, count)| count));
        let named = self.codes.iter().take(CODES_IN_MESSAGE).map(|(code, count)| format!("{code}: {count}"));
        let mut named: Vec<String> = named.collect();
        let more = self.codes.len().saturating_sub(CODES_IN_MESSAGE);
        if self.count > told_apart {
            named.push("many others".to_owned());
        } else if more > 0 {
            named.push(format!("and {more} more"));
        }
        if named.is_empty() { fields } else { format!("{fields} ({})", named.join(", ")) }
    }
}

/// Returns the message about a text that is not a selector, with the option that would make it one.
pub(crate) fn of_selector(error: &SelectorError) -> String {
    match error {
        SelectorError::NoBaseline => format!("{error}: --baseline FILE"),
        _ => error.to_string(),
    }
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Selector(error) => f.write_str(&of_selector(error)),
            Self::Limit(limit) => write!(f, "{limit:?} is no number; write SELECT>N: 'error>10'"),
        }
    }
}
