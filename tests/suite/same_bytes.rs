//! Compressed outputs: the same input and options give the same bytes, for all numbers of threads, sizes of reads and
//! pauses.

use crate::command::{binary, read_until};
use crate::in_folder::outputs;
use crate::packed::{FORMATS, pack, unpack_with_library};
use flate2::write::GzDecoder;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// Options that change the sizes of writes to the encoder. Outputs are compared for each option alone.
const OPTIONS: [&[&str]; 4] = [&[], &["--report", "text=report.txt"], &["--only", "any"], &["-n"]];

/// Returns a text of several blocks, with fields in some lines, and a long line.
fn text() -> Vec<u8> {
    let mut state = 1_u64;
    let mut text = String::new();
    for line in 0..40_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let code = if state >> 40 & 3 == 0 { "ret=-204" } else { "ret=0" };
        text += &format!("{line} {:x} {code}\n", state >> 20);
    }
    text += &"ret=-1 ".repeat(30_000);
    text.into_bytes()
}

/// Returns a folder with the text as a file and small files beside it, and the text.
fn folder_with_text() -> (TempDir, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let text = text();
    fs::create_dir(folder.path().join("logs")).unwrap();
    fs::write(folder.path().join("logs/b.log"), &text).unwrap();
    for name in ["a.log", "c.log"] {
        fs::write(folder.path().join("logs").join(name), "ret=-1\n".repeat(9)).unwrap();
    }
    (folder, text)
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = binary();
    command.current_dir(folder).args(args);
    command
}

fn run(folder: &Path, args: &[&str]) {
    let output = command(folder, args).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
}

