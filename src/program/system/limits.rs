//! Limits that the system imposes on the program, and the number of threads that fit within them.

use rustix::process::{Resource, getrlimit};

/// Address space that the program and its first thread need, in bytes.
const ADDRESS_SPACE_BYTES: u64 = 128 << 20;
/// Address space for each further thread, in bytes: its own buffers, and the arena that the C library reserves for it
/// without using it.
const THREAD_ADDRESS_SPACE_BYTES: u64 = 96 << 20;
/// Open files that the program and its first thread need: standard streams, reports, and files of the run itself.
const OPEN_FILES: u64 = 16;
/// Open files for each further thread: its input, its output, a file for output that is ahead of its turn, and one to
/// spare.
const THREAD_OPEN_FILES: u64 = 4;

/// Returns the number of threads that fit within the limits for address space and open files; at least 1. The limits
/// are read in advance, because the program cannot go on where memory for a further thread is refused.
pub(crate) fn threads_max() -> usize {
    let further = |resource, own, each| {
        let limit = getrlimit(resource).current.unwrap_or(u64::MAX);
        usize::try_from(limit.saturating_sub(own) / each).unwrap_or(usize::MAX)
    };
    let by_memory = further(Resource::As, ADDRESS_SPACE_BYTES, THREAD_ADDRESS_SPACE_BYTES);
    let by_files = further(Resource::Nofile, OPEN_FILES, THREAD_OPEN_FILES);
    by_memory.min(by_files).saturating_add(1)
}
