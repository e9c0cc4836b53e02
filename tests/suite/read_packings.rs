//! Packings that are only read: compress, lzma, zlib, lz4's legacy frames, brotli; and zstd with a dictionary. Their outputs
//! are packed in the nearest format that is written.

use crate::command::{annotate, binary, output_of};
use crate::packed::{pack, unpack_with_library};
use liblzma::stream::{Action, LzmaOptions, Stream};
use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::Path;

const LINE: &[u8] = b"2026-05-01 10:00:00 ret=-204 openid=7\n";
const ANNOTATED: &[u8] = b"2026-05-01 10:00:00 ret=-204 (auth: user session is failure!) openid=7\n";

fn data(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/compressed").join(name)
}

/// Returns a text in which little and much repeats, of several hundred kilobytes.
fn text() -> Vec<u8> {
    (0..40_000_u32).flat_map(|line| format!("ret=-1 {:x}\n", line.wrapping_mul(line)).into_bytes()).collect()
}

/// Packs as compress does, with codes of at most `max_bits`, and empties the full table at each of `clears` bytes.
pub(crate) fn compress(text: &[u8], max_bits: u32, clears: usize) -> Vec<u8> {
    let single = || (0..=255_u8).map(|byte| (vec![byte], u32::from(byte))).collect::<HashMap<_, _>>();
    let mut packed = vec![0x1f, 0x9d, 0x80 | u8::try_from(max_bits).unwrap()];
    let (mut table, mut free, mut bits, mut codes, mut begun) = (single(), 257, 9, 0, 0);
    let (mut held, mut held_bits) = (0_u64, 0);
    let mut emit = |code: u32, bits: u32, codes: &mut u32| {
        held |= u64::from(code) << held_bits;
        held_bits += bits;
        *codes += 1;
        while held_bits >= 8 {
            packed.push(held as u8);
            (held, held_bits) = (held >> 8, held_bits - 8);
        }
    };
    let mut string: Vec<u8> = Vec::new();
    for (place, &byte) in text.iter().enumerate() {
        let longer = [&string[..], &[byte]].concat();
        if table.contains_key(&longer) {
            string = longer;
            continue;
        }
        emit(table[&string], bits, &mut codes);
        let mut next_bits = bits;
        if free < 1 << max_bits {
            table.insert(longer, free);
            free += 1;
            // The decoder adds each entry one code later.
            next_bits += u32::from(free > 1 << bits && bits < max_bits);
        } else if place >= begun + clears {
            emit(256, bits, &mut codes);
            (table, free, begun, next_bits) = (single(), 257, place, 0);
        }
        if next_bits != bits {
            while codes % 8 != 0 {
                emit(0, bits, &mut codes);
            }
            (bits, codes) = (next_bits.max(9), 0);
        }
        string = vec![byte];
    }
    if !string.is_empty() {
        emit(table[&string], bits, &mut codes);
    }
    // The rest of the last byte.
    emit(0, 7, &mut codes);
    packed
}

pub(crate) fn lzma(text: &[u8]) -> Vec<u8> {
    let mut stream = Stream::new_lzma_encoder(&LzmaOptions::new_preset(6).unwrap()).unwrap();
    let mut packed = Vec::with_capacity(text.len() + 1000);
    stream.process_vec(text, &mut packed, Action::Finish).unwrap();
    packed
}

