//! The report as JSON of Jenkins' warnings plugin, which draws trends and has quality gates of new issues.

use super::findings::{Finding, FindingLevel};
use super::html_text::HtmlText;
use super::json::Harmless;
use super::{FormatRow, ReportFormat};
use crate::program::report::Report;
use crate::program::terminal::visible::visible;
use serde::Serialize;
use serde_json::ser::Serializer;
use std::io::{self, Write};

pub(super) const FORMAT: FormatRow =
    FormatRow { format: ReportFormat::Jenkins, name: "jenkins", write: |report, _, wtr| write(report, wtr) };

/// The class that Jenkins reads the document as.
const CLASS: &str = "io.jenkins.plugins.analysis.core.restapi.ReportApi";
/// The name of a file for issues that have no place.
const NO_FILE: &str = "-";

#[derive(Serialize)]
struct Issues {
    #[serde(rename = "_class")]
    class: &'static str,
    size: usize,
    issues: Vec<Issue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Issue {
    file_name: String,
    /// The number of the line, from 1; 0 for none.
    line_start: u64,
    #[serde(rename = "type")]
    kind: String,
    category: String,
    severity: &'static str,
    /// The message, as HTML.
    message: String,
    /// The explanation and the line, as HTML.
    description: String,
    /// The text by which Jenkins tells new issues from those that it knows.
    fingerprint: String,
}

fn write(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let issues: Vec<Issue> = report.findings().iter().map(|finding| Issue::of(report, finding)).collect();
    let document = Issues { class: CLASS, size: issues.len(), issues };
    document.serialize(&mut Serializer::with_formatter(&mut *wtr, Harmless::default()))?;
    wtr.write_all(b"\n")
}

impl Issue {
    fn of(report: &Report<'_>, finding: &Finding<'_>) -> Self {
        let place = finding.place;
        let severity = match finding.level {
            FindingLevel::Failed => "ERROR",
            FindingLevel::Error => "HIGH",
            FindingLevel::Warning => "NORMAL",
            FindingLevel::Known => "LOW",
        };
        let explanation = Some(finding.explanation).filter(|text| !text.is_empty());
        let explanation = explanation.map(|text| format!("<p>{}</p>", HtmlText(text)));
        let line = place.map(|place| format!("<p><code>{}</code></p>", HtmlText(&place.text)));
        Self {
            file_name: place.map_or(NO_FILE.to_owned(), |place| visible(report.name(place))),
            line_start: place.map_or(0, |place| place.line),
            kind: finding.subject.kind(),
            category: visible(&finding.category),
            severity,
            // Jenkins takes messages and descriptions for HTML.
            message: HtmlText(finding.message()).to_string(),
            description: explanation.into_iter().chain(line).collect(),
            fingerprint: visible(&finding.subject.fingerprint()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_no_elements() {
        assert_eq!(
            HtmlText("a<b title='x'>&amp;\n").to_string(),
            "a&lt;b title=&#39;x&#39;&gt;&amp;amp;\\u{a}"
        );
    }
}
