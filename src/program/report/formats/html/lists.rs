//! Codes that are gone, near misses, and accepted codes to look at.

use super::codes::Budget;
use super::speech::Speech;
use crate::Language;
use crate::program::report::Report;
use crate::program::report::formats::html_text::HtmlText;
use std::fmt::Write;

/// Writes the lines that have a key and a known code and are no field.
pub(super) fn write_near(report: &Report<'_>, page: &mut String) {
    let Some(near) = &report.tally.near else {
        return;
    };
    let (lines, first, have) = (near.lines, &near.first, near.lines_have());
    let speech = Speech(report.language);
    let title = speech.both("Near misses", "疑似遗漏");
    let words = speech.markup(
        &format!("{have} a key and a known code that are no field. The first:"),
        &format!("{lines} 行有键和已知码，但不成字段。第一行："),
    );
    let takes = speech.both("This would take it:", "如此可识别：");
    let _ = write!(
        page,
        "<section aria-labelledby=\"near\"><h2 id=\"near\">{title}</h2>\n<p>{words}</p>\n<p><b>{}</b></p><code>{}</code>\n\
         <p>{takes}</p><code>{}</code></section>\n",
        HtmlText(report.place(first)),
        HtmlText(&first.text),
        HtmlText(near.option())
    );
}

/// Writes the codes that the earlier run had and this run has not, as far as the budget holds them.
pub(super) fn write_gone(report: &Report<'_>, budget: &mut Budget, page: &mut String) {
    let (gone, rest) = report.top_of_gone();
    if gone.is_empty() {
        return;
    }
    let speech = Speech(report.language);
    let row = |gone: &crate::program::report::Gone<'_>| {
        let text = |language| {
            gone.entry.map_or(String::new(), |entry| {
                format!("{}: {}", entry.category().name_in(language), entry.message_in(language))
            })
        };
        let meaning = speech.both(&text(Language::English), &text(Language::Chinese));
        let (code, count) = (gone.code, gone.comparison.count);
        format!("<tr><th scope=\"row\">{code}</th><td>{meaning}</td><td>{count}</td></tr>\n")
    };
    let rows: Vec<String> = gone.iter().map(row).take_while(|row| budget.takes(row.len())).collect();
    let title = speech.both("Gone since the earlier run", "与上次相比已消失");
    let caption =
        speech.both("Codes that the earlier run had and this run has not.", "上次有、本次没有的返回码。");
    let _ = write!(
        page,
        "<section aria-labelledby=\"gone\"><h2 id=\"gone\">{title}</h2>\n<table><caption>{caption}</caption><thead><tr>"
    );
    for (english, chinese) in [("code", "返回码"), ("message", "含义"), ("fields then", "当时字段数")]
    {
        let _ = write!(page, "<th scope=\"col\">{}</th>", speech.both(english, chinese));
    }
    let _ = write!(page, "</tr></thead>\n<tbody>\n{}</tbody></table>\n", rows.concat());
    if let Some(rest) = rest {
        let chinese = format!("另有 {} 个码未显示；--top 0 显示全部。", report.gone().len() - gone.len());
        let _ = writeln!(page, "<p class=\"cut\">{}</p>", speech.markup(&format!("{rest}."), &chinese));
    }
    let more = gone.len() - rows.len();
    if more > 0 {
        let words = speech.markup(&format!("And {more} more."), &format!("另有 {more} 个。"));
        let _ = writeln!(page, "<p class=\"cut\">{words}</p>");
    }
    page.push_str("</section>\n");
}

/// Writes what to say of accepted codes that have expired or do not occur, as far as the budget holds it.
pub(super) fn write_accepted(report: &Report<'_>, budget: &mut Budget, page: &mut String) {
    let remarks = report.accept_remarks();
    if remarks.is_empty() {
        return;
    }
    let speech = Speech(report.language);
    let lines = remarks.iter().map(|remark| format!("<li>{}</li>\n", HtmlText(remark)));
    let lines: Vec<String> = lines.take_while(|line| budget.takes(line.len())).collect();
    let title = speech.both("Accepted codes to look at", "待复查的已接受码");
    let _ = write!(
        page,
        "<section aria-labelledby=\"accepted\"><h2 id=\"accepted\">{title}</h2>\n<ul>\n{}</ul>\n",
        lines.concat()
    );
    let more = remarks.len() - lines.len();
    if more > 0 {
        let words = speech.markup(&format!("And {more} more."), &format!("另有 {more} 条。"));
        let _ = writeln!(page, "<p class=\"cut\">{words}</p>");
    }
    page.push_str("</section>\n");
}
