//! The text of packed data, decoded unit by unit on several threads.

use super::{DataUnit, FindUnits, NextUnit, ReadPlaces, TEXT_MAX_BYTES, finder};
use crate::program::compression::formats::{Format, Step, StepOutcome};
use crate::program::system::side_work::SideWork;
use crate::program::system::thread_budget::ThreadBudget;
use std::io;
use std::mem;

/// The most bytes of text that a step of a decoder gives.
const STEP_BYTES: usize = 64 * 1024;

/// Reads the text of packed data whose units are all right. Where they are not, it says so: what is wrong is told by a
/// decoder of the whole.
pub(crate) struct UnitsReader<D> {
    data: D,
    finder: Box<dyn FindUnits>,
    /// Decodes units, each with a buffer for its text; `None` for one that is damaged.
    decoding: SideWork<(DataUnit, Vec<u8>), Option<UnitText>>,
    /// Buffers of texts that have been read: new ones would take half the time of a fast decoder.
    spare: Vec<Vec<u8>>,
    /// The outcome behind the last unit, once the finder has found it.
    end: Option<UnitsRead>,
    /// The text that is being read, from `start` on.
    text: UnitText,
    start: usize,
    go_on: GoOn,
}

/// The text of a unit.
#[derive(Default)]
struct UnitText {
    /// A buffer that begins with the text.
    buffer: Vec<u8>,
    length: usize,
    /// The same as [`DataUnit::end`].
    end: Option<u64>,
}

/// The place at which a decoder of the whole goes on behind the text that was read.
#[derive(Clone, Copy, Default)]
pub(crate) struct GoOn {
    /// The byte offset of a place between two members; `None` for the beginning of the data.
    pub(crate) place: Option<u64>,
    /// The number of bytes of text behind the place that were read.
    pub(crate) skip: u64,
}

/// The outcome of a read.
#[derive(Clone, Copy)]
pub(crate) enum UnitsRead {
    /// The number of bytes that were read; 0 at the end of the text.
    Bytes(usize),
    /// The data behind the text so far cannot be read in units.
    SomethingElse,
}

impl<D: ReadPlaces> UnitsReader<D> {
    /// Returns a reader of the data from the byte offset `start` to `end`, which is in one layer of a format. Gives the data
    /// back if it cannot be decoded in units, or has one alone.
    ///
    /// # Errors
    ///
    /// Fails where the data cannot be read.
    pub(crate) fn new(
        format: Format,
        mut data: D,
        (start, end): (u64, u64),
        budget: &ThreadBudget,
    ) -> io::Result<Option<Self>> {
        let Some(finder) = finder(format, &mut data, start, end)? else {
            return Ok(None);
        };
        let decoding = SideWork::new("decode", budget, move |(unit, mut buffer): (DataUnit, Vec<u8>)| {
            let length = decode(format, &unit, &mut buffer)?;
            Some(UnitText { buffer, length, end: unit.end })
        })
        .on_up_to(finder.threads_max());
        Ok(Some(Self {
            data,
            finder,
            decoding,
            spare: Vec::new(),
            end: None,
            text: UnitText::default(),
            start: 0,
            go_on: GoOn::default(),
        }))
    }

    /// Returns the packed data.
    pub(crate) fn data_mut(&mut self) -> &mut D {
        &mut self.data
    }

    /// Returns the place at which a decoder of the whole goes on.
    pub(crate) fn go_on(&self) -> GoOn {
        self.go_on
    }

    /// Reads text.
    ///
    /// # Errors
    ///
    /// Fails where the data cannot be read.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<UnitsRead> {
        while self.start == self.text.length {
            if let Some(end) = self.text.end.take() {
                self.go_on = GoOn { place: Some(end), skip: 0 };
            }
            while self.end.is_none() && !self.decoding.is_full() {
                match self.finder.next(&mut self.data)? {
                    NextUnit::Unit(unit) => {
                        self.decoding.push((unit, self.spare.pop().unwrap_or_default()));
                    }
                    NextUnit::End => self.end = Some(UnitsRead::Bytes(0)),
                    NextUnit::SomethingElse => self.end = Some(UnitsRead::SomethingElse),
                }
            }
            (self.text, self.start) = match self.decoding.pop() {
                Some(Some(text)) => {
                    self.spare.push(mem::take(&mut self.text.buffer));
                    (text, 0)
                }
                Some(None) => return Ok(UnitsRead::SomethingElse),
                None => return Ok(self.end.unwrap_or(UnitsRead::Bytes(0))),
            };
        }
        let count = buffer.len().min(self.text.length - self.start);
        buffer[..count].copy_from_slice(&self.text.buffer[self.start..self.start + count]);
        self.start += count;
        self.go_on.skip += count as u64;
        Ok(UnitsRead::Bytes(count))
    }
}

