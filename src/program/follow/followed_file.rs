//! One file that is followed: the place up to which it has been read, and the bytes by which it is known again.

use super::bytes::{last_line_end, read_full};
use super::listed::{ListedFile, ListedFrom};
use super::nature::{FileNature, HEAD_BYTES, nature};
use super::piece::{FollowedLines, RawPiece};
use super::tail_start::{lines_before, tail_start};
use crate::program::encoding::{InputEncoding, Utf16Reader};
use crate::program::input::{Buffering, Reading};
use crate::program::system::file_id::{FileId, file_id};
use crate::program::terminal::input_name::InputName;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::PathBuf;
use std::time::Instant;

/// The most bytes that are read of a file before others have their turn.
const TURN_BYTES: usize = 256 * 1024;
/// The number of bytes before the place of reading by which a file is known again.
const MARK_BYTES: usize = 64;
/// The most bytes of a line without an end that are held. A longer one is read again when it has its end.
const HELD_MAX_BYTES: usize = 64 * 1024;

/// A file that is followed.
#[derive(Debug)]
pub(super) struct FollowedFile {
    /// The number of the file; it has a new one after it has been truncated.
    pub(super) number: usize,
    pub(super) name: InputName,
    from: ListedFrom,
    /// The path of the file now; `None` if no name that is followed stands for it any more.
    pub(super) path: Option<PathBuf>,
    /// The open file; `None` while it is closed, because too many are open.
    pub(super) handle: Option<File>,
    pub(super) id: FileId,
    /// The byte offset of the first byte that is in no piece.
    done: u64,
    /// The byte offset up to which the file has been read.
    pub(super) seen: u64,
    /// The bytes between these, unless they are too many.
    held: Vec<u8>,
    /// The last bytes before `seen`.
    mark: Vec<u8>,
    /// The encoding, once there is a line that tells it.
    encoding: Option<InputEncoding>,
    /// True if the last time so far is within the bounds of time.
    last_time: Option<bool>,
    lines_skipped: u64,
    /// True if a piece has been given.
    has_given: bool,
    pub(super) grown_at: Instant,
    /// The time at which the file lost its name, or another file got it.
    pub(super) replaced_at: Option<Instant>,
    /// True if the file is to be looked at in the next round.
    pub(super) is_due: bool,
    /// True if a file behind it waits until this one has been read to its end.
    pub(super) is_awaited: bool,
    /// The number of the file of the same name whose lines come first.
    pub(super) behind: Option<usize>,
}

/// The outcome of a look at a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FileLook {
    /// There is nothing new.
    Nothing,
    /// A line has grown that has no end yet. True if there is more to read.
    Part(bool),
    /// Whole lines are in the buffer. True if there is more to read.
    Lines(bool),
    /// The file is shorter than it was, or has other bytes.
    Truncated,
    /// The file is no text.
    NoText(FileNature),
}

/// A buffer for the lines of one turn.
#[derive(Debug, Default)]
pub(super) struct TurnBuffer {
    /// The beginning of the first line, which was held.
    before: Vec<u8>,
    block: Vec<u8>,
    /// The whole lines in `block`.
    lines: Range<usize>,
    reread: Range<u64>,
    /// The newline that a last line gets.
    newline: &'static [u8],
    offset: u64,
}

impl FollowedFile {
    /// Takes a file that was opened, from its beginning on.
    pub(super) fn new(number: usize, listed: &ListedFile, handle: File) -> Self {
        Self {
            number,
            name: InputName::File(listed.path.clone()),
            from: listed.from,
            path: Some(listed.path.clone()),
            handle: Some(handle),
            id: listed.id,
            done: 0,
            seen: 0,
            held: Vec::new(),
            mark: Vec::new(),
            encoding: None,
            last_time: None,
            lines_skipped: 0,
            has_given: false,
            grown_at: Instant::now(),
            replaced_at: None,
            is_due: true,
            is_awaited: false,
            behind: None,
        }
    }

