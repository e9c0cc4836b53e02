//! Many files: the list of them and the plan for them take little memory, and no look at a file is repeated for each.

use crate::command::{binary, peak_kib};
use crate::in_folder::{ANNOTATED, LINE, refusal, succeed};
use std::fs;
use std::path::Path;
use std::process::Stdio;

/// Makes `folders` folders, each with `files` files of one line.
fn make(root: &Path, folders: usize, files: usize) {
    for folder in 0..folders {
        let folder = root.join(format!("in/folder-{folder:03}"));
        fs::create_dir_all(&folder).unwrap();
        for file in 0..files {
            fs::write(folder.join(format!("server-{file:04}.log")), LINE).unwrap();
        }
    }
}

/// Returns the peak memory in KiB of a run with all files and one pipe, when the plan for the files has been made and the
/// run waits for the pipe. Returns `None` where the system does not report it.
fn peak_of_plan(root: &Path) -> Option<u64> {
    peak_kib(std::process::id())?;
    let _ = fs::remove_dir_all(root.join("out"));
    let args = ["--threads", "1", "--output-dir", "out", "a-pipe", "in"];
    let mut child =
        binary().args(args).current_dir(root).stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // The pipe opens when the run opens it, behind the plan; the run then waits for what is written to it.
    let pipe = fs::OpenOptions::new().write(true).open(root.join("a-pipe")).unwrap();
    let peak = peak_kib(child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    drop(pipe);
    peak
}

#[test]
fn a_planned_file_takes_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("a-pipe");
    let mode = rustix::fs::Mode::RWXU;
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
    make(folder.path(), 1, 1);
    let Some(few) = peak_of_plan(folder.path()) else { return };
    make(folder.path(), 20, 1000);
    let many = peak_of_plan(folder.path()).unwrap();
    // 24 MiB for 100,000 files; a third more, because the allocator does not give back all.
    let bytes_each = many.saturating_sub(few) * 1024 / 20_000;
    assert!(bytes_each < 250, "{bytes_each} bytes for each file");
}

#[test]
fn two_files_for_one_place_are_found_among_many() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), 3, 500);
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("other/folder-001")).unwrap();
    fs::write(at("other/folder-001/server-0007.log"), LINE).unwrap();
    assert_eq!(
        refusal(folder.path(), &["--output-dir", "out", "in", "other"]),
        "imsdk-annotate: out/folder-001/server-0007.log: both in/folder-001/server-0007.log and \
         other/folder-001/server-0007.log would be written there\n"
    );
    // A file in the place of a folder of another.
    fs::remove_dir_all(at("other")).unwrap();
    fs::create_dir_all(at("other")).unwrap();
    fs::write(at("other/folder-001"), LINE).unwrap();
    assert_eq!(
        refusal(folder.path(), &["--output-dir", "out", "in", "other"]),
        "imsdk-annotate: out/folder-001/server-0000.log: in/folder-001/server-0000.log would be written there, and \
         other/folder-001 to a folder of it\n"
    );
    assert!(!at("out").exists());
}

#[test]
fn files_of_folders_in_turn_come_to_their_folders() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), 4, 50);
    let mut files: Vec<String> = (0..50)
        .flat_map(|file| (0..4).map(move |folder| format!("in/folder-{folder:03}/server-{file:04}.log")))
        .collect();
    fs::write(folder.path().join("list"), files.join("\n")).unwrap();
    succeed(folder.path(), &["--parents", "--output-dir", "out", "--files-from", "list"]);
    files.retain(|file| fs::read_to_string(folder.path().join("out").join(file)).unwrap() != ANNOTATED);
    assert_eq!(files, Vec::<String>::new());
}
