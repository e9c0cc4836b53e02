//! Users and first failures in words, as reports for people have them.

use super::amount::{count_of, fields, users, users_alone};
use super::tally::CodeUsers;
use super::{Report, ReportRow};
use std::collections::BTreeMap;

impl Report<'_> {
    /// Returns what is said of all users together, and then of those of each category; nothing where users were not counted.
    pub(super) fn users_words(&self) -> Vec<String> {
        let Some(tally) = &self.tally.users else {
            return Vec::new();
        };
        let all = tally.all();
        let amount = users(all.count(), all.is_exact());
        let lines = count_of(tally.code_lines, "line", "lines");
        let mut words =
            vec![format!("by {}: {amount} (in {} of {lines} with a code)", tally.keys.words(), tally.lines)];
        words.extend(
            self.users_of_categories()
                .into_iter()
                .map(|(category, number, is_exact)| format!("{category}: {}", users(number, is_exact))),
        );
        words
    }

    /// Returns the users of each category of codes, and of unknown ones as the last, each with its number and true if that is
    /// exact.
    pub(super) fn users_of_categories(&self) -> Vec<(String, u64, bool)> {
        let Some(tally) = &self.tally.users else {
            return Vec::new();
        };
        let mut codes: BTreeMap<_, Vec<i32>> = BTreeMap::new();
        for &code in tally.known.codes.keys() {
            let category =
                self.catalog.get(code).map(|entry| entry.category().name_in(self.language).into_owned());
            codes.entry(category).or_default().push(code);
        }
        let mut categories: Vec<_> = codes
            .into_iter()
            .filter_map(|(category, codes)| {
                let set = tally.known.union(|code| codes.contains(&code));
                Some((category?, set.count(), set.is_exact()))
            })
            .collect();
        let mut unknown = tally.unknown.union(|_| true);
        unknown.append(&tally.unknown.others);
        if !unknown.is_empty() {
            categories.push(("unknown".to_owned(), unknown.count(), unknown.is_exact()));
        }
        categories
    }

    /// Returns what is said of the requests that failed, a line each; nothing where they were not counted.
    pub(super) fn trace_words(&self) -> Vec<String> {
        let Some(trace) = &self.tally.trace else {
            return Vec::new();
        };
        let requests = count_of(trace.count(), "request", "requests");
        let lines = count_of(trace.error_lines, "line", "lines");
        let keys = trace.keys.words();
        let mut words = vec![format!("by {keys}: {requests} (in {} of {lines} with an error)", trace.lines)];
        if trace.may_repeat {
            let twice = trace.count().saturating_sub(trace.requests.count());
            let about = if trace.requests.is_exact() { "" } else { "about " };
            words.push(format!(
                "{about}{twice} of them are counted again: the requests have lines in several reports, or over 1,000,000 others \
                 failed in between"
            ));
        }
        words
    }
}

impl ReportRow<'_> {
    /// Returns the number of fields with all that is known of it: `2 fields, new (before: 0), 1 user (in 1 of 2 lines), 1 request failed
    /// first with it`.
    pub(super) fn amounts(&self) -> String {
        let requests = |count| format!("{} failed first with it", count_of(count, "request", "requests"));
        let parts = [self.compared(), self.users_words(), self.first_failures.map(requests)];
        let parts = parts.into_iter().flatten().map(|part| format!(", {part}")).collect::<String>();
        format!("{}{parts}", fields(self.counted.fields))
    }

    /// Returns the number of users for a cell of a table: `312`, `~12,400`; `-` where no line has a user, or they are not told
    /// apart.
    pub(super) fn users_cell(&self) -> String {
        let counted = self.users.filter(|counted| counted.lines > 0);
        counted.map_or("-".to_owned(), |counted| users_alone(counted.users.count(), counted.users.is_exact()))
    }

    /// Returns the number of users in words, with the number of lines that have one: `312 users (in 812 of 900 lines)`.
    pub(super) fn users_words(&self) -> Option<String> {
        let CodeUsers { lines, users: set } = self.users?;
        let all = count_of(self.counted.lines, "line", "lines");
        Some(format!("{} (in {lines} of {all})", users(set.count(), set.is_exact())))
    }

    /// Returns the number of requests that failed first with the code, for a cell of a table: `12`.
    pub(super) fn first_failures_cell(&self) -> String {
        self.first_failures.map_or("-".to_owned(), |number| number.to_string())
    }
}
