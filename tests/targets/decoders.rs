//! Compressed data, even damaged, decodes to the same text in small steps as in large ones, and then ends or fails.

use super::assert_same;
use imsdk_annotate::program::parts::Encoder;
use imsdk_annotate::program::parts::{Format, decompress};
use std::io::{Read, Write};

/// The most bytes that are decoded of an input: a few bytes can hold gigabytes.
const DECODED_MAX_BYTES: usize = 1 << 20;

const FORMATS: [Format; 5] = [Format::Gzip, Format::Zstd, Format::Xz, Format::Bzip2, Format::Lz4];

/// A reader whose reads return at most this number of bytes.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let size = self.1.min(buffer.len());
        self.0.read(&mut buffer[..size])
    }
}

/// Returns the text that is decoded with reads and a buffer of these sizes, and true if decoding did not fail. Returns
/// `None` where the data is not packed.
fn decode(packed: &[u8], read_bytes: usize, buffer_bytes: usize) -> Option<(Vec<u8>, bool)> {
    let mut rdr = match decompress(Slow(packed, read_bytes)) {
        Ok(rdr) => rdr?,
        Err(error) => {
            assert!(!error.to_string().contains(char::is_control));
            return Some((Vec::new(), false));
        }
    };
    let (mut text, mut buffer) = (Vec::new(), vec![0; buffer_bytes]);
    while text.len() < DECODED_MAX_BYTES {
        match rdr.read(&mut buffer) {
            Ok(0) => return Some((text, true)),
            Ok(count) => text.extend_from_slice(&buffer[..count]),
            Err(error) => {
                assert!(!error.to_string().contains(char::is_control), "{error}");
                return Some((text, false));
            }
        }
    }
    text.truncate(DECODED_MAX_BYTES);
    Some((text, true))
}

fn pack(format: Format, text: &[u8]) -> Vec<u8> {
    let mut encoder = Encoder::new(&[format], Vec::new()).unwrap();
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Runs the target. The first five bytes choose the sizes and a format; the rest is packed data, or a text to be packed
/// of which one byte is then changed.
pub(super) fn run(input: &[u8]) {
    let Some((&[how, read_bytes, buffer_bytes, place, change], data)) = input.split_first_chunk() else {
        return;
    };
    let packed = match FORMATS.get(usize::from(how)) {
        None => data.to_vec(),
        Some(&format) => {
            let mut packed = pack(format, data);
            // Data that is itself packed would be unpacked a second time.
            if decode(data, usize::MAX, 4096).is_none() {
                assert_eq!(decode(&packed, usize::MAX, 4096), Some((data.to_vec(), true)), "{format:?}");
            }
            let place = usize::from(place) % packed.len();
            packed[place] ^= change;
            packed
        }
    };
    let little = decode(&packed, usize::from(read_bytes) + 1, usize::from(buffer_bytes) + 1);
    let large = decode(&packed, usize::MAX, DECODED_MAX_BYTES);
    let (Some((little, little_is_whole)), Some((large, large_is_whole))) = (&little, &large) else {
        return assert_eq!(little, large);
    };
    assert_eq!(little_is_whole, large_is_whole);
    // Large steps may decode more of damaged data than small ones. With bzip2 they may also decode less: in the step
    // that finds a damaged block, its library does not return the bytes that it has decoded of the block.
    let both = if *large_is_whole { usize::MAX } else { little.len().min(large.len()) };
    let [little, large] = [little, large].map(|text| &text[..text.len().min(both)]);
    assert_same(little, large, || "in small steps and in large ones".to_owned());
}
