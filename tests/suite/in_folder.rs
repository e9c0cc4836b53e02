//! Runs the binary in a folder that is made for one test.

use crate::command::{binary, output_of};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// The content of each file that [`folder_with`] makes.
pub(crate) const LINE: &str = "ret=-1\n";
pub(crate) const ANNOTATED: &str = "ret=-1 (general: failure)\n";

/// Runs the binary in a folder, with one line on standard input.
pub(crate) fn run(folder: &Path, args: &[&str]) -> Output {
    output_of(binary().current_dir(folder).args(args), LINE.as_bytes())
}

/// Runs the binary, which must fail and write no line. Returns its message.
pub(crate) fn refusal(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, args);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
    assert!(output.stdout.is_empty(), "{args:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Runs the binary, which must succeed without a message.
pub(crate) fn succeed(folder: &Path, args: &[&str]) {
    let output = run(folder, args);
    assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
}

/// Returns a folder with these files, each of one line.
pub(crate) fn folder_with(paths: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for path in paths {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, LINE).unwrap();
    }
    folder
}

/// Returns the mode of a file or folder, with its special bits.
pub(crate) fn mode(path: impl AsRef<Path>) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

pub(crate) fn set_mode(path: impl AsRef<Path>, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Makes a named pipe.
pub(crate) fn make_pipe(path: impl AsRef<Path>) {
    assert!(Command::new("mkfifo").arg(path.as_ref()).status().unwrap().success());
}

/// Gives all files below a folder, or one file, a time long before any run, so that a later change cannot have the same.
pub(crate) fn settle(path: impl AsRef<Path>) {
    if path.as_ref().is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| settle(entry.unwrap().path()));
    } else if path.as_ref().is_file() {
        let at = SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000, 123_456_789);
        File::options().append(true).open(path).unwrap().set_modified(at).unwrap();
    }
}

/// Returns the names of the files in an output folder, in order, but for the journal.
pub(crate) fn outputs(folder: impl AsRef<Path>) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != ".imsdk-annotate.jsonl").collect();
    names.sort();
    names
}
