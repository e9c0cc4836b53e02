//! Checks: `--fail-on error>3` fails where more than three fields have a code that is selected, and `--expect any>3` where
//! not more than three have. `--fail-on error>100/1m` fails where more than a hundred have within a minute.

use super::baseline::Baseline;
use super::limit::{Limit, NoLimit};
use super::measured::{CODES_IN_MESSAGE, Lack, Measured};
use super::rate::{NoWindow, rate_of, split_rate};
use super::selected_users::users_of;
use super::unknown_fields::unknown_fields;
use crate::program::report::amount::{fields, users, users_alone};
use crate::program::report::tally::{EXACT_MAX, RateWindow, Tally, sum};
use crate::{Catalog, EarlierCodes, Selector, SelectorError};
use serde::Serialize;
use std::cmp::Reverse;
use std::fmt;

/// The end of a selector that counts users and not fields: `error@users>100`.
const USERS: &str = "@users";

/// The rule that at most, or more than, a given number of fields have selected codes, or of users were affected by them.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    pub(crate) kind: CheckKind,
    /// The check as the user wrote it: `error>3`.
    pub(crate) text: String,
    pub(crate) selector: Selector,
    pub(crate) measure: Measure,
    /// The largest number that passes for `--fail-on`, and fails for `--expect`.
    pub(crate) limit: u64,
    /// The number of selected fields of the earlier run, if the limit depends on it.
    pub(crate) earlier: Option<u64>,
    /// The time within which the limit holds; `None` if it holds for all of the run.
    pub(crate) window: Option<RateWindow>,
}

/// The things that a check counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    Fields,
    /// The users in lines with selected codes.
    Users,
}

/// The options that make checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CheckKind {
    /// `--fail-on`: more fields than the limit fail.
    FailOn,
    /// `--expect`: no more fields than the limit fail.
    Expect,
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CheckVerdict {
    Passed,
    Failed,
    /// More input, or codes that are told apart, could change the result.
    Undecided,
}

/// The result of a check, with what it has counted.
#[derive(Clone, Debug)]
pub(crate) struct CheckOutcome<'a> {
    pub(crate) check: &'a Check,
    pub(crate) verdict: CheckVerdict,
    pub(crate) measured: Measured,
}

/// The reason why a text is not a check.
#[derive(Debug)]
pub(crate) enum CheckError {
    Selector(SelectorError),
    Limit(NoLimit),
    /// The limit is growth, and there is no earlier run to compare with.
    NoBaseline,
    /// The limit is growth, and the earlier run does not tell enough codes apart.
    NotToldApart,
    /// The limit is growth, which is not for `--expect`.
    ExpectsGrowth,
    /// The limit is growth of users, whose earlier number is not read.
    UsersGrow,
    /// The check counts users, and nothing says who they are.
    NoUsers,
    Window(NoWindow),
    /// The check is of a rate, which is not for `--expect`.
    ExpectsRate,
    /// The check is of a rate of users.
    RateOfUsers,
    /// The check is of a rate, and the limit is growth.
    RateGrows,
}

