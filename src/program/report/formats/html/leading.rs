//! The codes to look at first: each with what it means, since when it is there, and where.

use super::speech::{FIELDS, INPUTS, REQUESTS, Speech, category, message, severity};
use crate::Severity;
use crate::program::report::formats::html_text::HtmlText;
use crate::program::report::{Report, ReportRow};
use std::fmt::Write;

/// The most codes that are told here; all stand in the table.
const LEADING_MAX: usize = 5;

/// Writes the first codes for which a check has failed or that are new; where nothing tells which are new, the first
/// errors and unknown codes.
pub(super) fn write(report: &Report<'_>, rows: &[ReportRow<'_>], page: &mut String) {
    let speech = Speech(report.language);
    let is_bad = |row: &&ReportRow<'_>| matches!(row.severity(), Some(Severity::Error) | None);
    let stands_out =
        |row: &&ReportRow<'_>| row.has_failed || (row.is_new && row.severity() != Some(Severity::Success));
    let mut leading: Vec<&ReportRow<'_>> = rows.iter().filter(stands_out).collect();
    let tells = report.tells_changes() || !leading.is_empty();
    if !tells {
        leading = rows.iter().filter(is_bad).collect();
    }
    if rows.is_empty() || (leading.is_empty() && !report.tells_changes()) {
        return;
    }
    let title = speech.both("Look here first", "请先看这里");
    let _ = writeln!(page, "<section aria-labelledby=\"leading\"><h2 id=\"leading\">{title}</h2>");
    if report.tells_changes() && !rows.iter().any(|row| row.is_new) {
        let _ = writeln!(page, "<p>{}</p>", speech.both("No code is new.", "没有新的返回码。"));
    }
    if !leading.is_empty() {
        page.push_str("<ol class=\"leading\">\n");
        leading.iter().take(LEADING_MAX).for_each(|row| write_code(report, row, speech, page));
        page.push_str("</ol>\n");
    }
    let more = leading.len().saturating_sub(LEADING_MAX);
    if more > 0 {
        let english = format!("And {more} more, which lead the table below.");
        let chinese = format!("另有 {more} 个，位于下表前列。");
        let _ = writeln!(page, "<p>{}</p>", speech.markup(&english, &chinese));
    }
    page.push_str("</section>\n");
}

fn write_code(report: &Report<'_>, row: &ReportRow<'_>, speech: Speech, page: &mut String) {
    let (code, counted) = (row.code, row.counted);
    let (class, class_zh) = severity(row);
    let ((english, chinese), (category, category_zh)) = (message(row), category(row));
    let message = speech.both(&english, &chinese);
    let _ = write!(page, "<li class=\"{class}\"><h3><a href=\"#c{code}\">{code}</a> {message}</h3>\n<p>");
    if row.has_failed {
        let _ = write!(page, "<b class=\"mark failed\">{}</b> ", speech.both("failed a check", "未通过检查"));
    }
    if row.is_new {
        let _ = write!(page, "<b class=\"mark new\">{}</b> ", speech.both("new", "新"));
    }
    let kind = if class == category {
        (class.to_owned(), category_zh.into_owned())
    } else {
        (format!("{class}, {category}"), format!("{class_zh}，{category_zh}"))
    };
    let _ = write!(page, "<b class=\"mark kind\">{}</b> ", speech.both(&kind.0, &kind.1));
    page.push_str(&speech.count(counted.fields, FIELDS));
    if let Some(comparison) = row.comparison {
        let before = comparison.count;
        let _ = write!(
            page,
            " {}",
            speech.markup(&format!("(before: {before})"), &format!("（此前：{before}）"))
        );
    }
    let _ = write!(page, " {}", speech.markup("in", "共"));
    let _ = write!(page, " {}", speech.count(counted.files, INPUTS));
    let requests = row.first_failures.map(|count| speech.count(count, REQUESTS));
    for words in speech.users(row).into_iter().chain(requests) {
        let _ = write!(page, "; {words}");
    }
    if let Some((earliest, latest)) = counted.times {
        let words = match (row.is_new, earliest == latest) {
            (true, _) => ("since", "始于"),
            (false, false) => ("from", "从"),
            (false, true) => ("at", "时间"),
        };
        let _ = write!(page, "; {} <time>{earliest}</time>", speech.both(words.0, words.1));
        if earliest != latest {
            let _ = write!(page, ", {} <time>{latest}</time>", speech.both("last", "最后"));
        }
    }
    let place = HtmlText(report.place(&counted.first));
    let _ = writeln!(page, "; {} <b>{place}</b></p>", speech.both("first line at", "首行位于"));
    let _ = writeln!(page, "<code>{}</code></li>", HtmlText(&counted.first.text));
}
