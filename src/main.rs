//! The program `imsdk-annotate`: everything is in [`cli`].

#![forbid(unsafe_code)]

mod cli;
mod input;
mod output;
mod standard_streams;

fn main() -> std::process::ExitCode {
    cli::run().into()
}
