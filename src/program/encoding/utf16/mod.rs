//! UTF-16, searched as UTF-8 and written as UTF-16 again: any bytes come back as they were.
//!
//! Units that are no text have a form in valid UTF-8, too, which begins with [`ESCAPE`]: a surrogate without its other
//! half, the last byte where the number of bytes is odd, and [`ESCAPE`] itself.

mod reader;
mod writer;

pub(crate) use reader::Utf16Reader;
pub(crate) use writer::Utf16Writer;

/// The character that begins the form of a unit that is no text. It is a noncharacter, which no text has.
const ESCAPE: char = '\u{10fffe}';
/// The number that the character behind [`ESCAPE`] has for the first surrogate; those of the others follow.
const LONE_FROM: u32 = 0x10_f000;
/// The number that the character behind [`ESCAPE`] has for a last byte 0; those of the others follow.
const BYTE_FROM: u32 = 0x10_fa00;
const SURROGATES: std::ops::RangeInclusive<u16> = 0xd800..=0xdfff;

/// The order of the two bytes of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Utf16Order {
    LittleEndian,
    BigEndian,
}

/// The meaning of a character behind [`ESCAPE`].
enum Escaped {
    Escape,
    /// A surrogate without its other half.
    Lone(u16),
    /// The last byte where the number of bytes is odd.
    Byte(u8),
}

impl Utf16Order {
    /// Returns the unit of two bytes.
    #[inline]
    pub(super) fn unit(self, pair: [u8; 2]) -> u16 {
        match self {
            Self::LittleEndian => u16::from_le_bytes(pair),
            Self::BigEndian => u16::from_be_bytes(pair),
        }
    }

    /// Returns the two bytes of a unit.
    #[inline]
    pub(super) fn bytes(self, unit: u16) -> [u8; 2] {
        match self {
            Self::LittleEndian => unit.to_le_bytes(),
            Self::BigEndian => unit.to_be_bytes(),
        }
    }

    /// Returns the byte order mark.
    pub(super) fn mark(self) -> [u8; 2] {
        self.bytes(0xfeff)
    }
}

impl Escaped {
    /// Returns the meaning of a character behind [`ESCAPE`]; `None` if it has none there.
    fn of(char: char) -> Option<Self> {
        let number = u32::from(char);
        let surrogate = |number: u32| u16::try_from(number + u32::from(*SURROGATES.start())).ok();
        if char == ESCAPE {
            return Some(Self::Escape);
        }
        let byte = number.checked_sub(BYTE_FROM).and_then(|byte| u8::try_from(byte).ok());
        let lone = number.checked_sub(LONE_FROM).and_then(surrogate).filter(|unit| SURROGATES.contains(unit));
        byte.map(Self::Byte).or(lone.map(Self::Lone))
    }

    /// Returns the character behind [`ESCAPE`].
    fn char(self) -> char {
        let number = match self {
            Self::Escape => return ESCAPE,
            Self::Lone(unit) => LONE_FROM + u32::from(unit - SURROGATES.start()),
            Self::Byte(byte) => BYTE_FROM + u32::from(byte),
        };
        char::from_u32(number).expect("the numbers are characters")
    }
}