pub(crate) fn zlib(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Packs in a legacy frame of lz4, in blocks of this size.
pub(crate) fn lz4_legacy(text: &[u8], block_bytes: usize) -> Vec<u8> {
    let mut packed = b"\x02\x21\x4c\x18".to_vec();
    for block in text.chunks(block_bytes) {
        let block = lz4_flex::block::compress(block);
        packed.extend(u32::try_from(block.len()).unwrap().to_le_bytes());
        packed.extend(block);
    }
    packed
}

#[test]
fn each_is_read_by_its_content_whatever_the_name_and_the_reads() {
    let text = text();
    let expected = annotate(&[], &text);
    let empty = annotate(&[], b"");
    let folder = tempfile::tempdir().unwrap();
    for (name, packed, of_nothing) in [
        ("compress", compress(&text, 16, 1 << 30), compress(b"", 16, 1)),
        ("compress, 12 bits", compress(&text, 12, 50_000), compress(b"", 12, 1)),
        ("compress, 9 bits", compress(&text, 9, 50_000), compress(b"", 9, 1)),
        ("lzma", lzma(&text), lzma(b"")),
        ("zlib", zlib(&text), zlib(b"")),
        ("lz4 legacy", lz4_legacy(&text, 8 << 20), lz4_legacy(b"", 1)),
        ("lz4 legacy, small blocks", lz4_legacy(&text, 1000), lz4_legacy(b"", 1)),
        ("within gzip", pack("gzip", &zlib(&text)), pack("gzip", &zlib(b""))),
        ("around xz", compress(&pack("xz", &text), 16, 1 << 30), pack("xz", b"")),
    ] {
        assert!(annotate(&[], &packed) == expected, "{name}");
        assert!(annotate(&[], &of_nothing) == empty, "{name}");
        fs::write(folder.path().join("a.log"), &packed).unwrap();
        for threads in ["-j1", "-j4"] {
            let output = output_of(binary().current_dir(&folder).args([threads, "a.log"]), b"");
            assert!(output.status.success() && output.stdout == expected, "{name} {threads}");
        }
        // Nearly each cut shows; behind the signature, compress and lz4's legacy frames have no mark of their end.
        let cut = &packed[..packed.len() * 2 / 3];
        let output = output_of(&mut binary(), cut);
        assert!(expected.starts_with(&output.stdout), "{name}");
        if !output.status.success() {
            let message = String::from_utf8(output.stderr).unwrap();
            assert!(message.contains(" data ends early, at byte "), "{name} {message}");
        }
    }
}

#[test]
fn data_of_other_programs_is_read() {
    for name in ["packed.log.Z", "packed-legacy.log.lz4", "packed-twice.log.gz.gz"] {
        assert_eq!(annotate(&[data(name).to_str().unwrap()], b""), ANNOTATED, "{name}");
    }
    let brotli = annotate(&[data("packed.log.br").to_str().unwrap()], b"");
    let text: String = (0..400)
        .map(|line| {
            let (code, user) = ([1, 204, 3][line % 3], line * 7919 % 1000);
            format!("2026-05-01 10:00:{:02} ret=-{code} openid={user}\n", line % 60)
        })
        .collect();
    assert!(brotli == annotate(&[], text.as_bytes()));
}

#[test]
fn a_name_tells_brotli_and_any_zlib_stream_unless_there_is_text() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log.br"), b"\x8b\x09\x80ret=-1 and the rest\n\x03").unwrap();
    fs::write(folder.path().join("b.br"), b"ret=-1 is text\n").unwrap();
    // A window of 1 KiB, which zlib itself does not write.
    let mut small = zlib(b"ret=-1 in zlib\n");
    small[..2].copy_from_slice(b"\x28\x15");
    fs::write(folder.path().join("c.ZZ"), &small).unwrap();
    fs::write(folder.path().join("d.log.br.gz"), pack("gzip", b"\x8b\x09\x80ret=-1 and the rest\n\x03"))
        .unwrap();
    let output =
        output_of(binary().current_dir(&folder).args(["a.log.br", "b.br", "c.ZZ", "d.log.br.gz"]), b"");
    let expected =
        annotate(&[], b"ret=-1 and the rest\nret=-1 is text\nret=-1 in zlib\nret=-1 and the rest\n");
    assert_eq!(output.stdout.escape_ascii().to_string(), expected.escape_ascii().to_string());
    assert!(output.status.success() && output.stderr.is_empty());
    let output = output_of(binary().current_dir(&folder).args(["--no-decompress", "a.log.br"]), b"");
    assert!(output.status.success() && output.stdout.starts_with(b"\x8b\x09\x80ret=-1 (general"));
}

