//! The text of packed data, decoded unit by unit on several threads.

use super::{DataUnit, FindUnits, NextUnit, ReadPlaces, finder};
use crate::program::compression::decoder::Decoder;
use crate::program::compression::formats::Format;
use crate::program::compression::peek::PeekReader;
use crate::program::system::side_work::SideWork;
use crate::program::system::thread_budget::ThreadBudget;
use std::io::{self, Read};

/// Reads the text of packed data whose units are all right. Where they are not, it says so: what is wrong is told by a
/// decoder of the whole.
pub(crate) struct UnitsReader<D> {
    data: D,
    finder: Box<dyn FindUnits>,
    /// Decodes units; `None` for one that is damaged.
    decoding: SideWork<DataUnit, Option<Vec<u8>>>,
    /// The outcome behind the last unit, once the finder has found it.
    end: Option<UnitsRead>,
    /// The text that is being read, from `start` on.
    text: Vec<u8>,
    start: usize,
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
        let decoding = SideWork::new("decode", budget, move |unit| text_of(format, &unit))
            .on_up_to(finder.threads_max());
        Ok(Some(Self { data, finder, decoding, end: None, text: Vec::new(), start: 0 }))
    }

    /// Returns the packed data.
    pub(crate) fn data(&self) -> &D {
        &self.data
    }

    /// Reads text.
    ///
    /// # Errors
    ///
    /// Fails where the data cannot be read.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<UnitsRead> {
        while self.start == self.text.len() {
            while self.end.is_none() && !self.decoding.is_full() {
                match self.finder.next(&mut self.data)? {
                    NextUnit::Unit(unit) => self.decoding.push(unit),
                    NextUnit::End => self.end = Some(UnitsRead::Bytes(0)),
                    NextUnit::SomethingElse => self.end = Some(UnitsRead::SomethingElse),
                }
            }
            (self.text, self.start) = match self.decoding.pop() {
                Some(Some(text)) => (text, 0),
                Some(None) => return Ok(UnitsRead::SomethingElse),
                None => return Ok(self.end.unwrap_or(UnitsRead::Bytes(0))),
            };
        }
        let count = buffer.len().min(self.text.len() - self.start);
        buffer[..count].copy_from_slice(&self.text[self.start..self.start + count]);
        self.start += count;
        Ok(UnitsRead::Bytes(count))
    }
}

/// Returns the text of a unit; `None` if it is damaged.
fn text_of(format: Format, unit: &DataUnit) -> Option<Vec<u8>> {
    // One byte more, so that the end of the text is met without more room.
    let mut text = Vec::with_capacity(unit.text_bytes + 1);
    let mut decoder = Decoder::new(PeekReader::new(&unit.member[..]), format, None, None).ok()?;
    decoder.read_to_end(&mut text).ok().map(|_| text)
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

    #[test]
    fn units_give_the_text_for_any_number_of_threads() {
        for format in [Format::Bzip2, Format::Xz] {
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
    fn streams_behind_each_other_are_units_of_bzip2() {
        let parts = [text_of_lines(10_000), Vec::new(), text_of_lines(5), text_of_lines(20_000)];
        let packed = parts.each_ref().map(|part| pack(Format::Bzip2, part)).concat();
        assert!(read_in_units(Format::Bzip2, &packed, 3) == Some((parts.concat(), true)));
        let behind = [&packed[..], b"text"].concat();
        assert!(read_in_units(Format::Bzip2, &behind, 3) == Some((parts.concat(), false)));
    }

    #[test]
    fn damage_is_no_unit_and_what_comes_before_it_is_text() {
        for format in [Format::Bzip2, Format::Xz] {
            let text = text_of_lines(150_000);
            let packed = pack(format, &text);
            for at in (0..packed.len()).step_by(packed.len() / 50).chain(packed.len() - 20..packed.len()) {
                let mut damaged = packed.clone();
                damaged[at] ^= 0x10;
                for data in [&damaged[..], &packed[..at]] {
                    if let Some((read, is_whole)) = read_in_units(format, data, 2) {
                        // Bits that fill a last byte count for nothing.
                        assert!(!is_whole || data == &packed[..0], "{format:?} {at}");
                        assert!(text.starts_with(&read), "{format:?} {at}");
                    }
                }
            }
        }
    }
}
