//! The identity of files, whatever their names.

use rustix::fs::Stat;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

/// Device and inode, which tell files from each other.
pub(crate) type FileId = (u64, u64);

/// Returns the identity of the file that metadata are of.
pub(crate) fn file_id(metadata: &Metadata) -> FileId {
    (metadata.dev(), metadata.ino())
}

/// Returns the identity of the file that a status is of.
// A device has 32 bits on macOS.
#[allow(clippy::unnecessary_cast)]
pub(crate) fn id_of(stat: &Stat) -> FileId {
    (stat.st_dev as u64, stat.st_ino)
}
