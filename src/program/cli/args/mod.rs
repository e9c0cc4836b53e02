//! The arguments as they are typed, and what each means.

pub(crate) mod catalog;
pub(crate) mod lookup;
mod note;
mod recognition;
mod setup;
pub(crate) mod triage;

use super::help::{EXAMPLES, EXIT_STATUS, TEMPLATE};
use crate::program::compression::Format;
use crate::program::input::{Buffering, InputName};
use catalog::CatalogArgs;
use clap::builder::RangedU64ValueParser;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, ValueEnum};
use lookup::LookupArgs;
use note::NoteArgs;
use recognition::RecognitionArgs;
use setup::SetupArgs;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use triage::TriageArgs;

/// More would only be in each other's way.
const THREADS_MAX: u64 = 1024;

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

    /// Take compressed input as it is
    #[arg(long, help_heading = "Input")]
    pub(crate) no_decompress: bool,

    /// Treat all files as text, as grep does
    ///
    /// Without it, files of folders that are no text (with a NUL in their first 8 KiB, once decompressed, but for UTF-16 and
    /// for NULs before a text), and tar and zip archives, are copied to --output-dir as they are, and left out of streams
    /// and reports; what is packed in a way that is not read here is trouble.
    #[arg(short = 'a', long, help_heading = "Input")]
    pub(crate) text: bool,

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

    /// Write to FILE, which appears when it is whole
    ///
    /// It is compressed if its name ends in .gz, .zst, .xz, .bz2 or .lz4. Until it is whole, a file of that
    /// name stays as it is. The folder must be there.
    #[arg(short, long, value_name = "FILE", conflicts_with = "output_dir", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,

    /// Write each input to a file of its own in DIR, compressed as the input is
    ///
    /// Each has its input's path below the operand, its mode and its time of modification, and appears when
    /// it is whole. Where the input is damaged, its file has what could be read, and the time when that was. Where it cannot be
    /// read to its end, there is no file. Folders are made with no more rights than those of the inputs have. Below DIR no
    /// link is followed.
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(crate) output_dir: Option<PathBuf>,

    /// With --output-dir, leave out inputs whose file is there and whole
    ///
    /// A file is whole if it has the time of modification of its input, which is given to whole files only, and no more
    /// rights than its input.
    /// Use the same options as before: they are not compared.
    #[arg(long, requires = "output_dir", conflicts_with_all = ["report", "fail_on"], help_heading = "Output")]
    pub(crate) resume: bool,

    /// How to compress the output
    ///
    /// A file has the same bytes for the same input and options, also where it is standard output: --line-buffered changes
    /// nothing there. Into a pipe, what has come can be decoded whenever the input pauses; with --block-buffered, the bytes do
    /// not depend on pauses.
    #[arg(
        long,
        value_name = "HOW",
        value_enum,
        default_value_t = Compression::Keep,
        help_heading = "Output"
    )]
    pub(crate) compress: Compression,

    /// Colour of the notes
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t = ColorChoice::Auto,
        help_heading = "Output"
    )]
    pub(crate) color: ColorChoice,

    /// Write all complete lines after each read
    ///
    /// Without it, lines are held back only while more input is there to be read at once.
    #[arg(long, overrides_with = "block_buffered", help_heading = "Output")]
    pub(crate) line_buffered: bool,

    /// Write only full blocks, even if the input pauses
    #[arg(long, overrides_with = "line_buffered", help_heading = "Output")]
    pub(crate) block_buffered: bool,

    /// How many threads work [default: one for each core]
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
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t = ProgressChoice::Auto,
        help_heading = "Work"
    )]
    pub(crate) progress: ProgressChoice,

    #[command(flatten)]
    pub(crate) setup: SetupArgs,
}

/// How the output is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Compression {
    /// As the input is; one stream as its file's name says, standard output not at all
    Keep,
    /// Not at all
    None,
    /// With gzip; names end in .gz
    Gzip,
    /// With zstd; names end in .zst
    Zstd,
}

