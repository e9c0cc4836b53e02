//! Prompts: incomplete lines that the reader of the output is to see while more of them is waited for.

use super::Descriptor;
use crate::program::compression::{Layer, PeekReader, is_text};
use memchr::memchr;
use std::time::{Duration, Instant};

/// The time after which an incomplete line is written as far as no field can touch it.
pub(super) const REST: Duration = Duration::from_millis(200);

/// The most bytes of a first line that are looked at.
const FIRST_LINE_BYTES: usize = 16 * 1024;

/// Returns the time since which a stream has shown a prompt: text in UTF-8 without a complete line, behind which nothing comes
/// for a while; `None` if the stream begins with anything else. Takes none of it. The prompt is then enough to tell the encoding, and that the stream is no archive, as a complete
/// line is.
pub(super) fn begins_with_prompt(rdr: &mut PeekReader<Layer<Descriptor>>) -> Option<Instant> {
    let since = Instant::now();
    loop {
        let here = rdr.buffer();
        if !(1..FIRST_LINE_BYTES).contains(&here.len()) || memchr(b'\n', here).is_some() || !is_text(here) {
            return None;
        }
        if rdr.get_ref().bottom().rests_until(since + REST) {
            return Some(since);
        }
        match rdr.read_more() {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => {
                rdr.put_back(error);
                return None;
            }
        }
    }
}
