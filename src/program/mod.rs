//! The program `imsdk-annotate`: everything around the library. No promise is made about what is in here: it is public
//! for the tests and the fuzz targets alone.

mod cli;
mod commands;
mod compression;
mod input;
mod left_out;
mod output;
mod pipeline;
mod report;
mod system;
mod terminal;

pub use system::standard_streams::look_at_standard_streams;

/// Parts of the program that fuzz targets call directly.
pub mod parts {
    pub use super::cli::check_config;
    pub use super::compression::{Encoder, Format};
    pub use super::input::{Buffering, InputFile, InputName, Listing, OtherName, Reading, decompress, list};
    pub use super::output::{FilesInUse, OutputFolder, Plan, plan};
    pub use super::pipeline::{NoTexts, Pipeline, annotate_to_files};
    pub use super::report::{Baseline, Check, Counter, LoadedReport, Report, ReportFormat, Tally, load};
    pub use super::terminal::messages::Messages;
    pub use super::terminal::progress::Progress;
}

/// Runs the program, with the arguments and the environment that it was started with.
pub fn main() -> std::process::ExitCode {
    cli::run().into()
}
