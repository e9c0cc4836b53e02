//! Groups of options that other options exclude, by their identifiers in clap.

/// Options for the lines of logs and for the counts of their fields. Look-ups, set-up and the check of a catalog have
/// no use for them, and exclude them.
pub(super) const FOR_LOGS: [&str; 38] = [
    "demo",
    "range",
    "offset",
    "files",
    "files_from",
    "follow",
    "only",
    "line_number",
    "with_filename",
    "count",
    "files_with_matches",
    "max_count",
    "quiet",
    "report",
    "top",
    "fail_on",
    "expect",
    "merge_reports",
    "output",
    "output_dir",
    "baseline",
    "accept",
    "write_accept",
    "label",
    "name",
    "input_size",
    "users",
    "users_salt",
    "report_every",
    "exec_on_fail",
    "metrics",
    "live",
    "trace",
    "since",
    "until",
    "tz",
    "year",
    "sorted",
];

/// Options that choose the lines to write and their destination.
pub(super) const FOR_LINES: [&str; 8] = [
    "only",
    "line_number",
    "with_filename",
    "count",
    "files_with_matches",
    "max_count",
    "output",
    "output_dir",
];

/// Options that say how lines are written, and their destination. They have no effect where no line is written.
pub(super) const FOR_WRITTEN_LINES: [&str; 6] =
    ["line_number", "after_context", "before_context", "context", "output", "output_dir"];

/// Options that need all lines of the inputs to be read.
pub(super) const FOR_WHOLE_INPUTS: [&str; 4] = ["report", "fail_on", "expect", "write_accept"];

/// Options that choose lines by their times. Reports that are added up have no lines any more.
pub(super) const FOR_WINDOWS: [&str; 3] = ["since", "until", "sorted"];

/// Options for a single run, which a configuration must not hold. `--exec-on-fail` is one of them because whoever can have a
/// configuration read would run a command, in the name of the user who reads a log.
pub(super) const FOR_ONE_RUN: [&str; 19] = [
    "demo",
    "range",
    "offset",
    "exec_on_fail",
    "follow",
    "live",
    "until_fail",
    "until_idle",
    "pid",
    "explain",
    "list",
    "search",
    "check_catalog",
    "name",
    "input_size",
    "merge_reports",
    "no_config",
    "completions",
    "man",
];
