//! The table of codes.

use super::row::{Columns, END, NO_LINES, RowMarkup};
use super::speech::{BothTexts, Speech, category, severity};
use crate::program::report::axis::Axis;
use crate::program::report::formats::html_text::HtmlText;
use crate::program::report::tally::sum;
use crate::program::report::{Report, ReportRow};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The most codes in the table.
const ROWS_MAX: usize = 2000;
/// The most categories that can be chosen.
const CATEGORIES_MAX: usize = 200;

/// The number of bytes that are left for the parts of the page that grow with the number of codes.
pub(super) struct Budget(pub(super) usize);

impl Budget {
    /// Takes a number of bytes, and returns true, if as many are left.
    pub(super) fn takes(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

/// Writes the table. Where the budget does not hold all, the lines of the last codes are left out, and then the last codes
/// themselves; the page says so.
pub(super) fn write(
    report: &Report<'_>,
    rows: &[ReportRow<'_>],
    axis: &Axis,
    budget: &mut Budget,
    page: &mut String,
) {
    let speech = Speech(report.language);
    let columns = Columns {
        changes: report.tells_changes(),
        users: report.tally.users.is_some(),
        requests: report.tally.trace.is_some(),
    };
    let all = sum(rows.iter().map(|row| row.counted.fields));
    let mut beginning = String::new();
    write_controls(rows, speech, columns, &mut beginning);
    write_head(report, speech, columns, axis, &mut beginning);
    budget.takes(beginning.len());
    let markup = |row| RowMarkup::of(report, row, columns, axis, all);
    let (shown, rest) = report.top_of(rows, |row| row.counted.fields);
    let written = shown.iter().take(ROWS_MAX).map(markup);
    let written: Vec<RowMarkup> =
        written.take_while(|row| budget.takes(row.facts.len() + NO_LINES.len() + END.len())).collect();
    let with_lines = written.iter().take_while(|row| budget.takes(row.lines.len())).count();
    let title = speech.both("Codes", "返回码");
    let _ = writeln!(page, "<section aria-labelledby=\"codes\"><h2 id=\"codes\">{title}</h2>");
    if written.len() < shown.len() {
        let (shown, there) = (written.len(), shown.len());
        let english = format!("The first {shown} of {there} codes are shown here. The JSON report has all.");
        let chinese = format!("此处显示 {there} 个码中的前 {shown} 个；JSON 报告有全部。");
        let _ = writeln!(page, "<p class=\"cut\">{}</p>", speech.markup(&english, &chinese));
    }
    if with_lines < written.len() {
        let english = format!(
            "The first {with_lines} codes are shown with their lines, so that the page stays small. The JSON report has all."
        );
        let chinese = format!("为使页面不过大，只有前 {with_lines} 个码附有日志行；JSON 报告有全部。");
        let _ = writeln!(page, "<p class=\"cut\">{}</p>", speech.markup(&english, &chinese));
    }
    page.push_str(&beginning);
    for (index, row) in written.iter().enumerate() {
        page.push_str(&row.facts);
        page.push_str(if index < with_lines { &row.lines } else { NO_LINES });
        page.push_str(END);
    }
    page.push_str("</tbody></table>\n");
    if let Some(rest) = rest {
        let chinese = format!("另有 {} 个码未显示；--top 0 显示全部。", rows.len() - shown.len());
        let _ = writeln!(page, "<p class=\"cut\">{}</p>", speech.markup(&format!("{rest}."), &chinese));
    }
    if report.tally.more_unknown > 0 {
        let fields = report.tally.more_unknown;
        let english = format!("And {fields} fields with yet other codes that are in no catalog.");
        let chinese = format!("另有 {fields} 个字段的其他码不在目录中。");
        let _ = writeln!(page, "<p>{}</p>", speech.markup(&english, &chinese));
    }
    page.push_str("</section>\n");
}

/// Writes the title of the table and of each column.
fn write_head(report: &Report<'_>, speech: Speech, columns: Columns, axis: &Axis, page: &mut String) {
    let when = if axis.is_time { ("when", "时间") } else { ("position", "位置") };
    let change = if report.baseline.is_some() {
        ("change (before)", "变化（此前）")
    } else {
        ("change", "变化")
    };
    let titles = [
        Some(("code", "返回码")),
        Some(("severity and category", "级别与类别")),
        Some(("message", "含义")),
        Some(("fields", "字段")),
        columns.changes.then_some(change),
        columns.users.then_some(("users", "用户")),
        columns.requests.then_some(("failed first", "首次失败")),
        Some(when),
        Some(("first and last line", "首行与末行")),
    ];
    let caption = speech.both(
        "Each code with its first and last line. What matters is first.",
        "各返回码及其首行与末行；重要的在前。",
    );
    let _ = write!(page, "<table id=\"table\"><caption>{caption}</caption><thead><tr>");
    for (english, chinese) in titles.into_iter().flatten() {
        let _ = write!(page, "<th scope=\"col\">{}</th>", speech.both(english, chinese));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
}

/// Writes the controls, which the script shows.
fn write_controls(rows: &[ReportRow<'_>], speech: Speech, columns: Columns, page: &mut String) {
    let search = speech.both("Search", "搜索");
    let _ = write!(
        page,
        "<div class=\"controls\" data-script=\"\" hidden=\"\">\
         <label>{search} <input type=\"search\" id=\"search\" autocomplete=\"off\"/></label>\
         <fieldset><legend>{}</legend>",
        speech.both("Show", "显示")
    );
    let has = |name: &str| rows.iter().any(|row| severity(row).0 == name);
    for (name, chinese) in [("error", "错误"), ("action", "需操作"), ("success", "成功"), ("unknown", "未知")]
    {
        if has(name) {
            let label = speech.both(name, chinese);
            let _ = write!(
                page,
                "<label><input type=\"checkbox\" data-severity=\"{name}\" checked=\"\"/> {label}</label>"
            );
        }
    }
    if columns.changes {
        let label = speech.both("new codes alone", "仅新码");
        let _ = write!(page, "<label><input type=\"checkbox\" id=\"new\"/> {label}</label>");
    }
    let _ = write!(
        page,
        "</fieldset><label>{} <select id=\"category\"><option value=\"\">all / 全部</option>",
        speech.both("Category", "类别")
    );
    let categories: BTreeSet<BothTexts<'_>> = rows.iter().map(category).collect();
    for (english, chinese) in categories.iter().take(CATEGORIES_MAX) {
        let (value, chinese) = (HtmlText(english), if english == chinese { "" } else { chinese });
        let _ = write!(page, "<option value=\"{value}\">{value} {}</option>", HtmlText(chinese));
    }
    page.push_str("</select></label><p id=\"shown\" role=\"status\"></p></div>\n");
}
