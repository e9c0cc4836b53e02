//! The lines of a journal that was written before: found by the output that they are about, and read when they are needed.

use super::head::JournalHead;
use crate::program::system::stable_hash::stable_hash;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The most bytes of a line of a journal with its newline: a file without newlines is not read to its end.
pub(super) const LINE_MAX_BYTES: u64 = 16 << 20;

/// A path in a journal: a text or, if it is not UTF-8, its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum PathText {
    Text(String),
    Bytes(Vec<u8>),
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

impl JournalIndex {
    /// Reads a journal from its beginning, whose head must agree with `head`. A line that is no line of a journal has no
    /// place, so that its input is done again; so has a last line that has no end. Returns `None` if the journal is empty: its
    /// run was ended right at its creation.
    ///
    /// # Errors
    ///
    /// Returns an error, with the remedy, if the file cannot be read, does not begin as a journal, has a line that is too
    /// long, or is of a run with another head.
    pub(super) fn read(file: File, head: &JournalHead) -> io::Result<Option<Self>> {
        let mut rdr = BufReader::new(&file);
        let (mut line, mut places) = (Vec::new(), Vec::new());
        read_line(&mut rdr, &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        let no_journal =
            || io::Error::other("is no journal of imsdk-annotate; remove it, or choose another folder");
        let earlier = line.strip_suffix(b"\n").and_then(JournalHead::read).ok_or_else(no_journal)?;
        head.refuse_other(&earlier).map_err(io::Error::other)?;
        let mut bytes = line.len() as u64;
        while read_line(&mut rdr, &mut line)? {
            places.extend(LinePlace::of(&line, bytes));
            bytes += line.len() as u64;
        }
        places.sort_unstable_by_key(|place| (place.output, std::cmp::Reverse(place.start)));
        places.shrink_to_fit();
        Ok(Some(Self { file: Some(file), bytes, places }))
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

impl LinePlace {
    /// Returns the place of a line, with its newline, at the byte offset `start`; `None` if it is no line of a journal.
    fn of(line: &[u8], start: u64) -> Option<Self> {
        #[derive(Deserialize)]
        struct LineKey {
            output: PathText,
        }
        let whole = line.strip_suffix(b"\n")?;
        let LineKey { output } = serde_json::from_slice(whole).ok()?;
        Some(Self { output: hash_of(output.as_path()), start, bytes: whole.len().try_into().ok()? })
    }
}

/// Reads the next line with its newline, and returns true if it has one.
///
/// # Errors
///
/// Returns an error if the line cannot be read, or has more bytes than a line of a journal can have.
fn read_line(rdr: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    rdr.take(LINE_MAX_BYTES + 1).read_until(b'\n', line)?;
    if line.len() as u64 > LINE_MAX_BYTES {
        let message =
            "has a line of more than 16 MiB, as no journal has; remove it, or begin anew without --resume";
        return Err(io::Error::other(message));
    }
    Ok(line.ends_with(b"\n"))
}

fn hash_of(path: &Path) -> u64 {
    stable_hash(path.as_os_str().as_bytes())
}
