//! The journal of an output folder: a file with a head, and one line for each input that has been done, from which a
//! later run knows what is left to do.

mod head;
mod index;

pub(crate) use head::{JournalHead, RunSettings};
pub(crate) use index::PathText;

use super::folder::OutputFolder;
use super::folder_checks::IN_USE;
use super::new_file::{NewFile, Origin};
use super::place::Place;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::output_trouble;
use index::{JournalIndex, LINE_MAX_BYTES};
use rustix::fs::{FileType, Stat, fstat};
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::mem;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The name of the journal in its folder. It is hidden, so that a walk of the folder passes it over.
pub(crate) const JOURNAL_NAME: &str = ".imsdk-annotate.jsonl";

/// The journal of a run, to which all threads append.
#[derive(Debug)]
pub struct Journal {
    /// The journal's path in messages.
    name: String,
    state: Mutex<JournalState>,
    /// The lines of earlier runs.
    earlier: JournalIndex,
    /// The folder, locked as long as this run is at work.
    _lock: Option<File>,
}

/// The state of a journal.
#[derive(Debug)]
enum JournalState {
    /// No output has its name yet, so that an earlier journal is still in its place.
    Planned {
        head: Vec<u8>,
        /// The earlier journal, locked so that no other run goes on with it.
        replaced: Option<File>,
    },
    Open(JournalEnd),
    /// No more lines are written: one could not be, and others would stand behind its beginning; or the run only looks.
    Closed,
}

/// The end of an open journal, where lines are appended.
#[derive(Debug)]
struct JournalEnd {
    file: File,
    /// The number of bytes up to the end of the last whole line; `None` for a device or pipe.
    bytes: Option<u64>,
    /// True if the beginning of another line follows, which an earlier run has left.
    has_rest: bool,
}

impl Journal {
    /// Plans the journal of a new run, makes the folder if it does not exist, and locks it. An earlier journal stays until
    /// [`Journal::begin`] replaces it, and is locked, too.
    ///
    /// # Errors
    ///
    /// Returns the message if the folder cannot be made, the place of the journal cannot have one, or another run is at
    /// work.
    pub(crate) fn plan(folder: &OutputFolder, head: &JournalHead) -> Result<Self, String> {
        let lock = folder.make().and_then(|()| folder.lock());
        let lock = lock.map_err(|error| output_trouble(&folder.name(), &error))?;
        let name = journal_name(folder);
        let planned = || {
            let replaced = lock_replaced(&folder.place_to_look(Path::new(JOURNAL_NAME))?)?;
            Ok(JournalState::Planned { head: head.line()?, replaced })
        };
        let state = planned().map_err(|error| output_trouble(&name, &error))?;
        Ok(Self { name, state: Mutex::new(state), earlier: JournalIndex::default(), _lock: lock })
    }

    /// Checks that the folder could have a journal, and makes and locks nothing.
    ///
    /// # Errors
    ///
    /// Returns the message that [`Journal::plan`] would, but for other runs.
    pub(crate) fn check(folder: &OutputFolder) -> Result<(), String> {
        folder.check_can_be_made().map_err(|error| output_trouble(&folder.name(), &error))?;
        let checked = match folder.place_to_look(Path::new(JOURNAL_NAME)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            place => place.and_then(|place| refuse_as_journal(place.file_type())),
        };
        checked.map_err(|error| output_trouble(&journal_name(folder), &error))
    }

