//! Places in which lines had their times, tried first in lines that begin alike: `{"level":"error","time":"`.

use crate::time::forms::{self, Tables};
use crate::time::written::WrittenTime;

/// The most bytes before a time that are remembered.
const PREFIX_MAX_BYTES: usize = 64;
/// After this number of lines in a row whose beginning cannot be remembered, none is tried until 256 have come: most logs have
/// their times in one form.
const TRIES_IN_VAIN: u8 = 2;
/// The number of prefixes that are remembered: a log has a few, one for each level, say.
const PREFIXES: usize = 4;

/// The beginnings of lines behind which a time stood in the extended format of ISO 8601. Whether a time stands behind such
/// a beginning depends on nothing further in the line, so that remembering it changes no time.
#[derive(Clone, Debug, Default)]
pub(in crate::time) struct SeenPrefixes {
    prefixes: [SeenPrefix; PREFIXES],
    /// The number of the prefix that the next one replaces.
    next: usize,
    /// The number of lines in a row whose beginning could not be remembered. It begins anew after 256.
    in_vain: u8,
}

/// The beginning of a line up to its time.
#[derive(Clone, Debug)]
struct SeenPrefix {
    bytes: [u8; PREFIX_MAX_BYTES],
    /// The number of bytes; 0 if nothing is remembered.
    length: usize,
    /// The byte behind the time.
    closing: u8,
}

impl Default for SeenPrefix {
    fn default() -> Self {
        Self { bytes: [0; PREFIX_MAX_BYTES], length: 0, closing: 0 }
    }
}

impl SeenPrefixes {
    /// Reads the time of a line that begins as an earlier one; `None` if it does not, or has another form of time there.
    pub(in crate::time) fn read<'a>(&self, line: &'a [u8], tables: &mut Tables) -> Option<WrittenTime<'a>> {
        let seen = self.prefixes.iter().find(|seen| {
            seen.length > 0 && line.starts_with(&seen.bytes[..seen.length.min(PREFIX_MAX_BYTES)])
        })?;
        let time = forms::read_extended(&line[seen.length..], false, tables)?;
        (time.rest.first() == Some(&seen.closing)).then_some(time)
    }

    /// Remembers the beginning of a line if the time stands behind it whatever follows.
    #[inline]
    pub(in crate::time) fn remember(&mut self, line: &[u8], time: &WrittenTime<'_>, tables: &mut Tables) {
        let is_tried = self.in_vain < TRIES_IN_VAIN;
        let is_remembered = is_tried && self.remember_extended(line, time, tables).is_some();
        self.in_vain = if is_remembered { 0 } else { self.in_vain.wrapping_add(1) };
    }

    #[cold]
    fn remember_extended(&mut self, line: &[u8], time: &WrittenTime<'_>, tables: &mut Tables) -> Option<()> {
        let end = time.rest.as_ptr() as usize - line.as_ptr() as usize;
        // No other time in this form stands before the time of the line, nor ends where that ends.
        let (begin, behind) = (0..=PREFIX_MAX_BYTES.min(line.len())).find_map(|begin| {
            line.get(begin + 4).filter(|&&byte| byte == b'-')?;
            let read = forms::read_extended(&line[begin..], false, tables)?;
            Some((begin, line.len() - read.rest.len()))
        })?;
        let &closing = line.get(end)?;
        if begin == 0 || behind != end {
            return None;
        }
        let prefix = &line[..begin];
        // A time behind `[` needs a `]` behind it, and may have a zone with a name. A value without quotes in an object
        // needs an end.
        let needs_quote = line[0] == b'{' || prefix.contains(&b'"');
        if prefix.contains(&b'[') || needs_quote && (closing != b'"' || !prefix.ends_with(b"\"")) {
            return None;
        }
        let seen = &mut self.prefixes[self.next];
        seen.bytes[..begin].copy_from_slice(prefix);
        (seen.length, seen.closing) = (begin, closing);
        self.next = (self.next + 1) % PREFIXES;
        Some(())
    }
}
