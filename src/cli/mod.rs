//! The command line: what was typed, what it means here, and how it ends.

mod args;
mod config;
mod exit_status;
mod lookup;
mod lookup_args;
mod manual;
mod merge;
mod setup_args;
mod triage;
mod triage_args;

use crate::input::{Buffering, Format, InputFile, InputName, Reading, list};
use crate::messages::{self, Messages};
use crate::output::{self, Destination, Encoder, Outliving, Output, Plan};
use crate::pipeline::{Pipeline, annotate_to_files};
use crate::progress::Progress;
use crate::report::Tally;
use crate::signals;
use args::{Args, ProgressChoice};
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use config::Refusal;
use exit_status::ExitStatus;
use imsdk_annotate::{Annotator, Catalog, Language};
use std::env;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use triage::{Triage, written_twice};
use triage_args::ReportChoice;

/// How messages call it.
const STDOUT_NAME: &str = "standard output";

/// Runs the program, with the arguments and the environment that it was started with.
pub(crate) fn run() -> ExitStatus {
    let args = match config::parse(&lookup_args::attach_codes(env::args_os())).and_then(read_args) {
        Ok(args) => args,
        Err(Refusal::Usage(error)) => return print_help_or_usage(&error),
        Err(Refusal::Config(wrong)) => {
            let messages = Messages::new(Progress::hidden());
            wrong.iter().for_each(|message| messages.say(message));
            return ExitStatus::Trouble;
        }
    };
    if args.setup.man {
        return print(&manual::manual());
    }
    if let Some(shell) = args.setup.completions {
        return print(&manual::completions(shell));
    }
    if let Some(lookup) = args.lookup.lookup() {
        return lookup::look_up(lookup, &args, &Catalog::builtin(), Language::English);
    }
    if args.files.is_empty() && io::stdin().is_terminal() {
        messages::write_to_stderr(&Args::command().render_help().to_string());
        return ExitStatus::Trouble;
    }
    match Triage::new(&args) {
        Ok(triage) if args.triage.merge_reports => merge::merge_reports(&args, triage),
        Ok(triage) => annotate_inputs(&args, triage),
        Err(refusal) => {
            Messages::new(Progress::hidden()).say(&refusal);
            ExitStatus::Trouble
        }
    }
}

fn read_args(matches: ArgMatches) -> Result<Args, Refusal> {
    Args::from_arg_matches(&matches).map_err(Refusal::Usage)
}

/// Help and version go to standard output and are no trouble, unless they cannot be written.
fn print_help_or_usage(error: &clap::Error) -> ExitStatus {
    if error.use_stderr() {
        // A standard error that takes nothing leaves nobody to tell.
        let _ = error.print();
        return ExitStatus::Trouble;
    }
    print(error.render().to_string().as_bytes())
}

/// Prints what was asked for in place of work.
fn print(text: &[u8]) -> ExitStatus {
    let messages = Messages::new(Progress::hidden());
    let written = Output::stdout().and_then(|mut wtr| wtr.write_all(text));
    say_if_not_written(&messages, STDOUT_NAME, written);
    ExitStatus::of(&messages, false)
}

/// Annotates what the operands name to where the output is to go, and reports.
fn annotate_inputs(args: &Args, mut triage: Triage) -> ExitStatus {
    let operands = args.inputs();
    let mut unread = Vec::new();
    let inputs = list(&operands, |name, error| unread.push((name, error)));
    let progress = progress(args, &inputs);
    let mut pipeline = pipeline(args, &triage, &operands, &inputs, &progress);
    if args.makes_files() {
        watch_signals(&pipeline.messages);
    }
    if let Err(refusal) = triage.open_reports(args, &inputs) {
        pipeline.messages.say(&refusal);
        return ExitStatus::Trouble;
    }
    for (name, error) in &unread {
        pipeline.messages.input(name, error);
    }
    if let Err(error) = signals::make_size_limit_an_error() {
        pipeline.messages.say(&format!("signals cannot be handled: {error}"));
    }
    let named = if args.triage.counts() { &inputs[..] } else { &[] };
    let names: Vec<String> = named.iter().map(|input| input.name.before_lines()).collect();
    let tally = match (&args.output, &args.output_dir) {
        _ if args.triage.quiet => to_nowhere(args, &pipeline, &inputs),
        (Some(path), _) if !args.is_to_stdout() => to_file(args, &mut pipeline, &inputs, path),
        (_, Some(folder)) => to_folder(args, &mut pipeline, &operands, inputs, folder),
        _ => to_stdout(args, &mut pipeline, &inputs),
    };
    progress.finish();
    let has_failed = tally.is_some_and(|mut tally| {
        tally.complete &= unread.is_empty();
        triage.finish(&tally, &names, &pipeline.messages)
    });
    ExitStatus::of(&pipeline.messages, has_failed)
}

