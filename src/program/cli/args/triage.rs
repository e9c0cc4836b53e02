//! The arguments that choose, count and judge: which lines are written, which reports, and what fails.

use super::given_name::given_name;
use crate::Context;
use crate::program::cli::conflicts::{FOR_LINES, FOR_WHOLE_INPUTS, FOR_WINDOWS, FOR_WRITTEN_LINES};
use crate::program::commands::ReportChoice;
use crate::program::pipeline::SelectedLines;
use crate::program::report::{AUTO, ReportFormat};
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use memchr::memchr;
use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Options for finding out what went wrong.
#[derive(Debug, Args)]
pub(crate) struct TriageArgs {
    /// Write only lines with a selected code, as grep would
    ///
    /// SELECT is terms with commas between: `any`, a severity (`error`, `action`, `success`), a category (`auth`),
    /// a code (`-204`), a range (`-299..-201`), `unknown` (negative codes that are in no catalog), `new` (codes
    /// that --baseline and --accept lack). `!term` takes away, from `any` where nothing else is left: 'error,!auth', '!auth'.
    ///
    /// A last line without a newline gets one. Lines are held in memory until they are decided on, up to 16 MiB; a
    /// longer one is written whatever is in it.
    #[arg(long, value_name = "SELECT", allow_hyphen_values = true, help_heading = "Which lines")]
    pub(crate) only: Option<String>,

    /// With --only, also N lines after each
    #[arg(short = 'A', long, value_name = "N", requires = "only", help_heading = "Which lines")]
    pub(crate) after_context: Option<usize>,

    /// With --only, also N lines before each
    ///
    /// As far as 16 MiB hold them.
    #[arg(short = 'B', long, value_name = "N", requires = "only", help_heading = "Which lines")]
    pub(crate) before_context: Option<usize>,

    /// With --only, also N lines before and after each
    ///
    /// Groups of lines that do not follow each other are parted by a line `--`.
    #[arg(short = 'C', long, value_name = "N", requires = "only", help_heading = "Which lines")]
    pub(crate) context: Option<usize>,

    /// Put its number before each line, as grep does
    ///
    /// `12:`, and `12-` for lines of context; before it the name of the file, where there are several.
    #[arg(short = 'n', long, help_heading = "Which lines")]
    pub(crate) line_number: bool,

