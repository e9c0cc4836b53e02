//! Tells the encoding of an input by its first bytes.

use super::tables::CharTable;
use super::{CharEncoding, EncodingChoice, InputEncoding, Utf16Order};
use crate::program::compression::PeekReader;
use memchr::memchr;
use std::io::Read;

/// The number of bytes that tell UTF-16.
const UTF16_HEAD_BYTES: usize = 4 * 1024;
/// The fewest bytes that tell UTF-16 without a byte order mark.
const UTF16_MIN_BYTES: usize = 16;
/// The number of bytes that tell GBK from UTF-8.
const GBK_HEAD_BYTES: usize = 64 * 1024;
const MARK_BYTES: usize = 2;
const ORDERS: [Utf16Order; 2] = [Utf16Order::LittleEndian, Utf16Order::BigEndian];

/// Returns the encoding of the content that a reader gives next, without taking any of it.
///
/// If fewer bytes can be read than are looked at, these decide; so do the bytes up to a complete line if a read for more
/// `can_wait`. An error of the reader is kept for a later read.
pub(crate) fn tell<R: Read>(
    choice: EncodingChoice,
    rdr: &mut PeekReader<R>,
    can_wait: bool,
) -> InputEncoding {
    let tells_gbk = match choice {
        EncodingChoice::Auto { tells_gbk } => tells_gbk,
        EncodingChoice::Named(encoding) => {
            let mark = encoding.utf16_order().map(Utf16Order::mark);
            let has_mark = mark.is_some_and(|mark| rdr.look(MARK_BYTES) == mark);
            return InputEncoding { encoding, has_mark };
        }
    };
    // A text in UTF-16 may have a complete line in fewer bytes than tell it.
    let could_be_utf16 =
        |here: &[u8]| here.len() < UTF16_MIN_BYTES && ORDERS.into_iter().any(|order| is_utf16(here, order));
    let is_enough = |here: &[u8]| can_wait && memchr(b'\n', here).is_some() && !could_be_utf16(here);
    let count = if tells_gbk { GBK_HEAD_BYTES } else { UTF16_HEAD_BYTES };
    let head = rdr.look_until(count, is_enough);
    match utf16(head) {
        Some(told) => told,
        None if tells_gbk && is_gbk(head) => CharEncoding::Gbk.into(),
        None => CharEncoding::Utf8.into(),
    }
}

/// Returns the encoding of a text in UTF-16; `None` if the text is not in UTF-16.
fn utf16(head: &[u8]) -> Option<InputEncoding> {
    let encodings = [CharEncoding::Utf16Le, CharEncoding::Utf16Be];
    let mut orders = encodings.into_iter().filter_map(|encoding| Some((encoding, encoding.utf16_order()?)));
    if let Some((encoding, _)) = orders.clone().find(|(_, order)| head.starts_with(&order.mark())) {
        return Some(InputEncoding { encoding, has_mark: true });
    }
    let head = &head[..head.len().min(UTF16_HEAD_BYTES)];
    if head.len() < UTF16_MIN_BYTES || memchr(0, head).is_none() {
        return None;
    }
    orders.find(|&(_, order)| is_utf16(head, order)).map(|(encoding, _)| encoding.into())
}

/// Returns true if bytes are text in UTF-16: nine of ten units are letters of one byte (`r` and a zero) or Chinese, and
/// at least a third are letters of one byte. Chinese counts, because notes in Chinese must not change the answer.
fn is_utf16(head: &[u8], order: Utf16Order) -> bool {
    let (mut narrow, mut chinese) = (0, 0);
    for &pair in head.as_chunks().0 {
        match order.unit(pair) {
            0x07..=0x0d | 0x1b | 0x20..=0x7e | 0xa0..=0xff => narrow += 1,
            0x3000..=0x303f | 0x4e00..=0x9fff | 0xff00..=0xffef => chinese += 1,
            _ => {}
        }
    }
    let units = head.len() / 2;
    10 * (narrow + chinese) >= 9 * units && 3 * narrow >= units
}

