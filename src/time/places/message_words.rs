//! Words before a time that is of the message, and not that of the line: `JWT expired at 2026-05-01T09:00:00Z`.

/// Words directly before a time that is of the message, in any case.
const WORDS: [&[u8]; 14] = [
    b"after",
    b"at",
    b"before",
    b"by",
    b"expired",
    b"expires",
    b"notafter:",
    b"notbefore:",
    b"on",
    b"since",
    b"till",
    b"to",
    b"until",
    b"valid",
];
/// The ends of words that begin the message of a stack trace: `io.jsonwebtoken.ExpiredJwtException:`.
const ENDS: [&[u8]; 2] = [b"Exception:", b"Error:"];

/// Returns true if a time behind this beginning of a line, of a few words, is of the message.
pub(super) fn are_of_message(before: &[u8]) -> bool {
    let words = before.split(|byte| matches!(byte, b' ' | b'\t'));
    let mut words = words.filter(|word| word.iter().any(u8::is_ascii_alphanumeric));
    let is_of_trace = |word: &[u8]| {
        // `Error:` alone may be a level.
        word == b"Caused" || ENDS.iter().any(|end| word.len() > end.len() && word.ends_with(end))
    };
    let mut last: &[u8] = b"";
    words.any(|word| {
        last = word;
        is_of_trace(word)
    }) || WORDS.iter().any(|word| last.eq_ignore_ascii_case(word))
}