    /// Put the name of its file before each line, as grep does
    ///
    /// `server.log:`, and `server.log-` for lines of context; also where there is one file, and before the numbers of --count.
    /// Without it, names stand before numbers where there are several files.
    #[arg(
        short = 'H',
        long,
        conflicts_with_all = ["quiet", "output_dir", "files_with_matches"],
        help_heading = "Which lines"
    )]
    pub(crate) with_filename: bool,

    /// Write the number of selected lines of each input instead, as grep does
    ///
    /// `12`, and `server.log:12` where there are several inputs, or members of an archive. Counts lines, not fields: those
    /// that --only selects, or else those with any code. Status 0 if there is such a line, 1 if there is none, 2 or 3 for
    /// trouble.
    #[arg(
        short = 'c',
        long,
        conflicts_with_all = FOR_WRITTEN_LINES,
        conflicts_with_all = ["fail_on", "expect", "files_with_matches", "quiet"],
        help_heading = "Which lines"
    )]
    pub(crate) count: bool,

    /// Write the names of inputs with a selected line instead, as grep does
    ///
    /// Each input is read up to its first selected line: one that --only selects, or else one with any code. Status as for
    /// --count.
    #[arg(
        short = 'l',
        long,
        conflicts_with_all = FOR_WRITTEN_LINES,
        conflicts_with_all = FOR_WHOLE_INPUTS,
        conflicts_with_all = ["max_count", "quiet"],
        help_heading = "Which lines"
    )]
    pub(crate) files_with_matches: bool,

    /// With --only or --count, read each input up to its NUM-th selected line alone, as grep does
    ///
    /// Lines after it that -A asks for are written, too.
    #[arg(
        short = 'm',
        long,
        value_name = "NUM",
        conflicts_with_all = FOR_WHOLE_INPUTS,
        help_heading = "Which lines"
    )]
    pub(crate) max_count: Option<u64>,

    /// Write no lines at all; with --only, end at the first selected line
    ///
    /// With --only, the status is 0 if there is a selected line, whatever trouble came before it; else 1, or 2 or 3 for
    /// trouble.
    #[arg(short, long, conflicts_with_all = FOR_WRITTEN_LINES, help_heading = "Which lines")]
    pub(crate) quiet: bool,

    /// Report which codes were there, how often, and where; may be given several times
    ///
    /// All fields are counted, whatever --only says.
    ///
    /// FORMAT is `text` (for people), `json` (for machines; see --baseline and --merge-reports), `markdown` (for the
    /// summary of a job), `junit` (a test case for each code, failed where --fail-on does), `github` (workflow commands),
    /// `jenkins` (JSON of its warnings plugin), `teamcity` (service messages), `azure` (logging commands of Azure
    /// Pipelines), `gitlab` (JSON of Code Quality), `html` (a page for people, in one file).
    ///
    /// FORMAT may also be `md`, for markdown, and `auto`: that of the CI service that runs the program, by
    /// GITHUB_ACTIONS, TEAMCITY_VERSION, TF_BUILD, JENKINS_URL, BUILDKITE (markdown) and GITLAB_CI, or else text.
    /// A PATH alone tells its format by its end: r.json, r.md, r.markdown, r.txt, r.xml (junit), r.html.
    ///
    /// Without PATH it goes to standard error, after the stream. PATH `-` is standard output, where no stream
    /// goes there. The folder of PATH must be there.
    #[arg(long, value_name = "FORMAT[=PATH]", value_parser = OsStringValueParser::new().try_map(report_choice), help_heading = "Reports and checks")]
    pub(crate) report: Vec<ReportChoice>,

    /// Show at most N codes in each list of a report: those that matter most [default: all]
    ///
    /// The reports say how many codes and fields are left out. 0 shows all. `json` and `junit` have all codes, and checks
    /// count all.
    #[arg(long, value_name = "N", requires = "report", help_heading = "Reports and checks")]
    pub(crate) top: Option<usize>,

    /// End with status 1 if more than N fields are selected [default N: 0]; may be given several times
    ///
    /// --fail-on 'error>10' --fail-on 'new,!success'. SELECT is as for --only. N may be growth since the --baseline:
    /// 'error>+20%', '-204>+100'. With a time it is a rate: 'error>100/1m' fails where more than 100 are within any minute, by the
    /// times of lines. Without characters of the shell: error:10, error:+20%, error:100/1m. Trouble, status 2 or 3, wins.
    #[arg(long, value_name = "SELECT[>N]", allow_hyphen_values = true, help_heading = "Reports and checks")]
    pub(crate) fail_on: Vec<String>,

    /// End with status 1 unless more than N fields are selected [default N: 0]; may be given several times
    ///
    /// --expect any guards against a log that is empty, or has no codes that are recognised: there --fail-on would pass.
    #[arg(long, value_name = "SELECT[>N]", allow_hyphen_values = true, help_heading = "Reports and checks")]
    pub(crate) expect: Vec<String>,

    /// The JSON report of an earlier run, to compare with
    ///
    /// Reports say which codes are new, more, fewer and gone, and SELECT knows `new`.
    #[arg(long, value_name = "FILE", help_heading = "Reports and checks")]
    pub(crate) baseline: Option<PathBuf>,

    /// The codes that somebody has looked at, from a text file: they are not new
    ///
    /// A line has a code or a range, perhaps the last day, and a reason: `-204 until 2026-12-31 # login outage`. Days are
    /// those of UTC. Lines that have expired, and codes that do not occur any more, are said.
    #[arg(long, value_name = "FILE", help_heading = "Reports and checks")]
    pub(crate) accept: Option<PathBuf>,

    /// Add the codes that are new to a file for --accept, for a person to look at
    ///
    /// New are codes that neither the --baseline nor --accept nor FILE has. FILE may be that of --accept.
    #[arg(long, value_name = "FILE", help_heading = "Reports and checks")]
    pub(crate) write_accept: Option<PathBuf>,

    /// Put NAME, of a job or shard, before each place in reports: shard1:server.log:12
    ///
    /// So that reports that are added up say where. It changes reports alone, in all formats: no line, note, message or
    /// check.
    #[arg(long, value_name = "NAME", value_parser = given_name, help_heading = "Reports and checks")]
    pub(crate) label: Option<String>,

    /// Read no logs but JSON reports, and add them up
    ///
    /// --merge-reports a.json parts/ @list --report markdown=summary.md: reports, folders with all `*.json` in them (or those
    /// that --include names), and files with a path in each line. A report that cannot be read is said, the others are
    /// added up, and the status is 3.
    #[arg(
        long,
        conflicts_with_all = FOR_LINES,
        conflicts_with_all = FOR_WINDOWS,
        help_heading = "Reports and checks"
    )]
    pub(crate) merge_reports: bool,
}

