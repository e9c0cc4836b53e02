//! The report as JUnit XML: a test case for each code that a check selects, failed where the check has.

use super::escape::visible;
use super::{Report, Row, count_of};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use std::io::{self, Write};

pub(super) fn write(report: &Report<'_>, wtr: &mut impl Write) -> io::Result<()> {
    let mut suite = TestSuite::new("imsdk-annotate");
    let rows = report.known().into_iter().chain(report.unknown());
    suite.add_test_cases(rows.filter_map(|row| test_case(report, &row)));
    let mut document = quick_junit::Report::new("imsdk-annotate");
    document.add_test_suite(suite);
    document.serialize(wtr).map_err(io::Error::other)
}

/// The test case for a code, if a check selects it.
fn test_case(report: &Report<'_>, row: &Row<'_>) -> Option<TestCase> {
    let outcomes = report.outcomes();
    let selecting: Vec<_> =
        outcomes.iter().filter(|outcome| outcome.check.selects(row.code, report.catalog)).collect();
    if selecting.is_empty() {
        return None;
    }
    let counted = row.counted;
    let [first, last] = [&counted.first, &counted.last].map(|place| visible(&report.place(place)));
    let fields = count_of(counted.fields, "time", "times");
    let mut status = TestCaseStatus::success();
    if let Some(failed) = selecting.iter().find(|outcome| outcome.has_failed()) {
        let check = visible(&failed.check.text);
        let compared = row.comparison.map_or(String::new(), |comparison| {
            format!(", {} (before: {})", comparison.change.name(), comparison.count)
        });
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(check.clone());
        status.set_message(format!("{fields}{compared}, first at {first}; --fail-on {check}"));
        status.set_description(format!("{first}: {}", visible(&counted.first.text)));
    }
    let name = format!("{} {}", row.code, visible(row.message()));
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("imsdk.{}", row.category()));
    let last = format!("{last}: {}", visible(&counted.last.text));
    case.set_system_out(format!("{fields}, from {first}: {}\nto {last}", visible(&counted.first.text)));
    Some(case)
}
