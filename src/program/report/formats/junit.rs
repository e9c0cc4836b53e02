//! The report as JUnit XML: a test case for each code that a check selects, failed where the check has.

use super::{FormatRow, ReportFormat};
use crate::program::report::amount::fields;
use crate::program::report::verdict::{CheckKind, CheckOutcome, CheckVerdict};
use crate::program::report::{Report, ReportRow};
use crate::program::terminal::visible::visible;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use std::io::{self, Write};

pub(super) const FORMAT: FormatRow =
    FormatRow { format: ReportFormat::Junit, name: "junit", write: |report, _, wtr| write(report, wtr) };

fn write(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let mut suite = TestSuite::new("imsdk-annotate");
    suite.add_test_cases(report.ending().map(|words| case_of_ending(words, report.tally.is_whole())));
    let with_case = report.outcomes.iter().filter(|outcome| has_case(outcome));
    let (passed, others): (Vec<_>, Vec<_>) =
        with_case.partition(|outcome| outcome.verdict == CheckVerdict::Passed);
    suite.add_test_cases(others.into_iter().map(case_of_check));
    for row in report.rows() {
        let selects = |outcome: &&CheckOutcome<'_>| {
            outcome.check.kind == CheckKind::FailOn && outcome.check.selects(row.code, report.catalog)
        };
        let selecting: Vec<_> = report.outcomes.iter().filter(selects).collect();
        if !selecting.is_empty() {
            suite.add_test_case(case_of_code(report, &row, &selecting));
        }
    }
    suite.add_test_cases(passed.into_iter().map(case_of_check));
    let mut document = quick_junit::Report::new("imsdk-annotate");
    document.add_test_suite(suite);
    document.serialize(wtr).map_err(io::Error::other)
}

/// Returns the test case for the way in which reading ended: an error, unless a signal ended a stream.
fn case_of_ending(words: &str, is_whole: bool) -> TestCase {
    let mut status = TestCaseStatus::success();
    if !is_whole {
        status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(words);
    }
    let mut case = TestCase::new("all inputs", status);
    case.set_classname("imsdk.input").set_system_out(words);
    case
}

/// Returns true if a check has a test case of its own: where no codes have one that tells its result. Readers may take a
/// file without cases for a failure.
fn has_case(outcome: &CheckOutcome<'_>) -> bool {
    let expects = outcome.check.kind == CheckKind::Expect;
    outcome.codes.is_empty() || expects || outcome.verdict == CheckVerdict::Undecided
}

/// Returns the test case of a check: an error where it is not decided.
fn case_of_check(outcome: &CheckOutcome<'_>) -> TestCase {
    let kind = match outcome.verdict {
        CheckVerdict::Passed => None,
        CheckVerdict::Failed => Some(NonSuccessKind::Failure),
        CheckVerdict::Undecided => Some(NonSuccessKind::Error),
    };
    let mut status = TestCaseStatus::success();
    if let Some(kind) = kind {
        status = TestCaseStatus::non_success(kind);
        status.set_message(format!("{}: {}", outcome.verdict.words(), outcome.found()));
    }
    let mut case = TestCase::new(visible(&outcome.option()), status);
    case.set_classname("imsdk.check");
    case
}

/// Returns the test case of a code that the given checks select.
fn case_of_code(report: &Report<'_>, row: &ReportRow<'_>, selecting: &[&CheckOutcome<'_>]) -> TestCase {
    let counted = row.counted;
    let [first, last] = [&counted.first, &counted.last].map(|place| visible(&report.place(place)));
    let fields = fields(counted.fields);
    let mut status = TestCaseStatus::success();
    let failed = selecting.iter().filter(|outcome| outcome.has_failed());
    let failed: Vec<String> = failed.map(|outcome| visible(&outcome.option())).collect();
    if !failed.is_empty() {
        let checks = failed.join(", ");
        let compared = row.compared().map_or(String::new(), |compared| format!(", {compared}"));
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(checks.clone());
        status.set_message(format!("{fields}{compared}, first at {first}; {checks}"));
        status.set_description(format!("{first}: {}", visible(&counted.first.text)));
    }
    let name = format!("{} {}", row.code, visible(&row.message()));
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("imsdk.{}", visible(&row.category())));
    let last = format!("{last}: {}", visible(&counted.last.text));
    case.set_system_out(format!("{fields}, from {first}: {}\nto {last}", visible(&counted.first.text)));
    case
}
