//! Finds the notes that whole lines have already, so that the lines can be looked at without them.

use super::{PartAnnotator, restored_length};
use crate::line::color::LineColor;
use std::ops::Range;

/// Bytes that are searched at a time: the places where a note could begin are listed.
const SEARCH_BYTES: usize = 32 * 1024;

/// The notes that stand behind a code, in their order, each with what puts back the line's colour behind it. Of several
/// notes that could stand at a place, the longest does.
pub(super) struct NoteFinder<'a> {
    writer: &'a PartAnnotator,
    /// The window up to the end of the lines.
    text: &'a [u8],
    /// All before has been searched.
    searched: usize,
    /// The places in what was searched last at which a note could begin, the last one first.
    places: Vec<usize>,
    /// The end of the last note.
    end: usize,
    color: LineColor,
}

impl<'a> NoteFinder<'a> {
    /// Finds the notes in whole lines of a window.
    pub(super) fn new(writer: &'a PartAnnotator, window: &'a [u8], lines: Range<usize>) -> Self {
        Self {
            writer,
            text: &window[..lines.end],
            searched: lines.start,
            places: Vec::new(),
            end: lines.start,
            color: LineColor::beginning_at(lines.start),
        }
    }

    fn search_more(&mut self) {
        let end = self.text.len().min(self.searched + SEARCH_BYTES);
        let places = &mut self.places;
        self.writer.notes.for_each_beginning(self.text, self.searched..end, |place| places.push(place));
        places.sort_unstable_by(|a, b| b.cmp(a));
        places.dedup();
        self.searched = end;
    }
}

impl Iterator for NoteFinder<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            while let Some(place) = self.places.pop() {
                let (notes, codes) = (&self.writer.notes, self.writer.patterns.codes());
                if let Some(length) = notes.longest_behind_code(codes, self.text, self.end..place) {
                    self.end = place + length + restored_length(&mut self.color, self.text, place, length);
                    return Some(place..self.end);
                }
            }
            if self.searched == self.text.len() {
                return None;
            }
            self.search_more();
        }
    }
}