impl TriageArgs {
    /// The lines around selected ones that are written, if any were asked for.
    pub(crate) fn context(&self) -> Option<Context> {
        let (before, after) = (self.before_context.or(self.context), self.after_context.or(self.context));
        let is_wanted = before.is_some() || after.is_some();
        is_wanted.then(|| Context::new().before(before.unwrap_or(0)).after(after.unwrap_or(0)))
    }

    /// Returns the use of the selected lines.
    pub(crate) fn selected_lines(&self) -> SelectedLines {
        if self.count {
            SelectedLines::Counted
        } else if self.files_with_matches {
            SelectedLines::Named
        } else if self.quiet && self.only.is_some() {
            SelectedLines::Sought
        } else {
            SelectedLines::Written
        }
    }

    /// Returns the reason why the options for selected lines cannot be used together, if they cannot.
    pub(crate) fn refusal(&self) -> Option<&'static str> {
        let has_checks = !self.fail_on.is_empty() || !self.expect.is_empty();
        let needs_all = has_checks || !self.report.is_empty() || self.write_accept.is_some();
        if self.selected_lines() == SelectedLines::Sought && needs_all {
            return Some(
                "--quiet with --only ends at the first selected line, and reports and checks need all lines; leave out \
                 --only, which changes no count",
            );
        }
        let chooses = self.only.is_some() || self.selected_lines() != SelectedLines::Written;
        (self.max_count.is_some() && !chooses).then_some(
            "--max-count bounds the number of selected lines; say which with --only (any: all with a code)",
        )
    }

    /// Returns what to say of reports that were probably meant otherwise, a line each.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = String> {
        self.report.iter().filter_map(warning)
    }
}

/// Returns what to say where a format follows a comma in the path: `json=r.json,text` is one report with a strange name.
fn warning(report: &ReportChoice) -> Option<String> {
    let (format, path) = (report.format.name(), report.path.as_ref()?.to_string_lossy());
    // Each has what follows it up to the next one.
    let mut choices: Vec<String> = Vec::new();
    for part in format!("{format}={path}").split(',') {
        match choices.last_mut() {
            Some(choice) if !begins_choice(part) => *choice = format!("{choice},{part}"),
            _ => choices.push(part.to_owned()),
        }
    }
    (choices.len() > 1).then(|| {
        let proposal = choices.iter().map(|choice| proposal(choice)).collect::<Option<Vec<_>>>();
        let several = proposal.map_or_else(
            || "give --report several times".to_owned(),
            |all| format!("write {}", all.join(" ")),
        );
        format!("--report {format}={path}: makes one file, {path}; for several reports, {several}")
    })
}

