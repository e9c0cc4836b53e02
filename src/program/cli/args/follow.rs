//! The arguments for following files that grow.

use crate::program::follow::FollowRules;
use crate::program::terminal::input_name::InputName;
use clap::Args;
use clap::builder::RangedU64ValueParser;
use jiff::SignedDuration;
use rustix::process::Pid;
use std::time::Duration;

/// The number of lines that are written at first, as by tail.
const TAIL_LINES: u64 = 10;
/// The refusal of a run that names nothing to follow.
const NOTHING: &str = "--follow: which files? name files, globs in quotes ('logs/*.log'), or folders";

/// Options for following files.
#[derive(Debug, Args)]
pub(crate) struct FollowArgs {
    /// Go on reading each FILE as it grows, by its name, as tail -F does
    ///
    /// FILE is a file, a glob in quotes ('logs/*.log'), or a folder with all files in it. They are looked for again and again:
    /// a file that is renamed is read to its end, and the new one of its name from its beginning; one that is truncated is
    /// begun again; one that is not there is waited for. Lines are written whole: those of several files never mix. In folders, compressed
    /// files, files that are no text, and outputs of this run are left out. Goes on until a signal, --until-fail, --until-idle or
    /// --pid ends it; outputs are complete then. Not with -c, -l, -m, --sorted and --output-dir.
    #[arg(
        short = 'F',
        long,
        visible_short_alias = 'f',
        conflicts_with_all = ["output_dir", "merge_reports", "sorted", "count", "files_with_matches", "max_count", "name", "input_size"],
        help_heading = "Following"
    )]
    pub(crate) follow: bool,

    /// With --follow, begin with the last N lines of each file, or with `all` [default: 10]
    ///
    /// Files that appear later are read from their beginning. A compressed file is read once, with `all`; otherwise it is trouble.
    #[arg(long, value_name = "N|all", requires = "follow", value_parser = tail_choice, help_heading = "Following")]
    pub(crate) tail: Option<TailChoice>,

    /// With --follow, end with status 1 as soon as a --fail-on fails
    #[arg(long, requires_all = ["follow", "fail_on"], help_heading = "Following")]
    pub(crate) until_fail: bool,

    /// With --follow, end when no file has grown for TIME: 30s, 5m, 1h30m
    #[arg(long, value_name = "TIME", requires = "follow", value_parser = duration, help_heading = "Following")]
    pub(crate) until_idle: Option<Duration>,

    /// With --follow, end when the process PID has ended, and what it wrote has been read
    #[arg(
        long,
        value_name = "PID",
        requires = "follow",
        value_parser = RangedU64ValueParser::<u64>::new().range(1..=i32::MAX as u64),
        help_heading = "Following"
    )]
    pub(crate) pid: Option<u64>,

    /// With --follow, look at files each MS milliseconds, and do not wait for events of the system
    ///
    /// Without it, the system tells changes at once, and all files are looked at each second; each 250 ms where the system does
    /// not tell all: on network file systems, and in containers.
    #[arg(
        long,
        value_name = "MS",
        requires = "follow",
        value_parser = RangedU64ValueParser::<u64>::new().range(1..=60_000),
        help_heading = "Following"
    )]
    pub(crate) poll: Option<u64>,
}

/// The lines of a file that are read at first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TailChoice(Option<u64>);

impl FollowArgs {
    /// Returns the settings for following the operands; `None` if they are read to their ends. `counts_lines` is true if the
    /// numbers of lines are needed.
    ///
    /// # Errors
    ///
    /// Returns the message about operands that cannot be followed.
    pub(crate) fn rules(
        &self,
        operands: &[InputName],
        counts_lines: bool,
    ) -> Result<Option<FollowRules>, String> {
        if !self.follow {
            return Ok(None);
        }
        if operands.is_empty() {
            return Err(NOTHING.to_owned());
        }
        if operands.iter().any(InputName::is_stdin) {
            let remedy = "is a stream, whose lines come as they are written; leave out -F, or name a file";
            return Err(format!("--follow -: standard input {remedy}"));
        }
        Ok(Some(FollowRules {
            tail: self.tail.map_or(Some(TAIL_LINES), |tail| tail.0),
            poll: self.poll.map(Duration::from_millis),
            until_fail: self.until_fail,
            until_idle: self.until_idle,
            pid: self.pid.and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw),
            counts_lines,
        }))
    }
}

/// Reads a number of lines, or `all`.
fn tail_choice(text: &str) -> Result<TailChoice, String> {
    if text == "all" {
        return Ok(TailChoice(None));
    }
    let lines = text.parse().map_err(|_| "is neither a number of lines nor `all`".to_owned())?;
    Ok(TailChoice(Some(lines)))
}

/// Reads a duration: `30s`, `1h30m`, or a number of seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<u32>().ok().map(|seconds| Duration::from_secs(seconds.into()));
    let written = || Duration::try_from(text.parse::<SignedDuration>().ok()?).ok();
    seconds
        .or_else(written)
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "is no time; write 30s, 5m or 1h30m".to_owned())
}
