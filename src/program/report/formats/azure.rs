//! The report as logging commands of Azure Pipelines, which shows them at the top of a run.

use super::findings::{Finding, FindingLevel, Subject, sum_of};
use super::{FormatRow, ReportFormat};
use crate::program::report::Report;
use crate::program::terminal::visible::visible;
use std::io::{self, Write};

/// The most issues of one type that the agent keeps for each step.
const ISSUES_MAX: usize = 10;

pub(super) const FORMAT: FormatRow =
    FormatRow { format: ReportFormat::Azure, name: "azure", write: |report, _, wtr| write(report, wtr) };

fn write(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings();
    for issue_type in ["error", "warning"] {
        let issues: Vec<_> = findings.iter().filter(|finding| type_of(finding) == issue_type).collect();
        let shown = if issues.len() > ISSUES_MAX { ISSUES_MAX - 1 } else { issues.len() };
        for finding in &issues[..shown] {
            write_issue(report, issue_type, finding, wtr)?;
        }
        if let Some(message) = sum_of(&issues[shown..]) {
            writeln!(wtr, "##vso[task.logissue type={issue_type};]{}", in_message(&message))?;
        }
    }
    Ok(())
}

/// Returns the type of an issue. An error that is not new is a warning: it was there before, or is accepted.
fn type_of(finding: &Finding<'_>) -> &'static str {
    match finding.level {
        FindingLevel::Failed | FindingLevel::Error => "error",
        FindingLevel::Warning | FindingLevel::Known => "warning",
    }
}

fn write_issue(
    report: &Report<'_>,
    issue_type: &str,
    finding: &Finding<'_>,
    wtr: &mut dyn Write,
) -> io::Result<()> {
    write!(wtr, "##vso[task.logissue type={issue_type};")?;
    if let Some(place) = finding.place {
        write!(wtr, "sourcepath={};linenumber={};", in_property(report.name(place)), place.line)?;
    }
    if let Subject::Code(code) = finding.subject {
        write!(wtr, "code={code};")?;
    }
    let text = finding.place.map_or(String::new(), |place| format!(": {}", place.text));
    writeln!(wtr, "]{}", in_message(&format!("iMSDK {}{text}", finding.message_with_category())))
}

/// Returns a text escaped for the message of a logging command.
fn in_message(text: &str) -> String {
    visible(text).replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Returns a text escaped for a property of a logging command.
fn in_property(text: &str) -> String {
    in_message(text).replace(']', "%5D").replace(';', "%3B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_have_no_more_lines_and_properties() {
        assert_eq!(in_message("50%0A\n##vso[x]"), "50%AZP250A\\u{a}#\\u{23}vso[x]");
        assert_eq!(in_property("a;b]c%"), "a%3Bb%5Dc%AZP25");
    }
}
