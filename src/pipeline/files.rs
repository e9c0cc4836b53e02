//! Each input to a file of its own.

use super::side_by_side::annotate_blocks;
use super::worker::Worker;
use super::{Pipeline, on_threads};
use crate::input::{Format, InputName};
use crate::messages::is_out_of_room;
use crate::output::{Buffered, Encoder, NewFile, Origin, OutputFolder, Plan};
use crate::report::{Ledger, Tally};
use crate::signals::{self, Stop};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Annotates each input into its file, compressed as `format` says, or else as the input is. With `resume`,
/// leaves out those whose output is whole already. Returns what was counted.
///
/// Trouble with a file is said, and the others are still done; but when there is no room left, no more are
/// begun.
pub(crate) fn annotate_to_files(
    pipeline: &Pipeline,
    folder: &OutputFolder,
    plans: &[Plan<'_>],
    format: Option<Format>,
    resume: bool,
    threads: usize,
) -> Tally {
    // Where there are fewer files than threads, each file has several.
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
            if signals::ask_to_stop(Stop::of(plan.input.is_stream())) {
                let left_out = if plan.input.is_stream() { Tally::new() } else { Tally::incomplete() };
                ledger.add(number as u64, left_out);
                continue;
            }
            if resume && folder.has_whole(&plan.relative, &plan.input.name) {
                pipeline.reading.progress.add_bytes(plan.input.regular_bytes.unwrap_or(0));
                pipeline.reading.progress.file_done();
                continue;
            }
            match annotate_to_file(pipeline, folder, plan, format, threads_each) {
                Ok(tally) => ledger.add(number as u64, tally),
                Err(error) => {
                    ledger.add(number as u64, Tally::incomplete());
                    pipeline.messages.output(&InputName::File(plan.output.clone()).to_string(), &error);
                    no_room.fetch_or(is_out_of_room(&error), Ordering::Relaxed);
                }
            }
        }
    });
    let mut tally = ledger.into_tally();
    tally.stopped = signals::has_stopped();
    tally
}

/// # Errors
///
/// Where the output cannot be written. Trouble with the input is said here.
fn annotate_to_file(
    pipeline: &Pipeline,
    folder: &OutputFolder,
    plan: &Plan<'_>,
    format: Option<Format>,
    threads: usize,
) -> io::Result<Tally> {
    let trouble = |error| pipeline.messages.input(&plan.input.name, &error);
    let opened = pipeline.open(&plan.input.name).and_then(|input| Ok((input.metadata()?, input)));
    let (metadata, input) = match opened {
        Ok(opened) => opened,
        Err(error) if signals::is_stop(&error) && plan.input.is_stream() => return Ok(Tally::new()),
        Err(error) => {
            trouble(error);
            pipeline.reading.progress.file_done();
            return Ok(Tally::incomplete());
        }
    };
    let origin = Origin::of_input(&metadata);
    let file = NewFile::create(folder.place_to_write(&plan.relative)?, Some(origin))?;
    let encoder = Encoder::new(format.unwrap_or(input.format), file)?;
    let mut wtr = Buffered::new(encoder);
    let blocks = if threads > 1 && !pipeline.in_order { input.into_blocks() } else { Err(input) };
    let tally = match blocks {
        Ok(blocks) => annotate_blocks(pipeline, plan.input, blocks, &mut wtr, threads)?,
        Err(input) => {
            let input = if threads > 1 { input.decode_ahead() } else { input };
            let outcome = Worker::new(pipeline).annotate_input(plan.input, Ok(input), &mut wtr)?;
            outcome.trouble.into_iter().for_each(trouble);
            outcome.tally
        }
    };
    if tally.complete || !signals::has_stopped() {
        wtr.into_inner()?.finish()?.finish(tally.complete)?;
    }
    Ok(tally)
}
