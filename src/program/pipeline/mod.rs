//! From inputs to outputs: one after the other, or side by side on several threads.

mod files;
mod no_texts;
mod side_by_side;
mod worker;

pub use files::annotate_to_files;
pub use no_texts::NoTexts;

use crate::Annotator;
use crate::program::input::{Descriptor, Expected, InputFile, OpenedInput, Reading, is_worth_threads};
use crate::program::output::Outlet;
use crate::program::report::{Counter, Tally};
use crate::program::system::signals::Stop;
use crate::program::terminal::messages::{self, Messages};
use rustix::fs::{FileType, OFlags, Stat, fcntl_getfl, seek};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use worker::Worker;

/// What all inputs have in common.
pub struct Pipeline {
    pub annotator: Annotator,
    pub reading: Reading,
    pub messages: Messages,
    /// Standard output, if that is written to.
    pub stdout: Option<Stat>,
    /// Whether any input could be opened.
    pub opened_any: AtomicBool,
    /// Counts fields, if that is wanted. Each thread has a copy.
    pub counter: Option<Counter>,
    /// Which lines are written depends on those before, or what stands before them does.
    pub in_order: bool,
    /// Whether the name of its input stands before each line.
    pub names_before_lines: bool,
    /// True if a last line without a newline gets one, because lines are chosen or numbered.
    pub ends_lines: bool,
    /// True if each input goes to a file of its own, so that what is no text can be copied.
    pub to_folder: bool,
    /// The inputs that are no text.
    pub no_texts: NoTexts,
}

impl Pipeline {
    /// Annotates the inputs in their order into one writer, and returns what was counted. Trouble with an
    /// input is said in its turn, and the others are still done, each on lines of its own where the one before was cut off
    /// within a line.
    ///
    /// Files next to each other are worked on side by side, on up to that many threads; what can wait is
    /// not, so that its lines come at once.
    ///
    /// # Errors
    ///
    /// Where the writer cannot be written.
    pub fn annotate<W: Write + Send>(
        &self,
        inputs: &[InputFile],
        wtr: &mut Outlet<W>,
        threads: usize,
    ) -> io::Result<Tally> {
        let mut worker = Worker::new(self);
        let mut tally = Tally::new();
        'groups: for group in inputs.chunk_by(|a, b| a.regular_bytes.is_some() && b.regular_bytes.is_some()) {
            let bytes = group.iter().filter_map(|file| file.regular_bytes).sum();
            if threads > 1 && is_worth_threads(bytes) && !self.in_order {
                tally.append(side_by_side::annotate_files(self, group, wtr, threads)?);
                continue;
            }
            for file in group {
                if self.reading.signals.ask_to_stop(Stop::of(file.is_stream())) {
                    tally.complete &= inputs[file.number..].iter().all(InputFile::is_stream);
                    break 'groups;
                }
                if file.is_stream() {
                    // Opening a named pipe waits for its writer, as reading does.
                    wtr.flush()?;
                    self.reading.signals.set_idle(true);
                }
                let opened = self.open(file);
                let ahead = self.in_order && threads > 1;
                let opened = opened.map(|opened| if ahead { opened.decode_ahead() } else { opened });
                let outcome = worker.annotate_input(file, opened, wtr)?;
                tally.append(outcome.tally);
                if let Some(trouble) = outcome.trouble {
                    // In the order in which they belong, should both go to one terminal.
                    wtr.flush()?;
                    self.messages.input(&file.name, &trouble.error);
                    if trouble.cuts_line {
                        wtr.owe_newline();
                    }
                }
            }
        }
        tally.stopped = self.reading.signals.has_stopped();
        Ok(tally)
    }

    /// Opens an input. In folders there are files that are no text; a file that is named is annotated whatever it is, unless
    /// it can be copied and is an archive, which annotating would destroy.
    fn open(&self, file: &InputFile) -> io::Result<OpenedInput> {
        let expected = match (file.in_folder, self.to_folder) {
            (true, _) => Expected::Text,
            (false, true) => Expected::NoArchive,
            (false, false) => Expected::Bytes,
        };
        let input = self.reading.open(&file.name, |descriptor| self.refuse_own_output(descriptor))?;
        let opened = self.reading.expect(input, expected)?;
        self.opened_any.store(true, Ordering::Relaxed);
        Ok(opened)
    }

    /// What stands before the number of each line of an input; nothing may.
    fn name_before_lines(&self, file: &InputFile) -> Vec<u8> {
        if self.names_before_lines { file.name.before_lines() } else { Vec::new() }
    }

    /// Reading what is being written would never end.
    fn refuse_own_output(&self, input: &Descriptor) -> io::Result<()> {
        let Some(stdout) = &self.stdout else {
            return Ok(());
        };
        let stat = input.stat()?;
        let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        let same = (stat.st_dev, stat.st_ino) == (stdout.st_dev, stdout.st_ino);
        if !(is_file && same) {
            return Ok(());
        }
        let appends = fcntl_getfl(io::stdout())?.contains(OFlags::APPEND);
        let written_at = seek(io::stdout(), rustix::fs::SeekFrom::Current(0))?;
        let read_at = input.position()?;
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        let would_meet_itself = if appends { read_at < size } else { read_at < size.max(written_at) };
        if would_meet_itself { Err(io::Error::other(messages::OWN_OUTPUT)) } else { Ok(()) }
    }
}

/// Does the same work on several threads, this one among them, until all have done.
fn on_threads(threads: usize, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 1..threads {
            // With fewer threads it takes longer, and that is all.
            if thread::Builder::new().name("annotate".to_owned()).spawn_scoped(scope, &work).is_err() {
                break;
            }
        }
        work();
    });
}