/// Decodes the text of a unit into the beginning of a buffer, which grows as it needs, and returns the length of the text.
/// Returns `None` if the unit is damaged, ends before its last member does, or has too long a text.
fn decode(format: Format, unit: &DataUnit, buffer: &mut Vec<u8>) -> Option<usize> {
    // One byte more, so that the end of the text is met without more room.
    if buffer.len() <= unit.text_bytes {
        buffer.resize(unit.text_bytes + 1, 0);
    }
    let mut length = 0;
    let mut rest = &unit.member[..];
    while !rest.is_empty() {
        let mut decoder = format.decoder(None).ok()?;
        loop {
            if length == buffer.len() {
                buffer.resize(length + STEP_BYTES, 0);
            }
            let no_more = rest.is_empty();
            let end = buffer.len().min(length + STEP_BYTES);
            let Step { read, written, state } = decoder.step(rest, &mut buffer[length..end]);
            length += written;
            rest = &rest[read..];
            match state {
                StepOutcome::End => break,
                StepOutcome::More if (written > 0 || !no_more) && length <= TEXT_MAX_BYTES => {}
                _ => return None,
            }
        }
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::compression::{Encoder, Packing};
    use std::io::Write;

    /// Packed data in memory.
    struct PackedBytes(Vec<u8>);

    impl ReadPlaces for PackedBytes {
        fn read_at(&mut self, buffer: &mut [u8], place: u64) -> io::Result<usize> {
            let rest = &self.0[self.0.len().min(place as usize)..];
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            Ok(count)
        }
    }

    fn text_of_lines(lines: u32) -> Vec<u8> {
        (0..lines).flat_map(|line| format!("{:x} ret=-204\n", line.wrapping_mul(line)).into_bytes()).collect()
    }

    fn pack(format: Format, text: &[u8]) -> Vec<u8> {
        let packing = Packing { format, level: Some(if format == Format::Xz { 0 } else { 1 }) };
        let mut encoder = Encoder::new(&[packing], Vec::new(), &ThreadBudget::new(1)).unwrap();
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// Returns the text up to the first thing that is no unit, and true if there was none; `None` if the data has one unit
    /// alone.
    fn read_in_units(format: Format, packed: &[u8], threads: usize) -> Option<(Vec<u8>, bool)> {
        let places = (0, packed.len() as u64);
        let budget = ThreadBudget::new(threads);
        let mut rdr = UnitsReader::new(format, PackedBytes(packed.to_vec()), places, &budget).unwrap()?;
        let (mut text, mut buffer) = (Vec::new(), vec![0; 70_001]);
        loop {
            match rdr.read(&mut buffer).unwrap() {
                UnitsRead::Bytes(0) => return Some((text, true)),
                UnitsRead::Bytes(count) => text.extend_from_slice(&buffer[..count]),
                UnitsRead::SomethingElse => return Some((text, false)),
            }
        }
    }

    /// Returns texts of several sizes, of more than one unit together, each packed by itself, and joined.
    fn pack_several(format: Format) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let lines = [1, 150_000, 0, 5, 40_000, 220_000, 7, 30_000, 200_000];
        let texts: Vec<_> = lines.into_iter().map(text_of_lines).collect();
        let packed = texts.iter().map(|text| pack(format, text)).collect();
        (texts, packed)
    }

    const IN_BLOCKS: [Format; 2] = [Format::Bzip2, Format::Xz];
    const IN_MEMBERS: [Format; 4] = [Format::Gzip, Format::Zstd, Format::Bzip2, Format::Xz];

    #[test]
    fn units_give_the_text_for_any_number_of_threads() {
        for format in IN_BLOCKS {
            for lines in [1, 10_000, 200_000] {
                let text = text_of_lines(lines);
                let packed = pack(format, &text);
                for threads in [1, 2, 5] {
                    match read_in_units(format, &packed, threads) {
                        Some(read) => assert!(read == (text.clone(), true), "{format:?} {lines} {threads}"),
                        None => assert!(format == Format::Xz && lines < 200_000, "{format:?} {lines}"),
                    }
                }
            }
        }
    }

    #[test]
    fn members_behind_each_other_are_units() {
        for format in IN_MEMBERS {
            let (texts, packed) = pack_several(format);
            let (text, packed) = (texts.concat(), packed.concat());
            for threads in [1, 2, 5] {
                assert!(read_in_units(format, &packed, threads) == Some((text.clone(), true)), "{format:?}");
            }
            // A decoder of the whole goes on behind a member, or behind text that it skips.
            for behind in [&b"ret=-204\n"[..], b"\xff\0\xff", &pack(Format::Lz4, b"else")] {
                let data = [&packed[..], behind].concat();
                let read = read_in_units(format, &data, 3);
                assert!(
                    read.is_none_or(|(read, is_whole)| !is_whole && text.starts_with(&read)),
                    "{format:?}"
                );
            }
        }
    }

    #[test]
    fn members_that_are_alone_are_read_as_a_whole() {
        for (format, lines) in [(Format::Gzip, 500_000), (Format::Zstd, 500_000), (Format::Xz, 1000)] {
            assert_eq!(read_in_units(format, &pack(format, &text_of_lines(lines)), 2), None, "{format:?}");
        }
    }

    #[test]
    fn skippable_frames_are_between_units() {
        let skippable =
            |bytes: u32| [&b"\x55\x2a\x4d\x18"[..], &bytes.to_le_bytes(), &vec![7; bytes as usize]].concat();
        let (texts, packed) = pack_several(Format::Zstd);
        let packed: Vec<_> = packed
            .into_iter()
            .zip([4_u32, 0, 10_000].into_iter().cycle())
            .map(|(frame, bytes)| [skippable(bytes), frame].concat())
            .collect();
        let packed = [packed.concat(), skippable(1000)].concat();
        assert!(read_in_units(Format::Zstd, &packed, 3) == Some((texts.concat(), true)));
        let cut = read_in_units(Format::Zstd, &packed[..packed.len() - 1], 3);
        assert!(cut == Some((texts.concat(), false)));
    }

    #[test]
    fn zeros_are_between_streams_of_xz() {
        let (texts, packed) = pack_several(Format::Xz);
        let packed = packed.join(&[0; 3000][..]);
        assert!(read_in_units(Format::Xz, &packed, 3) == Some((texts.concat(), true)));
    }

    /// The flags at the end of a stream tell the check behind each block, as those at its beginning do.
    #[test]
    fn a_stream_whose_ends_differ_is_not_read_in_units() {
        let packed = pack(Format::Xz, &text_of_lines(200_000));
        let (start, foot) = packed.split_at(packed.len() - 8);
        let other = [&foot[..4], &[foot[4], foot[5] ^ 5]].concat();
        let mut sum = flate2::Crc::new();
        sum.update(&other);
        let start = &start[..start.len() - 4];
        let different = [start, &sum.sum().to_le_bytes(), &other, b"YZ"].concat();
        assert_eq!(different.len(), packed.len());
        assert!(read_in_units(Format::Xz, &packed, 2).is_some());
        assert_eq!(read_in_units(Format::Xz, &different, 2), None);
    }

    fn assert_damage_is_no_unit(format: Format, text: &[u8], packed: &[u8], at: usize) {
        let mut damaged = packed.to_vec();
        damaged[at] ^= 0x10;
        for data in [&damaged[..], &packed[..at]] {
            if let Some((read, is_whole)) = read_in_units(format, data, 2) {
                // Bits that fill a last byte count for nothing.
                assert!(!is_whole || data == &packed[..0], "{format:?} {at}");
                assert!(text.starts_with(&read), "{format:?} {at}");
            }
        }
    }

    #[test]
    fn damage_is_no_unit_and_what_comes_before_it_is_text() {
        for format in IN_BLOCKS {
            let text = text_of_lines(150_000);
            let packed = pack(format, &text);
            for at in (0..packed.len()).step_by(packed.len() / 50).chain(packed.len() - 20..packed.len()) {
                assert_damage_is_no_unit(format, &text, &packed, at);
            }
        }
    }
}
