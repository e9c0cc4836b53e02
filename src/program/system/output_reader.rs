//! The reader of standard output: noticed when it has gone, also where nothing is written.

use rustix::event::PollFlags;
use rustix::fs::{FileType, Stat};
use std::sync::atomic::{AtomicBool, Ordering};

/// The events that the system reports of an output whose reader has gone, without being asked.
pub(super) const GONE: PollFlags = PollFlags::ERR.union(PollFlags::HUP);

/// The watch over the reader of standard output, during the waits for input.
#[derive(Debug, Default)]
pub(super) struct OutputReader {
    is_watched: AtomicBool,
    has_gone: AtomicBool,
}

impl OutputReader {
    /// Starts to watch if standard output, whose file status is `stat`, is a pipe or a socket: files and devices have no
    /// readers that go, and terminals tell by a signal.
    pub(super) fn watch(&self, stat: &Stat) {
        let has_reader = matches!(FileType::from_raw_mode(stat.st_mode), FileType::Fifo | FileType::Socket);
        self.is_watched.store(has_reader, Ordering::Relaxed);
    }

    pub(super) fn is_watched(&self) -> bool {
        self.is_watched.load(Ordering::Relaxed)
    }

    /// Records that the reader has gone.
    pub(super) fn leave(&self) {
        self.has_gone.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_gone(&self) -> bool {
        self.has_gone.load(Ordering::Relaxed)
    }
}
