//! Limits that the system sets to the program, and how many threads there is room for within them.

use rustix::process::{Resource, getrlimit};

/// What one thread and the program itself get along with.
const ADDRESS_SPACE_BYTES: u64 = 128 << 20;
/// For each further thread: what it works with, and what the C library reserves for it without using it.
const THREAD_ADDRESS_SPACE_BYTES: u64 = 96 << 20;
/// Standard streams, reports, and what the program itself opens.
const OPEN_FILES: u64 = 16;
/// For each further thread: its input, its output, and a file for what is ahead of its turn; one to spare.
const THREAD_OPEN_FILES: u64 = 4;

/// How many threads there is room for. Where memory for one more is refused, the program could not go on; so that is
/// asked before.
pub(crate) fn threads_max() -> usize {
    let further = |resource, own, each| {
        let limit = getrlimit(resource).current.unwrap_or(u64::MAX);
        usize::try_from(limit.saturating_sub(own) / each).unwrap_or(usize::MAX)
    };
    let by_memory = further(Resource::As, ADDRESS_SPACE_BYTES, THREAD_ADDRESS_SPACE_BYTES);
    let by_files = further(Resource::Nofile, OPEN_FILES, THREAD_OPEN_FILES);
    by_memory.min(by_files).saturating_add(1)
}
