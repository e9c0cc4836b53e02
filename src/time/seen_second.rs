//! A second that is remembered as it was written: most lines of a busy log have the second of the line before.

use super::clock::{Clock, fraction_or_end};
use super::written::WrittenTime;
use super::zone_names::ZoneNames;

/// The date and the time of day that a form read last, in `N` bytes that say all of it, but for a fraction and a zone.
#[derive(Clone, Debug)]
pub(super) struct SeenSecond<const N: usize> {
    written: [u8; N],
    /// Seconds from the beginning of 1970; `None` if nothing is remembered.
    second: Option<i64>,
}

impl<const N: usize> Default for SeenSecond<N> {
    fn default() -> Self {
        Self { written: [0; N], second: None }
    }
}

impl<const N: usize> SeenSecond<N> {
    /// Reads the time that a text begins with if its second is the remembered one.
    #[inline(always)]
    pub(super) fn read<'a>(&self, text: &'a [u8], names: Option<&mut ZoneNames>) -> Option<WrittenTime<'a>> {
        let (written, rest) = text.split_first_chunk()?;
        let second = self.second.filter(|_| *written == self.written)?;
        let (nanosecond, rest) = fraction_or_end(rest)?;
        Some(WrittenTime::new(second, (Clock { second: 0, nanosecond }, rest), names))
    }

    /// Remembers the second of a time that a text begins with, unless it is the 60th of its minute.
    #[inline]
    pub(super) fn remember(&mut self, text: &[u8], time: &WrittenTime<'_>) {
        if let Some(&written) = text.first_chunk()
            && written[N - 2..] != *b"60"
        {
            (self.written, self.second) = (written, Some(time.second));
        }
    }
}
