//! Annotates inputs into outputs: one input after the other, or side by side on several threads.

mod dry_run;
mod file_pieces;
mod files;
mod followed;
mod in_order;
mod live;
mod members;
mod no_texts;
mod one_input;
mod outcomes;
mod rewrite;
mod run_journal;
mod selected_lines;
mod side_by_side;
mod tailed;
mod team;
mod unpack;
mod worker;

pub(crate) use dry_run::foretell;
pub use files::annotate_to_files;
pub use live::LiveCounts;
pub use no_texts::NoTexts;
pub use outcomes::Outcomes;
pub(crate) use selected_lines::DeafWriter;
pub use selected_lines::SelectedLines;

use crate::program::compression::InputFormats;
use crate::program::container::ArchiveKind;
use crate::program::encoding::Annotators;
use crate::program::input::{Descriptor, Expected, InputFile, InputRange, NameFilter, OpenedInput, Reading};
use crate::program::output::Journal;
use crate::program::report::{Counter, InputNames};
use crate::program::system::thread_budget::ThreadBudget;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::{Messages, OwnOutput};
use rustix::fs::{FileType, OFlags, Stat, fcntl_getfl, seek};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The output of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveOutput {
    /// The texts in it, one after the other.
    Texts,
    /// An archive, with its texts annotated.
    Archive,
    /// A folder, with a file for each member.
    Files,
}

/// The parts of the inputs that can be annotated side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SideBySide {
    /// Blocks of an input.
    Blocks,
    /// Whole inputs, because a line is written where a line near it is chosen, which may lie in another block.
    Inputs,
}

/// The settings and the state that all inputs of a run share.
pub struct Pipeline {
    pub annotators: Annotators,
    pub reading: Reading,
    pub messages: Messages,
    /// The file status of standard output, if lines are written to it.
    pub stdout: Option<Stat>,
    /// True if an input could be opened.
    pub opened_any: AtomicBool,
    /// The counter of fields, of which each thread has a copy; `None` if nothing is counted.
    pub counter: Option<Counter>,
    /// The counts so far, for those who ask while the run goes on.
    pub live: LiveCounts,
    pub side_by_side: SideBySide,
    /// True if each line is written behind the name of its input.
    pub names_before_lines: bool,
    /// The resolved paths of the outputs of the run, which are not followed.
    pub own_outputs: Vec<PathBuf>,
    /// True if the names in headers of `tail` are those of the inputs behind them.
    pub tells_tails: bool,
    /// True if each line is written behind its number, and each line of a member of an archive behind the member's name.
    pub numbers_lines: bool,
    /// True if a last line without a newline gets one, because lines are chosen or numbered.
    pub ends_lines: bool,
    /// The use of the selected lines, if lines are chosen.
    pub selected_lines: SelectedLines,
    /// True if an input has a selected line, if the exit status tells it.
    pub any_selected: AtomicBool,
    /// True if each input goes to a file of its own, so that an input that is not text can be copied.
    pub to_folder: bool,
    pub archives: ArchiveOutput,
    /// True if blocks of zeros become holes in the files that are made.
    pub sparse_outputs: bool,
    /// The kind of archive that the name of the only output stands for; `None` if it stands for none.
    pub output_kind: Option<ArchiveKind>,
    /// Chooses the members of archives, as the files of folders are chosen.
    pub chosen_members: NameFilter,
    /// The inputs that are not text.
    pub no_texts: NoTexts,
    /// The names of members of archives that reports show places in.
    pub member_names: Arc<Mutex<InputNames>>,
    /// The outcomes of the inputs, if each goes to a file of its own.
    pub outcomes: Outcomes,
    /// The journal of the outputs, if each input goes to a file of its own.
    pub journal: Option<Journal>,
    /// The formats of the first input that was opened, for an output that is packed as its one input is.
    pub input_formats: InputFormats,
    /// True if all lines go to one output, which is packed.
    pub packs_output: bool,
    pub threads: ThreadBudget,
}

impl Pipeline {
    /// Returns true if the times of lines are read.
    fn reads_times(&self) -> bool {
        self.annotators.times().is_some() || self.counter.is_some()
    }

