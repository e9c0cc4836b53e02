//! Compressed data, even damaged, decodes to the same text in small steps as in large ones, and then ends or fails.

use super::assert_same;
use imsdk_annotate::program::parts::{Encoder, ThreadBudget};
use imsdk_annotate::program::parts::{Format, decompress};
use std::io::{Read, Write};
use std::path::Path;

/// The most bytes that are decoded of an input: a few bytes can hold gigabytes.
const DECODED_MAX_BYTES: usize = 1 << 20;

const FORMATS: [Format; 5] = [Format::Gzip, Format::Zstd, Format::Xz, Format::Bzip2, Format::Lz4];

/// Names of the data. Brotli, and zlib's streams with unusual headers, are told by names alone.
const NAMES: [&str; 4] = ["", "a.br", "a.zz", "a.br.gz"];

/// A reader whose reads return at most this number of bytes.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let size = self.1.min(buffer.len());
        self.0.read(&mut buffer[..size])
    }
}

/// Returns the text that is decoded from data of a name with reads and a buffer of these sizes, and true if decoding did
/// not fail. Returns `None` where the data is not packed.
fn decode(packed: &[u8], name: &str, read_bytes: usize, buffer_bytes: usize) -> Option<(Vec<u8>, bool)> {
    let mut rdr = match decompress(Slow(packed, read_bytes), Path::new(name)) {
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
    let mut encoder = Encoder::new(&[format], Vec::new(), &ThreadBudget::new(1)).unwrap();
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Packs a text in a format that is only read.
fn pack_only_read(how: u8, text: &[u8]) -> Vec<u8> {
    match how {
        0 => {
            let mut packed = b"\x02\x21\x4c\x18".to_vec();
            for block in text.chunks(100) {
                let block = lz4_flex::block::compress(block);
                packed.extend((block.len() as u32).to_le_bytes());
                packed.extend(block);
            }
            packed
        }
        1 => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        }
        _ => {
            let options = liblzma::stream::LzmaOptions::new_preset(0).unwrap();
            let mut stream = liblzma::stream::Stream::new_lzma_encoder(&options).unwrap();
            let mut packed = Vec::with_capacity(2 * text.len() + 1000);
            stream.process_vec(text, &mut packed, liblzma::stream::Action::Finish).unwrap();
            packed
        }
    }
}

/// Runs the target. The first five bytes choose the sizes, a name and a format; the rest is packed data, or a text to be
/// packed of which one byte is then changed.
pub(super) fn run(input: &[u8]) {
    let Some((&[how, read_bytes, buffer_bytes, place, change], data)) = input.split_first_chunk() else {
        return;
    };
    let name = NAMES[usize::from(how) % NAMES.len()];
    let only_read = 0x80..0x80 + 3;
    let packed = match FORMATS.get(usize::from(how)) {
        None if only_read.contains(&how) => {
            let mut packed = pack_only_read(how - only_read.start, data);
            assert!(decode(&packed, name, usize::MAX, 4096).is_some(), "{how}");
            let place = usize::from(place) % packed.len();
            packed[place] ^= change;
            packed
        }
        None => data.to_vec(),
        Some(&format) => {
            let mut packed = pack(format, data);
            // Data that is itself packed would be unpacked a second time.
            if decode(data, name, usize::MAX, 4096).is_none() {
                assert_eq!(
                    decode(&packed, name, usize::MAX, 4096),
                    Some((data.to_vec(), true)),
                    "{format:?}"
                );
            }
            let place = usize::from(place) % packed.len();
            packed[place] ^= change;
            packed
        }
    };
    let little = decode(&packed, name, usize::from(read_bytes) + 1, usize::from(buffer_bytes) + 1);
    let large = decode(&packed, name, usize::MAX, DECODED_MAX_BYTES);
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
