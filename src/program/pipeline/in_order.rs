//! Annotates inputs in their order into one writer, regular files next to each other side by side.

use super::Pipeline;
use super::one_input::annotate_input;
use super::side_by_side::annotate_files;
use super::worker::Worker;
use crate::program::input::{InputFile, is_worth_threads};
use crate::program::output::Outlet;
use crate::program::report::Tally;
use crate::program::system::signals::Stop;
use std::io::{self, ErrorKind, Write};

impl Pipeline {
    /// Annotates the inputs in their order into one writer, and returns the counts. Reports trouble
    /// with an input in its turn, and goes on with the others. Behind an input that was cut off within a line, the
    /// next one begins on a line of its own.
    ///
    /// Regular files next to each other are annotated side by side, if the run may use several threads. Inputs that can wait,
    /// such as pipes, are not, so that their lines are written at once.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    pub fn annotate<W: Write + Send>(&self, inputs: &[InputFile], wtr: &mut Outlet<W>) -> io::Result<Tally> {
        let threads = self.threads.total();
        let mut worker = Worker::new(self);
        let live = &self.live;
        'groups: for group in inputs.chunk_by(|a, b| a.regular_bytes.is_some() && b.regular_bytes.is_some()) {
            let bytes = group.iter().filter_map(|file| file.regular_bytes).sum();
            if threads > 1 && is_worth_threads(bytes) {
                live.end_group(annotate_files(self, group, wtr, threads)?);
                continue;
            }
            for file in group {
                if self.reading.signals.ask_to_stop(Stop::of(file.is_stream())) {
                    let are_streams = inputs[file.place()..].iter().all(InputFile::is_stream);
                    live.change(|tally| tally.complete &= are_streams);
                    break 'groups;
                }
                if file.is_stream() {
                    // Opening a named pipe waits for its writer, as a read does; no line waits meanwhile.
                    wtr.flush()?;
                    self.reading.signals.set_idle(true);
                }
                let place = file.number as u64;
                worker.begin_piece(place);
                let opened = self.open(file).map(|opened| opened.decoded_beside(&self.threads, false));
                self.refuse_gone_reader()?;
                let outcome = annotate_input(&mut worker, file, opened, wtr)?;
                self.refuse_gone_reader()?;
                live.append(place, outcome.tally);
                for trouble in outcome.troubles {
                    // The lines go first, so that lines and message are in order if both go to one terminal.
                    wtr.flush()?;
                    self.messages.input(&trouble.name, &trouble.error);
                }
                if let Some(owed) = outcome.owed {
                    wtr.owe(owed);
                }
            }
        }
        let mut tally = live.at_end();
        tally.stopped = self.reading.signals.has_stopped();
        // A signal is the end of a stream, but not of one whose size is known.
        tally.complete &= !self.is_cut_off();
        Ok(tally)
    }

    /// Returns true if standard input has not the size that it must have, or a signal has come before its end.
    pub fn is_cut_off(&self) -> bool {
        let has_stopped = self.reading.signals.has_stopped();
        self.reading
            .stdin_size
            .as_ref()
            .is_some_and(|size| size.is_wrong() || has_stopped && !size.is_right())
    }

    /// Fails as a write does whose reader has gone, if the reader of the output has gone while an input was waited for.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::BrokenPipe`].
    pub(super) fn refuse_gone_reader(&self) -> io::Result<()> {
        if self.reading.signals.reader_has_gone() { Err(ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }
}
