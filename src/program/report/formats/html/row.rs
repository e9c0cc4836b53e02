//! One row of the table of codes.

use super::sparkline::sparkline;
use super::speech::{Speech, category, message, severity};
use crate::program::report::axis::Axis;
use crate::program::report::formats::html_text::HtmlText;
use crate::program::report::tally::{Counted, LogPlace};
use crate::program::report::verdict::Change;
use crate::program::report::{Report, ReportRow};

/// The columns that a table of codes may have beside those that each has.
///
/// A column has its cell in [`RowMarkup::of`] and its title in `codes.rs`; `page.css` counts the columns before the lines.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    /// True if the table tells how codes have changed.
    pub(super) changes: bool,
    /// True if the table has the number of users.
    pub(super) users: bool,
    /// True if the table has the number of requests that failed first.
    pub(super) requests: bool,
}

/// A row in two pieces, so that a table that would be too large can do without the lines of the log.
pub(super) struct RowMarkup {
    /// The row up to its lines.
    pub(super) facts: String,
    /// The first and the last line, each with its place and time.
    pub(super) lines: String,
}

/// The end of the place of the first line, in a row without lines.
pub(super) const NO_LINES: &str = "</summary>";
/// The end of a row.
pub(super) const END: &str = "</details></td></tr>\n";

impl RowMarkup {
    /// Returns a row. `all` is the number of fields in all rows.
    pub(super) fn of(
        report: &Report<'_>,
        row: &ReportRow<'_>,
        columns: Columns,
        axis: &Axis,
        all: u64,
    ) -> Self {
        let speech = Speech(report.language);
        let counted = row.counted;
        let code = row.code;
        let class = class(row);
        let kind = kind(row, speech);
        let message = row.entry.map_or("–".to_owned(), |_| {
            let (english, chinese) = message(row);
            speech.both(&english, &chinese)
        });
        let fields = counted.fields;
        let share = fields as f64 * 100.0 / all.max(1) as f64;
        let change =
            if columns.changes { format!("<td>{}</td>", change(row, speech)) } else { String::new() };
        let users =
            if columns.users { format!("<td class=\"users\">{}</td>", users(row)) } else { String::new() };
        let requests = if columns.requests {
            format!("<td class=\"requests\">{}</td>", requests(row))
        } else {
            String::new()
        };
        let sparkline = sparkline(axis, row);
        let place = HtmlText(report.place(&counted.first));
        let facts = format!(
            "<tr id=\"c{code}\" class=\"{class}\"><th scope=\"row\">{code}</th><td>{kind}</td><td>{message}</td>\
             <td>{fields} <small>{share:.1} %</small></td>{change}{users}{requests}<td>{sparkline}</td>\
             <td><details><summary>{place}"
        );
        Self { facts, lines: lines(report, row) }
    }
}

/// Returns the classes of a row: its severity, and whether it is new or has failed.
fn class(row: &ReportRow<'_>) -> String {
    let (severity, _) = severity(row);
    let new = if row.is_new { " new" } else { "" };
    let failed = if row.has_failed { " failed" } else { "" };
    format!("{severity}{new}{failed}")
}

/// Returns the severity and the category, which stand in one column.
fn kind(row: &ReportRow<'_>, speech: Speech) -> String {
    let (severity, severity_zh) = severity(row);
    let (category, category_zh) = category(row);
    if row.entry.is_none() {
        return speech.both("unknown: in no catalog", "未知：不在目录中");
    }
    if category == severity {
        return speech.both(severity, &category_zh);
    }
    speech.both(&format!("{severity}: {category}"), &format!("{severity_zh}：{category_zh}"))
}

/// Returns the change since the earlier run, with the earlier number of fields.
fn change(row: &ReportRow<'_>, speech: Speech) -> String {
    let word = if row.accepted.is_some() {
        speech.both("accepted", "已接受")
    } else if let Some(comparison) = row.comparison.filter(|_| !row.is_new) {
        match comparison.change {
            Change::New => speech.both("new", "新"),
            Change::More => speech.both("more", "增加"),
            Change::Same => speech.both("same", "不变"),
            Change::Fewer => speech.both("fewer", "减少"),
            Change::Gone => speech.both("gone", "消失"),
        }
    } else if row.is_new {
        speech.both("new", "新")
    } else {
        String::new()
    };
    let before = row.comparison.map_or(String::new(), |comparison| format!(" ({})", comparison.count));
    format!("{word}{before}")
}

/// Returns the number of users, or `–` where no line has one or they are not told apart. It begins with the number, by which the
/// script sorts.
fn users(row: &ReportRow<'_>) -> String {
    match row.users.filter(|counted| counted.lines > 0) {
        None => "–".to_owned(),
        Some(counted) if counted.users.is_exact() => counted.users.count().to_string(),
        Some(counted) => format!("{} <small>± 3 %</small>", counted.users.count()),
    }
}

/// Returns the number of requests that failed first with a code; `–` for a code that is no error.
fn requests(row: &ReportRow<'_>) -> String {
    row.first_failures.map_or("–".to_owned(), |count| count.to_string())
}

/// Returns the first and the last line, the times from which and to which the code was there, and the reason for which the
/// code is accepted. The line that is first in the inputs need not be the earliest.
fn lines(report: &Report<'_>, row: &ReportRow<'_>) -> String {
    let Counted { first, last, times, .. } = row.counted;
    let line = |place: &LogPlace| format!("<code>{}</code>", HtmlText(&place.text));
    let mut lines = line(first) + "</summary>";
    if (first.file, first.line) != (last.file, last.line) {
        lines += &format!("<p>{}</p>{}", HtmlText(report.place(last)), line(last));
    }
    lines += &match times {
        Some((earliest, latest)) if earliest != latest => format!("<p>{earliest} – {latest}</p>"),
        Some((earliest, _)) => format!("<p>{earliest}</p>"),
        None => String::new(),
    };
    if let Some(users) = Speech(report.language).users(row) {
        lines += &format!("<p>{users}</p>");
    }
    if let Some(accepted) = row.accepted {
        lines += &format!("<p>{}</p>", HtmlText(accepted.to_string()));
    }
    lines
}
