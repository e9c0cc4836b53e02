//! Files that are no text: skipped in streams and reports, copied byte for byte with `--output-dir`, annotated with
//! `--text`.

use crate::command::{annotate, binary, output_of};
use crate::in_folder::{outputs, settle};
use crate::packed::{pack, unpack_with_library};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

const LINE: &[u8] = b"ret=-1\n";
const ANNOTATED: &[u8] = b"ret=-1 (general: failure)\n";

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/compressed").join(name)).unwrap()
}

/// Returns the files of a folder that are no text, in their order. Each has a field that would be annotated in a text.
fn no_texts() -> Vec<(&'static str, Vec<u8>)> {
    let binary = b"SQLite format 3\0ret=-1\n".to_vec();
    vec![
        ("b.db", binary.clone()),
        ("e.core.gz", pack("gzip", &binary)),
        ("g.log.xz", pack("xz", &[&LINE.repeat(1000)[..], b"\0"].concat())),
        ("h.zeros", vec![0; 100_000]),
        ("i.gz.gz", pack("gzip", &pack("gzip", &binary))),
    ]
}

/// Returns files that are text although they have NULs or look like another kind of file, each with its text.
fn texts() -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let long = [&b".".repeat(8192)[..], b"\0", LINE].concat();
    let utf16: Vec<u8> = "\u{feff}ret=-1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let truncated = |zeros: usize| [&vec![0; zeros][..], LINE].concat();
    vec![
        ("p.log", LINE.to_vec(), LINE.to_vec()),
        ("q.log", long.clone(), long),
        ("r.log", utf16.clone(), utf16),
        ("s.log", truncated(3), truncated(3)),
        ("t.log", truncated(200_000), truncated(200_000)),
        ("u.log.gz", pack("gzip", &truncated(2_000_000)), truncated(2_000_000)),
        ("v.log", Vec::new(), Vec::new()),
        ("w.log", b"PK and more\n".to_vec(), b"PK and more\n".to_vec()),
    ]
}

/// Returns a folder `logs` with files of both kinds.
fn mixed_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    no_texts().iter().for_each(|(name, content)| fs::write(logs.join(name), content).unwrap());
    texts().iter().for_each(|(name, content, _)| fs::write(logs.join(name), content).unwrap());
    folder
}

fn run(folder: &TempDir, args: &[&str]) -> Output {
    output_of(binary().current_dir(folder).args(args), b"")
}

fn message(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const LEFT_OUT: &str = "imsdk-annotate: 5 files are no text and were left out: logs/b.db, logs/e.core.gz, \
                        logs/g.log.xz and 2 more; -a treats all as text\n";

#[test]
fn streams_and_reports_are_without_files_of_folders_that_are_no_text() {
    let folder = mixed_folder();
    let expected: Vec<u8> = texts().iter().flat_map(|(.., text)| annotate(&[], text)).collect();
    for threads in ["-j1", "-j3", "-j8"] {
        let output = run(&folder, &[threads, "--report", "json=report.json", "logs"]);
        assert_eq!((output.status.code(), message(&output)), (Some(0), LEFT_OUT.to_owned()), "{threads}");
        assert!(output.stdout == expected, "{threads}");
        let report = fs::read_to_string(folder.path().join("report.json")).unwrap();
        assert!(report.contains("\"complete\": true") && report.contains("\"files\": 8"), "{report}");
        assert!(!report.contains("b.db"), "{report}");
        let output = run(&folder, &[threads, "-o", "all.log", "logs"]);
        assert_eq!((output.status.code(), message(&output)), (Some(0), LEFT_OUT.to_owned()));
        assert!(fs::read(folder.path().join("all.log")).unwrap() == expected);
        let output = run(&folder, &[threads, "-q", "--fail-on", "unknown", "logs"]);
        assert_eq!((output.status.code(), message(&output)), (Some(0), LEFT_OUT.to_owned()));
        let output = run(&folder, &[threads, "--only", "-1", "-n", "logs"]);
        let numbered = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && !numbered.contains("b.db:"), "{numbered}");
        assert!(numbered.starts_with("logs/p.log:1:ret=-1"), "{numbered}");
    }
    let one = tempfile::tempdir().unwrap();
    fs::write(one.path().join("a.db"), "\0").unwrap();
    let output = run(&one, &["."]);
    let said = "imsdk-annotate: 1 file is no text and was left out: ./a.db; -a treats it as text\n";
    assert_eq!((output.status.code(), message(&output)), (Some(0), said.to_owned()));
}

