//! `--compress keep`, typed: standard output, and an `--output` whose name tells no packing, are packed as the input is.

use crate::command::{binary, output_of};
use crate::packed::{FORMATS, pack, unpack_with_library};
use crate::read_packings::{compress, lz4_legacy, lzma, zlib};
use imsdk_annotate::Annotator;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Output, Stdio};

const LINE: &[u8] = b"ret=-1\n";
const ANNOTATED: &[u8] = b"ret=-1 (general: failure)\n";

fn lines() -> Vec<u8> {
    (0..20_000_u64)
        .flat_map(|n| format!("{:x} ret=-204\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).into_bytes())
        .collect()
}

/// Runs the binary on bytes in a pipe, with `--compress keep`.
fn kept(folder: &Path, args: &[&str], input: &[u8]) -> Output {
    output_of(binary().current_dir(folder).args(["--compress", "keep"]).args(args), input)
}

fn message(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Returns the file that `--output-dir` makes of an input.
fn in_folder(folder: &Path, input: &[u8]) -> Vec<u8> {
    fs::write(folder.join("input"), input).unwrap();
    let output = output_of(binary().current_dir(folder).args(["--output-dir", "out", "input"]), b"");
    assert!(output.status.code() != Some(2), "{}", message(&output));
    let made = fs::read_dir(folder.join("out")).unwrap().map(|entry| entry.unwrap().path());
    let made = made.filter(|path| !path.ends_with(".imsdk-annotate.jsonl")).collect::<Vec<_>>();
    let bytes = fs::read(&made[0]).unwrap();
    fs::remove_dir_all(folder.join("out")).unwrap();
    bytes
}

#[test]
fn an_output_has_the_bytes_of_the_file_that_an_output_folder_would_have() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let lines = lines();
    let noted = Annotator::new().annotate(&lines);
    let mut inputs: Vec<(String, Vec<u8>)> =
        FORMATS.iter().map(|(format, _)| ((*format).to_owned(), pack(format, &lines))).collect();
    inputs.push(("gzip".to_owned(), compress(&lines, 16, 0)));
    inputs.push(("gzip".to_owned(), zlib(&lines)));
    inputs.push(("xz".to_owned(), lzma(&lines)));
    inputs.push(("lz4".to_owned(), lz4_legacy(&lines, 100_000)));
    for (number, (format, input)) in inputs.iter().enumerate() {
        let expected = in_folder(folder, input);
        assert!(unpack_with_library(format, &expected) == noted, "{number} {format}");
        for threads in ["-j1", "-j2"] {
            let case = format!("{number} {format} {threads}");
            let piped = kept(folder, &[threads, "--block-buffered"], input);
            assert!(piped.status.success() && piped.stdout == expected, "{case}: {}", message(&piped));
            // A pipe is flushed where its input pauses, which costs bytes.
            let live = kept(folder, &[threads], input);
            assert!(unpack_with_library(format, &live.stdout) == noted, "{case}");
            // Standard streams that are files, and files by their names.
            let result = folder.join("result");
            let mut command = binary();
            command.current_dir(folder).args(["--compress=keep", threads]);
            command.stdin(File::open(folder.join("input")).unwrap()).stdout(File::create(&result).unwrap());
            assert!(command.status().unwrap().success(), "{case}");
            assert!(fs::read(&result).unwrap() == expected, "{case}");
            for output in [kept(folder, &[threads, "-o", "result.log", "input"], b""), {
                kept(folder, &[threads, "-o", "result.log"], input)
            }] {
                assert!(output.status.success(), "{case}: {}", message(&output));
                assert!(fs::read(folder.join("result.log")).unwrap() == expected, "{case}");
            }
        }
        // A name that tells a packing wins; what is not typed keeps nothing.
        assert!(kept(folder, &["-o", "result.zst"], input).status.success());
        let named = fs::read(folder.join("result.zst")).unwrap();
        assert!(unpack_with_library("zstd", &named) == noted, "{format}");
        assert!(output_of(&mut binary(), input).stdout == noted, "{format}");
        let by_name = binary().current_dir(folder).args(["-o", "plain.log", "input"]).status().unwrap();
        assert!(by_name.success() && fs::read(folder.join("plain.log")).unwrap() == noted, "{format}");
    }
}

#[test]
fn layers_empty_texts_and_texts_that_are_not_packed_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let twice = pack("zstd", &pack("gzip", LINE));
    for args in [&[][..], &["--block-buffered"]] {
        let output = kept(folder, args, &twice);
        let text = unpack_with_library("gzip", &unpack_with_library("zstd", &output.stdout));
        assert_eq!(text, ANNOTATED);
        assert_eq!(kept(folder, args, LINE).stdout, ANNOTATED);
        assert_eq!(kept(folder, args, b"").stdout, b"");
        // No line is chosen: the output is an empty text, packed.
        for (format, _) in FORMATS {
            for (input, more) in [(&b""[..], &[][..]), (b"ok\n", &["--only", "any"])] {
                let output = kept(folder, &[args, more].concat(), &pack(format, input));
                assert!(output.status.success(), "{format}: {}", message(&output));
                assert!(!output.stdout.is_empty(), "{format}");
                assert_eq!(unpack_with_library(format, &output.stdout), b"", "{format}");
            }
        }
    }
    // Bytes that are no text come through as they are.
    let bytes: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let output = kept(folder, &[], &pack("xz", &bytes));
    assert_eq!(unpack_with_library("xz", &output.stdout), bytes);
    // The members of an archive become one text, in the packing of the archive.
    let tar = crate::bundled::tar_of(&[("a.log", LINE), ("b.log", LINE)]);
    let output = kept(folder, &[], &pack("gzip", &tar));
    assert_eq!(unpack_with_library("gzip", &output.stdout), ANNOTATED.repeat(2));
    // Bytes that are taken as they are have no packing.
    assert_eq!(kept(folder, &["--no-decompress"], &twice).stdout, twice);
}

#[test]
fn an_output_is_whole_also_where_the_input_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (lines, length) = (lines(), 150_000);
    for (format, _) in FORMATS {
        let packed = pack(format, &lines);
        let cut = &packed[..length.min(packed.len() * 3 / 4)];
        let expected = output_of(&mut binary(), cut);
        for threads in ["-j1", "-j2"] {
            let output = kept(folder, &[threads], cut);
            assert_eq!(output.status.code(), Some(3), "{format}: {}", message(&output));
            assert_eq!(message(&output), message(&expected), "{format}");
            // Packing anew tells a stream that is not whole.
            let again = output_of(binary().arg("--strip"), &output.stdout);
            assert!(again.status.success(), "{format}: {}", message(&again));
            assert!(unpack_with_library(format, &output.stdout) == expected.stdout, "{format}");
        }
    }
    let output = kept(folder, &[], b"7z\xbc\xaf\x27\x1c\0\x04 ret=-1\n");
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(3), &b""[..]));
    // A size that is not met leaves no file, and standard output has what came.
    let packed = pack("gzip", &lines);
    let size = format!("--input-size={}", packed.len());
    let output = kept(folder, &[&size, "-o", "result.log"], &packed[..packed.len() / 2]);
    assert!(output.status.code() == Some(2) && !folder.join("result.log").exists(), "{}", message(&output));
    assert!(kept(folder, &[&size], &packed).status.success());
}

