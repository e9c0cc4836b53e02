//! The heartbeat of the program: work that takes a while beats, so that the program is not taken for stuck in a write when
//! a signal has come.

use std::sync::atomic::{AtomicU64, Ordering};

static BEATS: AtomicU64 = AtomicU64::new(0);

/// Tells that work goes on. Must be called several times a second by work that writes nothing meanwhile.
pub(crate) fn beat() {
    BEATS.fetch_add(1, Ordering::Relaxed);
}

/// Returns the number of beats so far.
pub(crate) fn beats() -> u64 {
    BEATS.load(Ordering::Relaxed)
}
