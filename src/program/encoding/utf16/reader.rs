//! Reads UTF-16 as UTF-8.

use super::{ESCAPE, Escaped, SURROGATES, Utf16Order};
use std::io::{self, ErrorKind, Read};

/// The number of bytes that are read at once.
const RAW_BYTES: usize = 64 * 1024;
/// The number of units that are translated at once if all are ASCII.
const RUN_UNITS: usize = 16;

/// The text of an input in UTF-16, as UTF-8. The input is passed to each call of [`Utf16Reader::read`].
#[derive(Debug)]
pub struct Utf16Reader {
    order: Utf16Order,
    /// The bytes that were read, in `..carried`, and are not translated: a half unit, or a surrogate whose other half
    /// may follow, or both.
    raw: Box<[u8]>,
    carried: usize,
    /// The text, of which `..taken` was taken.
    text: Vec<u8>,
    taken: usize,
    /// True if the byte order mark, with which the input begins, is still to be skipped.
    skips_mark: bool,
    /// True if the input has ended.
    at_end: bool,
    /// The error of the input, which is returned when the text before it has been taken.
    error: Option<io::Error>,
    /// The number of bytes that were read.
    bytes: u64,
}

impl Utf16Reader {
    /// Returns a reader. If `has_mark`, the input begins with a byte order mark, which is no part of the text.
    pub fn new(order: Utf16Order, has_mark: bool) -> Self {
        Self {
            order,
            raw: vec![0; RAW_BYTES].into_boxed_slice(),
            carried: 0,
            text: Vec::new(),
            taken: 0,
            skips_mark: has_mark,
            at_end: false,
            error: None,
            bytes: 0,
        }
    }

    /// Returns the number of bytes of the input that were read.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads text into the buffer, and returns the number of bytes; 0 is the end of the input. Reads of the input go on
    /// until there is text: a read may give too few bytes for a character.
    ///
    /// # Errors
    ///
    /// Returns the errors of the input, each when the text before it has been read.
    pub fn read(&mut self, rdr: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.text.len() && !buffer.is_empty() {
            if let Some(error) = self.error.take() {
                return Err(error);
            }
            if self.at_end {
                return Ok(0);
            }
            self.read_more(rdr)?;
        }
        let count = buffer.len().min(self.text.len() - self.taken);
        buffer[..count].copy_from_slice(&self.text[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }

    /// Reads the input once, and translates the bytes that were read. The text must have been taken.
    fn read_more(&mut self, rdr: &mut impl Read) -> io::Result<()> {
        self.text.clear();
        self.taken = 0;
        match rdr.read(&mut self.raw[self.carried..]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                self.translate(self.carried, true);
                self.error = Some(error);
            }
            Ok(0) => {
                self.translate(self.carried, true);
                self.at_end = true;
            }
            Ok(count) => {
                self.bytes += count as u64;
                self.translate(self.carried + count, false);
            }
        }
        Ok(())
    }

    /// Translates the first `length` bytes of `raw`, or carries the last of them if more bytes may follow.
    fn translate(&mut self, length: usize, is_last: bool) {
        let Self { order, text, .. } = self;
        let (order, mut rest) = (*order, &self.raw[..length]);
        if self.skips_mark && (length >= 2 || is_last) {
            self.skips_mark = false;
            rest = &rest[length.min(2)..];
        }
        // The usual text needs no other allocation.
        text.reserve(2 * rest.len());
        while let Some((&pair, behind)) = rest.split_first_chunk() {
            let unit = order.unit(pair);
            if unit < 0x80 {
                rest = ascii(rest, order, text);
                continue;
            }
            let char = if SURROGATES.contains(&unit) {
                match (behind.first_chunk().map(|&low| order.unit(low)), is_last) {
                    (None, false) if unit < 0xdc00 => break,
                    (Some(low), _) if unit < 0xdc00 && (0xdc00..=0xdfff).contains(&low) => {
                        rest = &behind[2..];
                        joined(unit, low)
                    }
                    _ => {
                        rest = behind;
                        push(ESCAPE, text);
                        Escaped::Lone(unit).char()
                    }
                }
            } else {
                rest = behind;
                char::from_u32(u32::from(unit)).expect("the unit is no surrogate")
            };
            if char == ESCAPE {
                push(ESCAPE, text);
            }
            push(char, text);
        }
        if let ([byte], true) = (rest, is_last) {
            push(ESCAPE, text);
            push(Escaped::Byte(*byte).char(), text);
            rest = &[];
        }
        let carried = rest.len();
        self.raw.copy_within(length - carried..length, 0);
        self.carried = carried;
    }
}

/// Appends the ASCII that units begin with to the text, and returns the bytes behind it.
#[inline]
fn ascii<'a>(mut rest: &'a [u8], order: Utf16Order, text: &mut Vec<u8>) -> &'a [u8] {
    let low = |pair: [u8; 2]| order.unit(pair).to_le_bytes()[0];
    while let Some((run, behind)) = rest.split_first_chunk::<{ 2 * RUN_UNITS }>() {
        let pairs = run.as_chunks::<2>().0;
        let bits = pairs.iter().fold(0, |bits, &pair| bits | order.unit(pair));
        if bits >= 0x80 {
            break;
        }
        let mut bytes = [0; RUN_UNITS];
        bytes.iter_mut().zip(pairs).for_each(|(byte, &pair)| *byte = low(pair));
        text.extend_from_slice(&bytes);
        rest = behind;
    }
    while let Some((&pair, behind)) = rest.split_first_chunk()
        && order.unit(pair) < 0x80
    {
        text.push(low(pair));
        rest = behind;
    }
    rest
}

/// Returns the character of two surrogates, a high one and a low one.
fn joined(high: u16, low: u16) -> char {
    let number = 0x1_0000 + ((u32::from(high) & 0x3ff) << 10 | u32::from(low) & 0x3ff);
    char::from_u32(number).expect("each pair of surrogates is a character")
}

#[inline]
fn push(char: char, text: &mut Vec<u8>) {
    text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}
