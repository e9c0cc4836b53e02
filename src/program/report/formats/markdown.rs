//! The report as Markdown, for the summary of a CI job. It has less than a million bytes.

use super::{FormatRow, ReportFormat};
use crate::program::report::amount::{count_of, fields};
use crate::program::report::verdict::{CheckOutcome, CheckVerdict};
use crate::program::report::{Report, ReportRow};
use crate::program::terminal::visible::visible;
use std::io::{self, Write};

/// A report has fewer bytes. GitHub refuses the summary of a job, and Buildkite an annotation, above 1 MiB as a whole.
const BYTES_MAX: usize = 1_000_000;
/// The bytes that are left for the heads of tables, and for sentences about what is left out.
const SENTENCES_BYTES: usize = 2_000;

pub(super) const FORMAT: FormatRow = FormatRow {
    format: ReportFormat::Markdown,
    name: "markdown",
    write: |report, _, wtr| write(report, wtr),
};

/// A text whose lists end where there is no room for more.
struct Page {
    text: String,
    /// The number of bytes up to which entries of lists are appended.
    room: usize,
    /// True if no entry was left out.
    is_whole: bool,
}

fn write(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let mut page = page_of(report, BYTES_MAX - 1);
    if !page.is_whole || page.text.len() >= BYTES_MAX {
        page = page_of(report, BYTES_MAX - SENTENCES_BYTES);
    }
    wtr.write_all(page.text.as_bytes())
}

/// Returns the report; what is left out has a sentence in its place.
fn page_of(report: &Report<'_>, room: usize) -> Page {
    let mut page = Page { text: String::new(), room, is_whole: true };
    page.push(&format!("## iMSDK return codes\n\n{}.\n", report.summary()));
    if let Some(ending) = report.ending() {
        page.push(&format!("\n**Note:** {ending}.\n"));
    }
    page.push_list("", report.outcomes.iter().map(line_of_check), ["check", "checks"]);
    let rows = report.rows();
    let new = report.new_words(&rows).into_iter().map(|words| format!("- {}\n", escaped(&words)));
    page.push_list("\n", new, ["code", "codes"]);
    push_codes(report, &rows, &mut page);
    if report.tally.more_unknown > 0 {
        let fields = fields(report.tally.more_unknown);
        page.push(&format!("\nAnd {fields} with yet other codes that are in no catalog.\n"));
    }
    let users = report.users_words().into_iter().map(|words| format!("- {}\n", escaped(&words)));
    page.push_list("\n### Users affected\n\n", users, ["category", "categories"]);
    let requests = report.trace_words().into_iter().map(|words| format!("- {}\n", escaped(&words)));
    page.push_list("\n### First failures\n\n", requests, ["sentence", "sentences"]);
    push_gone(report, &mut page);
    let remarks = report.accept_remarks();
    let remarks = remarks.iter().map(|remark| format!("- {}\n", escaped(remark)));
    page.push_list("\n### Accepted codes to look at\n\n", remarks, ["code", "codes"]);
    page
}

impl Page {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends a head and the entries of a list up to the first for which there is no room, and the number of those that are
    /// left out, with a word for one of them and for several. A list without entries has no head.
    fn push_list(&mut self, head: &str, entries: impl Iterator<Item = String>, words: [&str; 2]) {
        let mut entries = entries.peekable();
        if entries.peek().is_some() {
            self.push(head);
        }
        while let Some(entry) = entries.next_if(|entry| self.text.len() + entry.len() <= self.room) {
            self.push(&entry);
        }
        let left_out = entries.count();
        if left_out > 0 {
            self.is_whole = false;
            let left_out = count_of(left_out as u64, words[0], words[1]);
            self.push(&format!(
                "\n**Note:** {left_out} more left out: this report has less than 1,000,000 bytes.\n"
            ));
        }
    }

    /// Appends the sentence about codes beyond those that were asked for.
    fn push_rest(&mut self, rest: Option<String>) {
        if let Some(rest) = rest {
            self.push(&format!("\n{}.\n", escaped(&rest)));
        }
    }
}

/// Returns the paragraph for the result of a check.
fn line_of_check(outcome: &CheckOutcome<'_>) -> String {
    let sign = match outcome.verdict {
        CheckVerdict::Passed => "✅",
        CheckVerdict::Failed => "❌",
        CheckVerdict::Undecided => "❔",
    };
    let (verdict, option) = (outcome.verdict.words(), escaped(&outcome.option()));
    format!("\n{sign} {verdict}: {option}, {}\n", escaped(&outcome.found()))
}

