//! Writes the annotated lines to their destination: nowhere, one stream, or a folder.

use super::stream_packing::StreamPacking;
use super::{Job, OpenedOutput};
use crate::program::commands::lines_to::{FolderOutput, PlannedFolder};
use crate::program::commands::triage::ChecksSoFar;
use crate::program::input::{Buffering, InputFile};
use crate::program::output::{Destination, Existing, Journal, Outlet, Promised};
use crate::program::pipeline::{DeafWriter, Pipeline, SelectedLines, annotate_to_files, foretell};
use crate::program::report::Tally;
use crate::program::system::signals::Stop;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::{STDOUT_NAME, say_if_not_written};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::Ordering;

/// The reason for not writing a file.
const NOT_OF_SIZE: &str = "is not written, because standard input has not the size of --input-size";

impl Job {
    /// Annotates all inputs, and returns the counts; `None` if the output could not be written, which has then been
    /// reported.
    pub(super) fn write(
        &self,
        opened: OpenedOutput<'_>,
        pipeline: &mut Pipeline,
        inputs: &[InputFile],
        checks: Option<&ChecksSoFar>,
    ) -> Option<Tally> {
        match opened {
            OpenedOutput::Nowhere if self.selected_lines == SelectedLines::Sought => {
                self.annotate(pipeline, inputs, checks, &mut Outlet::new(DeafWriter)).ok()
            }
            OpenedOutput::Nowhere => {
                self.annotate(pipeline, inputs, checks, &mut Outlet::new(io::sink())).ok()
            }
            OpenedOutput::Stdout => self.to_stdout(pipeline, inputs, checks),
            OpenedOutput::File(path) => self.to_file(pipeline, inputs, checks, path),
            OpenedOutput::Folder(output, planned, earlier) => {
                pipeline.journal = earlier;
                if output.is_dry_run {
                    foretell_to_stdout(pipeline, &planned, output.existing);
                    return None;
                }
                self.to_folder(pipeline, output, *planned)
            }
        }
    }