fn pipeline(
    args: &Args,
    triage: &Triage,
    operands: &[InputName],
    inputs: &[InputFile],
    progress: &Progress,
) -> Pipeline {
    let color = args.color.is_on(args.is_to_stdout() && io::stdout().is_terminal());
    let needs_unknown = args.triage.counts() || args.triage.only.is_some();
    let catalog = triage.catalog.clone();
    let mut annotator = Annotator::builder()
        .catalog(catalog)
        .strict(args.strict)
        .color(color)
        .unknown(needs_unknown)
        .quiet(args.triage.quiet);
    let mut in_order = false;
    if let Some(lines) = triage.lines.clone() {
        in_order = lines.numbered || lines.context.is_some();
        annotator = annotator.lines(lines);
    }
    let has_folder =
        || operands.iter().any(|operand| matches!(operand, InputName::File(path) if path.is_dir()));
    Pipeline {
        annotator: annotator.build(),
        reading: Reading {
            buffering: args.buffering(),
            decompress: !args.no_decompress,
            progress: progress.clone(),
        },
        messages: Messages::new(progress.clone()),
        stdout: None,
        opened_any: AtomicBool::new(false),
        counter: args.triage.counts().then(|| triage.counter()),
        in_order,
        names_before_lines: args.triage.line_number && (inputs.len() > 1 || has_folder()),
    }
}

/// What was counted; nothing where the output could not be written, which has been said.
type Counted = Option<Tally>;

fn to_nowhere(args: &Args, pipeline: &Pipeline, inputs: &[InputFile]) -> Counted {
    let counted = pipeline.annotate(inputs, io::sink(), threads(args, inputs));
    counted.ok().map(|(_, tally)| tally)
}

fn to_stdout(args: &Args, pipeline: &mut Pipeline, inputs: &[InputFile]) -> Counted {
    let destination = Output::stdout().and_then(|mut stdout| {
        pipeline.stdout = Some(stdout.stat()?);
        if io::stdout().is_terminal() {
            stdout = stdout.beside(&pipeline.reading.progress);
        }
        Ok(Destination::Stdout(stdout))
    });
    let format = args.compress.format().unwrap_or(Format::Plain);
    to_one_stream(args, pipeline, inputs, STDOUT_NAME, destination, format)
}

fn to_file(args: &Args, pipeline: &mut Pipeline, inputs: &[InputFile], path: &Path) -> Counted {
    if let Err(refusal) = output::refuse_input_as_output(inputs, path) {
        pipeline.messages.say(&refusal);
        return None;
    }
    let format = args.compress.format().unwrap_or(Format::of_name(path));
    let destination = Destination::file(path, &pipeline.reading.progress);
    if matches!(destination, Ok(Destination::New(_))) {
        pipeline.reading.buffering = Buffering::Block;
    }
    to_one_stream(args, pipeline, inputs, &InputName::File(path.to_owned()).to_string(), destination, format)
}

/// Who counts wants to have counted all, also where the output cannot be written to its end.
fn to_one_stream(
    args: &Args,
    pipeline: &Pipeline,
    inputs: &[InputFile],
    name: &str,
    destination: io::Result<Destination>,
    format: Format,
) -> Counted {
    let is_outlived = pipeline.counter.is_some();
    let counted = destination.and_then(|destination| Encoder::new(format, destination)).and_then(|encoder| {
        pipeline.annotate(inputs, Outliving::new(encoder, is_outlived), threads(args, inputs))
    });
    let (wtr, tally) = say_if_not_written(&pipeline.messages, name, counted)?;
    let written = wtr.into_inner().and_then(|encoder| {
        if inputs.is_empty() || pipeline.opened_any.load(Ordering::Relaxed) {
            encoder.finish()?.finish()
        } else {
            // What could have been replaced stays.
            Ok(())
        }
    });
    say_if_not_written(&pipeline.messages, name, written);
    Some(tally)
}

fn to_folder(
    args: &Args,
    pipeline: &mut Pipeline,
    operands: &[InputName],
    inputs: Vec<InputFile>,
    folder: &Path,
) -> Counted {
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
    let reports: Vec<PathBuf> = args.triage.report.iter().filter_map(ReportChoice::place).collect();
    let plans = output::plan(operands, inputs, folder, rename).and_then(|plans| {
        match plans.iter().find(|plan| reports.contains(&plan.place)) {
            Some(Plan { output, .. }) => Err(written_twice(output)),
            None => Ok(plans),
        }
    });
    match plans {
        Ok(plans) => Some(annotate_to_files(pipeline, &plans, format, args.resume, threads)),
        Err(refusal) => {
            pipeline.messages.say(&refusal);
            None
        }
    }
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
    let beside_output = args.streams_to_stdout() && io::stdout().is_terminal();
    let quiet_at_first = match args.progress {
        ProgressChoice::Always => false,
        ProgressChoice::Auto if io::stderr().is_terminal() && all_are_files && !beside_output => true,
        ProgressChoice::Auto | ProgressChoice::Never => return Progress::hidden(),
    };
    let bytes = inputs.iter().filter_map(|input| input.regular_bytes).sum();
    Progress::shown(inputs.len() as u64, bytes, quiet_at_first)
}

fn say_if_not_written<T>(messages: &Messages, name: &str, outcome: io::Result<T>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        // The reader has what it wanted (`| head`).
        Err(error) if error.kind() == ErrorKind::BrokenPipe => None,
        Err(error) => {
            messages.output(name, &error);
            None
        }
    }
}
