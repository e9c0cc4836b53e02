//! `.Z` of compress: LZW with codes of 9 to 16 bits. No crate that is kept decodes it piece by piece.

use super::{CompressedFormat, Decode, Format, Step, StepOutcome, WrittenIn};
use crate::program::compression::signature::agrees_plainly;

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Compress,
    name: "compress",
    unpack: "gzip -d",
    extensions: &["Z"],
    begins,
    by_name: None,
    has_skippable_frames: false,
    decoder: |_| Ok(Box::new(Lzw::new())),
    writing: WrittenIn::Instead(Format::Gzip),
};

/// The length of the header: the signature, then a byte with the number of bits of the longest codes.
const HEADER_BYTES: usize = 3;
/// The bits of that byte which hold the number.
const BITS_MASK: u8 = 0x1f;
/// The number of bits of the first codes.
const FIRST_BITS: u32 = 9;
/// The code that empties the table, and the first code of the table.
const CLEAR: usize = 256;
const FIRST_FREE: usize = 257;

/// Compares bytes with the signature. The third byte has a flag for a table that can be emptied, which each version but
/// the first sets, and the number of bits of the longest codes: 9 to 16.
fn begins(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [0x1f, 0x9d, 0x89..=0x90, ..] => Some(true),
        [0x1f, 0x9d, _, ..] => None,
        _ => agrees_plainly(bytes, b"\x1f\x9d\x90"),
    }
}

/// A decoder. Each entry of the table is an earlier string and one byte more. Memory: 256 KiB.
struct Lzw {
    header: usize,
    max_bits: u32,
    bits: u32,
    /// The bits that have been read and not been used, the next one lowest, and their number.
    held: u32,
    held_bits: u32,
    /// The number of codes that have been read since their width changed. Codes come in groups of eight: where the
    /// width changes, the rest of the group is left out.
    codes: u32,
    /// The number of bits that are left out next.
    skipped: u32,
    prefixes: Vec<u16>,
    suffixes: Vec<u8>,
    /// The code before; `None` before the first one and behind [`CLEAR`].
    previous: Option<u16>,
    /// The first byte of the string before.
    first: u8,
    /// The decoded bytes that have not been written, the next one last.
    string: Vec<u8>,
}

impl Lzw {
    fn new() -> Self {
        Self {
            header: 0,
            max_bits: 0,
            bits: FIRST_BITS,
            held: 0,
            held_bits: 0,
            codes: 0,
            skipped: 0,
            prefixes: vec![0; FIRST_FREE],
            suffixes: vec![0; FIRST_FREE],
            previous: None,
            first: 0,
            string: Vec::new(),
        }
    }

    /// Takes a byte of the data. Returns false if it is damaged.
    fn take(&mut self, byte: u8) -> bool {
        if self.header < HEADER_BYTES {
            self.header += 1;
            self.max_bits = u32::from(byte & BITS_MASK);
            return true;
        }
        self.held |= u32::from(byte) << self.held_bits;
        self.held_bits += 8;
        let skipped = self.skipped.min(self.held_bits);
        self.use_bits(skipped);
        self.skipped -= skipped;
        if self.skipped > 0 || self.held_bits < self.bits {
            return true;
        }
        let code = (self.held & ((1 << self.bits) - 1)) as usize;
        self.use_bits(self.bits);
        self.codes += 1;
        self.decode(code)
    }

    fn use_bits(&mut self, count: u32) {
        self.held >>= count;
        self.held_bits -= count;
    }

    /// Decodes a code into the string, and adds the entry that it completes. Returns false if there is no such code.
    fn decode(&mut self, code: usize) -> bool {
        if code == CLEAR {
            self.prefixes.truncate(FIRST_FREE);
            self.suffixes.truncate(FIRST_FREE);
            self.previous = None;
            self.widen_to(FIRST_BITS);
            return true;
        }
        let free = self.prefixes.len();
        let mut at = code;
        if code >= free {
            // The string before, and its own first byte behind it, is the entry that comes next.
            let Some(previous) = self.previous.filter(|_| code == free) else { return false };
            self.string.push(self.first);
            at = usize::from(previous);
        }
        while at > CLEAR {
            self.string.push(self.suffixes[at]);
            at = usize::from(self.prefixes[at]);
        }
        self.first = at as u8;
        self.string.push(self.first);
        if let Some(previous) = self.previous
            && free < 1 << self.max_bits
        {
            self.prefixes.push(previous);
            self.suffixes.push(self.first);
        }
        self.previous = Some(code as u16);
        if self.prefixes.len() == 1 << self.bits && self.bits < self.max_bits {
            self.widen_to(self.bits + 1);
        }
        true
    }

    /// Sets the width of the codes that follow, which begin behind the group.
    fn widen_to(&mut self, bits: u32) {
        self.skipped = (8 - self.codes % 8) % 8 * self.bits;
        let held = self.skipped.min(self.held_bits);
        self.use_bits(held);
        self.skipped -= held;
        (self.bits, self.codes) = (bits, 0);
    }
}

impl Decode for Lzw {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let (mut read, mut written) = (0, 0);
        loop {
            while written < output.len()
                && let Some(byte) = self.string.pop()
            {
                output[written] = byte;
                written += 1;
            }
            if written == output.len() || read == input.len() {
                return Step::more(read, written);
            }
            if !self.take(input[read]) {
                let why = "a code that is not in the table".to_owned();
                return Step { read: read + 1, written, state: StepOutcome::Damaged(why) };
            }
            read += 1;
        }
    }

    /// The format has neither a mark of its end nor a checksum; but a code that is cut off shows.
    fn may_end(&self) -> bool {
        self.header == HEADER_BYTES && self.held == 0 && (self.held_bits < 8 || self.skipped > 0)
    }
}
