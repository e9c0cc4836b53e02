//! Large temporary files.

use std::env;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// Makes an empty file without a name in the folder that `TMPDIR` names, or else in the system's folder for large temporary
/// files. The file vanishes when the program ends, in any way.
///
/// # Errors
///
/// Returns an error that names the folder and the remedy if no file can be made there; its kind is that of the system for a
/// full disk alone, so that a folder that is not there is not taken for an input that is not there.
pub(crate) fn temporary_file() -> io::Result<File> {
    let folder = env::var_os("TMPDIR").filter(|folder| !folder.is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("/var/tmp"), PathBuf::from);
    tempfile::tempfile_in(&folder).map_err(|error| match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => error,
        _ => io::Error::other(format!(
            "a temporary file is needed, and cannot be made in {folder:?}: {}; name a folder with TMPDIR",
            error.kind()
        )),
    })
}
