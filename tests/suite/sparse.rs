//! `--sparse`: blocks of zeros become holes in the files that are made.

use crate::command::{annotate, binary, output_of};
use crate::in_folder::succeed;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

const MIB: usize = 1024 * 1024;

/// Returns the room that a file takes on the disk, in bytes.
fn room(path: impl AsRef<Path>) -> u64 {
    fs::metadata(path).unwrap().blocks() * 512
}

/// Returns true if files in the folder can have holes; prints a word if they cannot.
fn has_holes(folder: &Path) -> bool {
    let path = folder.join("probe");
    File::create(&path).unwrap().set_len(MIB as u64).unwrap();
    let has_holes = room(&path) < MIB as u64 / 2;
    if !has_holes {
        println!("skipped: the file system has no holes");
    }
    has_holes
}

/// A log that was cut off while a program went on to write at its former end, and once more later.
fn log() -> Vec<u8> {
    let lines = b"ret=-204 and more\n".repeat(1000);
    [&vec![0; 8 * MIB][..], &lines, &vec![0; 4 * MIB + 77], b"\nret=-1\n", &vec![0; 2 * MIB]].concat()
}

#[test]
fn files_have_the_same_bytes_and_holes() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    if !has_holes(folder.path()) {
        return;
    }
    let expected = annotate(&["--threads", "1"], &log());
    fs::create_dir(at("in")).unwrap();
    fs::write(at("in/cut.log"), log()).unwrap();
    fs::write(at("in/core"), [&b"x\0y"[..], &vec![0; 8 * MIB], b"end"].concat()).unwrap();
    for threads in ["1", "3"] {
        succeed(folder.path(), &["--sparse", "-j", threads, "--output", "alone.log", "in/cut.log"]);
        let command = &mut binary();
        let args = ["--sparse", "-j", threads, "--output-dir", "out", "in"];
        assert!(output_of(command.current_dir(folder.path()).args(args), b"").status.success());
        for name in ["alone.log", "out/cut.log"] {
            assert!(fs::read(at(name)).unwrap() == expected, "{name}");
            assert!(room(at(name)) < MIB as u64, "{name}: {} bytes", room(at(name)));
        }
        assert!(fs::read(at("out/core")).unwrap() == fs::read(at("in/core")).unwrap());
        assert!(room(at("out/core")) < MIB as u64);
    }
    // Without the option, and in streams, all bytes are written.
    succeed(folder.path(), &["--output", "full.log", "in/cut.log"]);
    assert!(room(at("full.log")) >= expected.len() as u64);
    assert!(annotate(&["--sparse"], &log()) == expected);
    assert!(annotate(&["--sparse", "-o", "/dev/stdout"], &log()) == expected);
}
