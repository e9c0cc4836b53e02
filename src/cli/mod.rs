//! The command line: what was typed, what it means here, and how it ends.

mod args;
mod exit_status;

use crate::input::{Buffering, Format, InputFile, InputName, Reading, list};
use crate::messages::{self, Messages};
use crate::output::{self, Destination, Encoder, Output};
use crate::pipeline::{Pipeline, annotate_to_files};
use crate::progress::Progress;
use crate::signals;
use args::{Args, ProgressChoice};
use clap::{CommandFactory, Parser};
use exit_status::ExitStatus;
use imsdk_annotate::Annotator;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// How messages call it.
const STDOUT_NAME: &str = "standard output";

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
    let messages = Messages::new(Progress::hidden());
    let outcome = Output::stdout().and_then(|mut wtr| wtr.write_all(text.as_bytes()));
    exit_status(&messages, STDOUT_NAME, outcome)
}

/// Annotates what the operands name to where the output is to go.
fn annotate_inputs(args: &Args) -> ExitStatus {
    let operands = args.inputs();
    let mut unread = Vec::new();
    let inputs = list(&operands, |name, error| unread.push((name, error)));
    let progress = progress(args, &inputs);
    let messages = Messages::new(progress.clone());
    for (name, error) in unread {
        messages.input(&name, &error);
    }
    let color = args.color.is_on(args.is_to_stdout() && io::stdout().is_terminal());
    let reading =
        Reading { buffering: args.buffering(), decompress: !args.no_decompress, progress: progress.clone() };
    let annotator = Annotator::builder().strict(args.strict).color(color).build();
    let mut pipeline =
        Pipeline { annotator, reading, messages, stdout: None, opened_any: AtomicBool::new(false) };
    if let Err(error) = signals::make_size_limit_an_error() {
        pipeline.messages.say(&format!("signals cannot be handled: {error}"));
    }
    let status = match (&args.output, &args.output_dir) {
        (Some(path), _) if !args.is_to_stdout() => to_file(args, &mut pipeline, &inputs, path),
        (_, Some(folder)) => to_folder(args, &mut pipeline, &operands, inputs, folder),
        _ => to_stdout(args, &mut pipeline, &inputs),
    };
    progress.finish();
    status
}

fn to_stdout(args: &Args, pipeline: &mut Pipeline, inputs: &[InputFile]) -> ExitStatus {
    let outcome = Output::stdout().and_then(|mut stdout| {
        pipeline.stdout = Some(stdout.stat()?);
        if io::stdout().is_terminal() {
            stdout = stdout.beside(&pipeline.reading.progress);
        }
        let format = args.compress.format().unwrap_or(Format::Plain);
        to_one_stream(args, pipeline, inputs, Destination::Stdout(stdout), format)
    });
    exit_status(&pipeline.messages, STDOUT_NAME, outcome)
}

fn to_file(args: &Args, pipeline: &mut Pipeline, inputs: &[InputFile], path: &Path) -> ExitStatus {
    if let Err(refusal) = output::refuse_input_as_output(inputs, path) {
        pipeline.messages.say(&refusal);
        return ExitStatus::Trouble;
    }
    watch_signals(&pipeline.messages);
    let format = args.compress.format().unwrap_or(Format::of_name(path));
    let outcome = Destination::file(path, &pipeline.reading.progress).and_then(|destination| {
        if matches!(destination, Destination::New(_)) {
            pipeline.reading.buffering = Buffering::Block;
        }
        to_one_stream(args, pipeline, inputs, destination, format)
    });
    exit_status(&pipeline.messages, &InputName::File(path.to_owned()).to_string(), outcome)
}

fn to_one_stream(
    args: &Args,
    pipeline: &Pipeline,
    inputs: &[InputFile],
    destination: Destination,
    format: Format,
) -> io::Result<()> {
    let encoder = Encoder::new(format, destination)?;
    let wtr = pipeline.annotate(inputs, encoder, threads(args, inputs))?;
    if !inputs.is_empty() && !pipeline.opened_any.load(Ordering::Relaxed) {
        // What could have been replaced stays.
        return Ok(());
    }
    wtr.finish()?.finish()
}

fn to_folder(
    args: &Args,
    pipeline: &mut Pipeline,
    operands: &[InputName],
    inputs: Vec<InputFile>,
    folder: &Path,
) -> ExitStatus {
    let threads = threads(args, &inputs);
    let format = args.compress.format();
    let rename = |path: &Path| match format {
        None => path.to_owned(),
        // The names of compressed files say how the files are compressed, unless they are taken as they are.
        Some(format) if args.no_decompress => format.append_to(path),
        Some(format) => format.rename(path),
    };
    // Nobody can see it before it is whole.
    pipeline.reading.buffering = Buffering::Block;
    match output::plan(operands, inputs, folder, rename) {
        Ok(plans) => {
            watch_signals(&pipeline.messages);
            annotate_to_files(pipeline, &plans, format, args.resume, threads);
        }
        Err(refusal) => pipeline.messages.say(&refusal),
    }
    exit_status(&pipeline.messages, "", Ok(()))
}

/// Without that, an interruption leaves temporary files, and is otherwise as it should be.
fn watch_signals(messages: &Messages) {
    if let Err(error) = output::remove_new_files_on_signals() {
        messages
            .say(&format!("signals cannot be watched ({error}); an interruption leaves a temporary file"));
    }
}

/// How many threads work: one for each core, unless that was chosen. Where nothing is a file, there is
/// nothing for others to do, and finding out takes time.
fn threads(args: &Args, inputs: &[InputFile]) -> usize {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    args.threads
        .unwrap_or_else(|| if inputs.iter().any(|input| input.regular_bytes.is_some()) { cores() } else { 1 })
}

fn progress(args: &Args, inputs: &[InputFile]) -> Progress {
    let all_are_files = inputs.iter().all(|input| input.regular_bytes.is_some());
    let beside_output = args.is_to_stdout() && io::stdout().is_terminal();
    let quiet_at_first = match args.progress {
        ProgressChoice::Always => false,
        ProgressChoice::Auto if io::stderr().is_terminal() && all_are_files && !beside_output => true,
        ProgressChoice::Auto | ProgressChoice::Never => return Progress::hidden(),
    };
    let bytes = inputs.iter().filter_map(|input| input.regular_bytes).sum();
    Progress::shown(inputs.len() as u64, bytes, quiet_at_first)
}

fn exit_status(messages: &Messages, name: &str, outcome: io::Result<()>) -> ExitStatus {
    match outcome {
        // The reader has what it wanted (`| head`).
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => messages.output(name, &error),
        Ok(()) => {}
    }
    if messages.any() { ExitStatus::Trouble } else { ExitStatus::Success }
}
