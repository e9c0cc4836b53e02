//! Packings: a message about a format that is not read names the tool for it, and data that is packed several times is
//! unpacked.

use crate::command::{annotate, binary, output_of, read_until};
use crate::in_folder::outputs;
use crate::packed::{FORMATS, pack, unpack_with_library};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};
use tempfile::TempDir;

const LINE: &[u8] = b"ret=-1\n";
const ANNOTATED: &[u8] = b"ret=-1 (general: failure)\n";

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/compressed").join(name)).unwrap()
}

fn message(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Returns a file for each packing that is not read: its name, its bytes, the packing's name in messages, and the tool
/// that unpacks it.
fn foreign() -> Vec<(&'static str, Vec<u8>, &'static str, &'static str)> {
    vec![
        ("c.lzo", b"\x89LZO\0\r\n\x1a\n\x10\x40\x20\xa0 ret=-1\n".to_vec(), "lzop", "lzop -d"),
        ("d.7z", b"7z\xbc\xaf\x27\x1c\0\x04 ret=-1\n".to_vec(), "7-Zip", "7z x"),
        ("e.rar", b"Rar!\x1a\x07\x01\0 ret=-1\n".to_vec(), "rar", "unrar x"),
    ]
}

#[test]
fn what_is_packed_in_a_way_that_is_not_read_is_named_and_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    for (name, content, packing, remedy) in foreign() {
        fs::create_dir(&logs).unwrap();
        fs::write(logs.join(name), &content).unwrap();
        fs::write(logs.join("z.log"), LINE).unwrap();
        let why = format!("is packed with {packing}, which is not read here; unpack it with {remedy}\n");
        let path = format!("logs/{name}");
        let said = format!("imsdk-annotate: {path}: {why}");
        for operands in [&["logs"][..], &[&path, "logs/z.log"]] {
            for threads in ["-j1", "-j3"] {
                let output = output_of(binary().current_dir(&folder).arg(threads).args(operands), b"");
                assert_eq!((output.status.code(), message(&output)), (Some(3), said.clone()), "{operands:?}");
                assert_eq!(output.stdout, ANNOTATED, "{operands:?}");
                let mut command = binary();
                command.current_dir(&folder).args([threads, "--output-dir", "out"]).args(operands);
                let output = output_of(&mut command, b"");
                assert_eq!((output.status.code(), message(&output)), (Some(3), said.clone()), "{operands:?}");
                assert_eq!(outputs(folder.path().join("out")), ["z.log"], "{operands:?}");
                fs::remove_dir_all(folder.path().join("out")).unwrap();
            }
        }
        let output = output_of(&mut binary(), &content);
        let said = format!("imsdk-annotate: standard input: {why}");
        assert_eq!((output.status.code(), message(&output), output.stdout), (Some(3), said, Vec::new()));
        // The bytes are annotated as they are.
        let expected = annotate(&["--no-decompress"], &content);
        assert!(expected.ends_with(ANNOTATED) || !content.ends_with(LINE));
        assert_eq!(annotate(&["-a"], &content), expected, "{name}");
        fs::remove_dir_all(&logs).unwrap();
    }
}

/// The first bytes could begin packed data. When the first line is complete, it shows that they are text.
#[test]
fn a_complete_line_that_begins_like_packed_data_comes_at_once() {
    let read: [(&str, &[u8]); 4] =
        [("compress", b"\x1f\x9d"), ("lz4 legacy", b"\x02\x21"), ("lzma", b"\x5d\0"), ("zlib", b"x\x9c")];
    let foreign = foreign();
    let foreign = foreign.iter().map(|(name, content, ..)| (*name, &content[..2]));
    for (name, content) in foreign.chain(read) {
        for length in 0..3 {
            let line = [&content[..length], b" ret=-1\n"].concat();
            let mut child = binary().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
            stdin.write_all(&content[..length]).unwrap();
            stdin.write_all(b" ret=-1\n").unwrap();
            let written = read_until(&mut stdout, b"\n");
            assert_eq!(written, [&line[..line.len() - 1], &ANNOTATED[6..]].concat(), "{name} {length}");
            drop(stdin);
            assert!(child.wait().unwrap().success());
        }
    }
}

fn packed_by(formats: &[&str], text: &[u8]) -> Vec<u8> {
    formats.iter().rev().fold(text.to_vec(), |inner, format| pack(format, &inner))
}