    /// Begins a planned journal; does nothing if it is begun. An earlier journal, or a link in its place, is replaced by
    /// a file that already has its head. A device or pipe is written to and not replaced.
    ///
    /// # Errors
    ///
    /// Fails where the journal cannot be made, and where another run has begun one meanwhile; the text names it.
    pub(crate) fn begin(&self, folder: &OutputFolder) -> io::Result<()> {
        let mut state = self.state();
        if let JournalState::Planned { head, replaced } = &*state {
            let end = JournalEnd::make(folder, head, replaced.as_ref());
            let named = |error: io::Error| {
                io::Error::new(error.kind(), format!("the journal {}", output_trouble(&self.name, &error)))
            };
            *state = JournalState::Open(end.map_err(named)?);
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, JournalState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the journal of an earlier run, to go on with it, and locks it and the folder. A last line that is not whole does
    /// not count. Returns `None` if the folder has no journal, or an empty one.
    ///
    /// # Errors
    ///
    /// Returns the message, with the remedy, where the journal cannot be opened, is none, is of a run with another head, or
    /// another run is at work.
    pub(crate) fn resume(folder: &OutputFolder, head: &JournalHead) -> Result<Option<Self>, String> {
        let lock = folder.lock().map_err(|error| output_trouble(&folder.name(), &error))?;
        let name = journal_name(folder);
        let opened = || {
            let Some(place) = earlier_journal(folder)? else { return Ok(None) };
            let file = place.open_to_update()?;
            if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
                return Err(io::Error::other(IN_USE));
            }
            let Some(earlier) = JournalIndex::read(file.try_clone()?, head)? else { return Ok(None) };
            let has_rest = file.metadata()?.len() > earlier.bytes();
            let end = JournalEnd { file, bytes: Some(earlier.bytes()), has_rest };
            Ok(Some((JournalState::Open(end), earlier)))
        };
        let opened = opened().map_err(|error| output_trouble(&name, &error))?;
        Ok(opened.map(|(state, earlier)| Self { name, state: Mutex::new(state), earlier, _lock: lock }))
    }

    /// Opens the journal of an earlier run only to look at it, and locks nothing. Does what [`Journal::resume`] does
    /// otherwise. Gives the message about a journal that cannot be written to `on_trouble`.
    ///
    /// # Errors
    ///
    /// Returns the message as [`Journal::resume`] does.
    pub(crate) fn look(
        folder: &OutputFolder,
        head: &JournalHead,
        on_trouble: impl FnOnce(&str),
    ) -> Result<Option<Self>, String> {
        let name = journal_name(folder);
        let opened = || {
            let Some(place) = earlier_journal(folder)? else { return Ok(None) };
            let earlier = JournalIndex::read(place.open_to_read()?, head)?;
            Ok(earlier.map(|earlier| (earlier, place.check_is_writable())))
        };
        let opened = opened().map_err(|error| output_trouble(&name, &error))?;
        Ok(opened.map(|(earlier, writable)| {
            writable.unwrap_or_else(|error| on_trouble(&output_trouble(&name, &error)));
            Self { name, state: Mutex::new(JournalState::Closed), earlier, _lock: None }
        }))
    }

    /// Returns the journal's path in messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Appends a line, which must end with a newline, with one write. A journal that is not begun has no output, and takes
    /// no line.
    ///
    /// # Errors
    ///
    /// Fails where the line cannot be written. From then on nothing is appended, and later calls succeed.
    pub(crate) fn append(&self, line: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let JournalState::Open(end) = &mut *state else {
            return Ok(());
        };
        let written = end.append(line);
        if written.is_err() {
            *state = JournalState::Closed;
        }
        written
    }

    /// Returns the lines of earlier runs about the output at `relative`, the newest first. Lines about an output with the
    /// same hash may be among them.
    pub(crate) fn earlier_lines(&self, relative: &Path) -> impl Iterator<Item = Vec<u8>> {
        self.earlier.lines(relative)
    }
}

impl JournalEnd {
    /// Makes the journal with its head; `replaced` is the earlier journal that is locked.
    fn make(folder: &OutputFolder, head: &[u8], replaced: Option<&File>) -> io::Result<Self> {
        let place = folder.place_to_look(Path::new(JOURNAL_NAME))?;
        if is_device_or_pipe(&place) {
            let mut file = place.open_to_write()?;
            file.write_all(head)?;
            return Ok(Self { file, bytes: None, has_rest: false });
        }
        let is_replaced = |stat: Stat| {
            let replaced = replaced.and_then(|replaced| fstat(replaced).ok());
            replaced.is_some_and(|replaced| (replaced.st_dev, replaced.st_ino) == (stat.st_dev, stat.st_ino))
        };
        // Another run may have begun since this one has looked.
        let _newer = if place.stat().is_some_and(is_replaced) { None } else { lock_replaced(&place)? };
        // The journal has lines of logs, so that nobody else may read it.
        let new = NewFile::create(place, Some(Origin::private()))?;
        let mut file = new.handle()?;
        // Without the lock, which some file systems do not have, a later run cannot tell that this one is at work.
        let _ = file.try_lock();
        file.write_all(head)?;
        new.finish(true)?;
        Ok(Self { file, bytes: Some(head.len() as u64), has_rest: false })
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if line.len() as u64 > LINE_MAX_BYTES {
            // Without a line, the input is done again.
            return Ok(());
        }
        let Some(bytes) = &mut self.bytes else {
            return self.file.write_all(line);
        };
        if mem::take(&mut self.has_rest) {
            self.file.set_len(*bytes)?;
        }
        let written = self.file.write_all_at(line, *bytes);
        match &written {
            Ok(()) => *bytes += line.len() as u64,
            // Takes away the beginning of a line that has no room for its end. If it stays, the next run does.
            Err(_) => drop(self.file.set_len(*bytes)),
        }
        written
    }
}

/// Returns the path of a folder's journal in messages.
fn journal_name(folder: &OutputFolder) -> String {
    InputName::File(folder.name_of(&PathBuf::from(JOURNAL_NAME))).to_string()
}

/// Returns the place of the journal of an earlier run; `None` if there is none.
///
/// # Errors
///
/// Fails where something else is in the place.
fn earlier_journal(folder: &OutputFolder) -> io::Result<Option<Place>> {
    let place = match folder.place_to_look(Path::new(JOURNAL_NAME)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        place => place?,
    };
    refuse_as_journal(place.file_type())?;
    match place.file_type() {
        None => Ok(None),
        Some(FileType::Symlink) => {
            Err(io::Error::other("is a link, which is not followed; remove it, or choose another folder"))
        }
        Some(FileType::RegularFile) => Ok(Some(place)),
        // It is not opened, because that could wait.
        Some(_) => Err(io::Error::other("is no file to go on from; remove it, or leave out --resume")),
    }
}

/// Locks the journal at a place, which is to be replaced; returns `None` if there is none, or a link, device or pipe.
///
/// # Errors
///
/// Fails where something else is in the place, the journal cannot be opened, or another run has locked it.
fn lock_replaced(place: &Place) -> io::Result<Option<File>> {
    refuse_as_journal(place.file_type())?;
    if place.file_type() != Some(FileType::RegularFile) {
        return Ok(None);
    }
    let file = place.open_to_read()?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(io::Error::other(IN_USE)),
        // Some file systems have no locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(file)),
    }
}

/// Refuses a folder in the place of a journal.
fn refuse_as_journal(file_type: Option<FileType>) -> io::Result<()> {
    if file_type == Some(FileType::Directory) {
        let message = "is a folder in the place of the folder's journal; remove it, or choose another folder";
        return Err(io::Error::other(message));
    }
    Ok(())
}

/// Returns true if something is at a place that is written to and not replaced.
fn is_device_or_pipe(place: &Place) -> bool {
    !matches!(place.file_type(), None | Some(FileType::RegularFile | FileType::Symlink | FileType::Directory))
}
