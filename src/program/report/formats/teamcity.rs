//! The report as service messages of TeamCity: problems of a build for what makes the run end with a status other than 0,
//! lines of the build log for other codes, and charts.
//!
//! A problem fails the build, so that there is none where the run ends with status 0.

use super::findings::{Finding, FindingLevel, Subject, sum_of};
use super::{FormatRow, ReportFormat};
use crate::program::report::{Report, UNKNOWN};
use crate::program::system::stable_hash::stable_hash;
use crate::program::terminal::visible::visible;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The most characters of a description that TeamCity keeps.
const DESCRIPTION_MAX: usize = 4000;
/// The most entries that have a problem of their own, and the most that have a line of the build log.
const ENTRIES_MAX: usize = 100;
/// The largest value of a chart: TeamCity takes up to 13 digits.
const STATISTIC_MAX: u64 = 9_999_999_999_999;

pub(super) const FORMAT: FormatRow = FormatRow {
    format: ReportFormat::Teamcity,
    name: "teamcity",
    write: |report, _, wtr| write(report, wtr),
};

fn write(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings();
    let (problems, others): (Vec<_>, Vec<_>) =
        findings.iter().partition(|finding| finding.level == FindingLevel::Failed);
    let (shown, rest) = problems.split_at(problems.len().min(ENTRIES_MAX));
    for problem in shown {
        write_problem(&identity(&problem.subject), &description(report, problem), wtr)?;
    }
    if let Some(words) = sum_of(rest) {
        write_problem("imsdk_more", &words, wtr)?;
    }
    let (shown, rest) = others.split_at(others.len().min(ENTRIES_MAX));
    for finding in shown {
        let status = if finding.level == FindingLevel::Known { "NORMAL" } else { "WARNING" };
        write_message(status, &description(report, finding), wtr)?;
    }
    if let Some(words) = sum_of(rest) {
        write_message("NORMAL", &words, wtr)?;
    }
    write_statistics(report, wtr)
}

fn write_problem(identity: &str, description: &str, wtr: &mut dyn Write) -> io::Result<()> {
    writeln!(wtr, "##teamcity[buildProblem identity='{identity}' description='{}']", value(description))
}

fn write_message(status: &str, text: &str, wtr: &mut dyn Write) -> io::Result<()> {
    writeln!(wtr, "##teamcity[message text='{}' status='{status}']", value(text))
}

/// Writes the number of fields of each category, also of those that no field has: a chart has no gap for them.
fn write_statistics(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let categories = report.catalog.entries().iter().map(|entry| (entry.category().name(), 0));
    let mut counts: BTreeMap<&str, u64> = categories.collect();
    let mut add = |category, fields: u64| {
        let count = counts.entry(category).or_default();
        *count = fields.saturating_add(*count);
    };
    for (&code, counted) in &report.tally.known {
        add(report.catalog.get(code).map_or(UNKNOWN, |entry| entry.category().name()), counted.fields);
    }
    add(UNKNOWN, report.tally.unknown_fields());
    for (category, count) in counts {
        let (key, count) = (value(&format!("imsdk.{category}")), count.min(STATISTIC_MAX));
        writeln!(wtr, "##teamcity[buildStatisticValue key='{key}' value='{count}']")?;
    }
    Ok(())
}

fn description(report: &Report<'_>, finding: &Finding<'_>) -> String {
    let place = finding
        .place
        .map_or(String::new(), |place| format!(", first {}: {}", report.place(place), place.text));
    format!("iMSDK {}{place}", finding.message_with_category())
}

/// Returns the name by which TeamCity knows a problem of other builds: at most 60 characters of a Java identifier.
fn identity(subject: &Subject) -> String {
    match subject {
        Subject::Code(code) if *code < 0 => format!("imsdk_n{}", code.unsigned_abs()),
        Subject::Check(option) => format!("imsdk_check_{:016x}", stable_hash(option.as_bytes())),
        subject => format!("imsdk_{}", subject.kind()),
    }
}

/// Returns a text as the value of a service message, in ASCII. A text that is too long ends with `…`.
fn value(text: &str) -> String {
    let text = visible(text);
    let is_long = text.chars().nth(DESCRIPTION_MAX).is_some();
    let kept = text.chars().take(if is_long { DESCRIPTION_MAX - 1 } else { DESCRIPTION_MAX });
    let mut value = String::with_capacity(text.len());
    for char in kept.chain(is_long.then_some('…')) {
        match char {
            '|' | '\'' | '[' | ']' => value.extend(['|', char]),
            ' '..='~' => value.push(char),
            _ => value.extend(char.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("|0x{unit:04x}"))),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_where_they_end() {
        assert_eq!(value("a']|b\n##teamcity[x]"), "a|'|]||b\\u{a}#\\u{23}teamcity|[x|]");
        assert_eq!(value("用😀"), "|0x7528|0xd83d|0xde00");
        assert_eq!(value(&"x".repeat(4000)), "x".repeat(4000));
        assert_eq!(value(&"x".repeat(4001)), format!("{}|0x2026", "x".repeat(3999)));
    }

    #[test]
    fn identities_are_those_of_their_subjects() {
        assert_eq!(identity(&Subject::Code(-204)), "imsdk_n204");
        assert_eq!(identity(&Subject::Code(5)), "imsdk_5");
        let long = identity(&Subject::Check(format!("--fail-on {}", "error,".repeat(20))));
        assert!(long.len() <= 60 && long.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{long}");
    }
}