/// When progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressChoice {
    /// Where it takes a while, the inputs are files, and only standard error is a terminal
    Auto,
    /// Also where standard error is no terminal
    Always,
    /// Not at all
    Never,
}

/// When notes are in colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// Where the environment and the terminal are for it
    Auto,
    /// Also into a file or a pipe
    Always,
    /// Not even on a terminal
    Never,
}

impl Args {
    pub(crate) fn inputs(&self) -> Vec<InputName> {
        if self.files.is_empty() {
            return vec![InputName::Stdin];
        }
        self.files.iter().cloned().map(InputName::from_operand).collect()
    }

    /// Whether logs are read from standard input because no other input is named.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.files.is_empty() && self.lookup.lookup().is_none() && self.catalog.check_catalog.is_none()
    }

    /// Whether lines go to standard output.
    pub(crate) fn streams_to_stdout(&self) -> bool {
        self.is_to_stdout() && !self.triage.quiet && !self.triage.merge_reports
    }

    /// Whether files are made, which are not whole at first.
    pub(crate) fn makes_files(&self) -> bool {
        let reports_to_files = self.triage.report.iter().any(|report| report.path.is_some());
        self.output.is_some() || self.output_dir.is_some() || reports_to_files
    }

    /// Whether the output goes to standard output, which `--output -` says as well.
    pub(crate) fn is_to_stdout(&self) -> bool {
        self.output_dir.is_none() && self.output.as_ref().is_none_or(|path| path.as_os_str() == "-")
    }

    pub(crate) fn buffering(&self) -> Buffering {
        match (self.line_buffered, self.block_buffered) {
            (true, _) => Buffering::Line,
            (_, true) => Buffering::Block,
            _ => Buffering::WhileInputComes,
        }
    }
}

impl Compression {
    /// The format that was asked for, if one was.
    pub(crate) fn format(self) -> Option<Format> {
        match self {
            Self::Keep => None,
            Self::None => Some(Format::Plain),
            Self::Gzip => Some(Format::Gzip),
            Self::Zstd => Some(Format::Zstd),
        }
    }
}

impl ColorChoice {
    /// Whether notes are in colour, given whether standard output is a terminal.
    pub(crate) fn is_on(self, terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => environment_wants_color(terminal, |name| env::var_os(name)),
        }
    }
}

/// The conventions of no-color.org and bixense.com/clicolors; the first that applies decides.
fn environment_wants_color(terminal: bool, var: impl Fn(&str) -> Option<OsString>) -> bool {
    let is = |name: &str, value: &str| var(name).as_deref() == Some(OsStr::new(value));
    let is_set = |name: &str| var(name).is_some_and(|value| !value.is_empty());
    if is_set("NO_COLOR") {
        false
    } else if is_set("CLICOLOR_FORCE") && !is("CLICOLOR_FORCE", "0") {
        true
    } else {
        terminal && !is("TERM", "dumb") && !is("CLICOLOR", "0")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn the_first_convention_that_applies_decides() {
        let wants = |terminal, vars: &[(&str, &str)]| {
            environment_wants_color(terminal, |name| {
                vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
            })
        };
        assert!(wants(true, &[]));
        assert!(!wants(false, &[]));
        assert!(!wants(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(wants(true, &[("NO_COLOR", "")]));
        assert!(wants(false, &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")]));
        assert!(!wants(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!wants(true, &[("TERM", "dumb"), ("CLICOLOR", "1")]));
        assert!(!wants(true, &[("CLICOLOR", "0")]));
        assert!(!wants(false, &[("CLICOLOR", "1")]));
    }

    #[test]
    fn the_last_of_the_buffering_options_wins() {
        let buffering = |args: &[&str]| Args::parse_from(args).buffering();
        assert_eq!(buffering(&["x"]), Buffering::WhileInputComes);
        assert_eq!(buffering(&["x", "--block-buffered", "--line-buffered"]), Buffering::Line);
        assert_eq!(buffering(&["x", "--line-buffered", "--block-buffered"]), Buffering::Block);
    }
}
