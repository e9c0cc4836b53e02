//! Annotates each input into a file of its own.

use super::outcomes::FileOutcome;
use super::side_by_side::annotate_blocks;
use super::worker::{Outcome, Trouble, Worker};
use super::{Pipeline, on_threads};
use crate::program::compression::{Damage, Encoder, Format};
use crate::program::input::{Descriptor, Input, OpenedInput};
use crate::program::output::{Behind, Destination, Existing, NewFile, Origin, Outlet, OutputFolder, Plan};
use crate::program::report::{Ledger, Tally};
use crate::program::system::signals::Stop;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::is_out_of_room;
use std::io::{self, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The most bytes that are copied at a time.
const COPY_BYTES: usize = 128 * 1024;

/// Annotates each input into its file, and returns the counts. A file is compressed in `format` or, without one, as
/// its input is. Inputs that are not text are copied. Inputs
/// are left out as `existing` says.
///
/// Reports trouble with a file, and goes on with the others; but begins no more files once there is no room left.
pub fn annotate_to_files(
    pipeline: &Pipeline,
    folder: &OutputFolder,
    plans: &[Plan<'_>],
    format: Option<Format>,
    existing: Existing,
    threads: usize,
) -> Tally {
    // With fewer files than threads, each file has several threads.
    let workers = threads.min(plans.len()).max(1);
    let threads_each = threads / workers;
    let next = AtomicUsize::new(0);
    let (no_room, ledger) = (AtomicBool::new(false), Ledger::default());
    on_threads(workers, || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(plan) = plans.get(number) else {
                return;
            };
            if no_room.load(Ordering::Relaxed) {
                return;
            }
            if pipeline.reading.signals.ask_to_stop(Stop::of(plan.input.is_stream())) {
                let left_out = if plan.input.is_stream() { Tally::new() } else { Tally::incomplete() };
                ledger.add(number as u64, plan.input.number, left_out, Behind::Follows);
                continue;
            }
            if folder.leaves_out(existing, &plan.target.relative, &plan.input.name) {
                pipeline.reading.progress.add_bytes(plan.input.regular_bytes.unwrap_or(0));
                pipeline.reading.progress.file_done();
                pipeline.outcomes.add(FileOutcome::LeftOut, plan.input);
                continue;
            }
            match write_file(pipeline, folder, plan, format, existing, threads_each) {
                Ok((tally, outcome)) => {
                    pipeline.outcomes.add(outcome, plan.input);
                    ledger.add(number as u64, plan.input.number, tally, Behind::Follows);
                }
                Err((output, error)) => {
                    pipeline.outcomes.add(FileOutcome::Failed, plan.input);
                    ledger.add(number as u64, plan.input.number, Tally::incomplete(), Behind::Follows);
                    pipeline.messages.output(&InputName::File(output).to_string(), &error);
                    no_room.fetch_or(is_out_of_room(&error), Ordering::Relaxed);
                }
            }
        }
    });
    let mut tally = ledger.into_tally();
    tally.stopped = pipeline.reading.signals.has_stopped();
    tally
}

/// Annotates or copies one input into its file, and returns its counts and its outcome. Reports trouble with the input.
///
/// # Errors
///
/// Returns the path of the output and the error if the output cannot be written.
fn write_file(
    pipeline: &Pipeline,
    folder: &OutputFolder,
    plan: &Plan<'_>,
    format: Option<Format>,
    existing: Existing,
    threads: usize,
) -> Result<(Tally, FileOutcome), (PathBuf, io::Error)> {
    let opened = pipeline.open(plan.input);
    let opened = opened.and_then(|opened| Ok((Origin::of_input(&opened.metadata()?), opened)));
    match opened {
        Ok((origin, OpenedInput::Input(input))) => {
            annotate_to_file(pipeline, folder, plan, input, origin, format, threads)
                .map(|tally| with_outcome(tally, FileOutcome::Annotated))
                .map_err(|error| (plan.target.output.clone(), error))
        }
        Ok((origin, OpenedInput::NoText(input))) => {
            let outcome = match &plan.copy_refusal {
                Some(refusal) => {
                    pipeline.messages.say(refusal);
                    Ok((Tally::incomplete(), FileOutcome::Failed))
                }
                None if folder.leaves_out(existing, &plan.copy().relative, &plan.input.name) => {
                    Ok((Tally::new(), FileOutcome::LeftOut))
                }
                None => copy_to_file(pipeline, folder, plan, input, origin)
                    .map(|tally| with_outcome(tally, FileOutcome::Copied)),
            };
            pipeline.reading.progress.file_done();
            outcome.map_err(|error| (plan.copy().output.clone(), error))
        }
        Err(error) if pipeline.reading.signals.is_stop(&error) && plan.input.is_stream() => {
            Ok((Tally::new(), FileOutcome::Failed))
        }
        Err(error) => {
            pipeline.messages.input(&plan.input.name, &error);
            pipeline.reading.progress.file_done();
            Ok((Tally::incomplete(), FileOutcome::Failed))
        }
    }
}