    /// Returns the nature of the file by its first bytes.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read.
    pub(super) fn nature(&self, reading: &Reading) -> io::Result<FileNature> {
        let mut head = vec![0; HEAD_BYTES];
        let count = self.handle.as_ref().map_or(Ok(0), |file| read_full(file, &mut head, 0))?;
        Ok(nature(&head[..count], self.from, reading))
    }

    /// Begins with the last lines of the file, and not with its first. Counts the lines before them if `counts_lines` is true.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read.
    pub(super) fn skip_to_tail(
        &mut self,
        encoding: InputEncoding,
        lines: u64,
        counts_lines: bool,
    ) -> io::Result<()> {
        let Some(file) = &self.handle else {
            return Ok(());
        };
        let start = tail_start(file, file.metadata()?.len(), lines, encoding.encoding)?;
        let mut mark = vec![0; MARK_BYTES.min(usize::try_from(start).unwrap_or(MARK_BYTES))];
        let at = start - mark.len() as u64;
        let count = read_full(file, &mut mark, at)?;
        mark.truncate(count);
        if counts_lines {
            self.lines_skipped = lines_before(file, start, encoding.encoding)?;
        }
        if start > 0 {
            self.encoding = Some(encoding);
        }
        (self.done, self.seen, self.mark) = (start, start, mark);
        Ok(())
    }

    /// Opens the file again, by its path. Returns false if another file is there now.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be opened.
    pub(super) fn reopen(&mut self) -> io::Result<bool> {
        if self.handle.is_some() {
            return Ok(true);
        }
        let Some(path) = &self.path else {
            return Ok(false);
        };
        let file = File::open(path)?;
        if file_id(&file.metadata()?) != self.id {
            return Ok(false);
        }
        self.handle = Some(file);
        Ok(true)
    }

    /// Returns true if the file has the bytes before the place of reading that it had then.
    pub(super) fn is_known_in(&self, file: &File) -> bool {
        let mut here = vec![0; self.mark.len()];
        let at = self.seen - self.mark.len() as u64;
        read_full(file, &mut here, at).is_ok_and(|count| here[..count] == self.mark)
    }

    /// Reads what is new, at most as much as a turn takes. The file must be open.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read.
    pub(super) fn look(&mut self, buffer: &mut TurnBuffer, reading: &Reading) -> io::Result<FileLook> {
        let Some(file) = &self.handle else {
            return Err(ErrorKind::NotConnected.into());
        };
        let marked = self.mark.len();
        buffer.block.resize(marked + TURN_BYTES, 0);
        let count = loop {
            match rustix::io::pread(file, &mut buffer.block[..], self.seen - marked as u64) {
                Err(rustix::io::Errno::INTR) => {}
                read => break read?,
            }
        };
        if count < marked || buffer.block[..marked] != self.mark {
            return Ok(FileLook::Truncated);
        }
        if count == marked {
            let size = file.metadata()?.len();
            return Ok(if size < self.seen { FileLook::Truncated } else { FileLook::Nothing });
        }
        let encoding = match self.encoding {
            Some(encoding) => encoding,
            None => {
                let head = [&self.held[..], &buffer.block[marked..count]].concat();
                match nature(&head, self.from, reading) {
                    FileNature::Text(encoding) => encoding,
                    other => return Ok(FileLook::NoText(other)),
                }
            }
        };
        // Half a unit of UTF-16 waits for the other half.
        let unit = encoding.encoding.newline().len();
        let new = marked..count - (count - marked) % unit;
        if new.is_empty() {
            return Ok(FileLook::Nothing);
        }
        Ok(self.take_new(buffer, new, encoding, count == marked + TURN_BYTES))
    }

