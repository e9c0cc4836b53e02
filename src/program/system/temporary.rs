//! The folder for large temporary files.

use std::env;
use std::path::PathBuf;

/// Returns the folder that `TMPDIR` names, or else the system's folder for large temporary files.
pub(crate) fn temporary_folder() -> PathBuf {
    let folder = env::var_os("TMPDIR").filter(|folder| !folder.is_empty());
    folder.map_or_else(|| PathBuf::from("/var/tmp"), PathBuf::from)
}
