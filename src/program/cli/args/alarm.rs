//! The argument for the command that runs when a check fails.

use crate::program::commands::AlarmCommand;
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

/// Options for alarms.
#[derive(Debug, Args)]
pub(crate) struct AlarmArgs {
    /// With --fail-on, run COMMAND when a check fails, and go on
    ///
    /// Once, or for a rate (error>100/1m) at most once a window. Checks are made each second and at the end. COMMAND is words, as
    /// a shell divides them, and is run without a shell: who wants one writes "sh -c '...'". What has failed stands in its
    /// environment: IMSDK_CHECK, IMSDK_COUNT, IMSDK_FROM (the beginning of a rate's window), and of the latest line with a selected code
    /// IMSDK_CODE, IMSDK_MESSAGE, IMSDK_FILE and IMSDK_LINE. What it writes goes to standard error. A command that still runs is not
    /// started again for the same check; at the end it is waited for, up to 10 seconds. Never in the configuration file.
    #[arg(
        long,
        value_name = "COMMAND",
        requires = "fail_on",
        value_parser = OsStringValueParser::new().try_map(|text| AlarmCommand::parse(&text)),
        conflicts_with_all = ["merge_reports", "dry_run"],
        help_heading = "Reports and checks"
    )]
    pub(crate) exec_on_fail: Option<AlarmCommand>,
}
