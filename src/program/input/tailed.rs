//! Streams that `tail` has made of several files, with a header before the lines of each: `==> a.log <==`.

use super::{Input, InputFile};
use crate::program::encoding::InputEncoding;
use crate::stream::Source;
use memchr::memchr;
use std::collections::HashMap;
use std::io::{self, ErrorKind, Read};

/// The bytes at the beginning and at the end of a header.
const BEGINNING: &[u8] = b"==> ";
const ENDING: &[u8] = b" <==";
/// The most bytes of a header: the longest path of Linux, with room to spare.
const HEADER_MAX_BYTES: usize = 8 * 1024;
/// The most names that are told apart. Lines that look like headers of others are lines.
const NAMES_MAX: usize = 16 * 1024;
/// Capacity of the buffer in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// A stream with headers, which gives the lines behind each as a [`TailSection`].
pub(crate) struct TailedInput {
    input: Input,
    /// The buffer, in which `start..end` has been read and not been given.
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// True if a line begins at `start`.
    begins_line: bool,
    /// The place in the buffer before which no header begins, because what looked like the beginning of one has rested.
    released: usize,
    at_end: bool,
    files: Vec<TailedFile>,
    numbers: HashMap<Vec<u8>, usize>,
}

/// A file with lines in the stream.
struct TailedFile {
    file: InputFile,
    /// The number of bytes of its lines that have been given.
    given: u64,
    has_begun: bool,
    /// True if the last time in its lines is within the bounds of time; `None` if there is none.
    last_time: Option<bool>,
}

/// The lines behind a header, up to the next one.
pub(crate) struct TailSection<'t> {
    tailed: &'t mut TailedInput,
    number: usize,
    is_first: bool,
    /// The number of bytes of the file that stand before it.
    offset: u64,
}

/// The beginning of a text at which a line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TailMark {
    /// A header of this length, with the empty line before it.
    Header(usize),
    /// Text that can become a header.
    Part,
    Other,
}

impl Input {
    /// Finds out if the first line is a header of `tail`. Takes none of the input. Must be called before another thread decodes it.
    pub(crate) fn look_for_tail_header(&mut self) {
        let super::Content::Direct(rdr) = &mut self.content else {
            return;
        };
        if self.utf16.is_some() {
            return;
        }
        if self.can_wait {
            self.signals.set_idle(true);
        }
        let is_enough = |here: &[u8]| !here.is_empty() && beginning(here) != TailMark::Part;
        let here = rdr.look_until(HEADER_MAX_BYTES, is_enough);
        self.is_tailed = !here.starts_with(b"\n") && matches!(beginning(here), TailMark::Header(_));
    }

    /// Returns true if the first line is known to be a header of `tail`.
    pub(crate) fn is_tailed(&self) -> bool {
        self.is_tailed
    }
}

impl TailedInput {
    /// Takes an input that begins with a header.
    pub(crate) fn new(input: Input) -> Self {
        Self {
            input,
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            start: 0,
            end: 0,
            begins_line: true,
            released: 0,
            at_end: false,
            files: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    /// Returns the text of the next header, with the empty line before it, and the lines behind it; `None` at the end. All
    /// lines behind the last header must have been read. `file` is the input.
    ///
    /// # Errors
    ///
    /// Fails where the first header cannot be read.
    pub(crate) fn next_section(
        &mut self,
        file: &InputFile,
    ) -> io::Result<Option<(Vec<u8>, TailSection<'_>)>> {
        let length = loop {
            match self.settled() {
                (_, TailMark::Header(length)) => break length,
                _ if self.at_end => return Ok(None),
                _ => self.fill()?,
            }
        };
        let text = self.buffer[self.start..self.start + length].to_vec();
        self.start += length;
        self.begins_line = true;
        let name = name_of(&text);
        let files = &mut self.files;
        let number = *self.numbers.entry(name.to_vec()).or_insert_with(|| {
            let file = file.tailed(files.len() + 1, name);
            files.push(TailedFile { file, given: 0, has_begun: false, last_time: None });
            files.len() - 1
        });
        let is_first = !std::mem::replace(&mut self.files[number].has_begun, true);
        let offset = self.files[number].given;
        Ok(Some((text, TailSection { tailed: self, number, is_first, offset })))
    }

    /// Returns the place in the buffer up to which bytes are of lines, and what stands there.
    fn settled(&self) -> (usize, TailMark) {
        let here = &self.buffer[..self.end];
        let line_behind = |at: usize| memchr(b'\n', &here[at..]).map_or(self.end, |newline| at + newline + 1);
        let mut at = if self.begins_line { self.start } else { line_behind(self.start) };
        while at < self.end {
            if at >= self.released && matches!(here[at], b'\n' | b'=') {
                let is_told = |header: &[u8]| {
                    self.numbers.len() < NAMES_MAX || self.numbers.contains_key(name_of(header))
                };
                match beginning(&here[at..]) {
                    TailMark::Header(length) if is_told(&here[at..at + length]) => {
                        return (at, TailMark::Header(length));
                    }
                    TailMark::Part if !self.at_end => return (at, TailMark::Part),
                    _ => {}
                }
            }
            at = line_behind(at);
        }
        (self.end, TailMark::Other)
    }

    /// Reads once more.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end, self.released) = (0, self.end - self.start, 0);
        match self.input.read(&mut self.buffer[self.end..]) {
            Ok(count) => {
                self.end += count;
                self.at_end = count == 0;
                Ok(())
            }
            Err(error) => {
                self.at_end = error.kind() != ErrorKind::Interrupted;
                Err(error)
            }
        }
    }
}

impl TailSection<'_> {
    pub(crate) fn file(&self) -> InputFile {
        self.tailed.files[self.number].file.clone()
    }

