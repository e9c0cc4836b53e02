//! The arguments that choose, count and judge: which lines are written, which reports, and what fails.

use crate::report::ReportFormat;
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use memchr::memchr;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// Options for finding out what went wrong.
#[derive(Debug, Args)]
pub(crate) struct TriageArgs {
    /// Write only lines with a selected code
    ///
    /// SELECT is terms with commas between: `any`, a severity (`error`, `action`, `success`), a category (`auth`),
    /// a code (`-204`), a range (`-299..-201`), `unknown` (negative codes that are in no catalog), `new` (codes
    /// that the --baseline lacks). `!term` takes away: `error,!auth`. Lines are whole; one of more than 16 MiB is
    /// written whatever is in it.
    #[arg(long, value_name = "SELECT", allow_hyphen_values = true, help_heading = "Which lines")]
    pub(crate) only: Option<String>,

    /// With --only, also N lines behind each
    #[arg(short = 'A', long, value_name = "N", requires = "only", help_heading = "Which lines")]
    pub(crate) after_context: Option<usize>,

    /// With --only, also N lines before each
    #[arg(short = 'B', long, value_name = "N", requires = "only", help_heading = "Which lines")]
    pub(crate) before_context: Option<usize>,

    /// With --only, also N lines before and behind each
    ///
    /// Groups of lines that do not follow each other are parted by a line `--`.
    #[arg(short = 'C', long, value_name = "N", requires = "only", help_heading = "Which lines")]
    pub(crate) context: Option<usize>,

    /// Put its number before each line
    ///
    /// `12:`, and `12-` for lines of context; before it the name of the file, where there are several.
    #[arg(short = 'n', long, help_heading = "Which lines")]
    pub(crate) line_number: bool,

    /// Write no lines at all
    #[arg(short, long, conflicts_with_all = ["only", "line_number", "output", "output_dir"], help_heading = "Which lines")]
    pub(crate) quiet: bool,

    /// Report which codes were there, how often, and where; may be given several times
    ///
    /// FORMAT is `text` (for people), `json` (for machines; see --baseline and --merge-reports), `markdown` (for the
    /// summary of a job), `junit` (a test case for each code that --fail-on selects), `github` (workflow commands).
    /// Without PATH it goes to standard error, after the stream. PATH `-` is standard output, where no stream
    /// goes there.
    #[arg(long, value_name = "FORMAT[=PATH]", value_parser = OsStringValueParser::new().try_map(ReportChoice::parse), help_heading = "Reports and checks")]
    pub(crate) report: Vec<ReportChoice>,

    /// End with status 1 if more than N fields are selected [default N: 0]; may be given several times
    ///
    /// `--fail-on 'error>10'`. SELECT is as for --only. Trouble, status 2, wins.
    #[arg(long, value_name = "SELECT[>N]", allow_hyphen_values = true, help_heading = "Reports and checks")]
    pub(crate) fail_on: Vec<String>,

    /// The JSON report of an earlier run, to compare with
    ///
    /// Reports say which codes are new, more, fewer and gone, and SELECT knows `new`.
    #[arg(long, value_name = "FILE", help_heading = "Reports and checks")]
    pub(crate) baseline: Option<PathBuf>,

    /// Read no logs but JSON reports, and add them up
    #[arg(
        long,
        requires = "files",
        conflicts_with_all = ["only", "line_number", "output", "output_dir"],
        help_heading = "Reports and checks"
    )]
    pub(crate) merge_reports: bool,
}

/// A report that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportChoice {
    pub(crate) format: ReportFormat,
    /// Where it is to go; to standard error where that is not said.
    pub(crate) path: Option<PathBuf>,
}

impl TriageArgs {
    /// How many lines before and behind a selected one are written.
    pub(crate) fn context_lines(&self) -> (usize, usize) {
        let around = self.context.unwrap_or(0);
        (self.before_context.unwrap_or(around), self.after_context.unwrap_or(around))
    }

    /// Whether fields are counted.
    pub(crate) fn counts(&self) -> bool {
        !self.report.is_empty() || !self.fail_on.is_empty()
    }
}

impl ReportChoice {
    fn parse(text: OsString) -> Result<Self, String> {
        let bytes = text.as_bytes();
        let (name, path) = match memchr(b'=', bytes) {
            Some(at) if at + 1 == bytes.len() => return Err("a path is missing behind the =".to_owned()),
            Some(at) => (&bytes[..at], Some(PathBuf::from(OsStr::from_bytes(&bytes[at + 1..])))),
            None => (bytes, None),
        };
        let name = String::from_utf8_lossy(name);
        let format = ReportFormat::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
            let names = ReportFormat::ALL.map(ReportFormat::name).join(", ");
            format!("there is no report {name:?}; there are {names}")
        })?;
        Ok(Self { format, path })
    }
}
