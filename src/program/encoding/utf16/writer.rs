//! Writes UTF-8 as UTF-16.

use super::{ESCAPE, Escaped, Utf16Order};
use std::io::{self, IoSlice, Write};

/// The capacity for bytes that are to be handed on.
const BUFFER_BYTES: usize = 64 * 1024;
/// The number of bytes that are translated at once if all are ASCII.
const RUN_BYTES: usize = 16;
/// The bits that are set in bytes that are not ASCII.
const NOT_ASCII: u128 = u128::from_ne_bytes([0x80; RUN_BYTES]);
/// The number of bytes of text that a step looks at: a run of ASCII, and then four characters of three bytes.
const TEXT_STEP_BYTES: usize = RUN_BYTES + 14;
/// The most bytes of UTF-16 that a step writes.
const STEP_MAX_BYTES: usize = 2 * (RUN_BYTES + 4);

/// A writer of UTF-16, which takes UTF-8 in pieces of any length. Call [`Utf16Writer::finish`] at the end.
#[derive(Debug)]
pub(crate) struct Utf16Writer<W> {
    order: Utf16Order,
    /// True if a byte order mark is still to be written before the first byte.
    owes_mark: bool,
    wtr: W,
    /// The bytes that are to be handed on, in `..length`; none between calls.
    units: Box<[u8]>,
    length: usize,
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
    pub(crate) fn new(order: Utf16Order, has_mark: bool, wtr: W) -> Self {
        let units = vec![0; BUFFER_BYTES].into_boxed_slice();
        Self { order, owes_mark: has_mark, wtr, units, length: 0, partial: Vec::new() }
    }

    /// Ends the text. If the text `is_whole`, a byte order mark is written even if no text was: the output of an input
    /// that is nothing but the mark is the mark.
    ///
    /// # Errors
    ///
    /// Returns the error of the inner writer.
    pub(crate) fn finish(mut self, is_whole: bool) -> io::Result<()> {
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
            self.put(self.order.mark());
        }
    }

    fn hand_on(&mut self) -> io::Result<()> {
        self.wtr.write_all(&self.units[..std::mem::take(&mut self.length)])
    }

    /// Makes room for a step, or for a byte order mark and the characters of [`Utf16Writer::partial`].
    fn make_room(&mut self) -> io::Result<()> {
        if self.units.len() - self.length < STEP_MAX_BYTES { self.hand_on() } else { Ok(()) }
    }

    /// Translates bytes, and hands them on if there is no more room.
    fn take(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.make_room()?;
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
        while !bytes.is_empty() {
            self.make_room()?;
            let room = &mut self.units[self.length..];
            let (read, written) = match self.order {
                Utf16Order::LittleEndian => translate::<false>(bytes, room),
                Utf16Order::BigEndian => translate::<true>(bytes, room),
            };
            (bytes, self.length) = (&bytes[read..], self.length + written);
            if read > 0 {
                continue;
            }
            if let Some((piece, length)) = first_piece(bytes) {
                self.push(piece);
                bytes = &bytes[length..];
            } else {
                self.partial.extend_from_slice(bytes);
                bytes = &[];
            }
        }
        Ok(())
    }

    fn push(&mut self, piece: Piece) {
        match piece {
            Piece::Char(char) => {
                for &unit in &*char.encode_utf16(&mut [0; 2]) {
                    self.put(self.order.bytes(unit));
                }
            }
            Piece::Escaped(Escaped::Escape) => self.push(Piece::Char(ESCAPE)),
            Piece::Escaped(Escaped::Lone(unit)) => self.put(self.order.bytes(unit)),
            Piece::Escaped(Escaped::Byte(byte)) => self.put([byte]),
        }
    }

    /// Appends bytes, for which there must be room.
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        self.units[self.length..][..N].copy_from_slice(&bytes);
        self.length += N;
    }
}

/// Translates ASCII and characters of three bytes, Chinese among them, until the text has too few bytes for a step, the
/// room is full, or another character comes. Returns the numbers of bytes that were translated and written. The text
/// must be UTF-8.
///
/// Each step writes whole runs, and counts the bytes that are right; the others are overwritten by the next step. So no
/// branch depends on the lengths of words, which cannot be predicted.
fn translate<const BIG_ENDIAN: bool>(text: &[u8], room: &mut [u8]) -> (usize, usize) {
    let pair = |unit: u16| if BIG_ENDIAN { unit.to_be_bytes() } else { unit.to_le_bytes() };
    let (mut read, mut written) = (0, 0);
    while let (Some(step), Some(room)) =
        (text[read..].first_chunk::<TEXT_STEP_BYTES>(), room[written..].first_chunk_mut::<STEP_MAX_BYTES>())
    {
        let run: &[u8; RUN_BYTES] = step.first_chunk().expect("a step is longer than a run");
        let pairs = room.as_chunks_mut().0;
        pairs.iter_mut().zip(run).for_each(|(pair_of, &byte)| *pair_of = pair(byte.into()));
        let ascii = (u128::from_le_bytes(*run) & NOT_ASCII).trailing_zeros() as usize / 8;
        if ascii == RUN_BYTES {
            (read, written) = (read + RUN_BYTES, written + 2 * RUN_BYTES);
            continue;
        }
        let (units, three) = of_three_bytes(&step[ascii..]);
        room[2 * ascii..][..2 * units.len()].copy_from_slice(units.map(pair).as_flattened());
        if ascii + three == 0 {
            break;
        }
        read += ascii + 3 * three;
        written += 2 * (ascii + three);
    }
    (read, written)
}

/// Returns the units of the four characters that a text begins with, and the number of them, from the first on, that
/// are characters of three bytes; the units of the others are worth nothing.
#[inline(always)]
fn of_three_bytes(text: &[u8]) -> ([u16; 4], usize) {
    // Two characters of three bytes each in 48 bits.
    let both = |bits: u64| bits | bits << 24;
    let pair = |place: usize| text[place..].first_chunk().map_or(0, |&bytes| u64::from_le_bytes(bytes));
    let (first, second) = (pair(0), pair(6));
    let units = |pair: u64| pair << 12 & both(0xf000) | pair >> 2 & both(0x0fc0) | pair >> 16 & both(0x3f);
    let other = |pair: u64| u128::from(pair & both(0xc0_c0f0) ^ both(0x80_80e0));
    let others = other(first) | other(second) << 48 | 1 << 96;
    let (low, high) = (units(first), units(second));
    let units = [low as u16, (low >> 24) as u16, high as u16, (high >> 24) as u16];
    (units, others.trailing_zeros() as usize / 24)
}

/// Returns the first character of a text with all that belongs to it, and its length in bytes; `None` if more bytes may
/// belong to it.
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

/// Returns the first character of a text and its length in bytes, or a replacement character for bytes that begin none;
/// `None` if more bytes may belong to it.
fn first_char(text: &[u8]) -> Option<(char, usize)> {
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