    pub(crate) fn encoding(&self) -> InputEncoding {
        self.tailed.input.encoding
    }

    /// Returns true if the file has no lines before these.
    pub(crate) fn is_first(&self) -> bool {
        self.is_first
    }

    /// Reads the lines that have not been read.
    ///
    /// # Errors
    ///
    /// Returns the error of the input.
    pub(crate) fn skip(&mut self) -> io::Result<()> {
        io::copy(self, &mut io::sink()).map(drop)
    }
}

impl Read for TailSection<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let tailed = &mut *self.tailed;
        loop {
            let (to, next) = tailed.settled();
            if to > tailed.start {
                let count = out.len().min(to - tailed.start);
                out[..count].copy_from_slice(&tailed.buffer[tailed.start..][..count]);
                tailed.start += count;
                if count > 0 {
                    tailed.begins_line = out[..count].ends_with(b"\n");
                }
                tailed.files[self.number].given += count as u64;
                return Ok(count);
            }
            match next {
                TailMark::Header(_) => return Ok(0),
                // `tail` writes a header at once: an empty line behind which nothing comes is one of the file.
                TailMark::Part if tailed.input.rests_a_while() => tailed.released = tailed.end,
                _ if tailed.at_end => return Ok(0),
                _ => tailed.fill()?,
            }
        }
    }
}

impl Source for TailSection<'_> {
    fn would_wait(&mut self) -> bool {
        let (to, next) = self.tailed.settled();
        let has_more = to > self.tailed.start || matches!(next, TailMark::Header(_)) || self.tailed.at_end;
        !has_more && self.tailed.input.would_wait()
    }

    fn input_offset(&self) -> u64 {
        self.offset
    }

    fn last_time_before(&mut self, _: &mut dyn FnMut(&[u8]) -> Option<bool>) -> Option<bool> {
        self.tailed.files[self.number].last_time
    }

    fn leave_last_time(&mut self, is_within: Option<bool>) {
        self.tailed.files[self.number].last_time = is_within;
    }

    fn is_given_up(&self) -> bool {
        self.tailed.input.is_given_up()
    }
}

/// Returns what a text begins with. A line must begin there.
fn beginning(text: &[u8]) -> TailMark {
    let before = usize::from(text.first() == Some(&b'\n'));
    let line = &text[before..];
    let looks_so = line.len() < BEGINNING.len() && BEGINNING.starts_with(line) || line.starts_with(BEGINNING);
    if !looks_so {
        return TailMark::Other;
    }
    match memchr(b'\n', &line[..line.len().min(HEADER_MAX_BYTES)]) {
        Some(length) if length > BEGINNING.len() + ENDING.len() && line[..length].ends_with(ENDING) => {
            TailMark::Header(before + length + 1)
        }
        None if line.len() < HEADER_MAX_BYTES => TailMark::Part,
        _ => TailMark::Other,
    }
}

/// Returns the name in a header.
fn name_of(header: &[u8]) -> &[u8] {
    let line = header.strip_prefix(b"\n").unwrap_or(header);
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_prefix(BEGINNING).and_then(|name| name.strip_suffix(ENDING)).unwrap_or_default()
}