    /// Takes the new bytes of a block: the whole lines among them, with the line that is held, are left in the buffer.
    fn take_new(
        &mut self,
        buffer: &mut TurnBuffer,
        new: Range<usize>,
        encoding: InputEncoding,
        is_full: bool,
    ) -> FileLook {
        self.grown_at = Instant::now();
        let seen_before = self.seen;
        self.seen += new.len() as u64;
        let text = &buffer.block[new.clone()];
        self.mark.extend_from_slice(&text[text.len().saturating_sub(MARK_BYTES)..]);
        self.mark.drain(..self.mark.len().saturating_sub(MARK_BYTES));
        let Some(end) = last_line_end(text, encoding.encoding) else {
            let is_held = self.held.len() as u64 == seen_before - self.done;
            if is_held && self.held.len() + text.len() <= HELD_MAX_BYTES {
                self.held.extend_from_slice(text);
            } else {
                self.held = Vec::new();
            }
            return FileLook::Part(is_full);
        };
        self.encoding = Some(encoding);
        let end = new.start + end;
        self.begin_piece(buffer, seen_before);
        buffer.lines = new.start..end;
        self.done = self.seen - (new.end - end) as u64;
        if new.end - end <= HELD_MAX_BYTES {
            self.held.extend_from_slice(&buffer.block[end..new.end]);
        }
        FileLook::Lines(is_full)
    }

    /// Puts the beginning of a line, which goes up to `seen`, into the buffer.
    fn begin_piece(&mut self, buffer: &mut TurnBuffer, seen: u64) {
        let is_held = self.held.len() as u64 == seen - self.done;
        buffer.before = std::mem::take(&mut self.held);
        buffer.reread = if is_held { 0..0 } else { self.done..seen };
        if !is_held {
            buffer.before.clear();
        }
        (buffer.lines, buffer.newline, buffer.offset) = (0..0, b"", self.done);
    }

    /// Ends the last line, which has no newline, with one. Returns true if there is such a line, which is then in the buffer.
    pub(super) fn end_last_line(&mut self, buffer: &mut TurnBuffer, reading: &Reading) -> bool {
        if self.done == self.seen || self.handle.is_none() {
            return false;
        }
        if self.encoding.is_none() {
            let FileNature::Text(encoding) = nature(&self.held, self.from, reading) else {
                return false;
            };
            self.encoding = Some(encoding);
        }
        self.begin_piece(buffer, self.seen);
        buffer.newline = self.encoding.map_or(b"\n", |told| told.encoding.newline());
        self.done = self.seen;
        true
    }

    /// Begins again at the beginning of the file, under another number.
    pub(super) fn restart(&mut self, number: usize) {
        self.number = number;
        (self.done, self.seen, self.lines_skipped) = (0, 0, 0);
        (self.held, self.mark) = (Vec::new(), Vec::new());
        (self.encoding, self.last_time, self.has_given) = (None, None, false);
        self.is_due = true;
    }

    /// Returns the whole lines that a look has left in the buffer.
    pub(super) fn piece<'a>(
        &'a mut self,
        buffer: &'a TurnBuffer,
        reading: &Reading,
    ) -> Option<FollowedLines<'a>> {
        let is_first = !std::mem::replace(&mut self.has_given, true);
        let encoding = self.encoding.unwrap_or_default();
        let has_mark = encoding.has_mark && buffer.offset == 0;
        let utf16 = encoding.encoding.utf16_order().map(|order| Box::new(Utf16Reader::new(order, has_mark)));
        let parts = [&buffer.before[..], &buffer.block[buffer.lines.clone()], buffer.newline];
        Some(FollowedLines {
            name: &self.name,
            number: self.number,
            encoding: InputEncoding { has_mark, ..encoding },
            is_first,
            raw: RawPiece { handle: self.handle.as_ref()?, reread: buffer.reread.clone(), parts },
            utf16,
            offset: buffer.offset,
            lines_skipped: self.lines_skipped,
            last_time: &mut self.last_time,
            line_buffered: reading.buffering == Buffering::Line,
        })
    }
}
