//! Tells bytes of a text from others, where no signature tells a packing.

use encoding_rs::{DecoderResult, GB18030};

/// The most bytes of a line that are looked at.
pub(super) const LINE_MAX_BYTES: usize = 8 * 1024;

/// Returns true if bytes have a control character that logs do not have.
pub(super) fn has_control(bytes: &[u8]) -> bool {
    bytes.iter().any(|&byte| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b) || byte == 0x7f)
}

/// Returns true if the bytes could be the beginning of a text in UTF-8, with no control characters but those of logs.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        // The bytes end within a character.
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or("")
        }
        Err(_) => return false,
    };
    !text.chars().any(|char| char.is_control() && !matches!(char, '\t' | '\n' | '\r' | '\x1b'))
}

/// Returns true if a line is text in UTF-8, or in an encoding in which its bytes are those of GB18030. The line may be
/// cut at [`LINE_MAX_BYTES`].
pub(super) fn is_line_of_text(line: &[u8]) -> bool {
    if is_text(line) {
        return true;
    }
    let mut text = vec![0; 3 * LINE_MAX_BYTES + 16];
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let (result, ..) = decoder.decode_to_utf8_without_replacement(line, &mut text, false);
    !has_control(line) && matches!(result, DecoderResult::InputEmpty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_text_are_in_any_encoding_of_logs() {
        let cut = &"用户".as_bytes()[..4];
        for line in [&b""[..], b"ret=-1\r\n\tx\x1b[0m", "用户".as_bytes(), cut, b"\xd3\xc3\xbb\xa7 ret=-1"]
        {
            assert!(is_line_of_text(line), "{}", line.escape_ascii());
        }
        for line in [&b"\xff\xfe"[..], b"a\0", b"\x8b\x08", b"\xd3\xc3\x01"] {
            assert!(!is_line_of_text(line) && !is_text(line), "{}", line.escape_ascii());
        }
    }
}
