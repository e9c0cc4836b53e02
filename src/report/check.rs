//! Checks: `--fail-on error>3` fails where more than three fields have a code that is selected.

use super::tally::Tally;
use imsdk_annotate::{Catalog, Selector, SelectorError};
use std::collections::BTreeSet;
use std::fmt;

/// How many codes are named in a message.
const CODES_IN_MESSAGE: usize = 3;
/// No code has more digits.
const LOWEST_CODE: i32 = -999_999_999;

/// At most so many fields with one of these codes.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    /// As it was written: `error>3`.
    pub(crate) text: String,
    pub(crate) selector: Selector,
    /// More fields fail.
    pub(crate) limit: u64,
}

/// What came of a check.
#[derive(Clone, Debug)]
pub(crate) struct CheckOutcome<'a> {
    pub(crate) check: &'a Check,
    /// How many fields were selected.
    pub(crate) count: u64,
}

/// Why a text is no check.
#[derive(Debug)]
pub(crate) enum CheckError {
    Selector(SelectorError),
    /// What stands behind `>` is no number.
    Limit(String),
}

impl Check {
    /// Reads `SELECT` or `SELECT>N`; without N it is 0.
    pub(crate) fn parse(
        text: &str,
        catalog: &Catalog,
        earlier: Option<&BTreeSet<i32>>,
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

    pub(crate) fn outcome<'a>(&'a self, tally: &Tally, catalog: &Catalog) -> CheckOutcome<'a> {
        let counts = self.selected(tally, catalog).into_iter().map(|(_, count)| count);
        CheckOutcome { check: self, count: counts.fold(self.more_unknown(tally), u64::saturating_add) }
    }

    pub(crate) fn selects(&self, code: i32, catalog: &Catalog) -> bool {
        self.selector.selects(code, catalog.get(code))
    }

    /// How often each of the codes was there that are selected.
    fn selected(&self, tally: &Tally, catalog: &Catalog) -> Vec<(i32, u64)> {
        let codes = tally.known.iter().chain(&tally.unknown);
        codes
            .filter(|&(&code, _)| self.selects(code, catalog))
            .map(|(&code, counted)| (code, counted.fields))
            .collect()
    }

    /// Of the codes that are not told apart, all are selected or none. They lie between the lowest code and the
    /// lowest of those that are.
    fn more_unknown(&self, tally: &Tally) -> u64 {
        let highest = tally.unknown.keys().next().map_or(-1, |lowest| lowest - 1);
        let is_selected = [LOWEST_CODE, highest].iter().all(|&code| self.selector.selects(code, None));
        if is_selected { tally.more_unknown } else { 0 }
    }
}

impl CheckOutcome<'_> {
    pub(crate) fn has_failed(&self) -> bool {
        self.count > self.check.limit
    }

    /// What is said of it where it has failed: one line.
    pub(crate) fn message(&self, tally: &Tally, catalog: &Catalog) -> String {
        let mut codes = self.check.selected(tally, catalog);
        codes.sort_by_key(|&(code, count)| (std::cmp::Reverse(count), code.unsigned_abs()));
        let named: Vec<String> =
            codes.iter().take(CODES_IN_MESSAGE).map(|(code, count)| format!("{code}: {count}")).collect();
        let more = codes.len().saturating_sub(CODES_IN_MESSAGE);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        let fields = if self.count == 1 { "field" } else { "fields" };
        format!("--fail-on {}: {} {fields} ({}{more})", self.check.text, self.count, named.join(", "))
    }
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Selector(error) => write!(f, "{error}"),
            Self::Limit(limit) => write!(f, "{limit:?} is no number; write SELECT>N: error>10"),
        }
    }
}
