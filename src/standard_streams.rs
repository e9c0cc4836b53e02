//! Which standard streams were closed when the program was started.
//!
//! Rust's runtime puts `/dev/null` in the place of a closed standard stream before `main` runs. A filter
//! would then read nothing, or lose all that it writes, and call that success. Nothing tells such a stream
//! from a `/dev/null` that was asked for, so the question is asked before the runtime starts.

use std::sync::atomic::{AtomicBool, Ordering};

static STDIN_CLOSED: AtomicBool = AtomicBool::new(false);
static STDOUT_CLOSED: AtomicBool = AtomicBool::new(false);

// The body only makes two system calls and stores two flags, which is sound before `main`.
#[ctor::ctor]
fn look_at_standard_streams() {
    let is_closed = |fd| rustix::io::fcntl_getfd(fd).is_err();
    STDIN_CLOSED.store(is_closed(rustix::stdio::stdin()), Ordering::Relaxed);
    STDOUT_CLOSED.store(is_closed(rustix::stdio::stdout()), Ordering::Relaxed);
}

/// Whether standard input was closed (`<&-`).
pub(crate) fn stdin_was_closed() -> bool {
    STDIN_CLOSED.load(Ordering::Relaxed)
}

/// Whether standard output was closed (`>&-`).
pub(crate) fn stdout_was_closed() -> bool {
    STDOUT_CLOSED.load(Ordering::Relaxed)
}