fn push_codes(report: &Report<'_>, rows: &[ReportRow<'_>], page: &mut Page) {
    let (before, rule) =
        if report.tells_changes() { (" before | change |", " ---: | --- |") } else { ("", "") };
    let users = report.tally.users.is_some().then_some((" users |", " ---: |"));
    let requests = report.tally.trace.is_some().then_some((" failed first |", " ---: |"));
    let (counts, rules): (String, String) = users.into_iter().chain(requests).unzip();
    let head = format!(
        "\n| code | category | message | fields |{counts}{before} first | last | first line |\n\
         | ---: | --- | --- | ---: |{rules}{rule} --- | --- | --- |\n"
    );
    let (shown, rest) = report.top_of(rows, |row| row.counted.fields);
    page.push_list(&head, shown.iter().map(|row| line_of_code(report, row)), ["code", "codes"]);
    page.push_rest(rest);
}

/// Returns the line of a code in the table of codes.
fn line_of_code(report: &Report<'_>, row: &ReportRow<'_>) -> String {
    let counted = row.counted;
    let (category, message) = (escaped(&row.category()), escaped(&row.message()));
    let change = if report.tells_changes() {
        // The earlier count of the code may not be known.
        let before = row.comparison.map_or_else(String::new, |comparison| comparison.count.to_string());
        format!(" {before} | {} |", row.change().unwrap_or_default())
    } else {
        String::new()
    };
    let users = report.tally.users.as_ref().map(|_| format!(" {} |", users_cell(row)));
    let requests = report.tally.trace.as_ref().map(|_| format!(" {} |", row.first_failures_cell()));
    let counts: String = users.into_iter().chain(requests).collect();
    let [first, last] = [&counted.first, &counted.last].map(|place| code_span(&report.place(place)));
    let (code, fields, line) = (row.code, counted.fields, code_span(&counted.first.text));
    format!("| {code} | {category} | {message} | {fields} |{counts}{change} {first} | {last} | {line} |\n")
}

/// Returns the number of users, with the number of lines that have one: `312 (812 of 900 lines)`.
fn users_cell(row: &ReportRow<'_>) -> String {
    let lines = row.users.map(|users| format!(" ({} of {} lines)", users.lines, row.counted.lines));
    format!("{}{}", row.users_cell(), lines.unwrap_or_default())
}

fn push_gone(report: &Report<'_>, page: &mut Page) {
    let (gone, rest) = report.top_of_gone();
    let rows = gone.iter().map(|code| {
        let message = code.entry.map_or(String::new(), |entry| escaped(&entry.message_in(report.language)));
        format!("| {} | {message} | {} |\n", code.code, code.comparison.count)
    });
    let head = "\n### Gone since the earlier run\n\n| code | message | before |\n| ---: | --- | ---: |\n";
    page.push_list(head, rows, ["code", "codes"]);
    page.push_rest(rest);
}

/// Returns a text as a code span that Markdown shows unchanged, also in a cell of a table.
fn code_span(text: &str) -> String {
    let text = visible(text);
    if text.trim().is_empty() {
        return String::new();
    }
    let longest_run = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest_run + 1);
    let mut code = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            // A backslash keeps a bar from ending the cell, unless another backslash escapes it.
            '|' if code.ends_with('\\') => code.push_str("\\u{7c}"),
            '|' => code.push_str("\\|"),
            _ => code.push(char),
        }
    }
    let begins_or_ends = |char| code.starts_with(char) || code.ends_with(char);
    // Markdown removes one space at each end of a code span.
    let blank = if begins_or_ends('`') || begins_or_ends(' ') { " " } else { "" };
    format!("{fence}{blank}{code}{blank}{fence}")
}

/// Characters that have a meaning within a line of Markdown. A colon turns addresses into links.
const MARKDOWN_SYNTAX: &str = "\\`*_{}[]<>#|~&$@:";

/// Returns a text escaped so that Markdown shows it unchanged within a line.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in visible(text).chars() {
        if MARKDOWN_SYNTAX.contains(char) {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_keeps_its_fence() {
        assert_eq!(code_span("a`b``c|"), "```a`b``c\\|```");
        assert_eq!(code_span("`a\\|"), "`` `a\\\\u{7c} ``");
        assert_eq!(code_span("  "), "");
        assert_eq!(escaped("*a* <b> |"), "\\*a\\* \\<b\\> \\|");
    }
}
