//! The command line: reads the arguments, annotates each input in turn, says what went wrong.

mod args;
mod exit_status;
mod messages;

use crate::input::Input;
use crate::output::{self, Output};
use args::Args;
use clap::{CommandFactory, Parser};
use exit_status::ExitStatus;
use imsdk_annotate::{Annotator, StreamError};
use rustix::fs::{FileType, OFlags, Stat, fcntl_getfl, seek};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

/// Runs the program, with the arguments and the environment that it was started with.
pub(crate) fn run() -> ExitStatus {
    match Args::try_parse() {
        Err(error) => print_help_or_usage(&error),
        Ok(args) if args.files.is_empty() && io::stdin().is_terminal() => {
            messages::write_to_stderr(&Args::command().render_help().to_string());
            ExitStatus::Trouble
        }
        Ok(args) => annotate_inputs(&args),
    }
}

/// Help and version go to standard output and are no trouble, unless they cannot be written.
fn print_help_or_usage(error: &clap::Error) -> ExitStatus {
    if error.use_stderr() {
        // A standard error that takes nothing leaves nobody to tell.
        let _ = error.print();
        return ExitStatus::Trouble;
    }
    let text = error.render().to_string();
    match Output::stdout().and_then(|mut wtr| wtr.write_all(text.as_bytes())) {
        Ok(()) => ExitStatus::Success,
        Err(error) => after_write_error(&error),
    }
}

fn annotate_inputs(args: &Args) -> ExitStatus {
    let stdout = match Output::stdout() {
        Ok(stdout) => stdout,
        Err(error) => return after_write_error(&error),
    };
    let color = args.color.is_on(io::stdout().is_terminal());
    let annotator = Annotator::builder().strict(args.strict).color(color).build();
    let outcome = write_all_inputs(args, &annotator, stdout);
    outcome.unwrap_or_else(|error| after_write_error(&error))
}

/// Annotates the inputs in their order; trouble with one of them is said, and the others are still done.
///
/// # Errors
///
/// Where standard output cannot be written.
fn write_all_inputs(args: &Args, annotator: &Annotator, stdout: Output) -> io::Result<ExitStatus> {
    let stdout_stat = stdout.stat()?;
    let mut wtr = BufWriter::with_capacity(output::BUFFER_BYTES, stdout);
    let mut status = ExitStatus::Success;
    for name in args.inputs() {
        // Opening a named pipe waits for its writer, as reading does.
        if !name.is_regular_file() {
            wtr.flush()?;
        }
        let outcome = name.open(args.buffering()).map_err(StreamError::Read).and_then(|mut input| {
            refuse_own_output(&input, &stdout_stat).map_err(StreamError::Read)?;
            annotator.annotate_source(&mut input, &mut wtr)
        });
        match outcome {
            Ok(_) => {}
            Err(StreamError::Write(error)) => return Err(error),
            Err(StreamError::Read(error)) => {
                // In the order in which they belong, should both go to one terminal.
                wtr.flush()?;
                messages::report_input(&name, &error);
                status = ExitStatus::Trouble;
            }
        }
    }
    wtr.flush()?;
    Ok(status)
}

/// Reading what is being written would never end.
fn refuse_own_output(input: &Input, stdout: &Stat) -> io::Result<()> {
    let stat = input.stat()?;
    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    let same = (stat.st_dev, stat.st_ino) == (stdout.st_dev, stdout.st_ino);
    if !(is_file && same) {
        return Ok(());
    }
    let appends = fcntl_getfl(io::stdout())?.contains(OFlags::APPEND);
    let written_at = seek(io::stdout(), rustix::fs::SeekFrom::Current(0))?;
    let read_at = input.position()?;
    let size = u64::try_from(stat.st_size).unwrap_or(0);
    let would_meet_itself = if appends { read_at < size } else { read_at < size.max(written_at) };
    if would_meet_itself { Err(io::Error::other(messages::OWN_OUTPUT)) } else { Ok(()) }
}

fn after_write_error(error: &io::Error) -> ExitStatus {
    // The reader has what it wanted (`| head`).
    if error.kind() == ErrorKind::BrokenPipe {
        return ExitStatus::Success;
    }
    messages::report_output(error);
    ExitStatus::Trouble
}
