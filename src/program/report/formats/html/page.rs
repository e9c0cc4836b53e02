//! The page as a whole.

use super::checks::{RunVerdict, write_checks, write_verdict};
use super::codes::{self, Budget};
use super::policy::{SCRIPT, STYLE, policy};
use super::speech::{ABOUT_USERS, FAILED_REQUESTS, INPUTS, Speech, USERS};
use super::{leading, lists, timeline, values};
use crate::Language;
use crate::program::report::axis::Axis;
use crate::program::report::tally::{DistinctValues, TraceTally, UserTally};
use crate::program::report::{Report, ReportRow};
use std::fmt::Write;

/// The number of bytes that a page may have.
const PAGE_MAX: usize = 1_200_000;
/// The number of bytes that are kept for codes that are gone and accepted ones, each.
const LIST_MAX: usize = 100_000;
/// The number of bytes that are kept for the sentences around the table, and for the ends of elements.
const SENTENCES_MAX: usize = 2000;

/// Returns the page.
pub(super) fn page(report: &Report<'_>) -> String {
    let rows = report.rows();
    let axis = Axis::of(&rows);
    let mut page = String::new();
    write_head(report, &mut page);
    let users = report.tally.users.as_ref().map(UserTally::all);
    write_header(report, &rows, users.as_ref(), &mut page);
    page.push_str("<main>\n");
    leading::write(report, &rows, &mut page);
    write_checks(report, &mut page);
    timeline::write(report, &rows, &axis, &mut page);
    values::write(report, users.as_ref(), &mut page);
    let mut lists = String::new();
    lists::write_gone(report, &mut Budget(LIST_MAX), &mut lists);
    lists::write_accepted(report, &mut Budget(LIST_MAX), &mut lists);
    lists::write_near(report, &mut lists);
    write_footer(report, &mut lists);
    let mut budget = Budget(PAGE_MAX.saturating_sub(page.len() + lists.len() + SCRIPT.len() + SENTENCES_MAX));
    if !rows.is_empty() {
        codes::write(report, &rows, &axis, &mut budget, &mut page);
    }
    page.push_str(&lists);
    let _ = write!(page, "<script>{SCRIPT}</script>\n</body></html>\n");
    page
}

fn write_head(report: &Report<'_>, page: &mut String) {
    let (lang, words) = match report.language {
        Language::English => ("en", "en"),
        Language::Chinese => ("zh", "zh"),
        Language::Both => ("en", "both"),
    };
    let (verdict, verdict_zh) = RunVerdict::of(report).words();
    let title = match report.language {
        Language::Chinese => format!("{verdict_zh}：iMSDK 返回码"),
        _ => format!("{verdict}: iMSDK return codes"),
    };
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"{lang}\" data-words=\"{words}\"><head><meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <title>{title}</title>\n<style>{STYLE}</style></head>\n<body>\n",
        policy()
    );
}

/// Writes the title, the verdict and the figures of the run.
fn write_header(
    report: &Report<'_>,
    rows: &[ReportRow<'_>],
    users: Option<&DistinctValues>,
    page: &mut String,
) {
    let speech = Speech(report.language);
    let _ = write!(page, "<header>\n<h1>{}</h1>\n", speech.both("iMSDK return codes", "iMSDK 返回码"));
    write_view_controls(speech, page);
    write_verdict(report, page);
    let input = report.tally.input;
    let new = report.tells_changes().then(|| rows.iter().filter(|row| row.is_new).count());
    let gone = report.baseline.map(|_| report.gone().len());
    let unknown = report.tally.unknown_fields();
    let requests = report.tally.trace.as_ref().map(TraceTally::count);
    let figures = [
        new.map(|new| (new as u64, ["new code", "new codes", "个新码"])),
        gone.map(|gone| (gone as u64, ["code gone", "codes gone", "个码消失"])),
        Some((rows.len() as u64, ["code", "codes", "个码"])),
        Some((
            report.tally.known_fields(),
            ["field with a known code", "fields with known codes", "个字段含已知码"],
        )),
        (unknown > 0).then_some((unknown, ["with an unknown code", "with unknown codes", "个含未知码"])),
        users.map(|users| (users.count(), if users.is_exact() { USERS } else { ABOUT_USERS })),
        requests.map(|requests| (requests, FAILED_REQUESTS)),
        Some((input.lines, ["line", "lines", "行"])),
        Some((input.files, INPUTS)),
        input
            .undated_lines
            .map(|lines| (lines, ["line without a time", "lines without a time", "行没有时间"])),
    ];
    page.push_str("<ul class=\"figures\">\n");
    for (number, [one, several, chinese]) in figures.into_iter().flatten() {
        let words = speech.both(if number == 1 { one } else { several }, chinese);
        let _ = writeln!(page, "<li><b>{number}</b> {words}</li>");
    }
    page.push_str("</ul>\n");
    if let Some((first, last)) = report.tally.times() {
        let _ = writeln!(
            page,
            "<p>{} <time>{first}</time> {} <time>{last}</time></p>",
            speech.both("Codes from", "返回码的时间："),
            speech.both("to", "至")
        );
    }
    if rows.is_empty() {
        let words = speech.both("No field with a code was found.", "没有找到含返回码的字段。");
        let _ = writeln!(page, "<p>{words}</p>");
    }
    page.push_str("</header>\n");
}

/// Writes the choices of language and colours, which the script shows.
fn write_view_controls(speech: Speech, page: &mut String) {
    let (language, colors) = (speech.both("Language", "语言"), speech.both("Colours", "颜色"));
    let _ = writeln!(
        page,
        "<div class=\"view\" data-script=\"\" hidden=\"\">\
         <label>{language} <select id=\"words\"><option value=\"en\">English</option><option value=\"zh\">中文</option>\
         <option value=\"both\">English / 中文</option></select></label>\
         <label>{colors} <select id=\"colors\"><option value=\"\">auto</option><option value=\"light\">light / 浅色</option>\
         <option value=\"dark\">dark / 深色</option></select></label></div>"
    );
}

/// Writes what the figures mean and where they are from.
fn write_footer(report: &Report<'_>, page: &mut String) {
    let speech = Speech(report.language);
    let encoded = report.encodings_words();
    let entries = report.catalog.entries().len() as u64;
    page.push_str("</main>\n<footer>\n<p>");
    page.push_str(&speech.both(
        "A field is a key with a return code in a line. New are codes that neither the earlier run nor the accepted codes have.",
        "字段是行中带有返回码的键。新码指上次运行和已接受码中都没有的码。",
    ));
    let _ = write!(page, "</p>\n<p>{} ", speech.both("Catalog:", "目录："));
    page.push_str(&speech.count(entries, ["code", "codes", "个码"]));
    if !encoded.is_empty() {
        let _ = write!(page, "; {} {encoded}", speech.both("inputs:", "输入："));
    }
    let _ = write!(page, ". imsdk-annotate</p>\n</footer>\n");
}
