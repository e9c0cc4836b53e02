//! Collects the output of a part of a stream, so that many small ranges go to the writer at once.

use std::io::{self, ErrorKind, IoSlice, Write};
use std::ops::Range;

/// Capacity: most likely a window with its notes, in bytes. The collected bytes are then still in the L2 cache when
/// they are handed on.
const CAPACITY: usize = 192 * 1024;

/// The number of bytes that are copied at a time, even where fewer are needed.
pub(crate) const CHUNK_BYTES: usize = 128;

/// The most bytes of a range that is copied in blocks. For a longer range, a call of the system's `memcpy` is worth its
/// cost.
const SHORT_BYTES: usize = 1024;

/// The most bytes of a range that is copied. A longer range is handed on from the place where it is.
const LONG_BYTES: usize = 2048;

/// Capacity: the most ranges that wait to be handed on from their places.
const LONG_MAX: usize = 64;

/// A writer that takes ranges of texts. The texts live for `'t`, so that an implementation may keep references to them.
pub(crate) trait Sink<'t>: Write {
    /// Writes a range of the input. May read the bytes behind the range in the text, but does not write them.
    fn copy(&mut self, text: &'t [u8], piece: Range<usize>) -> io::Result<()> {
        self.write_all(&text[piece])
    }

    /// Writes a range of a text that is a part of a note, and has no newline, as [`Sink::copy`] does.
    #[inline(always)]
    fn copy_note(&mut self, text: &'t [u8], piece: Range<usize>) -> io::Result<()> {
        self.copy(text, piece)
    }

    /// Passes the free space of the sink's buffer, if it has one, to `fill`, which returns the number of bytes that it has
    /// written from the beginning of the space on. The space may be too small for anything.
    #[inline(always)]
    fn fill(&mut self, fill: impl FnOnce(&mut [u8]) -> usize) {
        fill(&mut []);
    }
}

impl Sink<'_> for Vec<u8> {}

/// A buffer for a [`Collector`], which can be used again by the next one.
#[derive(Debug)]
pub(crate) struct Collected(Box<[u8]>);

impl Default for Collected {
    fn default() -> Self {
        Self(vec![0; CAPACITY].into_boxed_slice())
    }
}

/// Collects bytes for a writer. Bytes that are left are lost when it is dropped: call [`Collector::finish`].
///
/// Takes `&mut dyn Write`, so that the code that runs for each range is compiled once and not for each type of writer.
pub(crate) struct Collector<'t, 'w> {
    bytes: &'w mut [u8],
    length: usize,
    /// Ranges that are not copied, each with the number of collected bytes before it.
    long: [(usize, &'t [u8]); LONG_MAX],
    long_count: usize,
    wtr: &'w mut dyn Write,
}

impl<'t, 'w> Collector<'t, 'w> {
    pub(crate) fn new(collected: &'w mut Collected, wtr: &'w mut dyn Write) -> Self {
        Self { bytes: &mut collected.0, length: 0, long: [(0, &[]); LONG_MAX], long_count: 0, wtr }
    }

    /// Hands all remaining bytes to the writer.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.hand_on()
    }

    /// Hands all collected bytes to the writer, in one vectored write where possible.
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

    /// Copies the bytes of `piece`, and no more.
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

    /// Copies a range of more than [`SHORT_BYTES`], or keeps a reference to it if it has more than [`LONG_BYTES`].
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
    /// Copies whole blocks of [`CHUNK_BYTES`]: most ranges are short and of a length that cannot be predicted, so that
    /// a copy of the exact length takes longer than a copy of more bytes than are needed.
    #[inline(always)]
    fn copy(&mut self, text: &'t [u8], piece: Range<usize>) -> io::Result<()> {
        // A subtraction without the test for an empty range that `len` makes.
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

    #[inline(always)]
    fn fill(&mut self, fill: impl FnOnce(&mut [u8]) -> usize) {
        let free = &mut self.bytes[self.length..];
        let free_bytes = free.len();
        self.length += fill(free).min(free_bytes);
    }
}

impl Write for Collector<'_, '_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.copy_exactly(piece)?;
        Ok(piece.len())
    }

    /// Hands all collected bytes to the writer, and flushes the writer.
    fn flush(&mut self) -> io::Result<()> {
        self.hand_on()?;
        self.wtr.flush()
    }
}

/// Writes all bytes of the slices, as `Write::write_all` does.
fn write_all_vectored(wtr: &mut dyn Write, mut slices: &mut [IoSlice<'_>]) -> io::Result<()> {
    // Drops empty slices at the front.
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

    /// Accepts a few bytes of each write.
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
            // More long ranges than `LONG_MAX`.
            let repeats = if round % 50 == 0 { LONG_MAX } else { 1 };
            for length in lengths.into_iter().chain(long.into_iter().cycle().take(repeats)) {
                // At the end of the text there are no bytes behind the range.
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
