//! Writes UTF-8 as UTF-16.

use super::{ESCAPE, Escaped, Utf16Order};
use std::io::{self, IoSlice, Write};

/// The number of bytes that are collected before they are handed on.
const BUFFER_BYTES: usize = 128 * 1024;
/// The number of bytes that are translated at once if all are ASCII.
const RUN_BYTES: usize = 16;

/// A writer of UTF-16, which takes UTF-8 in pieces of any length. Call [`Utf16Writer::finish`] at the end.
#[derive(Debug)]
pub struct Utf16Writer<W> {
    order: Utf16Order,
    /// True if a byte order mark is still to be written before the first byte.
    owes_mark: bool,
    wtr: W,
    /// The bytes that are to be handed on; empty between calls.
    units: Vec<u8>,
    /// The beginning of a character, or [`ESCAPE`] with the beginning of the next character.
    partial: Vec<u8>,
}

/// The first character of a text, with all that belongs to it.
enum Piece {
    Char(char),
    Escaped(Escaped),
}

impl<W: Write> Utf16Writer<W> {
    /// Returns a writer. If `has_mark`, a byte order mark is written before the first byte.
    pub fn new(order: Utf16Order, has_mark: bool, wtr: W) -> Self {
        Self { order, owes_mark: has_mark, wtr, units: Vec::new(), partial: Vec::new() }
    }

    /// Ends the text. If the text `is_whole`, a byte order mark is written even if no text was: the output of an input
    /// that is nothing but the mark is the mark.
    ///
    /// # Errors
    ///
    /// Returns the error of the inner writer.
    pub fn finish(mut self, is_whole: bool) -> io::Result<()> {
        if is_whole {
            self.write_mark();
        }
        if !std::mem::take(&mut self.partial).is_empty() {
            self.push(Piece::Char(char::REPLACEMENT_CHARACTER));
        }
        self.hand_on()
    }

    fn write_mark(&mut self) {
        if std::mem::take(&mut self.owes_mark) {
            self.units.extend_from_slice(&self.order.mark());
        }
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let outcome = self.wtr.write_all(&self.units);
        self.units.clear();
        outcome
    }

    /// Translates bytes, and hands them on in large pieces.
    fn take(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        if !bytes.is_empty() {
            self.write_mark();
        }
        while !self.partial.is_empty()
            && let Some((&byte, rest)) = bytes.split_first()
        {
            bytes = rest;
            self.partial.push(byte);
            while let Some((piece, length)) = first_piece(&self.partial) {
                self.partial.drain(..length);
                self.push(piece);
            }
        }
        while let Some(&first) = bytes.first() {
            if first.is_ascii() {
                bytes = self.take_ascii(bytes);
            } else if let Some((piece, length)) = first_piece(bytes) {
                self.push(piece);
                bytes = &bytes[length..];
            } else {
                self.partial.extend_from_slice(bytes);
                bytes = &[];
            }
            if self.units.len() >= BUFFER_BYTES {
                self.hand_on()?;
            }
        }
        Ok(())
    }

    /// Takes the ASCII that bytes begin with, up to a bound, and returns the bytes behind it.
    fn take_ascii<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let bound = bytes.len().min(BUFFER_BYTES / 4);
        let (mut rest, order) = (&bytes[..bound], self.order);
        while let Some((run, behind)) = rest.split_first_chunk::<RUN_BYTES>()
            && run.is_ascii()
        {
            let mut pairs = [[0; 2]; RUN_BYTES];
            pairs.iter_mut().zip(run).for_each(|(pair, &byte)| *pair = order.bytes(byte.into()));
            self.units.extend_from_slice(pairs.as_flattened());
            rest = behind;
        }
        while let Some((&byte, behind)) = rest.split_first()
            && byte.is_ascii()
        {
            self.units.extend_from_slice(&order.bytes(byte.into()));
            rest = behind;
        }
        &bytes[bound - rest.len()..]
    }

    #[inline]
    fn push(&mut self, piece: Piece) {
        match piece {
            Piece::Char(char) => {
                for &unit in &*char.encode_utf16(&mut [0; 2]) {
                    self.units.extend_from_slice(&self.order.bytes(unit));
                }
            }
            Piece::Escaped(Escaped::Escape) => self.push(Piece::Char(ESCAPE)),
            Piece::Escaped(Escaped::Lone(unit)) => self.units.extend_from_slice(&self.order.bytes(unit)),
            Piece::Escaped(Escaped::Byte(byte)) => self.units.push(byte),
        }
    }
}

/// Returns the first character of a text with all that belongs to it, and its length in bytes; `None` if more bytes may
/// belong to it.
#[inline]
fn first_piece(text: &[u8]) -> Option<(Piece, usize)> {
    let (char, length) = first_char(text)?;
    if char != ESCAPE {
        return Some((Piece::Char(char), length));
    }
    let (behind, length_behind) = first_char(&text[length..])?;
    Some(match Escaped::of(behind) {
        Some(escaped) => (Piece::Escaped(escaped), length + length_behind),
        None => (Piece::Char(char), length),
    })
}

/// Returns the first character of a text and its length in bytes, or a replacement character for a byte that begins
/// none; `None` if more bytes may belong to it.
#[inline]
fn first_char(text: &[u8]) -> Option<(char, usize)> {
    // The usual character, without the checks of all forms: Chinese in three bytes.
    if let Some(&[a @ 0xe1..=0xec, b @ 0x80..=0xbf, c @ 0x80..=0xbf]) = text.first_chunk() {
        let number = u32::from(a & 0x0f) << 12 | u32::from(b & 0x3f) << 6 | u32::from(c & 0x3f);
        return Some((char::from_u32(number)?, 3));
    }
    let here = &text[..text.len().min(4)];
    let valid = match str::from_utf8(here) {
        Ok(valid) => valid,
        Err(error) if error.valid_up_to() > 0 => {
            str::from_utf8(&here[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(error) => return error.error_len().map(|length| (char::REPLACEMENT_CHARACTER, length)),
    };
    valid.chars().next().map(|char| (char, char.len_utf8()))
}

impl<W: Write> Write for Utf16Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.take(bytes)?;
        self.hand_on()?;
        Ok(bytes.len())
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        slices.iter().try_for_each(|slice| self.take(slice))?;
        self.hand_on()?;
        Ok(slices.iter().map(|slice| slice.len()).sum())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wtr.flush()
    }
}
