//! Buffers at both ends of the annotator: bytes that are read and not settled, and bytes that are written and not
//! handed on.

mod collector;
mod window;

pub(crate) use collector::{CHUNK_BYTES, Collected, Collector, Sink};
pub(crate) use window::{LINE_MAX_BYTES, Settled, Window, has_nul_lines};