impl Check {
    /// Reads `SELECT`, `SELECT>N` or `SELECT:N`, where `N` is a limit; without one, the limit is 0. Behind `N`, `/TIME` makes it that
    /// of a window of time. `SELECT@users` counts users, which `counts_users` allows. `known` are the codes that are not new.
    ///
    /// # Errors
    ///
    /// Fails where `SELECT` is not a selector, where `N` is not a limit, where `N` is growth that cannot be told, and where a rate
    /// is asked for of something else than fields.
    pub(crate) fn parse(
        kind: CheckKind,
        text: &str,
        catalog: &Catalog,
        known: Option<&EarlierCodes>,
        baseline: Option<&Baseline>,
        counts_users: bool,
    ) -> Result<Self, CheckError> {
        let parse = |text: &str| {
            let (selector, measure) = match text.trim_end().strip_suffix(USERS) {
                Some(selector) => (selector, Measure::Users),
                None => (text, Measure::Fields),
            };
            let selector = Selector::parse(selector, catalog, known).map_err(CheckError::Selector)?;
            Ok((selector, measure))
        };
        let limit = |text: &str| {
            let (number, window) = split_rate(text).map_err(CheckError::Window)?;
            Ok((Limit::parse(number).map_err(CheckError::Limit)?, window))
        };
        let ((selector, measure), (limit, window)) = match (text.split_once('>'), text.rsplit_once(':')) {
            (Some((selector, number)), _) => (parse(selector)?, limit(number)?),
            // A category may have a colon in its name.
            (None, Some((selector, number))) => match parse(text) {
                Ok(selected) => (selected, (Limit::Fields(0), None)),
                Err(_) => (parse(selector)?, limit(number)?),
            },
            (None, None) => (parse(text)?, (Limit::Fields(0), None)),
        };
        if measure == Measure::Users && !counts_users && window.is_none() {
            return Err(CheckError::NoUsers);
        }
        if window.is_some() {
            match (kind, measure) {
                (CheckKind::Expect, _) => return Err(CheckError::ExpectsRate),
                (_, Measure::Users) => return Err(CheckError::RateOfUsers),
                _ if limit.is_growth() => return Err(CheckError::RateGrows),
                _ => {}
            }
        }
        let text = text.to_owned();
        let mut check = Self { kind, text, selector, measure, limit: 0, earlier: None, window };
        if limit.is_growth() {
            match (kind, measure) {
                (CheckKind::Expect, _) => return Err(CheckError::ExpectsGrowth),
                (_, Measure::Users) => return Err(CheckError::UsersGrow),
                (CheckKind::FailOn, Measure::Fields) => {}
            }
            let earlier = baseline.ok_or(CheckError::NoBaseline)?.fields(&check.selector, catalog);
            check.earlier = Some(earlier.ok_or(CheckError::NotToldApart)?);
        }
        check.limit = limit.fields(check.earlier.unwrap_or(0));
        Ok(check)
    }

    /// Returns true if the check needs the number of fields with each code, and no more: neither users nor times.
    pub(crate) fn counts_fields_alone(&self) -> bool {
        self.measure == Measure::Fields && self.window.is_none()
    }

    /// Returns the result of the check, which stands at `place` among all checks. `unknown_fields` is the number of selected fields with unknown codes if it was
    /// counted where the codes were annotated; otherwise it is that of the tally. `is_whole` is false if more input could
    /// change the result.
    pub(crate) fn outcome<'a>(
        &'a self,
        place: usize,
        tally: &Tally,
        catalog: &Catalog,
        unknown_fields: Option<u64>,
        is_whole: bool,
    ) -> CheckOutcome<'a> {
        let measured = match self.measure {
            Measure::Fields if let Some(window) = self.window => {
                let codes = self.fields(tally, catalog, unknown_fields).codes;
                rate_of((place, window), tally, codes, self.limit)
            }
            Measure::Fields => self.fields(tally, catalog, unknown_fields),
            Measure::Users => users_of(&self.selector, tally, catalog),
        };
        let verdict = match (self.kind, measured.count > self.limit) {
            (CheckKind::FailOn, true) => CheckVerdict::Failed,
            (CheckKind::Expect, true) => CheckVerdict::Passed,
            _ if measured.lack.is_some() || !is_whole => CheckVerdict::Undecided,
            (CheckKind::FailOn, false) => CheckVerdict::Passed,
            (CheckKind::Expect, false) => CheckVerdict::Failed,
        };
        CheckOutcome { check: self, verdict, measured }
    }

    /// Returns the number of fields that the check selects, as [`Check::outcome`] counts them.
    fn fields(&self, tally: &Tally, catalog: &Catalog, unknown_fields: Option<u64>) -> Measured {
        let codes = tally.known.iter().chain(&tally.unknown).map(|(&code, counted)| (code, counted.fields));
        let mut codes: Vec<_> = codes.filter(|&(code, _)| self.selects(code, catalog)).collect();
        codes.sort_by_key(|&(code, count)| (Reverse(count), code.unsigned_abs()));
        let known = codes.iter().filter(|(code, _)| tally.known.contains_key(code));
        let known_fields = sum(known.map(|&(_, count)| count));
        let unknown_fields = unknown_fields.or_else(|| self.unknown_fields(tally));
        let lack = if unknown_fields.is_none() { Some(Lack::Codes) } else { None };
        let count = known_fields.saturating_add(unknown_fields.unwrap_or(0));
        Measured { count, is_exact: true, codes, lack, rate: None }
    }

    /// Returns true if the check selects the code.
    pub(crate) fn selects(&self, code: i32, catalog: &Catalog) -> bool {
        self.selector.selects(code, catalog.get(code))
    }

    /// Returns the number of selected fields with unknown codes, as [`unknown_fields`] does.
    fn unknown_fields(&self, tally: &Tally) -> Option<u64> {
        let unknown = tally.unknown.iter().map(|(&code, counted)| (code, counted.fields));
        unknown_fields(&self.selector, unknown, tally.more_unknown)
    }
}

