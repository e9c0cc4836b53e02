//! The report as JUnit XML: a test case for each code that a check selects, failed where the check has.

use super::{FormatRow, ReportFormat};
use crate::program::report::amount::fields;
use crate::program::report::verdict::CheckOutcome;
use crate::program::report::{Report, ReportRow};
use crate::program::terminal::visible::visible;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use std::io::{self, Write};

pub(super) const FORMAT: FormatRow =
    FormatRow { format: ReportFormat::Junit, name: "junit", write: |report, _, wtr| write(report, wtr) };

fn write(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let mut suite = TestSuite::new("imsdk-annotate");
    suite.add_test_cases(report.ending().map(|words| case_of_ending(words, report.tally.complete)));
    // A check that selects none of the codes gets a case of its own: readers may take a file without cases for a
    // failure.
    let without_codes = report.outcomes.iter().filter(|outcome| outcome.codes.is_empty());
    let (failed, passed): (Vec<_>, Vec<_>) = without_codes.partition(|outcome| outcome.has_failed());
    suite.add_test_cases(failed.into_iter().map(case_of_check));
    for row in report.rows() {
        let selects = |outcome: &&CheckOutcome<'_>| outcome.check.selects(row.code, report.catalog);
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

/// Returns the test case for inputs that were not read to their own ends: an error, unless a signal ended a stream.
fn case_of_ending(words: &str, is_complete: bool) -> TestCase {
    let mut status = TestCaseStatus::success();
    if !is_complete {
        status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(words);
    }
    let mut case = TestCase::new("all inputs", status);
    case.set_classname("imsdk.input").set_system_out(words);
    case
}

/// Returns the test case of a check that selects none of the codes that are told apart.
fn case_of_check(outcome: &CheckOutcome<'_>) -> TestCase {
    let mut status = TestCaseStatus::success();
    if outcome.has_failed() {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(fields(outcome.count));
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
        let compared = row.comparison.map_or(String::new(), |comparison| {
            format!(", {} (before: {})", comparison.change.name(), comparison.count)
        });
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
