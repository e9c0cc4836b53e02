//! Annotates what the operands name to where the output is to go, and reports.

use super::other_names;
use super::triage::Triage;
use super::write_to::{WriteTo, files_in_use};
use crate::AnnotatorBuilder;
use crate::program::cli::args::{Args, ProgressChoice};
use crate::program::cli::usage;
use crate::program::compression::Encoder;
use crate::program::compression::Format;
use crate::program::input::{Buffering, InputFile, InputName, Listing, Reading, list};
use crate::program::output::{self, Destination, Outliving, Output, OutputFolder, Plan, Promised, UsedAs};
use crate::program::pipeline::{NoTexts, Pipeline, annotate_to_files};
use crate::program::report::Tally;
use crate::program::system::limits::threads_max;
use crate::program::system::signals::{self, Haste, Stop};
use crate::program::terminal::exit_status::ExitStatus;
use crate::program::terminal::messages::{self, Messages};
use crate::program::terminal::messages::{STDOUT_NAME, say_if_not_written};
use crate::program::terminal::progress::Progress;
use rustix::fs::FileType;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Annotates what the operands name to where the output is to go, and reports.
pub(crate) fn annotate_inputs(args: &Args, annotator: AnnotatorBuilder, mut triage: Triage) -> ExitStatus {
    let operands = args.inputs();
    let Listing { files: inputs, unread, dangling, other_names } = list(&operands);
    let progress = progress(args, &inputs);
    let mut pipeline = pipeline(args, annotator, &triage, &operands, &inputs, &progress);
    watch_signals(args);
    args.triage.warnings().for_each(|warning| pipeline.messages.mention(&warning));
    let in_use = files_in_use(args, inputs.iter().map(|input| &input.name), UsedAs::Input);
    let opened = in_use.and_then(|in_use| {
        let write_to = WriteTo::new(args, &operands, &inputs, &in_use)?;
        triage.open_reports(args, &in_use, write_to.folder_of_outputs()).map(|()| write_to)
    });
    let write_to = match opened {
        Ok(write_to) => write_to,
        Err(refusal) => {
            pipeline.messages.say(&refusal);
            return ExitStatus::Trouble;
        }
    };
    operands.iter().filter_map(hint).for_each(|hint| pipeline.messages.mention(&hint));
    for (name, error) in &unread {
        pipeline.messages.input(name, error);
    }
    for name in &dangling {
        pipeline
            .messages
            .mention(&format!("{name}: is a link to a file that is not there, and was left out"));
    }
    if args.output_dir.is_some()
        && let Some(summary) = other_names::summary(&other_names)
    {
        pipeline.messages.mention(&summary);
    }
    if let Err(error) = signals::make_size_limit_an_error() {
        pipeline.messages.say(&format!("signals cannot be handled: {error}"));
    }
    let named = if args.triage.counts() { &inputs[..] } else { &[] };
    let names: Vec<String> = named.iter().map(|input| input.name.in_reports()).collect();
    let tally = match write_to {
        WriteTo::Nowhere => to_nowhere(args, &pipeline, &inputs),
        WriteTo::Stdout => to_stdout(args, &mut pipeline, &inputs),
        WriteTo::File(path) => to_file(args, &mut pipeline, &inputs, path),
        WriteTo::Folder(folder, plans) => {
            Some(to_folder(args, &mut pipeline, &folder, &plans, threads(args, &inputs)))
        }
    };
    progress.finish();
    if let Some(summary) = pipeline.no_texts.summary(pipeline.to_folder) {
        pipeline.messages.mention(&summary);
    }
    let has_failed = tally.is_some_and(|mut tally| {
        tally.complete &= unread.is_empty();
        triage.finish(&tally, &names, &pipeline.messages)
    });
    signals::end_if_asked();
    ExitStatus::of(&pipeline.messages, has_failed)
}

/// Returns a hint at what an operand means that names no file.
fn hint(operand: &InputName) -> Option<String> {
    match operand {
        InputName::File(path) if fs::symlink_metadata(path).is_err() => {
            usage::hint_for_operand(path.as_os_str()).map(|hint| format!("{operand}: {hint}"))
        }
        _ => None,
    }
}

/// Where signals cannot be watched, because there is no thread or pipe to be had, they end the program as they always do.
fn watch_signals(args: &Args) {
    let holds_back =
        args.block_buffered || args.compress.format().is_some_and(|format| format != Format::Plain);
    let _ = if args.makes_files() || args.triage.counts() || holds_back {
        signals::watch_run(give_up)
    } else {
        signals::watch_stream()
    };
}

/// Ends what is being written, and names what is not whole then, but after a signal that ends a program at once.
fn give_up(haste: Haste) {
    output::remove_new_files();
    let cause = match haste {
        Haste::Abrupt => return,
        Haste::SecondSignal => "a second signal came; send one, and wait",
        Haste::NothingTaken => "nobody took the output for a second after the signal; let its reader go on",
    };
    let names = output::promised_names();
    if !names.is_empty() {
        messages::say_at_last(format!("{}: not written to the end, because {cause}", names.join(", ")));
    }
}

