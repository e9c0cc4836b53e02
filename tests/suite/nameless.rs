//! New files have no name before they are whole, on systems that have such files, so that no signal can leave one
//! behind.

use crate::signals::{ANNOTATED, LINE, send, wait_until};
use crate::stopped::{names, start_file};
use rustix::process::Signal;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};

/// Returns true if files without names can be made in a folder.
#[cfg(target_os = "linux")]
pub(crate) fn has_nameless_files(folder: &Path) -> bool {
    use rustix::fs::{Mode, OFlags, open};
    let made = open(folder, OFlags::TMPFILE | OFlags::WRONLY, Mode::RUSR | Mode::WUSR);
    made.is_ok() && Path::new("/proc/self/fd").exists()
}

/// Returns false: only Linux has such files.
#[cfg(not(target_os = "linux"))]
pub(crate) fn has_nameless_files(_: &Path) -> bool {
    false
}

/// Returns the number of files that a program has begun in a folder.
pub(crate) fn new_files(id: u32, folder: &Path) -> usize {
    new_file_paths(id, folder).len()
}

/// Returns paths to the files that a program has begun in a folder: files without names, as the system lists them for
/// the program, and files with temporary names.
pub(crate) fn new_file_paths(id: u32, folder: &Path) -> Vec<PathBuf> {
    let folder = fs::canonicalize(folder).unwrap();
    let is_nameless = |path: &PathBuf| {
        fs::read_link(path)
            .is_ok_and(|path| path.starts_with(&folder) && path.to_string_lossy().ends_with(" (deleted)"))
    };
    let opened = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten();
    let nameless = opened.filter_map(|entry| Some(entry.ok()?.path())).filter(is_nameless);
    let named = names(&folder).into_iter().filter(|name| name.ends_with(".tmp"));
    nameless.chain(named.map(|name| folder.join(name))).collect()
}

/// The signals cannot be caught, or must not be.
#[test]
fn no_signal_leaves_a_temporary_file() {
    let folder = tempfile::tempdir().unwrap();
    if !has_nameless_files(folder.path()) {
        println!("skipped: the file system has no files without names");
        return;
    }
    for signal in [Signal::KILL, Signal::SEGV, Signal::ILL, Signal::FPE] {
        for args in
            ["-o out.log", "-q --report json=r.json", "--merge-reports - --report json=r.json", "-o kept.log"]
        {
            fs::write(folder.path().join("kept.log"), "before").unwrap();
            let mut run = start_file(folder.path(), args);
            run.feed(LINE);
            let mut status = None;
            // Rust's runtime takes the first SIGSEGV for the fault of an instruction, which would be repeated.
            wait_until(|| {
                send(&run.child, signal);
                status = run.child.try_wait().unwrap();
                status.is_some()
            });
            assert_eq!(status.unwrap().signal(), Some(signal.as_raw()), "{args}");
            assert_eq!(names(folder.path()), ["kept.log"], "{args} {signal:?}");
            assert_eq!(fs::read(folder.path().join("kept.log")).unwrap(), b"before", "{args} {signal:?}");
        }
    }
}

/// A file has no name while it is written. Then it gets its own, in place of an older file.
#[test]
fn a_file_is_named_when_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    if !has_nameless_files(folder.path()) {
        println!("skipped: the file system has no files without names");
        return;
    }
    for names_before in [&[][..], &["out.log"]] {
        let mut run = start_file(folder.path(), "-o out.log");
        run.feed(LINE);
        assert_eq!(names(folder.path()), names_before);
        drop(run.stdin_wtr);
        assert!(run.child.wait().unwrap().success());
        assert_eq!(names(folder.path()), ["out.log"]);
        assert_eq!(fs::read(folder.path().join("out.log")).unwrap(), ANNOTATED);
    }
}
