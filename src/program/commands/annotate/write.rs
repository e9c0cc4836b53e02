//! Writes the annotated lines to their destination: nowhere, one stream, or a folder.

use super::{Job, OpenedOutput};
use crate::program::commands::lines_to::PlannedFolder;
use crate::program::compression::{Encoder, Format, Packing};
use crate::program::input::{Buffering, InputFile};
use crate::program::output::{Destination, Existing, Outlet, Promised};
use crate::program::pipeline::{Pipeline, annotate_to_files};
use crate::program::report::Tally;
use crate::program::system::signals::Stop;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::{STDOUT_NAME, say_if_not_written};
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::atomic::Ordering;

impl Job {
    /// Annotates all inputs, and returns the counts; `None` if the output could not be written, which has then been
    /// reported.
    pub(super) fn write(
        &self,
        opened: OpenedOutput<'_>,
        pipeline: &mut Pipeline,
        inputs: &[InputFile],
    ) -> Option<Tally> {
        let threads = self.threads(inputs);
        match opened {
            OpenedOutput::Nowhere => pipeline.annotate(inputs, &mut Outlet::new(io::sink()), threads).ok(),
            OpenedOutput::Stdout => self.to_stdout(pipeline, inputs),
            OpenedOutput::File(path) => self.to_file(pipeline, inputs, path),
            OpenedOutput::Folder(planned, existing) => {
                Some(self.to_folder(pipeline, planned, existing, threads))
            }
        }
    }

    fn to_stdout(&self, pipeline: &mut Pipeline, inputs: &[InputFile]) -> Option<Tally> {
        let packing = self.packing.unwrap_or(Packing::from(Format::Plain));
        let destination = Destination::stdout(&pipeline.reading.signals).and_then(|stdout| {
            if stdout.is_file() && packing.format != Format::Plain {
                // Nobody reads a compressed file while it grows. Without flushes, its bytes depend on neither reads
                // nor threads.
                pipeline.reading.buffering = Buffering::Block;
            }
            pipeline.stdout = Some(stdout.stat()?);
            let is_terminal = io::stdout().is_terminal();
            Ok(if is_terminal { stdout.beside(&pipeline.reading.progress) } else { stdout })
        });
        self.to_one_stream(pipeline, inputs, &Promised::new(STDOUT_NAME), destination, packing)
    }

    fn to_file(&self, pipeline: &mut Pipeline, inputs: &[InputFile], path: &Path) -> Option<Tally> {
        let packing = self.packing.unwrap_or(Packing::from(Format::of_name(path)));
        let promised = Promised::new(&InputName::File(path.to_owned()).to_string());
        let destination = Destination::file(path, &pipeline.reading.progress, &pipeline.reading.signals)
            .map(|destination| destination.sparse(self.sparse_outputs));
        // A file that a descriptor has open can be read while it grows, unless it is compressed.
        let can_be_read_along =
            packing.format == Format::Plain && !destination.as_ref().is_ok_and(Destination::is_new);
        if !can_be_read_along && destination.as_ref().is_ok_and(Destination::is_file) {
            pipeline.reading.buffering = Buffering::Block;
        }
        self.to_one_stream(pipeline, inputs, &promised, destination, packing)
    }

    /// Annotates all inputs into one stream, and returns the counts. If fields are counted, all are counted, even if
    /// the output cannot be written to its end. Returns `None` if the stream cannot be opened, or fails while no
    /// fields are counted.
    fn to_one_stream(
        &self,
        pipeline: &Pipeline,
        inputs: &[InputFile],
        promised: &Promised,
        destination: io::Result<Destination>,
        packing: Packing,
    ) -> Option<Tally> {
        let name = promised.name();
        let is_outlived = pipeline.counter.is_some();
        let is_live = pipeline.reading.buffering != Buffering::Block;
        let encoder =
            destination.and_then(|destination| Ok(Encoder::new(&[packing], destination)?.live(is_live)));
        let counted = encoder.and_then(|encoder| {
            let mut wtr = Outlet::new(encoder).outlived(is_outlived);
            Ok((pipeline.annotate(inputs, &mut wtr, self.threads(inputs))?, wtr))
        });
        let (tally, wtr) = say_if_not_written(&pipeline.messages, name, counted)?;
        let written = wtr.into_inner().and_then(|encoder| {
            let stop = pipeline.reading.signals.stopped_in();
            let is_begun = inputs.is_empty() || pipeline.opened_any.load(Ordering::Relaxed);
            if is_begun || stop == Some(Stop::Stream) {
                let destination = encoder.finish()?;
                // A file can be read again, so that its unfinished output is dropped. A stream cannot; a signal
                // is its end.
                let is_dropped = destination.is_new() && stop == Some(Stop::File);
                if is_dropped { Ok(()) } else { destination.finish(true) }
            } else {
                // No input could be opened: a file in the place of the output stays as it is.
                Ok(())
            }
        });
        say_if_not_written(&pipeline.messages, name, written);
        Some(tally)
    }

    fn to_folder(
        &self,
        pipeline: &mut Pipeline,
        (folder, plans): PlannedFolder<'_>,
        existing: Existing,
        threads: usize,
    ) -> Tally {
        let _promised = Promised::new(&folder.name());
        // Nobody can see a file before it is whole, so that lines need not be flushed.
        pipeline.reading.buffering = Buffering::Block;
        annotate_to_files(pipeline, &folder, &plans, self.packing, existing, threads)
    }
}