#[test]
fn what_is_packed_twice_is_unpacked() {
    let fixture_text = annotate(&[], &fixture("packed-twice.log.gz.gz"));
    assert_eq!(fixture_text, b"2026-05-01 10:00:00 ret=-204 (auth: user session is failure!) openid=7\n");
    let text: Vec<u8> = (0..100_000).flat_map(|line| format!("{line} ret=-1\n").into_bytes()).collect();
    let expected = annotate(&[], &text);
    let folder = tempfile::tempdir().unwrap();
    for (outer, _) in FORMATS {
        for (inner, _) in FORMATS {
            let packed = packed_by(&[outer, inner], &text);
            assert!(annotate(&[], &packed) == expected, "{outer} {inner}");
            fs::write(folder.path().join("a"), &packed).unwrap();
            for threads in ["-j1", "-j4"] {
                let output = output_of(binary().current_dir(&folder).args([threads, "a"]), b"");
                assert!(output.status.success() && output.stdout == expected, "{outer} {inner} {threads}");
            }
        }
    }
    let four = packed_by(&["gzip", "xz", "gzip", "lz4"], &text);
    let output = output_of(&mut binary(), &four);
    let said = "imsdk-annotate: standard input: is packed in more than 3 layers, which are not read here; \
                unpack the outermost with gzip -d\n";
    assert_eq!(
        (output.status.code(), message(&output), output.stdout),
        (Some(3), said.to_owned(), Vec::new())
    );
    assert!(annotate(&["-a"], &four) == annotate(&["--no-decompress"], &packed_by(&["lz4"], &text)));
}

/// Returns the files of a folder with their contents.
fn contents(folder: &TempDir, out: &str) -> Vec<(String, Vec<u8>)> {
    let out = folder.path().join(out);
    outputs(&out).into_iter().map(|name| (name.clone(), fs::read(out.join(name)).unwrap())).collect()
}

#[test]
fn outputs_have_the_layers_of_their_inputs_and_names_tell_the_truth() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    fs::write(logs.join("a.log.gz.gz"), packed_by(&["gzip", "gzip"], LINE)).unwrap();
    fs::write(logs.join("b.log.xz.zst.gz"), packed_by(&["gzip", "zstd", "xz"], LINE)).unwrap();
    let run = |args: &[&str]| {
        let output = output_of(binary().current_dir(&folder).args(args).arg("logs"), b"");
        assert!(output.status.success() && output.stderr.is_empty(), "{}", message(&output));
    };
    run(&["--output-dir", "keep"]);
    let kept = contents(&folder, "keep");
    assert_eq!((&*kept[0].0, &*kept[1].0), ("a.log.gz.gz", "b.log.xz.zst.gz"));
    assert_eq!(unpack_with_library("gzip", &unpack_with_library("gzip", &kept[0].1)), ANNOTATED);
    let inner = unpack_with_library("zstd", &unpack_with_library("gzip", &kept[1].1));
    assert_eq!(unpack_with_library("xz", &inner), ANNOTATED);
    run(&["--compress", "none", "--output-dir", "none"]);
    let expected = [("a.log".to_owned(), ANNOTATED.to_vec()), ("b.log".to_owned(), ANNOTATED.to_vec())];
    assert_eq!(contents(&folder, "none"), expected);
    run(&["--compress", "gzip", "--output-dir", "gzip"]);
    let packed = contents(&folder, "gzip");
    assert_eq!((&*packed[0].0, &*packed[1].0), ("a.log.gz", "b.log.gz"));
    assert!(packed.iter().all(|(_, content)| unpack_with_library("gzip", content) == ANNOTATED));
}

#[test]
fn damage_in_a_layer_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let inner = pack("zstd", LINE);
    let inner = &inner[..inner.len() - 1];
    fs::write(folder.path().join("a.zst.gz"), pack("gzip", inner)).unwrap();
    let said = format!(
        "imsdk-annotate: a.zst.gz: zstd data within gzip data ends early, at byte {} of what that holds; \
         what came before has been annotated\n",
        inner.len()
    );
    let output = output_of(binary().current_dir(&folder).args(["--output-dir", "out", "a.zst.gz"]), b"");
    assert_eq!((output.status.code(), message(&output)), (Some(3), said));
    let written = fs::read(folder.path().join("out/a.zst.gz")).unwrap();
    assert_eq!(unpack_with_library("zstd", &unpack_with_library("gzip", &written)), ANNOTATED);
}