/// Writes a text to standard input in parts of odd sizes with pauses, and waits for the end.
fn feed(mut child: Child, text: &[u8]) {
    let mut stdin = child.stdin.take().unwrap();
    let (mut rest, mut size) = (text, 1);
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(size.min(rest.len()));
        stdin.write_all(piece).unwrap();
        (rest, size) = (behind, size * 3 % 70_001 + 13);
        if size % 5 == 0 {
            thread::sleep(Duration::from_millis(1));
        }
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_file_has_the_same_bytes_for_any_threads_and_reads() {
    let (folder, text) = folder_with_text();
    let folder = folder.path();
    for (format, extension) in FORMATS {
        let name = format!("out.{extension}");
        let result = |args: &[&str]| {
            run(folder, &[&["-o", &name], args].concat());
            fs::read(folder.join(&name)).unwrap()
        };
        // The options change the sizes of writes for all formats alike, so that one format is tried with all.
        for &options in &OPTIONS[..if format == "gzip" { OPTIONS.len() } else { 1 }] {
            let of_folder = result(&[options, &["-j1", "logs"]].concat());
            let of_file = result(&[options, &["-j1", "logs/b.log"]].concat());
            assert!(unpack_with_library(format, &of_file).len() > 500_000, "{format} {options:?}");
            for threads in ["-j2", "-j8"] {
                let is_same = result(&[options, &[threads, "logs"]].concat()) == of_folder;
                assert!(is_same, "{format} {threads} {options:?}");
            }
            let args = [&["-o", &name][..], options].concat();
            feed(command(folder, &args).stdin(Stdio::piped()).spawn().unwrap(), &text);
            assert!(fs::read(folder.join(&name)).unwrap() == of_file, "{format} {options:?}");
        }
    }
}

#[test]
fn a_folder_has_the_same_bytes_for_any_threads() {
    let (folder, text) = folder_with_text();
    let folder = folder.path();
    for (format, extension) in FORMATS {
        fs::write(folder.join(format!("logs/{format}.{extension}")), pack(format, &text)).unwrap();
    }
    for options in [&[][..], &["--compress", "gzip"], &["--compress", "zstd", "--report", "text=report.txt"]]
    {
        let result = |threads: &str| {
            run(folder, &[&[threads, "--output-dir", "out"], options, &["logs"]].concat());
            let out = folder.join("out");
            let files: Vec<_> = outputs(&out)
                .into_iter()
                .map(|name| (name.clone(), fs::read(out.join(name)).unwrap()))
                .collect();
            fs::remove_dir_all(folder.join("out")).unwrap();
            files
        };
        let expected = result("-j1");
        assert_eq!(expected.len(), 8);
        for threads in ["-j2", "-j8", "-j16"] {
            assert!(result(threads) == expected, "{threads} {options:?}");
        }
    }
    // All threads work on the one file.
    let one = |threads: &str| {
        run(folder, &[threads, "--compress", "gzip", "--output-dir", "out", "logs/b.log"]);
        fs::read(folder.join("out/b.log.gz")).unwrap()
    };
    let expected = one("-j1");
    assert!(one("-j2") == expected && one("-j8") == expected);
}

#[test]
fn standard_output_has_the_same_bytes_where_nobody_waits_for_it() {
    let (folder, text) = folder_with_text();
    let folder = folder.path();
    for format in ["gzip", "zstd"] {
        let stdout = |args: &[&str]| {
            let output =
                command(folder, args).args(["--compress", format]).stdin(Stdio::null()).output().unwrap();
            assert!(output.status.success());
            output.stdout
        };
        let expected = stdout(&["-j1", "logs/b.log"]);
        for args in [&["-j8", "logs/b.log"][..], &["--block-buffered", "-j2", "logs/b.log"]] {
            assert!(stdout(args) == expected, "{format} {args:?}");
        }
        // A pipe that is read in blocks, and a pipe whose output is a file.
        let result = folder.join("result");
        let mut blocks = command(folder, &["--block-buffered", "--compress", format]);
        blocks.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = blocks.spawn().unwrap();
        let mut rdr = child.stdout.take().unwrap();
        let packed = thread::scope(|scope| {
            scope.spawn(|| feed(child, &text));
            let mut packed = Vec::new();
            rdr.read_to_end(&mut packed).map(|_| packed).unwrap()
        });
        assert!(packed == expected, "{format}");
        for options in [&[][..], &["--line-buffered"], &["--line-buffered", "-j8"]] {
            let mut to_file = command(folder, &[&["--compress", format], options].concat());
            to_file.stdin(Stdio::piped()).stdout(File::create(&result).unwrap());
            feed(to_file.spawn().unwrap(), &text);
            assert!(fs::read(&result).unwrap() == expected, "{format} {options:?}");
            let mut of_file = command(folder, &[&["--compress", format, "logs/b.log"], options].concat());
            of_file.stdin(Stdio::null()).stdout(File::create(&result).unwrap());
            assert!(of_file.status().unwrap().success());
            assert!(fs::read(&result).unwrap() == expected, "{format} {options:?} of a file");
        }
        // An input that fails leaves no mark in the output.
        let output = command(folder, &["--compress", format, "logs/b.log", "nosuch"]).output().unwrap();
        assert_eq!(unpack_with_library(format, &output.stdout), unpack_with_library(format, &expected));
    }
}

/// A reader who decompresses while data comes gets each line before the next line is written.
#[test]
fn a_live_stream_can_be_decoded_as_far_as_it_has_come() {
    let mut child =
        binary().args(["--compress", "gzip"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut decoder = GzDecoder::new(Vec::new());
    let mut packed = [0; 4096];
    for line in 1..20 {
        stdin.write_all(b"ret=-1\n").unwrap();
        while decoder.get_ref().iter().filter(|&&byte| byte == b'\n').count() < line {
            let count = stdout.read(&mut packed).unwrap();
            assert!(count > 0);
            decoder.write_all(&packed[..count]).unwrap();
            decoder.flush().unwrap();
        }
    }
    drop(stdin);
    // The end of a member: the last four bytes are the length of the text.
    read_until(&mut stdout, &(19 * 26_u32).to_le_bytes());
    assert!(child.wait().unwrap().success());
}
