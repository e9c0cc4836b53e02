//! The room on a disk: what unpacks to more than there is room for ends before the disk is full.

use rustix::fs::fstatvfs;
use std::io;
use std::os::fd::AsFd;

/// The room that stays free on the disk.
const LEFT_BYTES: u64 = 64 * 1024 * 1024;
/// The number of bytes after which the room is looked at again.
const LOOK_EVERY_BYTES: u64 = 8 * 1024 * 1024;

/// Watches the room for one file, to which bytes are written. The first few megabytes are not watched.
#[derive(Debug, Default)]
pub(crate) struct DiskRoom {
    /// The number of bytes that were written since the room was last looked at.
    written: u64,
}

impl DiskRoom {
    /// Counts `bytes` that are to be written to `file`.
    ///
    /// # Errors
    ///
    /// Returns an error if the disk would be nearly full, or cannot be looked at.
    pub(crate) fn count(&mut self, file: impl AsFd, bytes: usize) -> io::Result<()> {
        self.written += bytes as u64;
        if self.written < LOOK_EVERY_BYTES {
            return Ok(());
        }
        self.written = 0;
        let disk = fstatvfs(file)?;
        if disk.f_bavail.saturating_mul(disk.f_frsize) < LEFT_BYTES + LOOK_EVERY_BYTES {
            return Err(io::Error::other("unpacks to more than the disk has room for; 64 MiB are left free"));
        }
        Ok(())
    }
}
