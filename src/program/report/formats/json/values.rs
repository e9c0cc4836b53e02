//! The users and the first failures of requests as JSON, with what reports of parts are added up from.

use crate::program::report::tally::{CodeUsers, DistinctValues, TraceTally, UserGroup, UserTally, ValueKeys};
use crate::program::report::value_words::CategoryUsers;
use crate::program::report::{Report, ReportRow, UNKNOWN, UNKNOWN_ZH};
use serde::{Deserialize, Serialize};

/// The users of all codes together.
#[derive(Serialize, Deserialize)]
pub(super) struct JsonUsers {
    #[serde(flatten)]
    keys: ValueKeys,
    /// The number of lines with a code, and of those with a user, too.
    code_lines: u64,
    lines: u64,
    /// The number of users, and true if it is no estimate.
    count: u64,
    exact: bool,
    #[serde(skip_deserializing)]
    categories: Vec<JsonCategory>,
    /// The users of codes of the catalog, and of unknown ones, that are not told apart from others; left out if there are none.
    #[serde(default, skip_serializing_if = "DistinctValues::is_empty")]
    other_known: DistinctValues,
    #[serde(default, skip_serializing_if = "DistinctValues::is_empty")]
    other_unknown: DistinctValues,
}

/// The users of the codes of a category.
#[derive(Serialize)]
struct JsonCategory {
    category: String,
    category_zh: String,
    count: u64,
    exact: bool,
}

/// The users of a code.
#[derive(Serialize, Deserialize)]
pub(super) struct JsonCodeUsers {
    keys: Vec<String>,
    /// The number of lines with the code that have a user.
    pub(super) lines: u64,
    #[serde(flatten)]
    users: DistinctValues,
}

/// The requests that failed.
#[derive(Serialize, Deserialize)]
pub(super) struct JsonTrace {
    #[serde(flatten)]
    keys: ValueKeys,
    /// The number of lines with an error, and of those with a request, too.
    error_lines: u64,
    lines: u64,
    /// The number of first failures of all codes.
    #[serde(skip_deserializing)]
    first_failures: u64,
    /// True if requests may be counted more than once.
    may_repeat: bool,
    requests: DistinctValues,
}

impl JsonUsers {
    pub(super) fn of(report: &Report<'_>) -> Option<Self> {
        let tally = report.tally.users.as_ref()?;
        let UserTally { keys, code_lines, lines, known, unknown } = tally;
        let all = tally.all();
        let categories = report.users_of_categories().into_iter();
        Some(Self {
            keys: keys.clone(),
            code_lines: *code_lines,
            lines: *lines,
            count: all.count(),
            exact: all.is_exact(),
            categories: categories.map(JsonCategory::of).collect(),
            other_known: known.others.clone(),
            other_unknown: unknown.others.clone(),
        })
    }

    /// Returns the users of no code yet.
    pub(super) fn into_tally(self) -> UserTally {
        let Self { keys, code_lines, lines, other_known, other_unknown, .. } = self;
        let group = |others: DistinctValues| UserGroup { others, ..UserGroup::default() };
        let (known, unknown) = (group(other_known), group(other_unknown));
        UserTally { code_lines, lines, known, unknown, ..UserTally::new(keys) }
    }
}

impl JsonCategory {
    fn of(users: CategoryUsers<'_>) -> Self {
        let CategoryUsers { category, count, is_exact: exact } = users;
        let [category, category_zh] = category
            .map_or([UNKNOWN, UNKNOWN_ZH], |category| [category.name(), category.chinese_name()])
            .map(str::to_owned);
        Self { category, category_zh, count, exact }
    }
}

impl JsonCodeUsers {
    pub(super) fn of_row(report: &Report<'_>, row: &ReportRow<'_>) -> Option<Self> {
        let CodeUsers { lines, users } = row.users?.clone();
        let keys = report.tally.users.as_ref()?.keys.keys.clone();
        Some(Self { keys, lines, users })
    }

    pub(super) fn into_users(self) -> CodeUsers {
        CodeUsers { lines: self.lines, users: self.users }
    }
}

impl JsonTrace {
    pub(super) fn of(trace: &TraceTally) -> Self {
        Self {
            keys: trace.keys.clone(),
            error_lines: trace.error_lines,
            lines: trace.lines,
            first_failures: trace.count(),
            may_repeat: trace.may_repeat,
            requests: trace.requests.clone(),
        }
    }

    /// Returns the requests of no code yet.
    pub(super) fn into_tally(self) -> TraceTally {
        let Self { keys, error_lines, lines, may_repeat, requests, .. } = self;
        let mut tally = TraceTally::new(keys);
        (tally.error_lines, tally.lines) = (error_lines, lines);
        (tally.may_repeat, tally.requests) = (may_repeat, requests);
        tally
    }
}
