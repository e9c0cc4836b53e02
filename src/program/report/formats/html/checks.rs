//! The verdict on the run as a whole, and the result of each check.

use super::speech::{FIELDS, Speech, USERS, ending};
use crate::program::report::Report;
use crate::program::report::formats::html_text::HtmlText;
use crate::program::report::verdict::{CheckKind, CheckOutcome, CheckVerdict, Measure, MeasuredRate};
use std::fmt::Write;

/// The most checks that have a line of their own.
const CHECKS_MAX: usize = 100;
/// The most codes that a check names.
const CODES_MAX: usize = 8;

/// The verdict on the run as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RunVerdict {
    Passed,
    Failed,
    /// A check is not decided, or not all could be read.
    Undecided,
    /// There are no checks.
    Unchecked,
}

impl RunVerdict {
    pub(super) fn of(report: &Report<'_>) -> Self {
        let has = |verdict| report.with_verdict(verdict).next().is_some();
        if has(CheckVerdict::Failed) {
            Self::Failed
        } else if has(CheckVerdict::Undecided) || !report.tally.is_whole() {
            Self::Undecided
        } else if report.outcomes.is_empty() {
            Self::Unchecked
        } else {
            Self::Passed
        }
    }

    /// Returns the class of the element that shows the verdict.
    fn class(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Undecided => "undecided",
            Self::Unchecked => "unchecked",
        }
    }

    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Passed => ("Passed", "通过"),
            Self::Failed => ("Failed", "未通过"),
            Self::Undecided => ("Not decided", "未判定"),
            Self::Unchecked => ("Not checked", "未检查"),
        }
    }
}

/// Writes the verdict in a word, with its reason.
pub(super) fn write_verdict(report: &Report<'_>, page: &mut String) {
    let speech = Speech(report.language);
    let verdict = RunVerdict::of(report);
    let (english, chinese) = verdict.words();
    let word = speech.both(english, chinese);
    let _ = write!(page, "<div class=\"verdict {}\"><p><strong>{word}</strong> ", verdict.class());
    let all = report.outcomes.len();
    let count = |verdict| report.with_verdict(verdict).count();
    let (failed, undecided) = (count(CheckVerdict::Failed), count(CheckVerdict::Undecided));
    let checks = if all == 1 { "check" } else { "checks" };
    let reason = match verdict {
        RunVerdict::Passed => {
            speech.markup(&format!("{all} of {all} {checks} passed"), &format!("{all} 项检查全部通过"))
        }
        RunVerdict::Failed => speech.markup(
            &format!("{failed} of {all} {checks} failed"),
            &format!("{all} 项检查中 {failed} 项未通过"),
        ),
        RunVerdict::Undecided if undecided > 0 => speech.markup(
            &format!("{undecided} of {all} {checks} could not be decided"),
            &format!("{all} 项检查中 {undecided} 项无法判定"),
        ),
        RunVerdict::Undecided => speech.both("the run is not complete", "运行不完整"),
        RunVerdict::Unchecked => speech.both("no check was asked for", "没有要求任何检查"),
    };
    let _ = write!(page, "{reason}</p>");
    if let Some((english, chinese)) = ending(report) {
        let _ = write!(page, "<p>{}</p>", speech.both(english, chinese));
    }
    page.push_str("</div>\n");
}

/// Writes the result of each check, those that have not passed first.
pub(super) fn write_checks(report: &Report<'_>, page: &mut String) {
    let all = report.outcomes.len();
    if all == 0 {
        return;
    }
    let speech = Speech(report.language);
    let title = speech.both("Checks", "检查");
    let _ = write!(
        page,
        "<section aria-labelledby=\"checks\"><h2 id=\"checks\">{title}</h2>\n<ul class=\"checks\">\n"
    );
    let order = [CheckVerdict::Failed, CheckVerdict::Undecided, CheckVerdict::Passed];
    let outcomes = order.into_iter().flat_map(|verdict| report.with_verdict(verdict));
    outcomes.take(CHECKS_MAX).for_each(|outcome| write_check(report, outcome, page));
    page.push_str("</ul>\n");
    if all > CHECKS_MAX {
        let english =
            format!("The first {CHECKS_MAX} of {all} checks are shown here. The JSON report has all.");
        let chinese = format!("此处显示 {all} 项检查中的前 {CHECKS_MAX} 项；JSON 报告有全部。");
        let _ = writeln!(page, "<p class=\"cut\">{}</p>", speech.markup(&english, &chinese));
    }
    page.push_str("</section>\n");
}

fn write_check(report: &Report<'_>, outcome: &CheckOutcome<'_>, page: &mut String) {
    let speech = Speech(report.language);
    let (class, english, chinese) = match outcome.verdict {
        CheckVerdict::Passed => ("passed", "passed", "通过"),
        CheckVerdict::Failed => ("failed", "failed", "未通过"),
        CheckVerdict::Undecided => ("undecided", "not decided", "未判定"),
    };
    let (verdict, option) = (speech.both(english, chinese), HtmlText(outcome.option()));
    let unit = match outcome.check.measure {
        Measure::Fields => FIELDS,
        Measure::Users => USERS,
    };
    let counted = speech.count(outcome.measured.count, unit);
    let about = if outcome.measured.is_exact { "" } else { " ± 3 %" };
    let limit = outcome.check.limit;
    let limit = match outcome.check.kind {
        CheckKind::FailOn => speech.markup(&format!("limit {limit}"), &format!("上限 {limit}")),
        CheckKind::Expect => {
            speech.markup(&format!("more than {limit} wanted"), &format!("须多于 {limit} 个"))
        }
    };
    let _ = write!(
        page,
        "<li class=\"{class}\"><strong>{verdict}</strong> <code>{option}</code> {counted}{about}, {limit}"
    );
    if let Some(MeasuredRate { window, from, .. }) = &outcome.measured.rate {
        let (english, chinese) = match from.as_str() {
            "" => (format!("within {window}"), format!("{window} 之内")),
            from => (format!("within {window} from {from}"), format!("从 {from} 起 {window} 之内")),
        };
        let _ = write!(page, ", {}", speech.markup(&english, &chinese));
    }
    if let Some(earlier) = outcome.check.earlier {
        let _ =
            write!(page, ", {}", speech.markup(&format!("before: {earlier}"), &format!("此前：{earlier}")));
    }
    if let Some(lack) = outcome.measured.lack.filter(|_| outcome.verdict == CheckVerdict::Undecided) {
        let (english, chinese) = report.lack_words(lack);
        let _ = write!(page, "; {}", speech.both(&english, &chinese));
    }
    if outcome.verdict == CheckVerdict::Passed {
        page.push_str("</li>\n");
        return;
    }
    for (index, (code, count)) in outcome.measured.codes.iter().take(CODES_MAX).enumerate() {
        let mark = if index == 0 { ": " } else { ", " };
        let _ = write!(page, "{mark}<a href=\"#c{code}\">{code}</a>");
        // The fields of a code in the window are not told apart from others.
        if outcome.measured.rate.is_none() {
            let _ = write!(page, "&#160;({count})");
        }
    }
    let more = outcome.measured.codes.len().saturating_sub(CODES_MAX);
    if more > 0 {
        let _ =
            write!(page, ", {}", speech.markup(&format!("and {more} more"), &format!("以及另外 {more} 个")));
    }
    page.push_str("</li>\n");
}
