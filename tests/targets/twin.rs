//! The annotator agrees with the naive twin for any options, however its text is cut and buffered.

use super::assert_same;
use super::naive::lines::chosen;
use super::naive::notes::Style;
use super::options::Options;
use imsdk_annotate::{Annotator, Observer, Part};
use std::io::{self, IoSlice, Read, Write};

/// A reader whose reads return at most `sizes` bytes, in turn. Each third read is interrupted first.
struct Halting<'a> {
    text: &'a [u8],
    sizes: [u8; 4],
    reads: usize,
}

impl Read for Halting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        if self.reads.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        // 0 is no limit.
        let size = match self.sizes[self.reads % 4] {
            0 => buffer.len(),
            size => buffer.len().min(usize::from(size)),
        };
        self.text.read(&mut buffer[..size])
    }
}

/// A writer whose writes accept at most `sizes` bytes, in turn. Each fifth write is interrupted first.
struct Grudging {
    taken: Vec<u8>,
    sizes: [u8; 4],
    writes: usize,
}

impl Grudging {
    fn room(&mut self) -> io::Result<usize> {
        self.writes += 1;
        if self.writes.is_multiple_of(5) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        Ok(match self.sizes[self.writes % 4] {
            0 => usize::MAX,
            size => usize::from(size) * 16,
        })
    }
}

impl Write for Grudging {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let (before, room) = (self.taken.len(), self.room()?);
        let bytes = slices.iter().flat_map(|slice| slice.iter().copied()).take(room);
        self.taken.extend(bytes);
        Ok(self.taken.len() - before)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Codes, each with the byte offset in the stream at which it ends.
type Codes = Vec<(usize, i32)>;

/// An observer that keeps all that it observes.
#[derive(Default)]
struct Told {
    bytes: usize,
    codes: Codes,
    counted: u64,
}

impl Observer for Told {
    fn observe(&mut self, part: Part<'_>) {
        assert_eq!(part.offset, self.bytes as u64);
        let place = |end: usize| self.bytes + end - part.start;
        self.codes.extend(part.fields().map(|field| (place(field.range().end), field.code())));
        self.bytes += part.range().len();
        self.counted += part.known_count;
    }
}

/// Annotates a text as a stream, and checks that the observer saw all of it.
fn streamed(annotator: &Annotator, text: &[u8], sizes: [u8; 4]) -> (Vec<u8>, Told) {
    let mut told = Told::default();
    let mut output = Grudging { taken: Vec::new(), sizes, writes: 0 };
    let source = Halting { text, sizes, reads: 0 };
    let fields = annotator.observe_stream(source, &mut output, &mut told).unwrap();
    assert_eq!((told.bytes, told.counted), (text.len(), fields));
    (output.taken, told)
}

/// Returns the twin's output and codes; `None` where the text or the options are out of the twin's scope.
fn expected(options: &Options, style: &Style<'_>, text: &[u8]) -> Option<(Vec<u8>, Codes)> {
    let has_color = text.contains(&b'\x1b') && (options.color || options.strip);
    let can_be_asked = !has_color
        && match (style.patterns.is_empty(), options.as_fields) {
            (true, false) => true,
            (false, false) => !has_note(style, text),
            (true, true) => !has_note(style, text) && !has_member(text),
            (false, true) => false,
        };
    if !can_be_asked {
        return None;
    }
    let mut codes = Vec::new();
    let (mut annotated, mut start) = (Vec::new(), 0);
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        codes.extend(style.fields(line).iter().map(|field| (start + field.end, field.code)));
        annotated.extend(style.annotate_line(line));
        start += line.len();
    }
    if let Some(lines) = &options.lines {
        let is_selected = |line: &[u8]| {
            let only = lines.only.as_ref().unwrap();
            style.fields(line).iter().any(|field| only.selects(field.code, style.catalog.get(field.code)))
        };
        annotated = chosen(text, lines, is_selected, |line| style.annotate_line(line));
    }
    Some((annotated, codes))
}

/// Returns true if a text could have a note, as far as a naive reader knows.
fn has_note(style: &Style<'_>, text: &[u8]) -> bool {
    let entries = style.catalog.entries().iter();
    let notes = entries.map(|entry| style.rendered(entry).trim_start_matches([' ', '\t']).to_owned());
    notes.filter(|note| !note.is_empty()).any(|note| memchr::memmem::find(text, note.as_bytes()).is_some())
}

/// Returns true if a text could have the name of a member.
fn has_member(text: &[u8]) -> bool {
    ["_category", "_message"].iter().any(|suffix| memchr::memmem::find(text, suffix.as_bytes()).is_some())
}

/// Runs the target. The first bytes of the input choose the options, the rest is the text.
pub(super) fn run(input: &[u8]) {
    let Some((options, text)) = Options::read(input) else { return };
    let text = &text[..];
    let builder = options.builder().strip(options.strip).window_bytes(options.window_bytes);
    let annotator = match &options.lines {
        Some(lines) => builder.lines(lines.lines()).build(),
        None => builder.build(),
    };
    let whole = annotator.annotate(text);
    let (output, told) = streamed(&annotator, text, options.reads);
    assert_same(&output, &whole, || format!("streamed and whole: {options:?}"));
    let fields: Codes = annotator.fields(text).map(|field| (field.range().end, field.code())).collect();
    assert_eq!(fields, told.codes, "the fields of the whole text: {options:?}");

    let added = options.added_keys();
    let added: Vec<&str> = added.iter().map(String::as_str).collect();
    let style = options.style(&added);
    if let Some((expected, codes)) = expected(&options, &style, text) {
        assert_same(&whole, &expected, || format!("annotator and twin: {options:?}"));
        assert_eq!(told.codes, codes, "{options:?}");
    }
    // Lines of context and line numbers are no part of a log, so that such an output is not annotated again.
    if options.lines.is_none() && can_be_annotated_again(&options, &style, text) {
        again(&options, text);
    }
}

/// Returns true if no pattern can match in notes, or match a part of a number that has its note.
fn can_be_annotated_again(options: &Options, style: &Style<'_>, text: &[u8]) -> bool {
    // A message that is itself a field, right behind the number of a pattern, is taken for the note of that field.
    let is_safe = !options.as_fields || !options.has_fields_in_notes();
    options.patterns.is_empty() || is_safe && !has_note(style, text) && !has_member(text)
}

/// Checks that annotating twice is annotating once, and that stripping gives the text back.
fn again(options: &Options, text: &[u8]) {
    let builder = options.builder().window_bytes(options.window_bytes);
    let annotator = builder.clone().build();
    let once = annotator.annotate(text);
    let (twice, _) = streamed(&annotator, &once, options.reads);
    assert_same(&twice, &once, || format!("twice and once: {options:?}"));
    let strip = builder.strip(true).build();
    if strip.annotate(text) == text {
        let (stripped, _) = streamed(&strip, &once, options.reads);
        assert_same(&stripped, text, || format!("stripped and text: {options:?}"));
    }
}
