//! Annotates one input of any kind into one writer.

use super::ArchiveOutput;
use super::members::ArchiveMembers;
use super::worker::{Annotated, Outcome, Trouble, Worker};
use crate::program::container::ArchiveKind;
use crate::program::input::{Input, InputFile, OpenedInput};
use crate::program::report::Tally;
use std::io::{self, Write};

/// Annotates an input, given the result of opening it. Leaves out an input that is not text.
///
/// # Errors
///
/// Returns the error of the writer.
pub(super) fn annotate_input(
    worker: &mut Worker<'_>,
    file: &InputFile,
    opened: io::Result<OpenedInput>,
    wtr: &mut impl Write,
) -> io::Result<Outcome> {
    let pipeline = worker.pipeline;
    let mut bytes_not_read = 0;
    worker.begin_output();
    let none = || Outcome { tally: Tally::new(), troubles: Vec::new(), owed: None };
    let outcome = match opened {
        Ok(OpenedInput::Input(input)) => {
            if input.is_tailed() {
                pipeline.annotate_tailed(file, input, wtr)?
            } else {
                annotate_text(worker, file, input, wtr)?
            }
        }
        Ok(OpenedInput::Archive(kind, input)) => {
            let rewrites = pipeline.archives == ArchiveOutput::Archive;
            if kind == ArchiveKind::Zip && input.is_plain_file() {
                // Its members are read by places, which the progress does not see.
                bytes_not_read = file.regular_bytes.unwrap_or(0);
            }
            let mut members = ArchiveMembers::new(worker, file, input.is_stream());
            if rewrites {
                members.rewrite(kind, input, wtr)?;
            } else {
                members.annotate(kind, input, wtr)?;
            }
            members.finish()
        }
        Ok(OpenedInput::NoText(_)) => {
            pipeline.no_texts.add(file);
            bytes_not_read = file.regular_bytes.unwrap_or(0);
            none()
        }
        Err(error) if pipeline.reading.signals.is_stop(&error) && file.is_stream() => none(),
        Err(error) => {
            let trouble = Trouble { name: file.name.clone(), error };
            Outcome { tally: Tally::incomplete(), troubles: vec![trouble], owed: None }
        }
    };
    worker.file_done(bytes_not_read);
    Ok(outcome)
}

/// Annotates an input that is one text.
///
/// # Errors
///
/// Returns the error of the writer.
fn annotate_text(
    worker: &mut Worker<'_>,
    file: &InputFile,
    mut input: Input,
    wtr: &mut impl Write,
) -> io::Result<Outcome> {
    let encoding = input.encoding;
    let Annotated { mut tally, mut trouble, in_line, .. } =
        worker.annotate(file, &mut input, encoding, wtr)?.at_end_of(file);
    if let Some(bytes) = input.utf16_bytes() {
        tally.input.bytes = bytes;
    }
    if input.is_stream() {
        // A signal is the end of a stream, and not a fault.
        let signals = &worker.pipeline.reading.signals;
        trouble = trouble.filter(|trouble| !signals.is_stop(&trouble.error));
        tally.complete = trouble.is_none();
    }
    let owed = in_line.filter(|_| trouble.is_some()).or(worker.separator());
    Ok(Outcome { tally, troubles: trouble.into_iter().collect(), owed })
}
