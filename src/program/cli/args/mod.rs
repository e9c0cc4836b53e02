//! The arguments as they are typed, and what each means.

mod alarm;
mod catalog;
mod follow;
mod given_name;
mod input;
mod live;
pub(super) mod lookup;
mod note;
mod output;
mod recognition;
mod setup;
mod time;
mod triage;
mod values;
mod work;

use super::help::{COLOR, EXAMPLES, EXIT_STATUS, LONG_VERSION, TEMPLATE};
use crate::program::terminal::input_name::InputName;
use alarm::AlarmArgs;
use catalog::CatalogArgs;
use clap::Parser;
use clap::builder::styling::{AnsiColor, Styles};
use follow::FollowArgs;
use input::InputArgs;
use live::LiveArgs;
use lookup::LookupArgs;
use note::NoteArgs;
use output::OutputArgs;
use recognition::RecognitionArgs;
use setup::SetupArgs;
use std::ffi::OsString;
pub(super) use time::TimeArgs;
use triage::TriageArgs;
use values::ValueArgs;
pub(super) use work::ProgressChoice;
use work::WorkArgs;

/// Writes the meaning of iMSDK return codes behind them, and changes nothing else
#[derive(Debug, Parser)]
#[command(
    name = "imsdk-annotate",
    version,
    long_version = LONG_VERSION,
    disable_version_flag = true,
    styles = Styles::styled().literal(AnsiColor::Cyan.on_default()),
    help_template = TEMPLATE,
    before_long_help = EXAMPLES,
    after_long_help = format!("{EXIT_STATUS}\n\n{COLOR}"),
    max_term_width = 100
)]
pub(crate) struct Args {
    /// Logs to read, in this order; folders with all files in them; `-` is standard input
    ///
    /// Without any, standard input is read. gzip, zstd, xz, lz4, bzip2, compress, lz4 legacy, lzma and zlib are told by
    /// content, not by name, up to three layers of them; brotli by the name alone (.br). A folder's files are read in the order of their names (`server.log.2` before `server.log.10`); hidden
    /// files are left out, links to folders not followed, and a file with several names is read once.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<OsString>,

    #[command(flatten)]
    pub(crate) input: InputArgs,

    #[command(flatten)]
    pub(crate) follow: FollowArgs,

    #[command(flatten)]
    pub(crate) recognition: RecognitionArgs,

    #[command(flatten)]
    pub(crate) notes: NoteArgs,

    #[command(flatten)]
    pub(crate) catalog: CatalogArgs,

    #[command(flatten)]
    pub(crate) triage: TriageArgs,

    #[command(flatten)]
    pub(crate) alarm: AlarmArgs,

    #[command(flatten)]
    pub(crate) live: LiveArgs,

    #[command(flatten)]
    pub(crate) values: ValueArgs,

    #[command(flatten)]
    pub(crate) time: TimeArgs,

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
    /// Returns the inputs that the command line names, without those of `--files-from`.
    pub(crate) fn inputs(&self) -> Vec<InputName> {
        if self.files.is_empty() && self.input.files_from.is_none() {
            return vec![InputName::STDIN];
        }
        self.files.iter().cloned().map(InputName::from_operand).collect()
    }

    /// Returns true if logs are read from standard input because no other input is named.
    pub(crate) fn reads_stdin(&self) -> bool {
        let names_inputs = !self.files.is_empty() || self.input.files_from.is_some();
        let reads_no_logs = self.triage.merge_reports || self.catalog.check_catalog.is_some();
        !names_inputs && !reads_no_logs && self.lookup.lookup().is_none()
    }

    /// Returns true if lines go to standard output.
    pub(crate) fn streams_to_stdout(&self) -> bool {
        self.output.is_to_stdout() && !self.triage.quiet && !self.triage.merge_reports
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::compression::Format;
    use crate::program::input::Buffering;
    use crate::program::report::ReportFormat;
    use clap::CommandFactory;
    use std::collections::BTreeSet;

    #[test]
    fn the_command_is_consistent() {
        Args::command().debug_assert();
    }

    fn argument(id: &str) -> clap::Arg {
        Args::command().get_arguments().find(|arg| arg.get_id() == id).unwrap().clone()
    }

    fn help(id: &str) -> String {
        argument(id).get_long_help().unwrap().to_string()
    }

    #[test]
    fn the_help_of_inputs_and_outputs_names_the_compressed_formats_of_the_table() {
        let by_content = Format::all_read().filter(|format| *format != Format::Brotli);
        let names: BTreeSet<_> = by_content.map(|format| format.name().to_owned()).collect();
        let extensions: BTreeSet<_> =
            Format::all().map(|format| format!(".{}", format.extension())).collect();

        let files = help("files");
        let (told, _) = files.split_once(" are told by content").unwrap();
        let (_, told) = told.rsplit_once(". ").unwrap();
        let told = told.replace(" and ", ", ");
        assert_eq!(told.split(", ").map(str::to_owned).collect::<BTreeSet<_>>(), names);

        let output = help("output");
        let words = output.split_whitespace().map(|word| word.trim_end_matches([',', '.']).to_owned());
        assert_eq!(words.filter(|word| word.starts_with('.')).collect::<BTreeSet<_>>(), extensions);
    }

    #[test]
    fn the_help_of_compression_is_that_of_the_table() {
        let values = argument("compress").get_possible_values();
        let packs = |value: &&clap::builder::PossibleValue| !["keep", "none"].contains(&value.get_name());
        for value in values.iter().filter(packs) {
            let format = Format::all().find(|format| format.name() == value.get_name()).unwrap();
            let args = Args::parse_from(["x", "--compress", value.get_name()]);
            assert_eq!(args.output.compress.format(), Some(format));
            let help = format!("With {}; names end in .{}", format.name(), format.extension());
            assert_eq!(value.get_help().unwrap().to_string(), help);
        }
    }

    #[test]
    fn the_help_of_reports_names_the_formats_of_the_table() {
        let help = help("report");
        let (_, formats) = help.split_once("FORMAT is ").unwrap();
        let (formats, _) = formats.split_once("\n\n").unwrap_or((formats, ""));
        // Each name has its purpose behind it: `text` (for people).
        let told = formats.split(" (").filter_map(|part| part.strip_suffix('`')?.rsplit('`').next());
        assert_eq!(told.collect::<Vec<_>>(), ReportFormat::all().map(ReportFormat::name).collect::<Vec<_>>());
    }

    #[test]
    fn the_last_of_the_buffering_options_wins() {
        let buffering = |args: &[&str]| Args::parse_from(args).output.buffering();
        assert_eq!(buffering(&["x"]), Buffering::WhileInputComes);
        assert_eq!(buffering(&["x", "--block-buffered", "--line-buffered"]), Buffering::Line);
        assert_eq!(buffering(&["x", "--line-buffered", "--block-buffered"]), Buffering::Block);
    }
}
