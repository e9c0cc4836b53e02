//! The arguments as they are typed, and what each means.

mod catalog;
mod input;
pub(super) mod lookup;
mod note;
mod output;
mod recognition;
mod setup;
mod triage;
mod work;

use super::help::{EXAMPLES, EXIT_STATUS, TEMPLATE};
use crate::program::terminal::input_name::InputName;
use catalog::CatalogArgs;
use clap::Parser;
use clap::builder::styling::{AnsiColor, Styles};
use input::InputArgs;
use lookup::LookupArgs;
use note::NoteArgs;
use output::OutputArgs;
use recognition::RecognitionArgs;
use setup::SetupArgs;
use std::ffi::OsString;
use triage::TriageArgs;
pub(super) use work::ProgressChoice;
use work::WorkArgs;

/// Writes the meaning of iMSDK return codes behind them, and changes nothing else
#[derive(Debug, Parser)]
#[command(
    name = "imsdk-annotate",
    version,
    styles = Styles::styled().literal(AnsiColor::Cyan.on_default()),
    help_template = TEMPLATE,
    before_long_help = EXAMPLES,
    after_long_help = EXIT_STATUS,
    max_term_width = 100
)]
pub(crate) struct Args {
    /// Logs to read, in this order; folders with all files in them; `-` is standard input
    ///
    /// Without any, standard input is read. gzip, zstd, xz, bzip2 and lz4 are told by content, not by name, up to three
    /// layers of them. A folder's files are read in the order of their names (`server.log.2` before `server.log.10`); hidden
    /// files are left out, links to folders not followed, and a file with several names is read once.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<OsString>,

    #[command(flatten)]
    pub(crate) input: InputArgs,

    #[command(flatten)]
    pub(crate) recognition: RecognitionArgs,

    #[command(flatten)]
    pub(crate) notes: NoteArgs,

    #[command(flatten)]
    pub(crate) catalog: CatalogArgs,

    #[command(flatten)]
    pub(crate) triage: TriageArgs,

    #[command(flatten)]
    pub(crate) lookup: LookupArgs,

    #[command(flatten)]
    pub(crate) output: OutputArgs,

    #[command(flatten)]
    pub(crate) work: WorkArgs,

    #[command(flatten)]
    pub(crate) setup: SetupArgs,
}

impl Args {
    pub(crate) fn inputs(&self) -> Vec<InputName> {
        if self.files.is_empty() {
            return vec![InputName::Stdin];
        }
        self.files.iter().cloned().map(InputName::from_operand).collect()
    }

    /// Returns true if logs are read from standard input because no other input is named.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.files.is_empty() && self.lookup.lookup().is_none() && self.catalog.check_catalog.is_none()
    }

    /// Returns true if lines go to standard output.
    pub(crate) fn streams_to_stdout(&self) -> bool {
        self.output.is_to_stdout() && !self.triage.quiet && !self.triage.merge_reports
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::input::Buffering;
    use clap::CommandFactory;

    #[test]
    fn the_command_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn the_last_of_the_buffering_options_wins() {
        let buffering = |args: &[&str]| Args::parse_from(args).output.buffering();
        assert_eq!(buffering(&["x"]), Buffering::WhileInputComes);
        assert_eq!(buffering(&["x", "--block-buffered", "--line-buffered"]), Buffering::Line);
        assert_eq!(buffering(&["x", "--line-buffered", "--block-buffered"]), Buffering::Block);
    }
}
