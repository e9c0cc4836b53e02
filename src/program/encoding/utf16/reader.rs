//! Reads UTF-16 as UTF-8.

use super::{ESCAPE, Escaped, Utf16Order};
use std::io::{self, ErrorKind, Read};

/// The number of bytes that are read at once.
const RAW_BYTES: usize = 64 * 1024;
/// The number of units that are translated at once.
const RUN_UNITS: usize = 8;
const LANE_BITS: usize = 16;
/// The most bytes that a step writes: a long run of ASCII and a run of characters of three bytes.
const STEP_MAX_BYTES: usize = 6 * RUN_UNITS;
/// The capacity for text. A text of this size is still in the L1 cache when it is taken.
const TEXT_BYTES: usize = 24 * 1024;

/// The text of an input in UTF-16, as UTF-8. The input is passed to each call of [`Utf16Reader::read`].
#[derive(Debug)]
pub(crate) struct Utf16Reader {
    order: Utf16Order,
    /// The bytes that were read, of which those in `start..end` are not translated.
    raw: Box<[u8]>,
    start: usize,
    end: usize,
    /// The text, of which `taken..length` has not been taken.
    text: Box<[u8]>,
    taken: usize,
    length: usize,
    /// True if the byte order mark, with which the input begins, is still to be skipped.
    skips_mark: bool,
    /// True if no more bytes follow: the input has ended or failed.
    at_end: bool,
    /// The error of the input, which is returned when the text before it has been taken.
    error: Option<io::Error>,
    /// The number of bytes that were read.
    bytes: u64,
}

