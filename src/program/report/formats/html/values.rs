//! The users that were affected, and the requests that failed, as a whole.

use super::speech::{ABOUT_USERS, FAILED_REQUESTS, Speech, USERS, category_names};
use crate::program::report::Report;
use crate::program::report::tally::DistinctValues;
use std::fmt::Write;

/// The most categories whose users are told.
const CATEGORIES_MAX: usize = 100;

/// Writes the number of users of all codes, which are `users`, and of each category, and what limits the number of requests.
pub(super) fn write(report: &Report<'_>, users: Option<&DistinctValues>, page: &mut String) {
    write_users(report, users, page);
    write_requests(report, page);
}

fn write_users(report: &Report<'_>, users: Option<&DistinctValues>, page: &mut String) {
    let (Some(tally), Some(all)) = (&report.tally.users, users) else {
        return;
    };
    let speech = Speech(report.language);
    let title = speech.both("Users affected", "受影响的用户");
    let count =
        |number: u64, is_exact: bool| speech.count(number, if is_exact { USERS } else { ABOUT_USERS });
    let (with, lines, keys) = (tally.lines, tally.code_lines, tally.keys.words());
    let found = speech.both(
        &format!("by {keys}, in {with} of {lines} lines with a code"),
        &format!("按 {keys}，含返回码的 {lines} 行中有 {with} 行"),
    );
    let all = count(all.count(), all.is_exact());
    let _ = write!(
        page,
        "<section aria-labelledby=\"users\"><h2 id=\"users\">{title}</h2>\n<p>{all} {found}</p>\n<ul class=\"legend\">\n"
    );
    for of in report.users_of_categories().iter().take(CATEGORIES_MAX) {
        let (english, chinese) = category_names(of.category);
        let _ =
            writeln!(page, "<li>{}: {}</li>", speech.both(english, chinese), count(of.count, of.is_exact));
    }
    page.push_str("</ul></section>\n");
}

fn write_requests(report: &Report<'_>, page: &mut String) {
    let Some(trace) = &report.tally.trace else {
        return;
    };
    let speech = Speech(report.language);
    let title = speech.both("First failures", "首次失败");
    let (with, lines, keys) = (trace.lines, trace.error_lines, trace.keys.words());
    let found = speech.both(
        &format!("by {keys}, in {with} of {lines} lines with an error"),
        &format!("按 {keys}，含错误的 {lines} 行中有 {with} 行"),
    );
    let requests = speech.count(trace.count(), FAILED_REQUESTS);
    let _ = write!(
        page,
        "<section aria-labelledby=\"requests\"><h2 id=\"requests\">{title}</h2>\n<p>{requests} {found}</p>\n"
    );
    if let Some((english, chinese)) = report.repeated_words() {
        let _ = writeln!(page, "<p>{}</p>", speech.both(&english, &chinese));
    }
    page.push_str("</section>\n");
}
