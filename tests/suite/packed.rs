//! Packs texts with the tools of the formats, or, where a tool is not installed, with the libraries.

use crate::command::output_of;
use std::io::Write;
use std::process::{Command, Stdio};

/// The names of the tools, each with the extension of its files.
pub(crate) const FORMATS: [(&str, &str); 5] =
    [("gzip", "gz"), ("zstd", "zst"), ("xz", "xz"), ("bzip2", "bz2"), ("lz4", "lz4")];

/// Returns a member, frame or stream with this text.
pub(crate) fn pack(format: &str, text: &[u8]) -> Vec<u8> {
    let is_there = Command::new(format).arg("--version").stdin(Stdio::null()).output().is_ok();
    if is_there {
        let output = output_of(Command::new(format).arg("-c"), text);
        assert!(output.status.success(), "{format}");
        output.stdout
    } else {
        pack_with_library(format, text)
    }
}

fn pack_with_library(format: &str, text: &[u8]) -> Vec<u8> {
    let packed = Vec::new();
    match format {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(packed, flate2::Compression::default());
            encoder.write_all(text).and_then(|()| encoder.finish()).unwrap()
        }
        "zstd" => zstd::encode_all(text, 0).unwrap(),
        "xz" => {
            let mut encoder = liblzma::write::XzEncoder::new(packed, 2);
            encoder.write_all(text).and_then(|()| encoder.finish()).unwrap()
        }
        "bzip2" => {
            let mut encoder = bzip2::write::BzEncoder::new(packed, bzip2::Compression::default());
            encoder.write_all(text).and_then(|()| encoder.finish()).unwrap()
        }
        "lz4" => {
            let info = lz4_flex::frame::FrameInfo::new().content_checksum(true);
            let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, packed);
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        }
        _ => panic!("no such format: {format}"),
    }
}

/// Returns the text that the format's library decodes, up to the first error.
pub(crate) fn unpack_with_library(format: &str, packed: &[u8]) -> Vec<u8> {
    let mut rdr: Box<dyn std::io::Read + '_> = match format {
        "gzip" => Box::new(flate2::read::MultiGzDecoder::new(packed)),
        "zstd" => Box::new(zstd::Decoder::new(packed).unwrap()),
        "xz" => Box::new(liblzma::read::XzDecoder::new_multi_decoder(packed)),
        "bzip2" => Box::new(bzip2::read::MultiBzDecoder::new(packed)),
        "lz4" => Box::new(lz4_flex::frame::FrameDecoder::new(packed)),
        _ => panic!("no such format: {format}"),
    };
    let mut text = Vec::new();
    // The text before an error of decoding is the result.
    let _ = rdr.read_to_end(&mut text);
    text
}
