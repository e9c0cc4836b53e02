//! Runs the binary in a folder that is made for one test.

use crate::command::{binary, output_of};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
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