/// Returns a text that was read from UTF-16 as people read it, with replacement characters for units that are no text.
pub(super) fn readable(text: &str) -> String {
    let mut chars = text.chars();
    let next = || match chars.next()? {
        ESCAPE => {
            let _ = chars.next();
            Some(char::REPLACEMENT_CHARACTER)
        }
        char => Some(char),
    };
    std::iter::from_fn(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::{Read, Write};

    const ORDERS: [Utf16Order; 2] = [Utf16Order::LittleEndian, Utf16Order::BigEndian];

    /// A reader whose reads return at most this number of bytes.
    struct SlowBytes<'a>(&'a [u8], usize);

    impl Read for SlowBytes<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let size = self.1.min(buffer.len());
            self.0.read(&mut buffer[..size])
        }
    }

    /// Returns the text of bytes in UTF-16, with reads of this size into a buffer of that size.
    fn read(bytes: &[u8], order: Utf16Order, read_bytes: usize, buffer_bytes: usize) -> Vec<u8> {
        let mut rdr = Utf16Reader::new(order, false);
        let (mut slow, mut text, mut buffer) =
            (SlowBytes(bytes, read_bytes), Vec::new(), vec![0; buffer_bytes]);
        loop {
            match rdr.read(&mut slow, &mut buffer).unwrap() {
                0 => return text,
                count => text.extend_from_slice(&buffer[..count]),
            }
        }
    }

    /// Returns the text in UTF-16, written in pieces of this size.
    fn written(text: &[u8], order: Utf16Order, piece_bytes: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut wtr = Utf16Writer::new(order, false, &mut bytes);
        text.chunks(piece_bytes).for_each(|piece| wtr.write_all(piece).unwrap());
        wtr.finish(true).unwrap();
        bytes
    }

    #[test]
    fn each_unit_comes_back() {
        for order in ORDERS {
            for unit in 0..=u16::MAX {
                let bytes = order.bytes(unit);
                let text = read(&bytes, order, 2, 16);
                let expected = char::from_u32(u32::from(unit)).map(|char| char.to_string().into_bytes());
                if let Some(expected) = expected {
                    assert_eq!(text, expected);
                }
                assert_eq!(written(&text, order, 1), bytes, "{unit:x}");
            }
            for byte in 0..=u8::MAX {
                assert_eq!(written(&read(&[byte], order, 1, 1), order, 3), [byte]);
            }
        }
    }

    proptest! {
        /// Bytes of few values make whole and broken pairs of surrogates.
        #[test]
        fn any_bytes_come_back_through_valid_utf8(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..200),
                prop::collection::vec(prop::sample::select(vec![0xd8, 0xdc, 0xdb, 0xdf, 0xfe, 0xff, b'a', 0]), 0..200),
            ],
            sizes in (1..40_usize, 1..40_usize, 1..40_usize),
        ) {
            let (read_bytes, buffer_bytes, piece_bytes) = sizes;
            for order in ORDERS {
                let text = read(&bytes, order, read_bytes, buffer_bytes);
                prop_assert_eq!(&text, &read(&bytes, order, 1000, 1000));
                let text = String::from_utf8(text).unwrap();
                if bytes.len() % 2 == 0 {
                    let units = bytes.as_chunks().0.iter().map(|&pair| order.unit(pair)).collect::<Vec<_>>();
                    let expected = String::from_utf16_lossy(&units);
                    if !expected.contains([ESCAPE, char::REPLACEMENT_CHARACTER]) {
                        prop_assert_eq!(&text, &expected);
                    }
                    prop_assert_eq!(readable(&text).contains(ESCAPE), false);
                }
                prop_assert_eq!(&written(text.as_bytes(), order, piece_bytes), &bytes);
            }
        }
    }

    #[test]
    fn long_runs_of_ascii_and_of_chinese_come_back() {
        for order in ORDERS {
            let text =
                ["ret=-204 ".repeat(10_000), "用户票据失效！".repeat(9000), "a码".repeat(50_000)].concat();
            let bytes: Vec<u8> = text.encode_utf16().flat_map(|unit| order.bytes(unit)).collect();
            assert!(read(&bytes, order, 65_537, 70_000) == text.as_bytes());
            assert!(written(text.as_bytes(), order, 100_000) == bytes);
        }
    }

    #[test]
    fn characters_that_no_text_has_are_shown_as_replaced() {
        assert_eq!(
            readable(&format!("a{ESCAPE}{}b{ESCAPE}{ESCAPE}", Escaped::Lone(0xd800).char())),
            "a\u{fffd}b\u{fffd}"
        );
    }
}
