//! The program `imsdk-annotate`: everything is in [`cli`].

#![forbid(unsafe_code)]

mod cli;
mod input;
mod left_out;
mod limits;
mod messages;
mod output;
mod pipeline;
mod progress;
mod report;
mod signals;
mod standard_error;
mod standard_streams;
mod table;
mod visible;

/// What must hold for any bytes; a fuzzer takes the program as a library for it.
#[cfg(any(test, fuzzing))]
#[path = "../tests/targets/mod.rs"]
pub mod targets;

fn main() -> std::process::ExitCode {
    cli::run().into()
}
