//! The pattern that takes a near miss: its text from the key up to the code, as a regular expression.

use crate::scanner::NearMiss;
use std::fmt::Write;

/// The characters that mean something else than themselves in a regular expression.
const SPECIAL: &str = r"\.+*?()|[]{}^$";

/// The group for the code.
const GROUP: &str = r"(?<code>-\d+)";

/// Returns the `--pattern` that takes a near miss of a text.
///
/// `ret  is -204` becomes `\bret +is +(?<code>-\d+)`.
pub(super) fn pattern_of(text: &[u8], miss: &NearMiss) -> String {
    let mut pattern = String::new();
    // Behind other text, such as an escape or a note, `\b` need not hold.
    if matches!(
        text[..miss.key_start],
        [] | [.., b'\n' | b' ' | b'\t' | b'"' | b'\'' | b'[' | b'(' | b'{' | b'<' | b',' | b';' | b'|']
    ) {
        pattern.push_str(r"\b");
    }
    for chunk in text[miss.key_start..miss.code_start].utf8_chunks() {
        push_text(&mut pattern, chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(pattern, r"(?-u:\x{byte:02X})");
        }
    }
    pattern + GROUP
}

/// Appends a pattern of a text, in which a row of blanks may be longer or shorter.
fn push_text(pattern: &mut String, mut text: &str) {
    while let Some(char) = text.chars().next() {
        let rest = text.trim_start_matches([' ', '\t']);
        let blanks = &text[..text.len() - rest.len()];
        text = if blanks.is_empty() { &text[char.len_utf8()..] } else { rest };
        match char {
            ' ' | '\t' => pattern.push_str(if blanks.contains('\t') { r"[ \t]+" } else { " +" }),
            _ if SPECIAL.contains(char) => pattern.extend(['\\', char]),
            _ if char.is_ascii_graphic() || char.is_alphanumeric() => pattern.push(char),
            _ => {
                let _ = write!(pattern, r"\x{{{:x}}}", u32::from(char));
            }
        }
    }
}
