//! Collects what is written of a part of a stream, piece by piece, so that it goes on at once.

use std::io::{self, ErrorKind, IoSlice, Write};
use std::ops::Range;

/// As much is collected before it goes on: a window with its notes, most likely. It is still in the second nearest cache
/// then.
const CAPACITY: usize = 192 * 1024;

/// How much is copied at a time, needed or not.
pub(crate) const CHUNK_BYTES: usize = 128;

/// Pieces of a text with more bytes are copied by the system's library, which then is worth its call.
const SHORT_BYTES: usize = 1024;

/// Pieces of a text with more bytes go on from where they are.
const LONG_BYTES: usize = 2048;

/// As many of these are remembered.
const LONG_MAX: usize = 64;

/// A writer that takes pieces of texts, as long as these are there.
pub(crate) trait Sink<'t>: Write {
    /// Writes a piece of a text. What stands behind the piece in the text may be looked at.
    fn copy(&mut self, text: &'t [u8], piece: Range<usize>) -> io::Result<()> {
        self.write_all(&text[piece])
    }
}

impl Sink<'_> for Vec<u8> {}

/// Room to collect in.
#[derive(Debug)]
pub(crate) struct Collected(Box<[u8]>);

impl Default for Collected {
    fn default() -> Self {
        Self(vec![0; CAPACITY].into_boxed_slice())
    }
}

/// Collects for a writer. What has not gone on when this is dropped never does: call [`Collector::finish`].
///
/// Which writer that is makes no difference for code that is called for each piece: it is compiled once.
pub(crate) struct Collector<'t, 'w> {
    bytes: &'w mut [u8],
    length: usize,
    /// Pieces that are not copied, each with how many of the bytes stand before it.
    long: [(usize, &'t [u8]); LONG_MAX],
    long_count: usize,
    wtr: &'w mut dyn Write,
}

impl<'t, 'w> Collector<'t, 'w> {
    pub(crate) fn new(collected: &'w mut Collected, wtr: &'w mut dyn Write) -> Self {
        Self { bytes: &mut collected.0, length: 0, long: [(0, &[]); LONG_MAX], long_count: 0, wtr }
    }

    /// Hands on what is left.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.hand_on()
    }

    #[cold]
    fn hand_on(&mut self) -> io::Result<()> {
        let length = std::mem::take(&mut self.length);
        let mut slices = [IoSlice::new(&[]); 2 * LONG_MAX + 1];
        let (mut at, mut count) = (0, 0);
        for &(end, piece) in &self.long[..std::mem::take(&mut self.long_count)] {
            slices[count] = IoSlice::new(&self.bytes[at..end]);
            slices[count + 1] = IoSlice::new(piece);
            (at, count) = (end, count + 2);
        }
        slices[count] = IoSlice::new(&self.bytes[at..length]);
        write_all_vectored(self.wtr, &mut slices[..=count])
    }

    /// Copies just these bytes.
    #[inline(never)]
    fn copy_exactly(&mut self, mut piece: &[u8]) -> io::Result<()> {
        loop {
            let count = piece.len().min(self.bytes.len() - self.length);
            self.bytes[self.length..][..count].copy_from_slice(&piece[..count]);
            self.length += count;
            if count == piece.len() {
                return Ok(());
            }
            self.hand_on()?;
            piece = &piece[count..];
        }
    }

    #[inline(never)]
    fn copy_not_short(&mut self, piece: &'t [u8]) -> io::Result<()> {
        if piece.len() <= LONG_BYTES {
            return self.copy_exactly(piece);
        }
        if self.long_count == LONG_MAX {
            self.hand_on()?;
        }
        self.long[self.long_count] = (self.length, piece);
        self.long_count += 1;
        Ok(())
    }
}

impl<'t> Sink<'t> for Collector<'t, '_> {
    /// Most pieces are short, and of a length that cannot be predicted, so that a copy of just so many bytes takes
    /// longer than one of more bytes than are needed.
    #[inline(always)]
    fn copy(&mut self, text: &'t [u8], piece: Range<usize>) -> io::Result<()> {
        // Not `len`, which asks whether the range is empty.
        let count = piece.end.wrapping_sub(piece.start);
        if count > SHORT_BYTES {
            return self.copy_not_short(&text[piece]);
        }
        let (mut from, mut to) = (&text[piece.start..], &mut self.bytes[self.length..]);
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
        self.length += count;
        Ok(())
    }
}

impl Write for Collector<'_, '_> {
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

fn write_all_vectored(wtr: &mut dyn Write, mut slices: &mut [IoSlice<'_>]) -> io::Result<()> {
    // Leaves out empty ones.
    IoSlice::advance_slices(&mut slices, 0);
    while !slices.is_empty() {
        match wtr.write_vectored(slices) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => IoSlice::advance_slices(&mut slices, count),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes a little of what it is given.
    #[derive(Default)]
    struct Slow {
        taken: Vec<u8>,
        calls: usize,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.write_vectored(&[IoSlice::new(bytes)])
        }

        fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
            self.calls += 1;
            if self.calls.is_multiple_of(5) {
                return Err(ErrorKind::Interrupted.into());
            }
            let most = if self.calls.is_multiple_of(2) { 5000 } else { 1_000_000 };
            let before = self.taken.len();
            self.taken.extend(slices.iter().flat_map(|slice| slice.iter()).take(most));
            Ok(self.taken.len() - before)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn pieces_of_all_lengths_go_on_in_order() {
        let text: Vec<u8> = (0..300_000_u32).map(|at| ((at * 31) >> 3) as u8).collect();
        let lengths = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, SHORT_BYTES, SHORT_BYTES + 1];
        let long = [LONG_BYTES, LONG_BYTES + 1, CAPACITY, CAPACITY + 1, 0, 5];
        let mut collected = Collected::default();
        for round in 0..300 {
            let (mut slow, mut expected) = (Slow::default(), Vec::new());
            let mut collector = Collector::new(&mut collected, &mut slow);
            // More long ones than are remembered.
            let repeats = if round % 50 == 0 { LONG_MAX } else { 1 };
            for length in lengths.into_iter().chain(long.into_iter().cycle().take(repeats)) {
                // At the end of the text nothing stands behind the piece.
                for start in [round, text.len() - length] {
                    collector.copy(&text, start..start + length).unwrap();
                    expected.extend_from_slice(&text[start..start + length]);
                }
                collector.write_all(&text[..round]).unwrap();
                expected.extend_from_slice(&text[..round]);
            }
            collector.finish().unwrap();
            assert!(slow.taken == expected, "{round}");
        }
    }
}