fn pipeline(
    args: &Args,
    annotator: AnnotatorBuilder,
    triage: &Triage,
    operands: &[InputName],
    inputs: &[InputFile],
    progress: &Progress,
) -> Pipeline {
    let color = args.color.is_on(args.is_to_stdout() && io::stdout().is_terminal());
    let needs_unknown = args.triage.counts() || args.triage.only.is_some();
    let mut annotator = annotator
        .color(color)
        .unknown(needs_unknown)
        .language(args.notes.lang.language())
        .as_fields(args.notes.fields)
        .strip(args.notes.strip)
        .quiet(args.triage.quiet);
    if let Some(template) = args.notes.note.clone() {
        annotator = annotator.note(template);
    }
    let ends_lines = triage.lines.is_some();
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
            as_text: args.text,
            progress: progress.clone(),
        },
        messages: Messages::new(progress.clone()),
        stdout: None,
        opened_any: AtomicBool::new(false),
        counter: args.triage.counts().then(|| triage.counter()),
        in_order,
        ends_lines,
        to_folder: args.output_dir.is_some(),
        no_texts: NoTexts::default(),
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
    let format = args.compress.format().unwrap_or(Format::Plain);
    let destination = Output::stdout().and_then(|mut stdout| {
        let stat = stdout.stat()?;
        let is_file = FileType::from_raw_mode(stat.st_mode).is_file();
        if is_file && format != Format::Plain {
            // Nobody waits for what is compressed in a file; without flushes its bytes depend on neither reads nor threads.
            pipeline.reading.buffering = Buffering::Block;
        }
        pipeline.stdout = Some(stat);
        if io::stdout().is_terminal() {
            stdout = stdout.beside(&pipeline.reading.progress);
        }
        Ok(Destination::Stdout(stdout))
    });
    to_one_stream(args, pipeline, inputs, Promised::new(STDOUT_NAME), destination, format)
}

fn to_file(args: &Args, pipeline: &mut Pipeline, inputs: &[InputFile], path: &Path) -> Counted {
    let format = args.compress.format().unwrap_or(Format::of_name(path));
    let promised = Promised::new(&InputName::File(path.to_owned()).to_string());
    let destination = Destination::file(path, &pipeline.reading.progress);
    // A file that a descriptor has open can be read along, unless it is compressed.
    let can_be_read_along = format == Format::Plain && !matches!(destination, Ok(Destination::New(_)));
    if !can_be_read_along && destination.as_ref().is_ok_and(Destination::is_file) {
        pipeline.reading.buffering = Buffering::Block;
    }
    to_one_stream(args, pipeline, inputs, promised, destination, format)
}

/// Who counts wants to have counted all, also where the output cannot be written to its end.
fn to_one_stream(
    args: &Args,
    pipeline: &Pipeline,
    inputs: &[InputFile],
    promised: Promised,
    destination: io::Result<Destination>,
    format: Format,
) -> Counted {
    let name = promised.name();
    let is_outlived = pipeline.counter.is_some();
    let is_live = pipeline.reading.buffering != Buffering::Block;
    let encoder = destination.and_then(|destination| Ok(Encoder::new(format, destination)?.live(is_live)));
    let counted = encoder.and_then(|encoder| {
        pipeline.annotate(inputs, Outliving::new(encoder, is_outlived), threads(args, inputs))
    });
    let (wtr, tally) = say_if_not_written(&pipeline.messages, name, counted)?;
    let written = wtr.into_inner().and_then(|encoder| {
        let stop = signals::stopped_in();
        let is_begun = inputs.is_empty() || pipeline.opened_any.load(Ordering::Relaxed);
        if is_begun || stop == Some(Stop::Stream) {
            match encoder.finish()? {
                // Files can be read again; a stream cannot, and a signal is its end.
                Destination::New(_) if stop == Some(Stop::File) => Ok(()),
                destination => destination.finish(),
            }
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
    folder: &OutputFolder,
    plans: &[Plan<'_>],
    threads: usize,
) -> Tally {
    let _promised = Promised::new(&folder.name());
    // Nobody can see it before it is whole.
    pipeline.reading.buffering = Buffering::Block;
    annotate_to_files(pipeline, folder, plans, args.compress.format(), args.resume, threads)
}

/// How many threads work: one for each core, unless that was chosen, and no more than there is room for. Where nothing is
/// a file, there is nothing for others to do, and finding out takes time.
fn threads(args: &Args, inputs: &[InputFile]) -> usize {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let wanted = args.threads.unwrap_or_else(|| {
        if inputs.iter().any(|input| input.regular_bytes.is_some()) { cores() } else { 1 }
    });
    if wanted > 1 { wanted.min(threads_max()) } else { wanted }
}

fn progress(args: &Args, inputs: &[InputFile]) -> Progress {
    let all_are_files = inputs.iter().all(|input| input.regular_bytes.is_some());
    let beside_output = args.streams_to_stdout() && io::stdout().is_terminal();
    let quiet_at_first = match args.progress {
        ProgressChoice::Always => false,
        ProgressChoice::Auto if io::stderr().is_terminal() && all_are_files && !beside_output => true,
        ProgressChoice::Auto | ProgressChoice::Never => return Progress::hidden(),
    };
    let bytes = inputs.iter().map(|input| input.regular_bytes).sum();
    Progress::shown(inputs.len() as u64, bytes, quiet_at_first)
}
