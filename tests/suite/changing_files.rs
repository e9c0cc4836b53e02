//! Files that change while they are read: bytes that were read stay, and nothing waits for bytes that are gone.

use crate::command::{binary, read_until};
use crate::packed::pack;
use imsdk_annotate::Annotator;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// More lines than the program reads on one thread while nobody takes its output.
const LINES: usize = 300_000;

fn line(number: usize) -> String {
    format!("{number:09} ret=-204 some text behind it\n")
}

fn log() -> Vec<u8> {
    (0..LINES).flat_map(|number| line(number).into_bytes()).collect()
}

/// Runs the program on files, and calls `change` when it has begun to write and cannot go on, because nobody takes its
/// output before. Returns its exit status, its output and its messages.
fn change_while_read(folder: &Path, args: &[&str], change: impl FnOnce()) -> (ExitStatus, Vec<u8>, String) {
    let mut child = start(folder, args);
    let mut stdout = child.stdout.take().unwrap();
    let mut annotated = vec![0];
    stdout.read_exact(&mut annotated).unwrap();
    change();
    stdout.read_to_end(&mut annotated).unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap(), annotated, said)
}

fn start(folder: &Path, args: &[&str]) -> Child {
    let mut command = binary();
    command.current_dir(folder).args(args).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_file_that_is_replaced_or_removed_is_read_to_its_end() {
    let text = log();
    let expected = Annotator::new().annotate(&text);
    for threads in ["-j1", "-j4"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        let replace = || {
            fs::write(folder.path().join("b.log"), "ret=-1\n").unwrap();
            fs::rename(folder.path().join("b.log"), &path).unwrap();
        };
        fs::write(&path, &text).unwrap();
        let (status, annotated, said) = change_while_read(folder.path(), &[threads, "a.log"], replace);
        assert!(status.success() && said.is_empty() && annotated == expected, "{threads}: {said}");
        fs::write(&path, &text).unwrap();
        let remove = || fs::remove_file(&path).unwrap();
        let (status, annotated, said) = change_while_read(folder.path(), &[threads, "a.log"], remove);
        assert!(status.success() && said.is_empty() && annotated == expected, "{threads}: {said}");
    }
}

/// A file is truncated by log rotation that copies it first.
#[test]
fn a_file_that_is_truncated_ends_there() {
    let text = log();
    let expected = Annotator::new().annotate(&text);
    for (threads, length) in
        [("-j1", 0), ("-j1", text.len() / 2 + 5), ("-j4", 0), ("-j4", text.len() / 2 + 5)]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        fs::write(&path, &text).unwrap();
        let truncate = || OpenOptions::new().write(true).open(&path).unwrap().set_len(length as u64).unwrap();
        let (status, annotated, said) = change_while_read(folder.path(), &[threads, "a.log"], truncate);
        let expected_message = format!(
            "imsdk-annotate: a.log: became shorter while it was read: it has {length} bytes of {}; read it again\n",
            text.len()
        );
        // Other threads may have read all of the file before.
        let is_read_whole = threads != "-j1" && annotated == expected && status.success() && said.is_empty();
        assert!(is_read_whole || (status.code(), &said) == (Some(3), &expected_message), "{threads}: {said}");
        // Either the cut lies within the last line, or the bytes behind the cut were read before it.
        assert!(expected.starts_with(&annotated) && annotated.len() >= 1000, "{threads} {length}");
        assert!(threads != "-j1" || annotated.len() < expected.len(), "{length}");
    }
}

/// Bytes that are appended while the last lines are read belong to the file.
#[test]
fn a_file_that_grows_is_read_to_where_it_ends_by_then() {
    let text = log();
    for threads in ["-j1", "-j4"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        let cut = text.len() - 20;
        fs::write(&path, &text[..cut]).unwrap();
        let grow = || OpenOptions::new().append(true).open(&path).unwrap().write_all(&text[cut..]).unwrap();
        let (status, annotated, said) = change_while_read(folder.path(), &[threads, "a.log"], grow);
        let (short, long) = (Annotator::new().annotate(&text[..cut]), Annotator::new().annotate(&text));
        assert!(status.success() && said.is_empty(), "{threads}: {status:?} {said}");
        // Another thread may have read the end of the file before the file grew.
        assert!(annotated == long || threads != "-j1" && annotated == short, "{threads}");
    }
}

#[test]
fn a_compressed_file_that_is_truncated_is_told_as_such() {
    // Text that hardly compresses, so that there is much to read.
    let mut number = 1_u64;
    let text: Vec<u8> = (0..200_000)
        .flat_map(|_| {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            format!("{number:016x} ret=-204\n").into_bytes()
        })
        .collect();
    let expected = Annotator::new().annotate(&text);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gz");
    fs::write(&path, pack("gzip", &text)).unwrap();
    let whole = fs::metadata(&path).unwrap().len();
    let length = whole - 1000;
    let truncate = || File::options().write(true).open(&path).unwrap().set_len(length).unwrap();
    let (status, annotated, said) = change_while_read(folder.path(), &["-j1", "a.gz", "nosuch"], truncate);
    assert_eq!(status.code(), Some(3));
    let early = format!(
        "imsdk-annotate: a.gz: became shorter while it was read: it has {length} bytes of {whole}; read it again\n"
    );
    let other = "imsdk-annotate: nosuch: no such file; check the name\n";
    assert_eq!(said, early + other);
    assert!(expected.starts_with(&annotated) && annotated.len() > expected.len() / 2);
}

/// A file that was listed and then removed or replaced is trouble with this file alone.
#[test]
fn what_is_gone_before_its_turn_is_told_and_the_others_are_done() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for name in ["a.log", "b.log", "c.log"] {
        fs::write(folder.path().join(name), "ret=-1\n").unwrap();
    }
    let mut child = start(folder.path(), &["pipe", "a.log", "b.log", "c.log"]);
    let mut wtr = OpenOptions::new().write(true).open(&pipe).unwrap();
    wtr.write_all(b"ret=5\n").unwrap();
    let mut stdout = child.stdout.take().unwrap();
    read_until(&mut stdout, b"\n");
    fs::remove_file(folder.path().join("a.log")).unwrap();
    fs::remove_file(folder.path().join("b.log")).unwrap();
    fs::create_dir(folder.path().join("b.log")).unwrap();
    drop(wtr);
    assert_eq!(read_until(&mut stdout, b"\n"), b"ret=-1 (general: failure)\n");
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3));
    let gone = "imsdk-annotate: a.log: no such file; check the name\n";
    assert!(said.starts_with(gone) && said.lines().count() == 2 && said.contains(": b.log: "), "{said}");
}