/// Returns true if bytes are not UTF-8, and are GBK with a Chinese character or with punctuation of Chinese text: `，`,
/// `：`, `“`, `…`. A character that is cut off at the end counts as whole.
fn is_gbk(head: &[u8]) -> bool {
    let is_utf8 = str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true);
    let is_chinese = |char: char| {
        matches!(char, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
            || matches!(char, '\u{2014}'..='\u{2026}' | '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ffe6}')
    };
    !is_utf8 && CharTable::Gbk.decode_strictly(head, true).is_ok_and(|text| text.contains(is_chinese))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(content: &[u8]) -> InputEncoding {
        tell(EncodingChoice::Auto { tells_gbk: true }, &mut PeekReader::new(content), false)
    }

    fn utf16_of(text: &str, order: Utf16Order) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| order.bytes(unit)).collect()
    }

    #[test]
    fn marks_and_zeros_tell_utf16() {
        let marked = |encoding| InputEncoding { encoding, has_mark: true };
        assert_eq!(told(b"\xff\xfe"), marked(CharEncoding::Utf16Le));
        assert_eq!(told(b"\xfe\xff\0r"), marked(CharEncoding::Utf16Be));
        for encoding in [CharEncoding::Utf16Le, CharEncoding::Utf16Be] {
            let order = encoding.utf16_order().unwrap();
            for text in ["ret=-204", "用户 ret=-204 (登录鉴权: 用户票据失效!)\r\n", "0123456é"] {
                assert_eq!(told(&utf16_of(text, order)), encoding.into(), "{text}");
            }
            assert_eq!(told(&utf16_of("ret=-20", order)), CharEncoding::Utf8.into());
            assert_eq!(told(&utf16_of("\u{1}\u{2}\u{3}\u{4}ret=", order)), CharEncoding::Utf8.into());
        }
        assert_eq!(told(&[0; 4096]), CharEncoding::Utf8.into());
        assert_eq!(told(b"ret=-204 ret=-204\0"), CharEncoding::Utf8.into());
    }

    #[test]
    fn gbk_is_told_by_valid_bytes_with_a_chinese_character() {
        let gbk = CharEncoding::Gbk.into();
        assert_eq!(told(b"\xc2\xeb ret=-204"), gbk);
        assert_eq!(told(b"\xc2\xeb ret=-204 \xc2"), gbk);
        assert_eq!(told(b"\x95\x32\xb7\x32ret"), gbk);
        for punctuation in
            ["，", "：", "；", "。", "、", "“", "”", "…", "—", "《", "【", "！", "（", "￥", "　"]
        {
            let mut text = b"ret=-204".to_vec();
            assert!(CharTable::Gbk.encode(punctuation, &mut text));
            assert_eq!(told(&[&text[..], b"openid=7"].concat()), gbk, "{punctuation}");
        }
        for text in [
            &b"ret=-204"[..],
            "码 ret，x".as_bytes(),
            b"caf\xe9 ret",
            b"\xc2\xeb \xff",
            b"\xa3\xac \xff",
            // Greek and Cyrillic letters of GBK, which are Latin letters and signs elsewhere.
            b"\xa6\xc1 \xa7\xc1",
            b"",
        ] {
            assert_eq!(told(text), CharEncoding::Utf8.into(), "{}", text.escape_ascii());
        }
        let mut cut = "码".repeat(GBK_HEAD_BYTES / 3 + 1).into_bytes();
        assert_eq!(told(&cut), CharEncoding::Utf8.into());
        cut.splice(..0, *b"\xff");
        assert_eq!(told(&cut), CharEncoding::Utf8.into());
    }

    #[test]
    fn a_mark_is_looked_for_where_the_encoding_is_named() {
        let named = |encoding, content: &[u8]| {
            tell(EncodingChoice::Named(encoding), &mut PeekReader::new(content), false).has_mark
        };
        assert!(named(CharEncoding::Utf16Le, b"\xff\xfer\0") && named(CharEncoding::Utf16Be, b"\xfe\xff"));
        assert!(!named(CharEncoding::Utf16Le, b"\xfe\xff") && !named(CharEncoding::Utf16Be, b"\xfe"));
        assert!(!named(CharEncoding::Utf8, b"\xff\xfe"));
    }
}
