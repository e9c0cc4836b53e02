//! Collects what is written of a part of a stream, piece by piece, so that it goes on in one large piece.

use std::io::{self, Write};
use std::ops::Range;

/// As much is collected before it goes on: a window with its notes, most likely. It is still in the second nearest cache
/// then.
const CAPACITY: usize = 192 * 1024;

/// How much is copied at a time, needed or not.
pub(crate) const CHUNK_BYTES: usize = 128;

/// Longer pieces are copied by the function of the system's library, which then is worth its call.
const SHORT_BYTES: usize = 1024;

/// Longer pieces go on from where they are.
const LONG_BYTES: usize = 64 * 1024;

/// A writer that takes pieces of texts.
pub(crate) trait Sink: Write {
    /// Writes a piece of a text. What stands behind the piece in the text may be looked at.
    fn copy(&mut self, text: &[u8], piece: Range<usize>) -> io::Result<()> {
        self.write_all(&text[piece])
    }
}

impl Sink for Vec<u8> {}

/// Room to collect in.
#[derive(Debug)]
pub(crate) struct Collected {
    bytes: Box<[u8]>,
    length: usize,
}

impl Default for Collected {
    fn default() -> Self {
        Self { bytes: vec![0; CAPACITY].into_boxed_slice(), length: 0 }
    }
}

/// Collects for a writer. What has not gone on when this is dropped never does: call [`Collector::finish`].
///
/// Which writer that is makes no difference for code that is called for each piece: it is compiled once.
pub(crate) struct Collector<'a> {
    collected: &'a mut Collected,
    wtr: &'a mut dyn Write,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(collected: &'a mut Collected, wtr: &'a mut dyn Write) -> Self {
        collected.length = 0;
        Self { collected, wtr }
    }

    /// Hands on what is left.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.hand_on()
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let length = std::mem::take(&mut self.collected.length);
        self.wtr.write_all(&self.collected.bytes[..length])
    }

    #[inline(never)]
    fn copy_exactly(&mut self, piece: &[u8]) -> io::Result<()> {
        if piece.len() > LONG_BYTES {
            self.hand_on()?;
            return self.wtr.write_all(piece);
        }
        if piece.len() > CAPACITY - self.collected.length {
            self.hand_on()?;
        }
        let Collected { bytes, length } = &mut *self.collected;
        bytes[*length..][..piece.len()].copy_from_slice(piece);
        *length += piece.len();
        Ok(())
    }
}

impl Sink for Collector<'_> {
    /// Most pieces are short, and of a length that cannot be predicted, so that a copy of just so many bytes takes
    /// longer than one of more bytes than are needed.
    #[inline(always)]
    fn copy(&mut self, text: &[u8], piece: Range<usize>) -> io::Result<()> {
        let count = piece.len();
        if count > SHORT_BYTES {
            return self.copy_exactly(&text[piece]);
        }
        let Collected { bytes, length } = &mut *self.collected;
        let (mut from, mut to) = (&text[piece.start..], &mut bytes[*length..]);
        let mut left = count;
        loop {
            let chunks = (from.split_first_chunk::<CHUNK_BYTES>(), to.split_first_chunk_mut::<CHUNK_BYTES>());
            let (Some((from_chunk, from_rest)), Some((to_chunk, to_rest))) = chunks else {
                return self.copy_exactly(&text[piece]);
            };
            *to_chunk = *from_chunk;
            if left <= CHUNK_BYTES {
                break;
            }
            left -= CHUNK_BYTES;
            (from, to) = (from_rest, to_rest);
        }
        *length += count;
        Ok(())
    }
}

impl Write for Collector<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.copy_exactly(piece)?;
        Ok(piece.len())
    }

    /// Hands on what was collected, and has the writer do so too.
    fn flush(&mut self) -> io::Result<()> {
        self.hand_on()?;
        self.wtr.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_all_lengths_go_on_in_order() {
        let text: Vec<u8> = (0..300_000_u32).map(|at| (at * 31 >> 3) as u8).collect();
        let lengths = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, SHORT_BYTES, SHORT_BYTES + 1];
        let long = [LONG_BYTES, LONG_BYTES + 1, CAPACITY, CAPACITY + 1, 0, 5];
        let (mut collected, mut written, mut expected) = (Collected::default(), Vec::new(), Vec::new());
        for round in 0..300 {
            let mut collector = Collector::new(&mut collected, &mut written);
            for length in lengths.into_iter().chain(long.into_iter().filter(|_| round % 50 == 0)) {
                // At the end of the text nothing stands behind the piece.
                for start in [round, text.len() - length] {
                    collector.copy(&text, start..start + length).unwrap();
                    expected.extend_from_slice(&text[start..start + length]);
                }
                collector.write_all(&text[..round]).unwrap();
                expected.extend_from_slice(&text[..round]);
            }
            collector.finish().unwrap();
            assert!(written == expected, "{round}");
            (written, expected) = (Vec::new(), Vec::new());
        }
    }
}