#[test]
fn outputs_have_the_nearest_packing_that_is_written_and_names_tell_the_truth() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    for (name, content) in [
        ("a.log.Z", compress(LINE, 16, 1)),
        ("b.log.lzma", lzma(LINE)),
        ("c.log.zz", zlib(LINE)),
        ("d.log.lz4", lz4_legacy(LINE, 100)),
        ("e.log.br", fs::read(data("packed.log.br")).unwrap()),
        ("f.log", compress(LINE, 16, 1)),
    ] {
        fs::write(logs.join(name), content).unwrap();
    }
    let run = |args: &[&str]| {
        let output = output_of(binary().current_dir(&folder).args(args).arg("logs"), b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["--output-dir", "keep"]);
    for (name, format) in [
        ("a.log.gz", "gzip"),
        ("b.log.xz", "xz"),
        ("c.log.gz", "gzip"),
        ("d.log.lz4", "lz4"),
        ("e.log.zst", "zstd"),
        ("f.log", "gzip"),
    ] {
        let written = fs::read(folder.path().join("keep").join(name)).unwrap();
        let text = unpack_with_library(format, &written);
        assert!(text == ANNOTATED || name == "e.log.zst" && text.len() > 20_000, "{name}");
    }
    run(&["--output-dir", "none", "--compress", "none"]);
    assert_eq!(fs::read(folder.path().join("none/a.log")).unwrap(), ANNOTATED);
    assert_eq!(fs::read(folder.path().join("none/d.log")).unwrap(), ANNOTATED);
    // Two inputs for one output are refused before anything is written.
    fs::write(logs.join("a.log.gz"), pack("gzip", LINE)).unwrap();
    let output = output_of(binary().current_dir(&folder).args(["--output-dir", "two", "logs"]), b"");
    assert_eq!(output.status.code(), Some(2));
    let message =
        "imsdk-annotate: two/a.log.gz: both logs/a.log.Z and logs/a.log.gz would be written there\n";
    let found = String::from_utf8(output.stderr).unwrap();
    assert!(found == message || found.contains("both logs/a.log"), "{found}");
}

#[test]
fn a_frame_that_needs_a_dictionary_is_read_with_it_and_named_without_it() {
    let [packed, dictionary] = [data("needs-dictionary.log.zst"), data("logs.zdict")];
    let [packed, dictionary] = [packed.to_str().unwrap(), dictionary.to_str().unwrap()];
    let expected = annotate(&[], b"2026-05-01 10:00:00 ret=-204 line\n");
    assert_eq!(annotate(&["--zstd-dictionary", dictionary, packed], b""), expected);
    assert_eq!(annotate(&["--zstd-dictionary", dictionary], &pack("zstd", LINE)), ANNOTATED);

    let folder = tempfile::tempdir().unwrap();
    let output = output_of(binary().current_dir(&folder).args(["--output-dir", "out", packed]), b"");
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), message.lines().count()), (Some(3), 1), "{message}");
    assert!(message.contains(" needs dictionary ") && message.contains("; give it with --zstd-dictionary"));
    assert!(!message.contains("damaged") && !folder.path().join("out/needs-dictionary.log.zst").exists());

    let missing = output_of(binary().args(["--zstd-dictionary", "/no/such.dict"]), b"");
    let message = String::from_utf8(missing.stderr).unwrap();
    assert_eq!((missing.status.code(), missing.stdout.len()), (Some(2), 0));
    assert_eq!(message, "imsdk-annotate: /no/such.dict: no such file; check the name\n");
    // The dictionary is in use, so that no output replaces it.
    fs::copy(dictionary, folder.path().join("d")).unwrap();
    let output = output_of(binary().current_dir(&folder).args(["--zstd-dictionary", "d", "-o", "d"]), LINE);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(message, "imsdk-annotate: d: is the zstd dictionary that is read; write to another file\n");
}

/// A header may ask for gigabytes; the content is a few bytes.
#[test]
fn data_that_needs_too_much_memory_is_refused_and_not_called_damaged() {
    let mut large = lzma(LINE);
    large[1..5].copy_from_slice(&(1_u32 << 30).to_le_bytes());
    let output = output_of(&mut binary(), &large);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(
        message.contains("lzma data at byte 13 needs more than 128 MiB to decompress; unpack it with xz -d")
    );
}
