//! The beginning of a line to which no field adds a note, whatever comes behind the bytes that are there.

use super::Scanner;
use super::candidates::{Candidates, STRETCH_BYTES};
use fearless_simd::{Simd, dispatch};
use std::ops::Range;

impl Scanner {
    /// Returns the end of the first bytes of a range in which no code has a digit, whatever bytes come behind the haystack.
    /// Notes stand behind codes, so that these bytes are written as they are. The range must lie in one line, end with the
    /// haystack, and begin where a line begins or where an earlier search has ended.
    ///
    /// Every field has a candidate before its digits, and a candidate depends on the bytes up to the one behind it. So no digit
    /// before the first one behind the first candidate is of a code.
    pub(crate) fn untouched_end(&self, haystack: &[u8], range: Range<usize>) -> usize {
        debug_assert!(range.end == haystack.len());
        let candidate = dispatch!(self.level, simd => simd.vectorize(
            #[inline(always)]
            || self.first_candidate(simd, haystack, range.clone()),
        ));
        let digit = candidate
            .and_then(|at| haystack[at..].iter().position(u8::is_ascii_digit).map(|digit| at + digit));
        digit.unwrap_or(range.end)
    }

    #[inline(always)]
    fn first_candidate<S: Simd>(&self, simd: S, haystack: &[u8], range: Range<usize>) -> Option<usize> {
        let mut candidates = Candidates::default();
        let mut start = range.start;
        while start < range.end && !self.keys.is_empty() {
            let end = range.end.min(start + STRETCH_BYTES);
            candidates.find(simd, &self.pairs, haystack, start..end);
            if let Some(block) = candidates.blocks().first() {
                return Some(block.start + block.bits.trailing_zeros() as usize);
            }
            start = end;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::Keys;
    use super::*;
    use crate::catalog::CodeIndex;
    use std::sync::Arc;

    #[test]
    fn digits_behind_a_key_and_a_separator_are_not_passed() {
        let scanner = Scanner::new(Arc::new(CodeIndex::default()), &Keys::default(), false, true);
        for (line, untouched) in [
            ("", ""),
            ("Password: ", "Password: "),
            ("\rDownloading 45 % (2.5 MiB/s)", "\rDownloading 45 % (2.5 MiB/s)"),
            ("12:00:00 login ret=", "12:00:00 login ret="),
            ("12:00:00 login ret=-20", "12:00:00 login ret=-"),
            ("12:00:00 login ret", "12:00:00 login ret"),
            ("{\\\"Ret_Code\\\" : \\\"-2", "{\\\"Ret_Code\\\" : \\\"-"),
            ("ret\x1b[0", "ret\x1b["),
            ("retcode[-204] again?", "retcode[-"),
        ] {
            let end = scanner.untouched_end(line.as_bytes(), 0..line.len());
            assert_eq!(&line[..end], untouched, "{line:?}");
        }
    }
}