#[test]
fn files_of_folders_that_are_no_text_are_copied_byte_for_byte() {
    let folder = mixed_folder();
    let at = SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000, 123_456_789);
    settle(folder.path().join("logs"));
    for name in ["b.db", "e.core.gz", "i.gz.gz"] {
        let path = folder.path().join("logs").join(name);
        File::options().append(true).open(&path).unwrap().set_modified(at).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    }
    for (how, threads) in [("keep", "-j1"), ("none", "-j3"), ("gzip", "-j1"), ("zstd", "-j8")] {
        let out = folder.path().join(how);
        let args = [threads, "--compress", how, "--resume", "--output-dir", how, "logs"];
        let output = run(&folder, &args);
        let said = LEFT_OUT.replace("left out", "copied as they are");
        assert!(output.status.success() && message(&output).starts_with(&said), "{how}: {output:?}");
        for (name, content) in no_texts() {
            assert!(fs::read(out.join(name)).unwrap() == content, "{how} {name}");
        }
        assert_eq!(outputs(&out).len(), 13, "{how}");
        for name in ["b.db", "e.core.gz", "i.gz.gz"] {
            let metadata = fs::metadata(out.join(name)).unwrap();
            assert_eq!(metadata.permissions().mode() & 0o7777, 0o640, "{how} {name}");
            assert_eq!(metadata.modified().unwrap(), at, "{how} {name}");
        }
        // Marks of the same length in the outputs show that nothing is copied again.
        for name in ["b.db", "e.core.gz"] {
            fs::set_permissions(out.join(name), Permissions::from_mode(0o600)).unwrap();
            let mut text = b"mark".to_vec();
            text.resize(fs::metadata(out.join(name)).unwrap().len() as usize, b'.');
            fs::write(out.join(name), text).unwrap();
            File::options().append(true).open(out.join(name)).unwrap().set_modified(at).unwrap();
        }
        let output = run(&folder, &args);
        let said = "imsdk-annotate: 0 files annotated, 0 copied, 13 left out, 0 failed; 0 B done\n";
        assert_eq!((output.status.code(), message(&output)), (Some(0), said.to_owned()), "{how}");
        for name in ["b.db", "e.core.gz"] {
            assert!(fs::read(out.join(name)).unwrap().starts_with(b"mark"), "{how} {name}");
        }
    }
    assert_eq!(fs::read(folder.path().join("keep/p.log")).unwrap(), ANNOTATED);
    let unpacked = unpack_with_library("gzip", &fs::read(folder.path().join("keep/u.log.gz")).unwrap());
    assert!(unpacked == [&vec![0; 2_000_000][..], ANNOTATED].concat());
}

#[test]
fn all_is_text_where_that_is_said() {
    let folder = mixed_folder();
    let unpacked = |name: &str, content: Vec<u8>| match name.rsplit('.').next() {
        Some("gz") if name.contains(".gz.gz") => {
            unpack_with_library("gzip", &unpack_with_library("gzip", &content))
        }
        Some("gz") => unpack_with_library("gzip", &content),
        Some("xz") => unpack_with_library("xz", &content),
        _ => content,
    };
    let mut expected: Vec<u8> = Vec::new();
    no_texts()
        .into_iter()
        .for_each(|(name, content)| expected.extend(annotate(&[], &unpacked(name, content))));
    texts().iter().for_each(|(.., text)| expected.extend(annotate(&[], text)));
    for option in ["-a", "--text"] {
        let output = run(&folder, &[option, "logs"]);
        assert!(output.status.success() && output.stderr.is_empty() && output.stdout == expected);
    }
    let output = run(&folder, &["-a", "--output-dir", "out", "logs"]);
    assert!(output.status.success() && output.stderr.is_empty());
    let annotated = fs::read(folder.path().join("out/b.db")).unwrap();
    assert_eq!(annotated, [&b"SQLite format 3\0"[..], ANNOTATED].concat());
}

#[test]
fn named_files_are_annotated_whatever_they_hold() {
    let folder = mixed_folder();
    let output = run(&folder, &["logs/b.db"]);
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(output.stdout, [&b"SQLite format 3\0"[..], ANNOTATED].concat());
    let output = run(&folder, &["--output-dir", "out", "logs/b.db"]);
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(
        fs::read(folder.path().join("out/b.db")).unwrap(),
        [&b"SQLite format 3\0"[..], ANNOTATED].concat()
    );
}

#[test]
fn an_archive_that_is_not_entered_is_copied_and_not_from_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("b.tar.gz"), fixture("bundle.tar.gz")).unwrap();
    let output = run(&folder, &["--no-archives", "--output-dir", "out", "b.tar.gz"]);
    let said = "imsdk-annotate: 1 file is no text and was copied as it is: b.tar.gz; -a treats it as text\n";
    assert_eq!((output.status.code(), message(&output)), (Some(0), said.to_owned()));
    assert!(fs::read(folder.path().join("out/b.tar.gz")).unwrap() == fixture("bundle.tar.gz"));
    let pipe = folder.path().join("a.tar.gz");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut command = binary();
    command.current_dir(&folder).args(["--no-archives", "--output-dir", "out", "a.tar.gz"]);
    let child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    fs::write(&pipe, fixture("bundle.tar.gz")).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = "imsdk-annotate: a.tar.gz: is an archive, which cannot be copied from a pipe; unpack it, or name a file\n";
    assert_eq!((output.status.code(), message(&output)), (Some(3), said.to_owned()));
    assert!(!folder.path().join("out/a.tar.gz").exists());
}

#[test]
fn a_copy_goes_neither_over_an_input_nor_over_another_output() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    fs::write(folder.path().join("logs/a.zip"), fixture("bundle-stored.zip")).unwrap();
    let args = ["--compress", "gzip", "--output-dir", "logs", "logs/a.zip"];
    let output = run(&folder, &args);
    let said = "imsdk-annotate: logs/a.zip: is the input logs/a.zip; write to another file\n";
    assert_eq!((output.status.code(), message(&output)), (Some(2), said.to_owned()));
    fs::remove_file(folder.path().join("logs/a.zip")).unwrap();
    fs::write(folder.path().join("logs/a.tar.gz"), fixture("bundle.tar.gz")).unwrap();
    fs::write(folder.path().join("logs/a.tar"), LINE).unwrap();
    let output = run(&folder, &["--no-decompress", "--compress", "gzip", "--output-dir", "out", "logs"]);
    let said = "imsdk-annotate: out/a.tar.gz: both logs/a.tar and logs/a.tar.gz would be written there\n";
    assert_eq!((output.status.code(), message(&output)), (Some(2), said.to_owned()));
    let written = fs::read(folder.path().join("out/a.tar.gz")).unwrap();
    assert_eq!(unpack_with_library("gzip", &written), ANNOTATED);
}
