//! Annotates each input into a file of its own.

use super::live::PieceOrder;
use super::members::ArchiveMembers;
use super::one_input::annotate_input;
use super::outcomes::FileOutcome;
use super::run_journal::InputFacts;
use super::side_by_side::annotate_blocks;
use super::team::in_team;
use super::unpack::UnpackFolder;
use super::worker::{Outcome, Trouble, Worker};
use super::{ArchiveOutput, Pipeline, SideBySide};
use crate::program::compression::{Damage, Encoder, Packing};
use crate::program::container::ArchiveKind;
use crate::program::input::{Descriptor, Input, OpenedInput};
use crate::program::output::{
    Behind, Destination, Existing, NewFile, Origin, Outlet, OutputFolder, OutputStamp, Plan, Plans, Target,
};
use crate::program::report::{Ledger, Tally};
use crate::program::system::signals::Stop;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::is_out_of_room;
use std::io::{self, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The most bytes that are copied at a time.
const COPY_BYTES: usize = 128 * 1024;

/// Annotates each input into its file, and returns the counts. A file is packed as `packing` says or, without one, as
/// its input is. Inputs that are not text are copied. Inputs are left out as `existing` says.
///
/// Reports trouble with a file, and goes on with the others; but begins no more files once there is no room left.
pub fn annotate_to_files(
    pipeline: &Pipeline,
    folder: &OutputFolder,
    plans: &Plans<'_>,
    packing: Option<Packing>,
    existing: Existing,
) -> Tally {
    // With fewer files than threads, each packed file has several threads from the start.
    let threads = pipeline.threads.total();
    let workers = threads.min(plans.len()).max(1);
    let threads_each = threads / workers;
    let next = AtomicUsize::new(0);
    let (no_room, ledger) = (AtomicBool::new(false), Arc::<Ledger>::default());
    pipeline.live.begin_group(&ledger, PieceOrder::EachAtOnce);
    in_team(&pipeline.threads, workers, |team| {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(plan) = plans.get(number) else {
                return;
            };
            team.grow();
            if no_room.load(Ordering::Relaxed) {
                return;
            }
            if pipeline.reading.signals.ask_to_stop(Stop::of(plan.input.is_stream())) {
                let left_out = if plan.input.is_stream() { Tally::new() } else { Tally::incomplete() };
                ledger.add(number as u64, plan.input.number, left_out, Behind::Follows);
                continue;
            }
            let done = pipeline.done_before(folder, &plan);
            if done.is_some() || existing == Existing::IsKept && folder.has_file(&plan.target.relative) {
                let (tally, members) = done.map_or_else(Default::default, |done| (done.tally, done.members));
                pipeline.keep_names(members);
                ledger.add(number as u64, plan.input.number, tally, Behind::Follows);
                pipeline.reading.progress.add_bytes(plan.input.regular_bytes.unwrap_or(0));
                pipeline.reading.progress.file_done();
                pipeline.outcomes.add(FileOutcome::LeftOut, plan.input);
                continue;
            }
            let mut facts = InputFacts::new(&plan);
            let settle = |tally| {
                let settle = || ledger.add(number as u64, plan.input.number, tally, Behind::Follows);
                pipeline.live.end(plan.input.number as u64, settle);
            };
            match write_file(pipeline, folder, packing, existing, threads_each, &mut facts) {
                Ok((tally, outcome)) => {
                    let outcome = outcome.at_stop(pipeline.reading.signals.has_stopped());
                    pipeline.outcomes.add(outcome, plan.input);
                    let is_out_of_room = pipeline.note_done(&facts, plan.input, &tally, outcome);
                    no_room.fetch_or(is_out_of_room, Ordering::Relaxed);
                    settle(tally);
                }
                Err((output, error)) => {
                    pipeline.outcomes.add(FileOutcome::Failed, plan.input);
                    settle(Tally::incomplete());
                    pipeline.messages.output(&InputName::File(output).to_string(), &error);
                    no_room.fetch_or(is_out_of_room(&error), Ordering::Relaxed);
                }
            }
        }
    });
    let mut tally = ledger.total();
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
    packing: Option<Packing>,
    existing: Existing,
    threads: usize,
    facts: &mut InputFacts<'_>,
) -> Result<(Tally, FileOutcome), (PathBuf, io::Error)> {
    let plan = facts.plan;
    let opened = pipeline.open(plan.input);
    let opened = opened.and_then(|opened| {
        let metadata = opened.metadata()?;
        facts.opened(&metadata);
        Ok((Origin::of_input(&metadata), opened))
    });
    match opened {
        Ok((origin, OpenedInput::Input(input))) => {
            annotate_to_file(pipeline, folder, facts, input, origin, packing, threads)
                .map(|tally| with_outcome(tally, FileOutcome::Annotated))
                .map_err(|error| (plan.target.output.clone(), error))
        }
        Ok((origin, OpenedInput::Archive(kind, input))) => {
            // The members of a zip archive keep their own compression.
            let (target, packing) = match kind {
                ArchiveKind::Tar => (&plan.target, packing),
                ArchiveKind::Zip => (plan.copy(), None),
            };
            if pipeline.archives == ArchiveOutput::Files {
                facts.output = &plan.copy().relative;
                return unpack_to_files(pipeline, folder, plan, (kind, input), packing)
                    .map(|tally| with_outcome(tally, FileOutcome::Annotated))
                    .map_err(|error| (plan.copy().output.clone(), error));
            }
            if let (ArchiveKind::Zip, Some(refusal)) = (kind, &plan.copy_refusal) {
                pipeline.messages.say(refusal);
                return Ok(with_outcome(Tally::incomplete(), FileOutcome::Failed));
            }
            facts.output = &target.relative;
            rewrite_to_file(pipeline, folder, (facts, target), (kind, input), origin, packing)
                .map(|tally| with_outcome(tally, FileOutcome::Annotated))
                .map_err(|error| (target.output.clone(), error))
        }
        Ok((origin, OpenedInput::NoText(input))) => {
            facts.output = &plan.copy().relative;
            let outcome = match &plan.copy_refusal {
                Some(refusal) => {
                    pipeline.messages.say(refusal);
                    Ok((Tally::incomplete(), FileOutcome::Failed))
                }
                None if existing == Existing::IsKept && folder.has_file(&plan.copy().relative) => {
                    Ok((Tally::new(), FileOutcome::LeftOut))
                }
                None => copy_to_file(pipeline, folder, facts, input, origin)
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
    facts: &mut InputFacts<'_>,
    input: Input,
    origin: Origin,
    packing: Option<Packing>,
    threads: usize,
) -> io::Result<Tally> {
    let plan = facts.plan;
    let file = NewFile::create(folder.place_to_write(&plan.target.relative)?, Some(origin))?;
    let file = Destination::new_file(file, &pipeline.reading.signals).sparse(pipeline.sparse_outputs);
    let packings = Packing::chosen_or_kept(packing, &input.formats);
    let mut wtr = Outlet::new(Encoder::new(&packings, file, &pipeline.threads)?);
    // Even if this thread is alone at first, others join it that are done with their files.
    let in_blocks = pipeline.threads.total() > 1 && pipeline.side_by_side == SideBySide::Blocks;
    let blocks = if in_blocks { input.into_blocks() } else { Err(Box::new(input)) };
    let outcome = match blocks {
        Ok(blocks) => annotate_blocks(pipeline, plan.input, blocks, &mut wtr)?,
        Err(input) => {
            let input = input.decoded_beside(&pipeline.threads, threads > 1);
            let mut worker = Worker::new(pipeline).at(plan.input.number as u64);
            annotate_input(&mut worker, plan.input, Ok(OpenedInput::Input(input)), &mut wtr)?
        }
    };
    let Outcome { tally, troubles, .. } = outcome;
    match troubles.first() {
        None if !tally.complete => {}
        None => facts.written = finish(pipeline, folder, wtr, true)?,
        // The readable beginning of damaged data is all that can be had of it. Behind a failed read, there may be more.
        Some(Trouble { error, .. }) if Damage::is_in(error) => {
            pipeline.messages.input(&plan.input.name, error);
            facts.written = finish(pipeline, folder, wtr, false)?;
        }
        Some(Trouble { error, .. }) => {
            pipeline.messages.not_written(&plan.input.name, error, &plan.target.output);
        }
    }
    Ok(tally)
}

/// Unpacks an archive into files below a folder of its name, and returns its counts. Reports trouble with the archive and
/// its members.
///
/// # Errors
///
/// Returns an error if the folder cannot be written to, or there is no more room on the disk.
fn unpack_to_files(
    pipeline: &Pipeline,
    folder: &OutputFolder,
    plan: &Plan<'_>,
    (kind, input): (ArchiveKind, Input),
    packing: Option<Packing>,
) -> io::Result<Tally> {
    folder.check_folder(&plan.copy().relative)?;
    let mut worker = Worker::new(pipeline).at(plan.input.number as u64);
    let mut members = ArchiveMembers::new(&mut worker, plan.input, input.is_stream());
    members.unpack(kind, input, &plan.copy().relative, &mut UnpackFolder::new(folder, packing))?;
    let Outcome { tally, troubles, .. } = members.finish();
    troubles.iter().for_each(|trouble| pipeline.messages.input(&trouble.name, &trouble.error));
    pipeline.reading.progress.file_done();
    Ok(tally)
}

/// Writes an archive again into its file, with its texts annotated, and returns its counts. Reports trouble with the
/// archive and its members.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
fn rewrite_to_file(
    pipeline: &Pipeline,
    folder: &OutputFolder,
    (facts, target): (&mut InputFacts<'_>, &Target),
    (kind, input): (ArchiveKind, Input),
    origin: Origin,
    packing: Option<Packing>,
) -> io::Result<Tally> {
    let file = NewFile::create(folder.place_to_write(&target.relative)?, Some(origin))?;
    let file =
        Destination::new_file(file, &pipeline.reading.signals).sparse(pipeline.sparse_outputs).leaving_room();
    let packings = Packing::chosen_or_kept(packing, &input.formats);
    let mut wtr = Outlet::new(Encoder::new(&packings, file, &pipeline.threads)?);
    let opened = Ok(OpenedInput::Archive(kind, input.decoded_beside(&pipeline.threads, false)));
    let mut worker = Worker::new(pipeline).at(facts.plan.input.number as u64);
    let Outcome { tally, troubles, .. } = annotate_input(&mut worker, facts.plan.input, opened, &mut wtr)?;
    let mut is_readable = tally.complete || !troubles.is_empty();
    for Trouble { name, error, .. } in &troubles {
        // Behind a failed read of the archive there may be more than was read.
        if error.raw_os_error().is_some() || pipeline.reading.signals.is_stop(error) {
            pipeline.messages.not_written(name, error, &target.output);
            is_readable = false;
        } else {
            pipeline.messages.input(name, error);
        }
    }
    if is_readable {
        facts.written = finish(pipeline, folder, wtr, troubles.is_empty())?;
    }
    Ok(tally)
}

/// Ends an output, which then appears under its name, and returns its state. If `is_whole` is false, `--resume` does not
/// take it for done.
///
/// # Errors
///
/// Returns an error if the rest of the output cannot be written, the journal cannot be begun, or the file cannot get its
/// name.
fn finish(
    pipeline: &Pipeline,
    folder: &OutputFolder,
    wtr: Outlet<Encoder<Destination>>,
    is_whole: bool,
) -> io::Result<Option<OutputStamp>> {
    let file = wtr.into_inner()?.finish()?;
    pipeline.begin_journal(folder)?;
    file.finish(is_whole)
}

/// Copies an input that is not text into its file, byte for byte, and counts nothing. Reports trouble with the input.
///
/// # Errors
///
/// Returns an error if the copy cannot be written.
fn copy_to_file(
    pipeline: &Pipeline,
    folder: &OutputFolder,
    facts: &mut InputFacts<'_>,
    mut input: Descriptor,
    origin: Origin,
) -> io::Result<Tally> {
    let plan = facts.plan;
    let target = plan.copy();
    let file = NewFile::create(folder.place_to_write(&target.relative)?, Some(origin))?;
    let mut wtr = Destination::new_file(file, &pipeline.reading.signals).sparse(pipeline.sparse_outputs);
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
    pipeline.begin_journal(folder)?;
    facts.written = wtr.finish(true)?;
    pipeline.no_texts.add(plan.input);
    Ok(Tally::new())
}
