//! The lines of a journal that was written before: found by the output that they are about, and read when they are needed.

use super::head::JournalHead;
use crate::program::system::stable_hash::stable_hash;
use crate::program::terminal::messages::cause;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The most bytes of a journal's first line: a file without newlines is not read to its end.
const HEAD_MAX_BYTES: u64 = 16 << 20;

/// A path in a journal: a text or, if it is not UTF-8, its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum PathText {
    Text(String),
    Bytes(Vec<u8>),
}

/// The content of a journal, with the place of each line in place of the line.
#[derive(Debug)]
pub(super) struct JournalText {
    pub(super) head: JournalHead,
    /// The number of bytes up to the end of the last whole line.
    pub(super) bytes: u64,
    places: Vec<LinePlace>,
}

/// The place of a line. A journal of 100,000 lines has 2.4 MB of places.
#[derive(Clone, Copy, Debug)]
struct LinePlace {
    /// The hash of the output that the line is about.
    output: u64,
    /// The byte offset of the line's beginning.
    start: u64,
    /// The length of the line in bytes, without its newline.
    bytes: u32,
}

/// The lines of a journal, by their outputs.
#[derive(Debug, Default)]
pub(super) struct JournalIndex {
    /// The journal; `None` if it is new.
    file: Option<File>,
    bytes: u64,
    /// The places of the lines, by the hashes of their outputs and then from the newest to the oldest.
    places: Vec<LinePlace>,
}

impl PathText {
    pub(crate) fn new(path: &Path) -> Self {
        path.to_str().map_or_else(
            || Self::Bytes(path.as_os_str().as_bytes().to_vec()),
            |text| Self::Text(text.to_owned()),
        )
    }

    /// Returns true if this is the text of `path`.
    pub(crate) fn is(&self, path: &Path) -> bool {
        self.as_path() == path
    }

    fn as_path(&self) -> &Path {
        match self {
            Self::Text(text) => Path::new(text),
            Self::Bytes(bytes) => Path::new(OsStr::from_bytes(bytes)),
        }
    }
}

impl JournalText {
    /// Reads a journal from its beginning. A line that is no line of a journal has no place, so that its input is done
    /// again; so has a last line that has no end.
    ///
    /// # Errors
    ///
    /// Returns the reason, with the remedy, if the file cannot be read or does not begin as a journal.
    pub(super) fn read(file: &File) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct LineKey {
            output: PathText,
        }
        let mut rdr = BufReader::new(file);
        let mut line = Vec::new();
        let read = |error: io::Error| cause(&error);
        (&mut rdr).take(HEAD_MAX_BYTES).read_until(b'\n', &mut line).map_err(read)?;
        let head = line.strip_suffix(b"\n").and_then(JournalHead::read);
        let head = head.ok_or("is no journal of imsdk-annotate; remove it, or choose another folder")?;
        let mut text = Self { head, bytes: line.len() as u64, places: Vec::new() };
        loop {
            line.clear();
            rdr.read_until(b'\n', &mut line).map_err(read)?;
            let Some(whole) = line.strip_suffix(b"\n") else {
                text.places.shrink_to_fit();
                return Ok(text);
            };
            if let (Ok(LineKey { output }), Ok(bytes)) =
                (serde_json::from_slice(whole), whole.len().try_into())
            {
                let output = hash_of(output.as_path());
                text.places.push(LinePlace { output, start: text.bytes, bytes });
            }
            text.bytes += line.len() as u64;
        }
    }
}

impl JournalIndex {
    /// Returns the index of a journal's text, whose lines are read from `file`.
    pub(super) fn new(text: JournalText, file: File) -> Self {
        let JournalText { bytes, mut places, .. } = text;
        places.sort_unstable_by_key(|place| (place.output, std::cmp::Reverse(place.start)));
        Self { file: Some(file), bytes, places }
    }

    /// Returns the number of bytes of the lines.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the lines about outputs with the hash of `relative`, the newest first. A line that cannot be read is left
    /// out.
    pub(super) fn lines(&self, relative: &Path) -> impl Iterator<Item = Vec<u8>> {
        let hash = if self.places.is_empty() { 0 } else { hash_of(relative) };
        let first = self.places.partition_point(|place| place.output < hash);
        let places = self.places[first..].iter().take_while(move |place| place.output == hash);
        places.filter_map(|place| self.line(place).ok())
    }

    fn line(&self, place: &LinePlace) -> io::Result<Vec<u8>> {
        let mut line = vec![0; usize::try_from(place.bytes).unwrap_or(0)];
        let file = self.file.as_ref().ok_or(ErrorKind::NotFound)?;
        file.read_exact_at(&mut line, place.start)?;
        Ok(line)
    }
}

fn hash_of(path: &Path) -> u64 {
    stable_hash(path.as_os_str().as_bytes())
}
