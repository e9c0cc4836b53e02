//! Words in both languages, of which one is shown.

use crate::program::report::formats::html_text::HtmlText;
use crate::program::report::tally::CodeUsers;
use crate::program::report::{Report, ReportRow, UNKNOWN, UNKNOWN_ZH};
use crate::{Category, Entry, Language};
use std::borrow::Cow;

/// The choice of the language that is shown at first.
#[derive(Clone, Copy)]
pub(super) struct Speech(pub(super) Language);

/// The English and the Chinese form of a text.
pub(super) type BothTexts<'a> = (Cow<'a, str>, Cow<'a, str>);

impl Speech {
    /// Returns the markup of the number of users of a code, with the number of lines that have one; `None` if they were not
    /// counted or are not told apart.
    pub(super) fn users(self, row: &ReportRow<'_>) -> Option<String> {
        let CodeUsers { lines, users } = row.users?;
        let (number, all) = (users.count(), row.counted.lines);
        let [.., unit] = if users.is_exact() { USERS } else { ABOUT_USERS };
        let chinese = format!("{number} {unit}（{all} 行中的 {lines} 行）");
        Some(self.markup(&row.users_words()?, &chinese))
    }

    /// Returns the markup of a text in both languages. The texts may come from outside.
    pub(super) fn both(self, english: &str, chinese: &str) -> String {
        if english == chinese {
            return HtmlText(english).to_string();
        }
        self.markup(&HtmlText(english).to_string(), &HtmlText(chinese).to_string())
    }

    /// Returns the markup in which one of two pieces of markup is shown.
    pub(super) fn markup(self, english: &str, chinese: &str) -> String {
        let [hides_english, hides_chinese] = [Language::Chinese, Language::English]
            .map(|other| if self.0 == other { " hidden=\"\"" } else { "" });
        let blank = if self.0 == Language::Both { " " } else { "" };
        format!(
            "<bdi lang=\"en\"{hides_english}>{english}</bdi>{blank}<bdi lang=\"zh\"{hides_chinese}>{chinese}</bdi>"
        )
    }

    /// Returns the markup of a number with its unit.
    pub(super) fn count(self, number: u64, [one, several, chinese]: [&str; 3]) -> String {
        let english = if number == 1 { one } else { several };
        self.markup(&format!("{number} {english}"), &format!("{number} {chinese}"))
    }
}

/// The unit of what is counted: singular, plural, Chinese.
pub(super) const FIELDS: [&str; 3] = ["field", "fields", "个字段"];
pub(super) const USERS: [&str; 3] = ["user", "users", "位用户"];
/// The unit of users whose number is an estimate.
pub(super) const ABOUT_USERS: [&str; 3] = ["users ± 3 %", "users ± 3 %", "位用户 ± 3 %"];
pub(super) const INPUTS: [&str; 3] = ["input", "inputs", "个输入"];
pub(super) const FAILED_REQUESTS: [&str; 3] = ["request failed", "requests failed", "个请求失败"];
/// The unit of requests beside the code with which they failed first.
pub(super) const REQUESTS: [&str; 3] =
    ["request failed first with it", "requests failed first with it", "个请求以此码首次失败"];

/// Returns the message of a row's code.
pub(super) fn message<'a>(row: &ReportRow<'a>) -> BothTexts<'a> {
    row.entry.map_or(("in no catalog".into(), "不在目录中".into()), |entry| {
        (entry.message_in(Language::English), entry.message_in(Language::Chinese))
    })
}

/// Returns the category of a row's code.
pub(super) fn category<'a>(row: &ReportRow<'a>) -> BothTexts<'a> {
    let (english, chinese) = category_names(row.entry.map(Entry::category));
    (english.into(), chinese.into())
}

/// Returns the names of a category; `None` is the category of unknown codes.
pub(super) fn category_names(category: Option<&Category>) -> (&str, &str) {
    category.map_or((UNKNOWN, UNKNOWN_ZH), |category| (category.name(), category.chinese_name()))
}

/// Returns the severity of a row's code.
pub(super) fn severity(row: &ReportRow<'_>) -> (&'static str, &'static str) {
    use crate::Severity::{Action, Error, Success};
    match row.severity() {
        Some(Error) => ("error", "错误"),
        Some(Action) => ("action", "需操作"),
        Some(Success) => ("success", "成功"),
        None => ("unknown", "未知"),
    }
}

/// Returns the way in which reading ended; `None` if all inputs were read to their ends.
pub(super) fn ending<'a>(report: &Report<'a>) -> Option<(&'a str, &'a str)> {
    let english = report.ending()?;
    if let Some(so_far) = report.so_far {
        return Some((english, &so_far.chinese));
    }
    let chinese = match (report.tally.complete, report.tally.stopped) {
        (true, false) => "没有输入",
        (true, true) => "被信号停止",
        (false, true) => "在全部读完之前被信号停止",
        (false, false) => "未能读取全部输入：请看运行时的消息",
    };
    Some((english, chinese))
}
