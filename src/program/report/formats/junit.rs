//! The report as JUnit XML: a test case for each code that a check selects, failed where the check has. Without `--fail-on`
//! each code has a test case that passes.

use super::{FormatRow, ReportFormat};
use crate::program::report::amount::fields;
use crate::program::report::verdict::{CheckKind, CheckOutcome, CheckVerdict};
use crate::program::report::{Report, ReportRow};
use crate::program::terminal::visible::visible;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use std::io::{self, Write};
use std::time::Duration;

/// The attribute that quick-junit gives to the root, and that the schema of Jenkins knows only below it. No case is skipped.
const SKIPPED: &str = " skipped=\"0\"";

/// The name and the class of the case for the inputs as a whole.
const INPUTS: &str = "all inputs";
const INPUT_CLASS: &str = "imsdk.input";

pub(super) const FORMAT: FormatRow =
    FormatRow { format: ReportFormat::Junit, name: "junit", write: |report, _, wtr| write(report, wtr) };

fn write(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let mut suite = TestSuite::new("imsdk-annotate");
    suite.add_test_cases(report.ending().map(|words| case_of_ending(words, report.ends_in_trouble())));
    let with_case = report.outcomes.iter().filter(|outcome| has_case(outcome));
    let (passed, others): (Vec<_>, Vec<_>) =
        with_case.partition(|outcome| outcome.verdict == CheckVerdict::Passed);
    suite.add_test_cases(others.into_iter().map(case_of_check));
    let has_fail_on = report.outcomes.iter().any(|outcome| outcome.check.kind == CheckKind::FailOn);
    for row in report.rows() {
        let selects = |outcome: &&CheckOutcome<'_>| {
            outcome.check.kind == CheckKind::FailOn && outcome.check.selects(row.code, report.catalog)
        };
        let selecting: Vec<_> = report.outcomes.iter().filter(selects).collect();
        if !selecting.is_empty() || !has_fail_on {
            suite.add_test_case(case_of_code(report, &row, &selecting));
        }
    }
    suite.add_test_cases(passed.into_iter().map(case_of_check));
    if suite.test_cases.is_empty() {
        suite.add_test_case(timed(TestCase::new(INPUTS, TestCaseStatus::success()), INPUT_CLASS));
    }
    suite.set_time(Duration::ZERO);
    let mut document = quick_junit::Report::new("imsdk-annotate");
    document.set_time(Duration::ZERO);
    document.add_test_suite(suite);
    let text = document.to_string().map_err(io::Error::other)?;
    wtr.write_all(text.replacen(SKIPPED, "", 1).as_bytes())
}

/// Returns a test case that has a class, and a time, which some readers require: 0, because nothing was timed.
fn timed(mut case: TestCase, class: &str) -> TestCase {
    case.set_classname(class).set_time(Duration::ZERO);
    case
}

/// Returns the test case for the way in which reading ended: an error if not all could be read.
fn case_of_ending(words: &str, is_trouble: bool) -> TestCase {
    let mut status = TestCaseStatus::success();
    if is_trouble {
        status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(words);
    }
    let mut case = timed(TestCase::new(INPUTS, status), INPUT_CLASS);
    case.set_system_out(words);
    case
}

/// Returns true if a check has a test case of its own: where no codes have one that tells its result. Readers may take a
/// file without cases for a failure.
fn has_case(outcome: &CheckOutcome<'_>) -> bool {
    let expects = outcome.check.kind == CheckKind::Expect;
    outcome.measured.codes.is_empty()
        || outcome.check.window.is_some()
        || expects
        || outcome.verdict == CheckVerdict::Undecided
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
    timed(TestCase::new(visible(&outcome.option()), status), "imsdk.check")
}

/// Returns the test case of a code that the given checks select. It passes if there are none.
fn case_of_code(report: &Report<'_>, row: &ReportRow<'_>, selecting: &[&CheckOutcome<'_>]) -> TestCase {
    let counted = row.counted;
    let [first, last] = [&counted.first, &counted.last].map(|place| visible(&report.place(place)));
    let fields = fields(counted.fields);
    let mut status = TestCaseStatus::success();
    let counts =
        |outcome: &&&CheckOutcome<'_>| outcome.measured.codes.iter().any(|&(code, _)| code == row.code);
    let failed = selecting.iter().filter(|outcome| outcome.has_failed()).filter(counts);
    let failed: Vec<String> = failed.map(|outcome| visible(&outcome.option())).collect();
    if !failed.is_empty() {
        let checks = failed.join(", ");
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(checks.clone());
        status.set_message(format!("{}, first at {first}; {checks}", row.amounts()));
        status.set_description(format!("{first}: {}", visible(&counted.first.text)));
    }
    let name = format!("{} {}", row.code, visible(&row.message()));
    let mut case = timed(TestCase::new(name, status), &format!("imsdk.{}", visible(&row.category())));
    let last = format!("{last}: {}", visible(&counted.last.text));
    case.set_system_out(format!("{fields}, from {first}: {}\nto {last}", visible(&counted.first.text)));
    case
}
