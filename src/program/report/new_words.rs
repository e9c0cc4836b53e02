//! New codes in words: since when each is there, whom it has hit, and where to look.

use super::amount::users;
use super::{Report, ReportRow};
use crate::Severity;

/// The most new codes that have a line of their own; all stand in the table of codes.
const NEW_MAX: usize = 5;

impl Report<'_> {
    /// Returns a line for each new code that is no success, `new: -705 since 2026-05-01T10:03:00, 205 users, first
    /// server.log:9004`; nothing where nothing tells which codes are new. `rows` are all codes in their order.
    pub(super) fn new_words(&self, rows: &[ReportRow<'_>]) -> Vec<String> {
        let is_new = |row: &&ReportRow<'_>| row.is_new && row.severity() != Some(Severity::Success);
        let new: Vec<&ReportRow<'_>> = rows.iter().filter(is_new).collect();
        let mut words: Vec<String> = new.iter().take(NEW_MAX).map(|row| self.words_of_new(row)).collect();
        let more = new.len().saturating_sub(NEW_MAX);
        if more > 0 {
            words.push(format!("new: and {more} more"));
        }
        words
    }

    fn words_of_new(&self, row: &ReportRow<'_>) -> String {
        let since = row.counted.times.map_or(String::new(), |(earliest, _)| format!(" since {earliest}"));
        let counted = row.users.map(|counted| users(counted.users.count(), counted.users.is_exact()));
        let users = counted.map_or(String::new(), |users| format!(", {users}"));
        format!("new: {}{since}{users}, first {}", row.code, self.place(&row.counted.first))
    }
}
