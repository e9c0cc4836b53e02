//! The program `imsdk-annotate`: everything is in [`cli`].

#![forbid(unsafe_code)]

mod cli;
mod input;
mod limits;
mod messages;
mod output;
mod pipeline;
mod progress;
mod report;
mod signals;
mod standard_streams;
mod table;

fn main() -> std::process::ExitCode {
    cli::run().into()
}