impl Utf16Reader {
    /// Returns a reader. If `has_mark`, the input begins with a byte order mark, which is no part of the text.
    pub(crate) fn new(order: Utf16Order, has_mark: bool) -> Self {
        Self {
            order,
            raw: vec![0; RAW_BYTES].into_boxed_slice(),
            start: 0,
            end: 0,
            text: vec![0; TEXT_BYTES].into_boxed_slice(),
            taken: 0,
            length: 0,
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
    pub(crate) fn read(&mut self, rdr: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        while count < buffer.len() {
            if self.taken == self.length && !self.translate() {
                if count > 0 {
                    break;
                }
                if let Some(error) = self.error.take() {
                    return Err(error);
                }
                if self.at_end {
                    return Ok(0);
                }
                self.read_more(rdr)?;
                continue;
            }
            let piece = (buffer.len() - count).min(self.length - self.taken);
            buffer[count..count + piece].copy_from_slice(&self.text[self.taken..self.taken + piece]);
            (self.taken, count) = (self.taken + piece, count + piece);
        }
        Ok(count)
    }

    /// Reads the input once. At most three of the bytes that were read before must not have been translated.
    fn read_more(&mut self, rdr: &mut impl Read) -> io::Result<()> {
        self.raw.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        match rdr.read(&mut self.raw[self.end..]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => (self.at_end, self.error) = (true, Some(error)),
            Ok(0) => self.at_end = true,
            Ok(count) => {
                self.bytes += count as u64;
                self.end += count;
            }
        }
        if self.skips_mark && (self.end >= 2 || self.at_end) {
            self.skips_mark = false;
            self.start = self.end.min(2);
        }
        Ok(())
    }

    /// Translates bytes until there are no more or the text is full. The text must have been taken. Returns false if there
    /// is no text: half a unit, and a surrogate whose other half may follow, wait for more bytes.
    fn translate(&mut self) -> bool {
        let raw = if self.skips_mark { &[] } else { &self.raw[self.start..self.end] };
        let (read, written) = match self.order {
            Utf16Order::LittleEndian => translate::<false>(raw, &mut self.text, self.at_end),
            Utf16Order::BigEndian => translate::<true>(raw, &mut self.text, self.at_end),
        };
        self.start += read;
        (self.taken, self.length) = (0, written);
        written > 0
    }
}

/// Translates bytes until there are no more, the text is full, or more bytes are needed; none follow if `is_last`.
/// Returns the numbers of bytes that were translated and written.
fn translate<const BIG_ENDIAN: bool>(raw: &[u8], text: &mut [u8], is_last: bool) -> (usize, usize) {
    let unit = |pair: [u8; 2]| if BIG_ENDIAN { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) };
    let (mut rest, mut at) = (raw, 0);
    while text.len() - at >= STEP_MAX_BYTES {
        let (units, bytes) = translate_run::<BIG_ENDIAN>(rest, &mut text[at..]).unwrap_or((0, 0));
        (rest, at) = (&rest[2 * units..], at + bytes);
        if units > 0 {
            continue;
        }
        let Some((&pair, behind)) = rest.split_first_chunk() else {
            if let ([byte], true) = (rest, is_last) {
                put(ESCAPE, text, &mut at);
                put(Escaped::Byte(*byte).char(), text, &mut at);
                rest = &[];
            }
            break;
        };
        let first = unit(pair);
        rest = match (behind.first_chunk().map(|&pair| unit(pair)), first) {
            (None, 0xd800..=0xdbff) if !is_last => break,
            (Some(low @ 0xdc00..=0xdfff), 0xd800..=0xdbff) => {
                let char = joined(first, low);
                if char == ESCAPE {
                    put(ESCAPE, text, &mut at);
                }
                put(char, text, &mut at);
                &behind[2..]
            }
            _ => {
                let lone = || Escaped::Lone(first).char();
                match char::from_u32(u32::from(first)) {
                    Some(char) => put(char, text, &mut at),
                    None => [ESCAPE, lone()].into_iter().for_each(|char| put(char, text, &mut at)),
                }
                behind
            }
        };
    }
    (raw.len() - rest.len(), at)
}

/// Translates ASCII, and then characters of three bytes, Chinese among them. Returns the numbers of units that were
/// translated and of bytes that were written; `None` if there are too few bytes for a run.
///
/// Each step writes a whole run, and counts the bytes that are right; the others are overwritten by the next step. So
/// no branch depends on the lengths of words, which cannot be predicted.
#[inline(always)]
fn translate_run<const BIG_ENDIAN: bool>(raw: &[u8], text: &mut [u8]) -> Option<(usize, usize)> {
    let long = raw.first_chunk::<{ 4 * RUN_UNITS }>()?;
    let low = |pair: [u8; 2]| pair[usize::from(BIG_ENDIAN)];
    let pairs = long.as_chunks().0;
    text.first_chunk_mut::<{ 2 * RUN_UNITS }>()?
        .iter_mut()
        .zip(pairs)
        .for_each(|(byte, &pair)| *byte = low(pair));
    let [first, second] = long.as_chunks().0 else { return None };
    let not_ascii = |run: &[u8; 2 * RUN_UNITS]| lanes::<BIG_ENDIAN>(run) & each(0xff80);
    let ascii = match (not_ascii(first), not_ascii(second)) {
        (0, 0) => return Some((2 * RUN_UNITS, 2 * RUN_UNITS)),
        (0, bits) => RUN_UNITS + bits.trailing_zeros() as usize / LANE_BITS,
        (bits, _) => bits.trailing_zeros() as usize / LANE_BITS,
    };
    let Some(run) = raw[2 * ascii..].first_chunk() else { return Some((ascii, ascii)) };
    let run = lanes::<BIG_ENDIAN>(run);
    let three = leading_of_three_bytes(run);
    write_three_bytes(run, text.get_mut(ascii..)?.first_chunk_mut()?);
    Some((ascii + three, ascii + 3 * three))
}

/// Returns a number with this lane in each place.
const fn each(lane: u16) -> u128 {
    lane as u128 * 0x0001_0001_0001_0001_0001_0001_0001_0001
}

/// Returns the units of a run as the lanes of a number, the first unit in the lowest lane.
#[inline(always)]
fn lanes<const BIG_ENDIAN: bool>(run: &[u8; 2 * RUN_UNITS]) -> u128 {
    let lanes = u128::from_le_bytes(*run);
    if BIG_ENDIAN { (lanes & each(0xff)) << 8 | lanes >> 8 & each(0xff) } else { lanes }
}

/// Returns the number of lanes, from the lowest on, that hold characters of three bytes: neither a lower number than
/// U+0800 nor a surrogate.
#[inline(always)]
fn leading_of_three_bytes(lanes: u128) -> usize {
    // The upper five bits: 0 for characters of fewer bytes, 27 for surrogates. Adding 0x7fff to a lane with any bit set
    // sets its highest bit.
    let upper = lanes >> 11 & each(0x1f);
    let is_three = (upper + each(0x7fff)) & ((upper ^ each(27)) + each(0x7fff)) & each(0x8000);
    (is_three ^ each(0x8000)).trailing_zeros() as usize / LANE_BITS
}

/// Writes each lane as a character of three bytes, and more bytes behind them.
#[inline(always)]
fn write_three_bytes(lanes: u128, text: &mut [u8; 3 * RUN_UNITS + 2]) {
    let pairs = [lanes as u64, (lanes >> 64) as u64].map(|half| [half & 0xffff_ffff, half >> 32]);
    for (place, &pair) in pairs.as_flattened().iter().enumerate() {
        // Two units, each in 32 bits, and then the three bytes of each.
        let units = pair & 0xffff | (pair & 0xffff_0000) << 16;
        let both = |bits: u64| bits | bits << 32;
        let bytes = both(0x80_80e0)
            | units >> 12 & both(0x0f)
            | units << 2 & both(0x3f00)
            | units << 16 & both(0x3f_0000);
        let joined = bytes & 0xff_ffff | bytes >> 8 & 0xffff_ff00_0000;
        text[6 * place..][..8].copy_from_slice(&joined.to_le_bytes());
    }
}

/// Writes a character.
fn put(char: char, text: &mut [u8], at: &mut usize) {
    *at += char.encode_utf8(&mut text[*at..]).len();
}

/// Returns the character of two surrogates, a high one and a low one.
fn joined(high: u16, low: u16) -> char {
    let number = 0x1_0000 + ((u32::from(high) & 0x3ff) << 10 | u32::from(low) & 0x3ff);
    char::from_u32(number).expect("each pair of surrogates is a character")
}
