//! The arguments that say how the work is done.

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};

/// More would only be in each other's way.
const THREADS_MAX: u64 = 1024;

/// Options for the work.
#[derive(Debug, Args)]
pub(crate) struct WorkArgs {
    /// Number of threads [default: one for each core]
    ///
    /// The output is the same for every N. Each thread takes up to 16 MiB (more for a long line with --only), and up
    /// to 1 GiB of disk, in TMPDIR or /var/tmp, for output that is ahead of its turn; with 1, there is none ahead.
    #[arg(
        short = 'j',
        long,
        value_name = "N",
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=THREADS_MAX),
        help_heading = "Work"
    )]
    pub(crate) threads: Option<usize>,

    /// Progress on standard error
    ///
    /// With --output-dir, and if progress is shown, a line at the end says how many files were annotated, copied and left out,
    /// and how many have failed; with --resume in any case.
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t = ProgressChoice::Auto,
        help_heading = "Work"
    )]
    pub(crate) progress: ProgressChoice,
}

/// The choice of progress on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressChoice {
    /// If it takes a while, the inputs are files, and only standard error is a terminal
    Auto,
    /// Also where standard error is no terminal: there, one plain line every 10 seconds, and one at the end
    Always,
    /// Not at all
    Never,
}
