//! Options that cannot be used with each other, by their identifiers in clap.

/// Options that say something about lines and what becomes of them: look-ups, set-up and the check of a catalog have no use
/// for them.
pub(super) const FOR_LOGS: [&str; 10] = [
    "files",
    "only",
    "line_number",
    "quiet",
    "report",
    "fail_on",
    "merge_reports",
    "output",
    "output_dir",
    "baseline",
];

/// Options that say which lines are written, and where.
pub(super) const FOR_LINES: [&str; 4] = ["only", "line_number", "output", "output_dir"];

/// Options for one run, which have no place in the configuration.
pub(super) const FOR_ONE_RUN: [&str; 8] =
    ["explain", "list", "search", "check_catalog", "merge_reports", "no_config", "completions", "man"];