/// Reads a format, perhaps with a path, or a path that tells its format: `json`, `json=r`, `r.json`.
fn report_choice(text: OsString) -> Result<ReportChoice, String> {
    let bytes = text.as_bytes();
    let (name, path) = match memchr(b'=', bytes) {
        Some(at) if at + 1 == bytes.len() => return Err("a path is missing behind the =".to_owned()),
        Some(at) => (&bytes[..at], Some(PathBuf::from(OsStr::from_bytes(&bytes[at + 1..])))),
        None => (bytes, None),
    };
    let name = String::from_utf8_lossy(name);
    if let Some(format) = format_of_name(&name) {
        return Ok(ReportChoice { format, path });
    }
    // With a comma, several reports are meant: `text,r.json`.
    let is_path = path.is_none() && !bytes.contains(&b',');
    if let Some(format) = ReportFormat::of_path(Path::new(&text)).filter(|_| is_path) {
        return Ok(ReportChoice { format, path: Some(PathBuf::from(text)) });
    }
    let names = ReportFormat::all_names().collect::<Vec<_>>().join(", ");
    let ends = ReportFormat::extensions().map(|end| format!(".{end}")).collect::<Vec<_>>().join(", ");
    Err(format!(
        "there is no report {name:?}; there are {names}; for several, give --report several times; a path without a \
         format ends in one of {ends}"
    ))
}

/// Returns the format of a name behind `--report`, which may depend on the environment.
fn format_of_name(name: &str) -> Option<ReportFormat> {
    let of_service = || ReportFormat::of_service(|variable| env::var_os(variable));
    if name == AUTO { Some(of_service()) } else { ReportFormat::of_name(name) }
}

/// Returns the option that gives one report, if it can be used as it stands: if it is no usage error, and a shell changes nothing
/// of it. Commas at the end, and a `=` without a path, are left out.
fn proposal(choice: &str) -> Option<String> {
    let choice = choice.trim_end_matches(',');
    let choice = choice.strip_suffix('=').filter(|name| !name.contains('=')).unwrap_or(choice);
    let is_plain = choice.chars().all(|c| c.is_alphanumeric() || "=-_./,:+@%".contains(c));
    (is_plain && report_choice(choice.into()).is_ok()).then(|| format!("--report {choice}"))
}

/// Returns whether a text is the name of a format, or begins with one and a `=`.
fn begins_choice(text: &str) -> bool {
    let name = text.split_once('=').map_or(text, |(name, _)| name);
    format_of_name(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_behind_a_comma_is_warned_of() {
        let warning = |text: &str| warning(&report_choice(text.into()).unwrap());
        for (text, expected) in [
            ("json=r.json,text", "--report json=r.json --report text"),
            ("json=r.json,text=t.txt", "--report json=r.json --report text=t.txt"),
            ("text=-,json=a,b,github", "--report text=- --report json=a,b --report github"),
            ("json=r.json,json,", "--report json=r.json --report json"),
            ("json=r.json,,junit=", "--report json=r.json --report junit"),
            ("json=,text=,", "--report json --report text"),
        ] {
            let said = warning(text).unwrap();
            assert!(said.ends_with(&format!("; for several reports, write {expected}")), "{said}");
            for option in expected.split("--report ").skip(1) {
                report_choice(option.trim_end().into()).unwrap();
            }
        }
        for text in ["json=r.json,json,b", "json=a b,text", "json=$r,text", "json=a,text=\u{fffd}"] {
            let said = warning(text).unwrap();
            assert!(said.ends_with("; for several reports, give --report several times"), "{said}");
        }
        for text in ["json", "json=r", "json=a,b", "json=a,texts", "json=text", "json=a,Text", "json=,"] {
            assert_eq!(warning(text), None, "{text}");
        }
    }
}
