//! Compressed data of any kind, damaged too, gives the same in small steps as in large ones, and then ends or fails.

use super::assert_same;
use imsdk_annotate::program::parts::Encoder;
use imsdk_annotate::program::parts::{Format, decompress};
use std::io::{Read, Write};

/// What is decoded of an input at most: a few bytes can hold gigabytes.
const DECODED_MAX_BYTES: usize = 1 << 20;

const FORMATS: [Format; 5] = [Format::Gzip, Format::Zstd, Format::Xz, Format::Bzip2, Format::Lz4];

/// Gives at most so many bytes a read.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let size = self.1.min(buffer.len());
        self.0.read(&mut buffer[..size])
    }
}

/// What is decoded with reads and a buffer of these sizes, and whether that is all; nothing where the data is plain.
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
    let mut encoder = Encoder::new(format, Vec::new()).unwrap();
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// The target: the first bytes say the sizes, and whether what follows is packed or to be packed in a format, with
/// which byte of that changed.
pub(super) fn run(input: &[u8]) {
    let Some((&[how, read_bytes, buffer_bytes, place, change], data)) = input.split_first_chunk() else {
        return;
    };
    let packed = match FORMATS.get(usize::from(how)) {
        None => data.to_vec(),
        Some(&format) => {
            let mut packed = pack(format, data);
            // Data that is packed itself is unpacked further.
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
    // Of damaged data, large steps may give more; of bzip2's also less: its library does not tell what it has decoded of
    // a block in the step that finds that the block cannot be right.
    let both = if *large_is_whole { usize::MAX } else { little.len().min(large.len()) };
    let [little, large] = [little, large].map(|text| &text[..text.len().min(both)]);
    assert_same(little, large, || "in small steps and in large ones".to_owned());
}