#[test]
fn several_inputs_have_no_packing_in_common() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("logs")).unwrap();
    fs::write(folder.join("logs/a.log.gz"), pack("gzip", LINE)).unwrap();
    let one = kept(folder, &["logs"], b"");
    assert_eq!(unpack_with_library("gzip", &one.stdout), ANNOTATED);
    fs::write(folder.join("logs/b.log"), LINE).unwrap();
    fs::write(folder.join("result.log"), "earlier").unwrap();
    let said = "imsdk-annotate: --compress keep: 2 inputs become one stream, which cannot be packed as each of them is; \
                name a format, or use --output-dir\n";
    for args in [&["logs"][..], &["-", "logs/b.log"], &["-o", "result.log", "logs"]] {
        let output = kept(folder, args, LINE);
        assert_eq!((output.status.code(), message(&output)), (Some(2), said.to_owned()), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
    assert_eq!(fs::read(folder.join("result.log")).unwrap(), b"earlier");
    // Each has its own file, a name tells the packing, or no line is written.
    for args in [&["--output-dir", "out"][..], &["-o", "result.gz"], &["-q", "--report=text"]] {
        let output = kept(folder, &[args, &["logs"]].concat(), b"");
        assert!(output.status.success(), "{args:?}: {}", message(&output));
    }
    assert_eq!(
        unpack_with_library("gzip", &fs::read(folder.join("result.gz")).unwrap()),
        ANNOTATED.repeat(2)
    );
}

/// Lines come through a pipe while the input goes on, packed or plain, as with a packing that is named.
#[test]
fn a_line_does_not_wait_for_the_next_one() {
    for is_packed in [false, true] {
        let mut run = binary()
            .args(["--compress", "keep"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut stdin, mut stdout) = (run.stdin.take().unwrap(), run.stdout.take().unwrap());
        let mut feeder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        let mut decoder = flate2::write::GzDecoder::new(Vec::new());
        let mut plain = Vec::new();
        let mut buffer = [0; 4096];
        for number in 1..10 {
            if is_packed {
                feeder.write_all(LINE).unwrap();
                feeder.flush().unwrap();
                stdin.write_all(&std::mem::take(feeder.get_mut())).unwrap();
            } else {
                stdin.write_all(LINE).unwrap();
            }
            while decoder.get_ref().len() + plain.len() < number * ANNOTATED.len() {
                let count = stdout.read(&mut buffer).unwrap();
                assert!(count > 0, "{is_packed}: ended early");
                if is_packed {
                    decoder.write_all(&buffer[..count]).unwrap();
                    decoder.flush().unwrap();
                } else {
                    plain.extend_from_slice(&buffer[..count]);
                }
            }
        }
        if is_packed {
            stdin.write_all(&feeder.finish().unwrap()).unwrap();
        }
        drop(stdin);
        stdout.read_to_end(&mut Vec::new()).unwrap();
        assert!(run.wait().unwrap().success());
    }
}
