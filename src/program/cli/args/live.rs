//! The arguments for counts while a run goes on: reports at intervals, metrics, and the table on the terminal.

use crate::program::commands::MetricsChoice;
use crate::program::pipeline::SelectedLines;
use crate::program::terminal::redrawn::RedrawnLines;
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use jiff::Timestamp;
use jiff::fmt::friendly::SpanParser;
use jiff::tz::TimeZone;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

/// The interval of metrics that name none: that at which Prometheus usually reads.
const USUAL_INTERVAL: Duration = Duration::from_secs(15);
/// The shortest interval.
const SHORTEST: Duration = Duration::from_secs(1);
/// The end of the names that node_exporter reads.
const NAME_END: &[u8] = b".prom";
/// The remedy for an interval that cannot be used.
const INTERVALS: &str = "write at least 1s: 10s, 1m30s, 1h";

/// Options for counts while the run goes on.
#[derive(Debug, Args)]
pub(crate) struct LiveArgs {
    /// Write the reports also while the run goes on, each TIME: 10s, 1m30s
    ///
    /// Each covers all from the start to its time, and says so. A file is replaced as a whole. On standard error a line with
    /// the time stands before each text; JSON on a stream is a line for each report; other formats have their one document in
    /// a stream at the end. SIGUSR1 asks for the same at any time, also without this option.
    #[arg(
        long,
        value_name = "TIME",
        value_parser = interval,
        requires = "report",
        conflicts_with_all = ["merge_reports", "dry_run"],
        help_heading = "Reports and checks"
    )]
    pub(crate) report_every: Option<Duration>,

    /// Write the counts as metrics for Prometheus, at once, each EVERY [default: 15s] and at the end
    ///
    /// --metrics /var/lib/node_exporter/imsdk.prom: text for node_exporter's textfile collector, also for GitLab's metrics
    /// report. The file is replaced as a whole, and everybody may read it. All codes of the catalog that are errors or ask
    /// for an action have a 0 from the start, up to 1,000 of them. A file that cannot be written is said, and does not stop
    /// the work; the status is then 2.
    #[arg(
        long,
        value_name = "FILE[,EVERY]",
        value_parser = OsStringValueParser::new().try_map(metrics_choice),
        conflicts_with_all = ["merge_reports", "dry_run", "files_with_matches", "max_count"],
        help_heading = "Reports and checks"
    )]
    pub(crate) metrics: Option<MetricsChoice>,

    /// With -q, show a table of the N most frequent codes on the terminal [default: as many as fit]
    ///
    /// Each has the number of its fields, the rate of the last ten seconds and its last line. The table is drawn again in its
    /// place as the counts grow and the window changes, at most ten times a second; messages go above it, and the last state
    /// stays. Standard output must be a terminal.
    #[arg(
        long,
        value_name = "N",
        num_args = 0..=1,
        require_equals = true,
        value_parser = most_codes,
        default_missing_value = "",
        conflicts_with_all = ["merge_reports", "dry_run", "files_with_matches", "count", "max_count"],
        help_heading = "Reports and checks"
    )]
    pub(crate) live: Option<MostCodes>,
}

/// The most codes that a table shows; `None` for as many as fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MostCodes(pub(crate) Option<usize>);

impl LiveArgs {
    /// Returns the reason why the options cannot be used with this use of selected lines, if they cannot.
    /// `quiet` says that no line is written.
    pub(crate) fn refusal(&self, selected: SelectedLines, quiet: bool) -> Option<String> {
        let needs_all = self.metrics.as_ref().map(|_| "--metrics").or(self.live.map(|_| "--live"));
        if let Some(option) = needs_all.filter(|_| selected == SelectedLines::Sought) {
            return Some(format!(
                "--quiet with --only ends at the first selected line, and {option} needs all lines; leave out --only, \
                 which changes no count"
            ));
        }
        self.live?;
        if !quiet {
            return Some("--live needs the screen, where the lines go; add --quiet".to_owned());
        }
        let reason = RedrawnLines::refusal()?;
        Some(format!("--live draws a table again and again, and {reason}; use --report, with --report-every"))
    }
}

/// Reads the number of codes of `--live`; none stands for as many as fit.
fn most_codes(text: &str) -> Result<MostCodes, String> {
    if text.is_empty() {
        return Ok(MostCodes(None));
    }
    let number = text.parse().ok().filter(|number| *number > 0);
    number.map(|number| MostCodes(Some(number))).ok_or_else(|| "write a number from 1: --live=10".to_owned())
}

/// Reads an interval: `10s`, `1m30s`.
fn interval(text: &str) -> Result<Duration, String> {
    let start = Timestamp::UNIX_EPOCH.to_zoned_datetime(TimeZone::UTC);
    let duration = || {
        let span = SpanParser::new().parse_span(text).ok()?;
        let end = start.checked_add(span).ok()?.timestamp();
        u64::try_from(end.as_millisecond()).ok().map(Duration::from_millis)
    };
    duration().filter(|every| *every >= SHORTEST).ok_or_else(|| INTERVALS.to_owned())
}

/// Reads a file, perhaps with an interval behind the last comma: `imsdk.prom`, `imsdk.prom,30s`. Text behind a comma is an
/// interval if it begins with a digit, or stands behind `.prom` and does not end so, too.
fn metrics_choice(text: OsString) -> Result<MetricsChoice, String> {
    let bytes = text.as_bytes();
    let comma = bytes.iter().rposition(|byte| *byte == b',');
    let is_interval = |at: usize| {
        let is_name = bytes[..at].ends_with(NAME_END) && !bytes.ends_with(NAME_END);
        is_name || bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
    };
    let (path, every) = match comma.filter(|at| is_interval(*at)) {
        None => (bytes, USUAL_INTERVAL),
        Some(at) => (&bytes[..at], interval(&String::from_utf8_lossy(&bytes[at + 1..]))?),
    };
    if path.is_empty() || path == b"-" {
        return Err("name a file, as node_exporter reads it: imsdk.prom".to_owned());
    }
    Ok(MetricsChoice { path: OsStr::from_bytes(path).into(), every })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_stands_behind_the_last_comma() {
        let read =
            |text: &str| metrics_choice(text.into()).map(|choice| (choice.path, choice.every.as_secs_f64()));
        for (text, path, every) in [
            ("a.prom", "a.prom", 15.0),
            ("a.prom,1s", "a.prom", 1.0),
            ("a,b.prom", "a,b.prom", 15.0),
            ("a.prom,b.prom", "a.prom,b.prom", 15.0),
            ("a,b.prom,1m30s", "a,b.prom", 90.0),
            ("a.prom,1h", "a.prom", 3600.0),
            ("a,", "a,", 15.0),
        ] {
            assert_eq!(read(text), Ok((path.into(), every)), "{text}");
        }
        for text in ["", "-", ",5s", "-,5s", "a,0s", "a,500ms", "a,5", "a,5x", "a.prom,x", "a.prom,"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_interval_has_a_unit_and_is_a_second_at_least() {
        for (text, seconds) in [("1s", 1), ("1m30s", 90), ("2h", 7200), ("1 day", 86_400)] {
            assert_eq!(interval(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "0", "5", "0.5s", "-5s", "5s ago", "now", "999999999y"] {
            assert!(interval(text).is_err(), "{text}");
        }
    }
}
