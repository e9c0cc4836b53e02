//! Which two bytes beside each other could belong to a field, as tables for vector instructions.

use super::Keys;
use super::byte_class::is_digit;

/// A table for vector instructions that look up 16 entries: the same ones for each group of 16 bytes.
pub(super) type Table = [u8; 64];

/// What two bytes beside each other could be; a set of bits.
pub(super) type PairClass = u8;

/// The second is the last of a key, as far as these two tell. Four bits, for different keys.
pub(super) const KEY_END: PairClass = 0x0F;
/// The first is a separator, or the bracket in its place, and the second what may follow. Three bits.
pub(super) const SEPARATED: PairClass = 0x70;
/// The second could stand between a key and its separator: a blank, a quote or `]`. Some other bytes count too: the
/// confirmation will tell.
pub(super) const BETWEEN: PairClass = 0x80;

const ANY: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// The classes of bytes: those that both of a byte's halves have. So the bytes of a class are all that have one of
/// some lower halves and one of some upper halves.
#[derive(Clone, Debug)]
pub(super) struct ByteClasses {
    pub(super) lower: Table,
    pub(super) upper: Table,
}

/// The classes of pairs: those that both the first and the second byte have.
#[derive(Clone, Debug)]
pub(super) struct PairClasses {
    pub(super) first: ByteClasses,
    pub(super) second: ByteClasses,
}

impl ByteClasses {
    const fn none() -> Self {
        Self { lower: [0; 64], upper: [0; 64] }
    }

    /// Puts bytes in a class, given by their halves.
    fn add(&mut self, lower: &[u8], upper: &[u8], class: PairClass) {
        for (table, halves) in [(&mut self.lower, lower), (&mut self.upper, upper)] {
            for (entry, half) in table.iter_mut().zip(ANY.into_iter().cycle()) {
                *entry |= if halves.contains(&half) { class } else { 0 };
            }
        }
    }
}

impl PairClasses {
    pub(super) fn new(keys: &Keys) -> Self {
        let mut pairs = Self { first: ByteClasses::none(), second: ByteClasses::none() };
        if keys.has_added() {
            pairs.add_key_ends(&keys.last_letters);
        } else {
            pairs.add_default_key_ends();
        }
        pairs.add_separators();
        pairs
    }

    /// `et`, `de`, or one of them with `_`.
    fn add_default_key_ends(&mut self) {
        let Self { first, second } = self;
        // `e`, `E` and `t`, `T`.
        first.add(&[5], &[4, 6], 1);
        second.add(&[4], &[5, 7], 1);
        // `d`, `D` and `e`, `E`.
        first.add(&[4], &[4, 6], 2);
        second.add(&[5], &[4, 6], 2);
        // `_` and one of these and a few others.
        first.add(&[0xF], &[5], 4);
        second.add(&[4, 5], &[4, 5, 6, 7], 4);
        // Whatever it is, and `_`.
        first.add(&ANY, &ANY, 8);
        second.add(&[0xF], &[5], 8);
    }

    /// One of these letters or digits, or `_`.
    fn add_key_ends(&mut self, last: &[u8]) {
        let Self { first, second } = self;
        first.add(&ANY, &ANY, KEY_END);
        second.add(&[0xF], &[5], 8);
        for &byte in last {
            let (lower, upper) = (byte & 0xF, byte >> 4);
            match upper {
                _ if is_digit(byte) => second.add(&[lower], &[upper], 1),
                4 | 6 => second.add(&[lower], &[4, 6], 2),
                _ => second.add(&[lower], &[5, 7], 4),
            }
        }
    }

    fn add_separators(&mut self) {
        let Self { first, second } = self;
        // `=`, `:`, the first byte of a full-width one; and `?` and two other bytes.
        first.add(&[0xA, 0xD, 0xF], &[3, 0xE], 0x10 | 0x20);
        // `1` to `9`, `>`; and `<` and `=`.
        second.add(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 0xC, 0xD, 0xE], &[3], 0x10);
        // `-`, blanks, quotes, `\` and the second byte of a full-width separator; and some others, but not `0`.
        second.add(&[0, 2, 7, 9, 0xC, 0xD], &[0, 2, 5, 0xB], 0x20);
        // `[-`.
        first.add(&[0xB], &[5], 0x40);
        second.add(&[0xD], &[2], 0x40);
        // Blanks, quotes, `]` and `\`.
        first.add(&ANY, &ANY, BETWEEN);
        second.add(&[0, 2, 7, 9, 0xC, 0xD], &[0, 2, 5], BETWEEN);
    }

    /// The classes of a pair, looked up one by one.
    #[cfg(test)]
    pub(super) fn of(&self, first: u8, second: u8) -> PairClass {
        let classes = |table: &ByteClasses, byte: u8| {
            table.lower[usize::from(byte & 0xF)] & table.upper[usize::from(byte >> 4)]
        };
        classes(&self.first, first) & classes(&self.second, second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs_of(pairs: &PairClasses, class: PairClass) -> impl Iterator<Item = (u8, u8)> {
        let all = (0..=u8::MAX).flat_map(|first| (0..=u8::MAX).map(move |second| (first, second)));
        all.filter(move |&(first, second)| pairs.of(first, second) & class != 0)
    }

    #[test]
    fn keys_end_in_what_default_keys_end_in() {
        for (first, second) in pairs_of(&PairClasses::new(&Keys::default()), KEY_END) {
            let ends = [first, second].to_ascii_lowercase();
            assert!(ends == *b"et" || ends == *b"de" || ends.contains(&b'_'), "{ends:?}");
        }
        for ends in [b"et", b"de", b"ET", b"De", b"e_", b"__", b"_t", b"_E", b"._"] {
            assert_ne!(PairClasses::new(&Keys::default()).of(ends[0], ends[1]) & KEY_END, 0);
        }
    }

    #[test]
    fn keys_end_in_the_last_letters_of_those_that_were_added() {
        let mut keys = Keys::none();
        for key in ["status", "sdk_code", "v5", "oz"] {
            keys.add(key).unwrap();
        }
        let last: Vec<u8> =
            (0..=u8::MAX).filter(|&last| PairClasses::new(&keys).of(b'.', last) & KEY_END != 0).collect();
        assert_eq!(last, b"5ESZ_esz");
    }

    #[test]
    fn what_separates_is_followed_by_what_may_follow() {
        let pairs = PairClasses::new(&Keys::default());
        for (first, followers) in
            [(b'=', &b"-123456789 \t\"'\\>"[..]), (b':', b"-19 \t\"'\\"), (0xEF, b"\xBC"), (b'[', b"-")]
        {
            for &second in followers {
                assert_ne!(pairs.of(first, second) & SEPARATED, 0, "{first} {second}");
            }
        }
        for (first, second) in pairs_of(&pairs, SEPARATED) {
            assert!(
                b"=:[?\xEF\xEA\xED".contains(&first) && !b"0\nabtz".contains(&second),
                "{first} {second}"
            );
        }
        for byte in *b" \t\"'\\]" {
            assert_ne!(pairs.of(b'.', byte) & BETWEEN, 0, "{byte}");
        }
    }
}