impl CheckOutcome<'_> {
    pub(crate) fn has_failed(&self) -> bool {
        self.verdict == CheckVerdict::Failed
    }

    /// Returns the option that made the check: `--fail-on error>3`.
    pub(crate) fn option(&self) -> String {
        format!("{} {}", self.check.kind.option(), self.check.text)
    }

    /// Returns the number of selected fields, and the codes that most of them have: `7 fields (-204: 4, -402: 3)`. For growth,
    /// the number of the earlier run stands beside it: `7 fields, before: 3`. For users, those of each code stand there:
    /// `5 users (-204: 4, -402: 3)`. For a rate, the fullest window stands there: `7 fields within 1m from 2026-05-01T10:00:00
    /// (-204, -402)`.
    pub(crate) fn found(&self) -> String {
        let Measured { count, is_exact, codes, rate, .. } = &self.measured;
        if let Some(rate) = rate {
            return rate.found(*count, codes);
        }
        let amount = match self.check.measure {
            Measure::Fields => fields(*count),
            Measure::Users => users(*count, *is_exact),
        };
        let before = self.check.earlier.map_or(String::new(), |earlier| format!(", before: {earlier}"));
        let told_apart = sum(codes.iter().map(|&(_, count)| count));
        let number = |count: u64| match self.check.measure {
            Measure::Fields => count.to_string(),
            Measure::Users => users_alone(count, count <= EXACT_MAX as u64),
        };
        let named =
            codes.iter().take(CODES_IN_MESSAGE).map(|&(code, count)| format!("{code}: {}", number(count)));
        let mut named: Vec<String> = named.collect();
        let more = codes.len().saturating_sub(CODES_IN_MESSAGE);
        if *count > told_apart && *is_exact {
            named.push("many others".to_owned());
        } else if more > 0 {
            named.push(format!("and {more} more"));
        }
        if named.is_empty() {
            format!("{amount}{before}")
        } else {
            format!("{amount}{before} ({})", named.join(", "))
        }
    }
}

impl CheckKind {
    /// Returns the option that makes checks of the kind.
    pub(crate) fn option(self) -> &'static str {
        match self {
            Self::FailOn => "--fail-on",
            Self::Expect => "--expect",
        }
    }
}

impl CheckVerdict {
    /// Returns the verdict in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Undecided => "not decided",
        }
    }
}

/// Returns the message about a text that is not a selector, with the option that would make it one.
pub(crate) fn of_selector(error: &SelectorError) -> String {
    match error {
        SelectorError::NoBaseline => format!("{error}: --baseline FILE, or --accept FILE"),
        _ => error.to_string(),
    }
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Selector(error) => f.write_str(&of_selector(error)),
            Self::Limit(limit) => limit.fmt(f),
            Self::NoBaseline => f.write_str("growth needs an earlier run to compare with: --baseline FILE"),
            Self::NotToldApart => f.write_str(
                "cannot be decided: the baseline does not tell all unknown codes apart; select all of them (unknown), or none",
            ),
            Self::UsersGrow => f.write_str("growth is told for fields; for users, give a number: 'error@users>100'"),
            Self::NoUsers => f.write_str("@users needs the key that has the user: --users openid"),
            Self::Window(window) => window.fmt(f),
            Self::ExpectsRate => f.write_str("takes a number of fields; a rate is for --fail-on"),
            Self::RateOfUsers => f.write_str("a rate is told for fields; write 'error>100/1m', or 'error@users>100' for all of the run"),
            Self::RateGrows => f.write_str("a rate takes a number, and no growth: 'error>100/1m'"),
            Self::ExpectsGrowth => f.write_str("takes a number of fields; growth is for --fail-on"),
        }
    }
}