/// Returns the counts of an input with its outcome: `outcome` if the input could be read whole.
fn with_outcome(tally: Tally, outcome: FileOutcome) -> (Tally, FileOutcome) {
    let outcome = if tally.complete { outcome } else { FileOutcome::Failed };
    (tally, outcome)
}

/// Annotates one opened input into its file, and returns its counts. Reports trouble with the input.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
fn annotate_to_file(
    pipeline: &Pipeline,
    folder: &OutputFolder,
    plan: &Plan<'_>,
    input: Input,
    origin: Origin,
    format: Option<Format>,
    threads: usize,
) -> io::Result<Tally> {
    let file = NewFile::create(folder.place_to_write(&plan.target.relative)?, Some(origin))?;
    let file = Destination::new_file(file, &pipeline.reading.signals);
    let formats = format.map_or_else(|| input.formats.clone(), |format| vec![format]);
    let mut wtr = Outlet::new(Encoder::new(&formats, file)?);
    let blocks = if threads > 1 && !pipeline.in_order { input.into_blocks() } else { Err(input) };
    let outcome = match blocks {
        Ok(blocks) => annotate_blocks(pipeline, plan.input, blocks, &mut wtr, threads)?,
        Err(input) => {
            let input = if threads > 1 { input.decode_ahead() } else { input };
            Worker::new(pipeline).annotate_input(plan.input, Ok(OpenedInput::Input(input)), &mut wtr)?
        }
    };
    let Outcome { tally, trouble } = outcome;
    match trouble {
        None if !tally.complete => {}
        None => finish(wtr, true)?,
        // The readable beginning of damaged data is all that can be had of it. Behind a failed read, there may be more.
        Some(Trouble { error, .. }) if Damage::is_in(&error) => {
            pipeline.messages.input(&plan.input.name, &error);
            finish(wtr, false)?;
        }
        Some(Trouble { error, .. }) => {
            pipeline.messages.not_written(&plan.input.name, &error, &plan.target.output);
        }
    }
    Ok(tally)
}

/// Ends an output, which then appears under its name. If `is_whole` is false, `--resume` does not take it for done.
///
/// # Errors
///
/// Returns an error if the rest of the output cannot be written, or the file cannot get its name.
fn finish(wtr: Outlet<Encoder<Destination>>, is_whole: bool) -> io::Result<()> {
    wtr.into_inner()?.finish()?.finish(is_whole)
}

/// Copies an input that is not text into its file, byte for byte, and counts nothing. Reports trouble with the input.
///
/// # Errors
///
/// Returns an error if the copy cannot be written.
fn copy_to_file(
    pipeline: &Pipeline,
    folder: &OutputFolder,
    plan: &Plan<'_>,
    mut input: Descriptor,
    origin: Origin,
) -> io::Result<Tally> {
    let target = plan.copy();
    let file = NewFile::create(folder.place_to_write(&target.relative)?, Some(origin))?;
    let mut wtr = Destination::new_file(file, &pipeline.reading.signals);
    let mut buffer = vec![0; COPY_BYTES];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => wtr.write_all(&buffer[..count])?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                pipeline.messages.not_written(&plan.input.name, &error, &target.output);
                return Ok(Tally::incomplete());
            }
        }
    }
    wtr.finish(true)?;
    pipeline.no_texts.add(plan.input);
    Ok(Tally::new())
}