    /// Opens an input, and checks that it is text if it was found in a folder, because folders have other files, too.
    /// A file that is named is annotated whatever it holds, unless it is an archive, which annotating would destroy,
    /// and can be copied.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be opened or read, or is also the output.
    fn open(&self, file: &InputFile) -> io::Result<OpenedInput> {
        let expected = match (file.in_folder, self.to_folder) {
            (true, _) => Expected::Text,
            (false, true) => Expected::NoArchive,
            (false, false) => Expected::Bytes,
        };
        let descriptor = self.reading.open(&file.name)?;
        self.refuse_own_output(&descriptor)?;
        let opened = self.reading.stream_if_text(&file.name, descriptor, expected)?;
        if let (OpenedInput::Archive(kind, _), Some(named)) = (&opened, self.output_kind)
            && *kind != named
        {
            let (kind, named) = (kind.name(), named.name());
            let message = format!(
                "is a {kind} archive, and the output would be one with the name of a {named} archive"
            );
            return Err(io::Error::other(message + "; name the output as the input"));
        }
        self.refuse_broken_archive(file, &opened)?;
        if let OpenedInput::Input(input) | OpenedInput::Archive(_, input) = &opened {
            // One input alone is asked for its formats.
            self.input_formats.get_or_init(|| input.formats.clone());
        }
        let opened = match self.reading.range {
            Some(range) => self.open_range(file, opened, range)?,
            None => opened,
        };
        self.opened_any.store(true, Ordering::Relaxed);
        if self.reading.range.is_some() {
            return Ok(opened);
        }
        let opened = match opened {
            OpenedInput::Input(mut input) if self.needs_tail_names() => {
                input.look_for_tail_header();
                OpenedInput::Input(input)
            }
            opened => opened,
        };
        match (opened, self.annotators.times()) {
            (OpenedInput::Input(input), Some(times)) => {
                let years = self.reading.year_reference(file.modified);
                let counts_places = self.counter.as_ref().is_some_and(Counter::counts_places);
                let counts_lines = counts_places || self.numbers_lines;
                input.narrowed(times, years, counts_lines).map(OpenedInput::Input)
            }
            (opened, _) => Ok(opened),
        }
    }

    /// Returns an opened input, of which a range is read.
    ///
    /// # Errors
    ///
    /// Fails where the input has no ranges: in a folder, in an archive, compressed, or in UTF-16.
    fn open_range(
        &self,
        file: &InputFile,
        opened: OpenedInput,
        range: InputRange,
    ) -> io::Result<OpenedInput> {
        match opened {
            _ if file.in_folder => {
                Err(io::Error::other("is in a folder, and a range is one of one file; name the file"))
            }
            OpenedInput::Input(input) => {
                input.in_range(range, &self.reading.range_read).map(OpenedInput::Input)
            }
            OpenedInput::Archive(..) | OpenedInput::NoText(_) => Err(io::Error::other(
                "is an archive, and a range is one of the bytes of plain text; read it whole",
            )),
        }
    }

    /// Checks that a file which is no archive has no name of one.
    ///
    /// # Errors
    ///
    /// Returns the refusal.
    fn refuse_broken_archive(&self, file: &InputFile, opened: &OpenedInput) -> io::Result<()> {
        let is_archive = matches!(opened, OpenedInput::Archive(..));
        let enters = self.reading.reads_members() && !self.reading.as_text;
        match (&file.name, file.regular_bytes) {
            (InputName::File(path), Some(1..)) if enters && !is_archive => {
                ArchiveKind::of_name(path).map_or(Ok(()), |named| Err(named.does_not_begin()))
            }
            _ => Ok(()),
        }
    }

    /// Returns the text before the number of each line of an input, and the name in its row; it may be empty.
    fn name_before_lines(&self, file: &InputFile) -> Vec<u8> {
        let have_names = self.selected_lines.have_names(self.numbers_lines);
        let is_named = self.selected_lines == SelectedLines::Named
            || self.names_before_lines
            || have_names && file.is_member();
        if is_named { file.name.before_lines() } else { Vec::new() }
    }

    /// Returns true if a selected line was sought and is found.
    fn has_found(&self) -> bool {
        self.selected_lines == SelectedLines::Sought && self.any_selected.load(Ordering::Relaxed)
    }

    /// Keeps the name of a member for the reports.
    fn keep_name(&self, member: &InputFile) {
        self.member_names().insert(member.number, member.name.in_reports());
    }

    /// Returns the names of members of archives, locked.
    fn member_names(&self) -> MutexGuard<'_, InputNames> {
        self.member_names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks that reading an input does not meet the lines that this run writes to standard output: it would never end.
    ///
    /// # Errors
    ///
    /// Returns the refusal, or an error if the state of a descriptor cannot be read.
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
        if would_meet_itself { Err(io::Error::other(OwnOutput)) } else { Ok(()) }
    }
}