    /// Annotates all inputs, or follows them, into one writer.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    fn annotate<W: Write + Send>(
        &self,
        pipeline: &Pipeline,
        inputs: &[InputFile],
        checks: Option<&ChecksSoFar>,
        wtr: &mut Outlet<W>,
    ) -> io::Result<Tally> {
        match &self.follow {
            None => pipeline.annotate(inputs, wtr),
            Some(rules) => {
                let has_failed = |so_far: &Tally| checks.is_some_and(|checks| checks.any_fails(so_far));
                pipeline.follow(rules, &self.operands, &self.listing_rules, &has_failed, wtr)
            }
        }
    }

    fn to_stdout(
        &self,
        pipeline: &mut Pipeline,
        inputs: &[InputFile],
        checks: Option<&ChecksSoFar>,
    ) -> Option<Tally> {
        let packing = self.stream_packing(None);
        let destination = Destination::stdout(&pipeline.reading.signals).and_then(|stdout| {
            if stdout.is_file() && packing.packs() {
                // Nobody reads a compressed file while it grows. Without flushes, its bytes depend on neither reads
                // nor threads.
                pipeline.reading.buffering = Buffering::Block;
            }
            let stat = stdout.stat()?;
            if pipeline.counter.is_none() {
                // A run that counts goes on to the end of its inputs, whoever reads its lines.
                pipeline.reading.signals.watch_reader(&stat);
            }
            pipeline.stdout = Some(stat);
            let is_terminal = io::stdout().is_terminal();
            Ok(if is_terminal { stdout.beside(&pipeline.reading.progress) } else { stdout })
        });
        self.to_one_stream(pipeline, (inputs, checks), &Promised::new(STDOUT_NAME), destination, packing)
    }

    fn to_file(
        &self,
        pipeline: &mut Pipeline,
        inputs: &[InputFile],
        checks: Option<&ChecksSoFar>,
        path: &Path,
    ) -> Option<Tally> {
        let packing = self.stream_packing(Some(path));
        let promised = Promised::new(&InputName::File(path.to_owned()).to_string());
        let destination = Destination::file(path, &pipeline.reading.progress, &pipeline.reading.signals)
            .map(|destination| destination.sparse(self.sparse_outputs));
        // A file that a descriptor has open can be read while it grows, unless it is compressed.
        let can_be_read_along = !packing.packs() && !destination.as_ref().is_ok_and(Destination::is_new);
        if !can_be_read_along && destination.as_ref().is_ok_and(Destination::is_file) {
            pipeline.reading.buffering = Buffering::Block;
        }
        self.to_one_stream(pipeline, (inputs, checks), &promised, destination, packing)
    }

    /// Annotates all inputs into one stream, and returns the counts. If fields are counted, all are counted, even if
    /// the output cannot be written to its end. Returns `None` if the stream cannot be opened, or fails while no
    /// fields are counted.
    fn to_one_stream(
        &self,
        pipeline: &mut Pipeline,
        (inputs, checks): (&[InputFile], Option<&ChecksSoFar>),
        promised: &Promised,
        destination: io::Result<Destination>,
        packing: StreamPacking,
    ) -> Option<Tally> {
        let name = promised.name();
        pipeline.packs_output = packing.may_pack();
        // Nobody waits for an answer to a prompt in a file.
        let has_reader = !packing.packs() && destination.as_ref().is_ok_and(|to| !to.is_file());
        pipeline.reading.shows_prompts = has_reader && !pipeline.reading.holds_back();
        let is_outlived = pipeline.counter.is_some();
        let is_new = destination.as_ref().is_ok_and(Destination::is_new);
        // A regular file is read without pauses, so that no line of it waits.
        let is_live = match pipeline.reading.buffering {
            Buffering::Block => false,
            Buffering::WhileInputComes => self.follow.is_some() || inputs.iter().any(InputFile::is_stream),
            Buffering::Line => true,
        };
        let encoder = destination.and_then(|destination| {
            packing.encoder(&pipeline.input_formats, destination, is_live, &pipeline.threads)
        });
        let counted = encoder.and_then(|encoder| {
            let mut wtr = Outlet::new(encoder).outlived(is_outlived);
            Ok((self.annotate(pipeline, inputs, checks, &mut wtr)?, wtr))
        });
        let (tally, wtr) = say_if_not_written(&pipeline.messages, name, counted)?;
        let is_cut_off = pipeline.is_cut_off();
        let written = wtr.into_inner().and_then(|encoder| {
            let stop = pipeline.reading.signals.stopped_in();
            if is_new && is_cut_off {
                return if stop.is_some() { Ok(()) } else { Err(io::Error::other(NOT_OF_SIZE)) };
            }
            let is_begun = inputs.is_empty() || pipeline.opened_any.load(Ordering::Relaxed);
            if is_begun || stop == Some(Stop::Stream) {
                let destination = encoder.finish()?;
                // A file can be read again, so that its unfinished output is dropped. A stream cannot; a signal
                // is its end.
                let is_dropped = destination.is_new() && stop == Some(Stop::File);
                if is_dropped { Ok(()) } else { destination.finish(true).map(drop) }
            } else {
                // No input could be opened: a file in the place of the output stays as it is.
                Ok(())
            }
        });
        say_if_not_written(&pipeline.messages, name, written);
        Some(tally)
    }

    /// Annotates each input into its file. Plans a journal unless the pipeline has that of an earlier run. Returns `None`
    /// if the journal cannot be planned.
    fn to_folder(
        &self,
        pipeline: &mut Pipeline,
        output: &FolderOutput,
        (folder, plans): PlannedFolder<'_>,
    ) -> Option<Tally> {
        let _promised = Promised::new(&folder.name());
        // Nobody can see a file before it is whole, so that lines need not be flushed.
        pipeline.reading.buffering = Buffering::Block;
        if pipeline.journal.is_none() && plans.len() > 0 {
            let planned = Journal::plan(&folder, &output.head);
            pipeline.journal = Some(planned.map_err(|message| pipeline.messages.say(&message)).ok()?);
        }
        Some(annotate_to_files(pipeline, &folder, &plans, self.packing, output.existing))
    }
}

/// Tells on standard output what would be done with each input. Reports trouble with it.
fn foretell_to_stdout(pipeline: &Pipeline, (folder, plans): &PlannedFolder<'_>, existing: Existing) {
    if let Err(refusal) = Journal::check(folder) {
        return pipeline.messages.say(&refusal);
    }
    let written = Destination::stdout(&pipeline.reading.signals).map(BufWriter::new).and_then(|mut wtr| {
        foretell(pipeline, folder, plans, existing, &mut wtr)?;
        wtr.flush()
    });
    say_if_not_written(&pipeline.messages, STDOUT_NAME, written);
}
