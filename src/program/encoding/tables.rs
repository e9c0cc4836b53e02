//! The encodings whose characters stand in tables: GBK, GB18030 and Big5, as the Encoding Standard has them.

use crate::note::Charset;
use encoding_rs::{BIG5, DecoderResult, EncoderResult, Encoding, GB18030, GBK};

/// An encoding whose characters stand in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CharTable {
    Gbk,
    Gb18030,
    Big5,
}

impl CharTable {
    /// The number of tables.
    pub(super) const COUNT: usize = 3;

    /// Returns the encoding as the library for tables has it.
    fn encoding(self) -> &'static Encoding {
        match self {
            Self::Gbk => GBK,
            Self::Gb18030 => GB18030,
            Self::Big5 => BIG5,
        }
    }

    /// Returns the encoding as notes are written in it.
    pub(super) fn charset(self) -> Charset {
        Charset::new(match self {
            Self::Gbk => |text, bytes| Self::Gbk.encode(text, bytes),
            Self::Gb18030 => |text, bytes| Self::Gb18030.encode(text, bytes),
            Self::Big5 => |text, bytes| Self::Big5.encode(text, bytes),
        })
    }

    /// Appends a text to `bytes`, with the number of each character that the encoding lacks in its place: `U+1F600`.
    /// Returns true if the encoding has all.
    pub(super) fn encode(self, text: &str, bytes: &mut Vec<u8>) -> bool {
        let mut encoder = self.encoding().new_encoder();
        let (mut rest, mut has_all) = (text, true);
        loop {
            let needed = encoder.max_buffer_length_from_utf8_without_replacement(rest.len());
            bytes.reserve(needed.unwrap_or(rest.len()));
            let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, bytes, true);
            rest = &rest[read..];
            match result {
                EncoderResult::InputEmpty => return has_all,
                EncoderResult::OutputFull => {}
                EncoderResult::Unmappable(missing) => {
                    has_all = false;
                    bytes.extend_from_slice(number_of(missing).as_bytes());
                }
            }
        }
    }

    /// Returns a text as UTF-8, with replacement characters for bytes that are no characters. If the text `is_cut`, a
    /// character that is cut off at its end is left out.
    pub(super) fn decode(self, text: &[u8], is_cut: bool) -> String {
        let mut decoder = self.encoding().new_decoder_without_bom_handling();
        let mut decoded =
            String::with_capacity(decoder.max_utf8_buffer_length(text.len()).unwrap_or(text.len()));
        let _ = decoder.decode_to_string(text, &mut decoded, !is_cut);
        decoded
    }

    /// Returns a text as UTF-8. If the text `is_cut`, a character that is cut off at its end is left out.
    ///
    /// # Errors
    ///
    /// Returns the byte offset of the first bytes that are no character.
    pub(super) fn decode_strictly(self, text: &[u8], is_cut: bool) -> Result<String, usize> {
        let mut decoder = self.encoding().new_decoder_without_bom_handling();
        let needed = decoder.max_utf8_buffer_length_without_replacement(text.len()).unwrap_or(text.len());
        let mut decoded = String::with_capacity(needed);
        match decoder.decode_to_string_without_replacement(text, &mut decoded, !is_cut) {
            (DecoderResult::Malformed(bad, behind), read) => {
                Err(read.saturating_sub(usize::from(bad) + usize::from(behind)))
            }
            _ => Ok(decoded),
        }
    }
}

/// Returns the number of a character as Unicode writes it: `U+00E9`.
pub(super) fn number_of(char: char) -> String {
    format!("U+{:04X}", u32::from(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(table: CharTable, text: &str) -> (Vec<u8>, bool) {
        let mut bytes = Vec::new();
        let has_all = table.encode(text, &mut bytes);
        (bytes, has_all)
    }

    #[test]
    fn characters_that_are_missing_are_told() {
        assert_eq!(encoded(CharTable::Gbk, "ret: 码：镕"), (b"ret: \xc2\xeb\xa3\xba\xe9F".to_vec(), true));
        assert_eq!(encoded(CharTable::Gbk, "a𠮷b😀"), (b"aU+20BB7bU+1F600".to_vec(), false));
        assert_eq!(encoded(CharTable::Gb18030, "𠮷"), (b"\x95\x34\xb2\x35".to_vec(), true));
        assert_eq!(encoded(CharTable::Big5, "登录"), (b"\xb5nU+5F55".to_vec(), false));
        let long = "登录鉴权".repeat(10_000);
        assert_eq!(encoded(CharTable::Gbk, &long).0.len(), 80_000);
    }

    #[test]
    fn the_first_bad_byte_is_told() {
        let decode = |text: &[u8]| CharTable::Gb18030.decode_strictly(text, false);
        assert_eq!(decode(b"ret \xc2\xeb").as_deref(), Ok("ret 码"));
        assert_eq!(decode(b"ret \xc2\xeb\xff..."), Err(6));
        assert_eq!(decode(b"ret \xc2 ..."), Err(4));
        assert_eq!(decode(b"ret \xc2"), Err(4));
        assert_eq!(decode(b"\x95\x32\xb7."), Err(0));
        assert_eq!(CharTable::Gbk.decode_strictly(b"ret \xc2", true).as_deref(), Ok("ret "));
    }
}
