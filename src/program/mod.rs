//! The program `imsdk-annotate`: everything around the library. The module is public for the tests and the fuzz targets
//! alone; nothing in it is part of the library's interface.

mod cli;
mod commands;
mod compression;
mod container;
mod encoding;
mod follow;
mod input;
mod output;
mod pipeline;
mod report;
mod system;
mod terminal;

pub use system::standard_streams::look_at_standard_streams;

use system::signals::{self, Signals};
use terminal::messages::Messages;
use terminal::progress::Progress;

/// Parts of the program that fuzz targets call directly.
pub mod parts {
    pub use super::cli::check_config;
    pub use super::compression::{Encoder, Format, Packing, ZstdDictionary};
    pub use super::container::ArchiveKind;
    pub use super::encoding::{Annotators, CharEncoding, EncodingChoice};
    pub use super::input::{
        Buffering, InputFile, Listing, ListingRules, NameFilter, Reading, decompress, list,
    };
    pub use super::output::{Existing, FilesInUse, Outlet, plan};
    pub use super::pipeline::{
        ArchiveOutput, LiveCounts, NoTexts, Outcomes, Pipeline, SelectedLines, SideBySide, annotate_to_files,
    };
    pub use super::report::{
        Baseline, Counter, Judgement, LoadedReport, Report, ReportFormat, ReportSum, Tally, load,
    };
    pub use super::system::signals::Signals;
    pub use super::system::thread_budget::ThreadBudget;
    pub use super::terminal::input_name::InputName;
    pub use super::terminal::messages::Messages;
    pub use super::terminal::progress::Progress;
    pub use super::terminal::screen::Screen;

    /// Returns `Some(true)` if a selector chooses all unknown codes of a range, `Some(false)` if it chooses none, and
    /// `None` if it may choose some of them.
    pub fn selects_unknown(
        selector: &crate::Selector,
        range: &std::ops::RangeInclusive<i32>,
    ) -> Option<bool> {
        selector.selects_unknown(range)
    }
}

/// Runs the program with the arguments and the environment that it was started with, and returns its exit status.
pub fn main() -> std::process::ExitCode {
    let signals = Signals::default();
    let messages = Messages::new(Progress::hidden(), signals.clone());
    if let Err(error) = signals::ignore_user_signals() {
        messages.say(&format!("signals cannot be handled: {error}"));
    }
    let status =
        cli::mode(&signals, &messages).map_or_else(|status| status, |mode| mode.run(&signals, &messages));
    status.into()
}
