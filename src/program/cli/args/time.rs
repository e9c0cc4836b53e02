//! The arguments that choose lines by their times.

use clap::Args;

/// Options for a window of time.
#[derive(Debug, Args)]
pub(crate) struct TimeArgs {
    /// Leave out lines before TIME, as if they were not there
    ///
    /// TIME is `2026-05-01` (0:00), `2026-05-01T10:00:00` or with a space, with a fraction and a zone (`Z`, `+08:00`) or
    /// without, `10:00` (today), `now`, `today`, `yesterday`, `@1714557600` (seconds from 1970), or how long ago:
    /// `10m`, `1h30m`, `2 days ago`.
    ///
    /// Without a zone, TIME is compared with what stands in the line, whatever zone that has. With one, and where TIME
    /// is how long ago, points in time are compared, and lines without a zone are in that of --tz.
    ///
    /// A line without a time belongs to the line before it (stack traces). Lines need not be in order. Reports and
    /// checks are those of the lines that are left. The forms of times are listed in docs/guide.md.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Which lines")]
    pub(crate) since: Option<String>,

    /// Leave out lines after TIME
    ///
    /// TIME itself is in the window: --since 10:00 --until 10:15.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Which lines")]
    pub(crate) until: Option<String>,

    /// Zone of the lines that have none, for --since and --until [default: that of the machine]
    ///
    /// `UTC`, `+08:00`, or a name such as `Asia/Shanghai`.
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true, help_heading = "Which lines")]
    pub(crate) tz: Option<String>,

    /// Year of times that have none, such as `Jun 14 15:16:01`
    ///
    /// Without it, the latest year in which the time is not more than two days after the last change of the file; of a
    /// stream, after now.
    #[arg(
        long,
        value_name = "YYYY",
        value_parser = clap::value_parser!(i16).range(1970..=9999),
        help_heading = "Which lines"
    )]
    pub(crate) year: Option<i16>,

    /// Take the times in each file to be in order, and read only what --since and --until need
    ///
    /// Reading ends when 1,000 lines and 60 seconds of log have come after --until. In a plain file, the beginning of the
    /// window is found without reading what is before. Lines that are more than 60 seconds out of order may be missed: also those of
    /// the hour that comes twice at the end of summer time, if they have no zone.
    #[arg(long, help_heading = "Which lines")]
    pub(crate) sorted: bool,
}
