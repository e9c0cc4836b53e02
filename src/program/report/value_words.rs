//! Users and first failures in words, as reports for people have them.

use super::amount::{count_of, fields, users, users_alone};
use super::tally::{CodeUsers, DistinctValues};
use super::{Report, ReportRow, category_in};
use crate::Category;
use std::collections::{BTreeMap, BTreeSet};

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
        words.extend(self.users_of_categories().iter().map(|of| {
            format!("{}: {}", category_in(of.category, self.language), users(of.count, of.is_exact))
        }));
        words
    }

    /// Returns the users of each category of codes, in the order of their names, and of unknown codes as the last.
    pub(super) fn users_of_categories(&self) -> Vec<CategoryUsers<'_>> {
        let Some(tally) = &self.tally.users else {
            return Vec::new();
        };
        let mut codes: BTreeMap<&str, (&Category, BTreeSet<i32>)> = BTreeMap::new();
        for entry in tally.known.codes.keys().filter_map(|&code| self.catalog.get(code)) {
            let category = entry.category();
            codes.entry(category.name()).or_insert((category, BTreeSet::new())).1.insert(entry.code());
        }
        let known = codes.into_values();
        let known =
            known.map(|(category, codes)| (Some(category), tally.known.union(|code| codes.contains(&code))));
        let mut unknown = tally.unknown.union(|_| true);
        unknown.append(&tally.unknown.others);
        let unknown = (!unknown.is_empty()).then_some((None, unknown));
        let of = |(category, set): (_, DistinctValues)| CategoryUsers {
            category,
            count: set.count(),
            is_exact: set.is_exact(),
        };
        known.chain(unknown).map(of).collect()
    }

    /// Returns what is said of the requests that failed, a line each; nothing where they were not counted.
    pub(super) fn trace_words(&self) -> Vec<String> {
        let Some(trace) = &self.tally.trace else {
            return Vec::new();
        };
        let requests = count_of(trace.count(), "request", "requests");
        let lines = count_of(trace.error_lines, "line", "lines");
        let keys = trace.keys.words();
        let words = format!("by {keys}: {requests} (in {} of {lines} with an error)", trace.lines);
        std::iter::once(words).chain(self.repeated_words().map(|(english, _)| english)).collect()
    }

    /// Returns what is said of requests that are counted more than once, in English and in Chinese; `None` where there are none.
    pub(super) fn repeated_words(&self) -> Option<(String, String)> {
        let trace = self.tally.trace.as_ref().filter(|trace| trace.may_repeat)?;
        let repeated = trace.count().saturating_sub(trace.requests.count());
        let is_exact = trace.requests.is_exact();
        let cannot_be_told = !is_exact && repeated <= trace.count() * 3 / 100;
        let (some, some_zh) = match repeated {
            0 if is_exact => return None,
            _ if cannot_be_told => ("up to 3 % of them may be".to_owned(), "可能有至多 3 %".to_owned()),
            1 => ("1 of them is".to_owned(), "其中 1 个".to_owned()),
            _ if is_exact => (format!("{repeated} of them are"), format!("其中 {repeated} 个")),
            _ => (format!("about {repeated} of them are"), format!("其中约 {repeated} 个")),
        };
        let why = "a request has lines in several reports, or over 1,000,000 others failed in between";
        let english = format!("{some} counted again: {why}");
        Some((
            english,
            format!("{some_zh}被重复计数：请求的行在多份报告中，或其间有超过 1,000,000 个其他请求失败"),
        ))
    }
}

/// The users of the codes of a category.
pub(super) struct CategoryUsers<'a> {
    /// The category; `None` for unknown codes.
    pub(super) category: Option<&'a Category>,
    pub(super) count: u64,
    pub(super) is_exact: bool,
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
