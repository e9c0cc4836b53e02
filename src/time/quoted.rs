//! Strings in double quotes, in which a backslash escapes the next byte.

use memchr::memchr2;

/// Returns the byte offset of the quote that closes a string. `from` is the byte offset behind the opening quote. Returns
/// `None` if the string is not closed.
pub(super) fn find_end(text: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let at = from + memchr2(b'"', b'\\', text.get(from..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        from = at + 2;
    }
}
