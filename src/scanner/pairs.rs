//! The pairs of neighbouring bytes that could belong to a field, as tables for vector instructions.

/// A table of 16 entries for vector instructions: the same entries in each group of 16 bytes.
pub(super) type Table = [u8; 64];

/// A set of bits, each of which says what a pair of neighbouring bytes could be.
pub(super) type PairClass = u8;

/// The second byte could be the last byte of a key. Four bits, for different kinds of keys.
pub(super) const KEY_END: PairClass = 0x0F;
/// The classes in [`KEY_END`] of a key's last two letters. There are two, so that `et` and `de` do not make `ee` a
/// candidate.
const AFTER_LETTER: [PairClass; 2] = [1, 2];
/// The class in [`KEY_END`] of `_` and a key's last letter.
const AFTER_UNDERSCORE: PairClass = 4;
/// The class in [`KEY_END`] of pairs whose first byte may be any: `_` at the end of a key, and keys of one letter.
const AFTER_ANY: PairClass = 8;
/// The first byte could be a separator, or the bracket in its place, and the second a byte behind it. Three bits.
pub(super) const SEPARATED: PairClass = 0x70;
/// The second byte could stand between a key and its separator: a blank, a quote or `]`. A few other bytes are in the
/// class, too; the confirmation of a candidate turns them away.
pub(super) const BETWEEN: PairClass = 0x80;

const ANY: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// The classes of bytes. A byte has a class if both its lower and its upper half have it; so a class is all bytes that
/// combine one of some lower halves with one of some upper halves.
#[derive(Clone, Debug)]
pub(super) struct ByteClasses {
    pub(super) lower: Table,
    pub(super) upper: Table,
}

/// The classes of pairs. A pair has a class if its first byte has it in `first` and its second byte in `second`.
#[derive(Clone, Debug)]
pub(super) struct PairClasses {
    pub(super) first: ByteClasses,
    pub(super) second: ByteClasses,
}

impl ByteClasses {
    const fn none() -> Self {
        Self { lower: [0; 64], upper: [0; 64] }
    }

    /// Returns the number of bytes that have a class.
    fn count(&self, class: PairClass) -> usize {
        let count = |table: &Table| table[..16].iter().filter(|&&classes| classes & class != 0).count();
        count(&self.lower) * count(&self.upper)
    }

    /// Puts a letter in both cases, a digit or `_` in a class.
    fn add_either_case(&mut self, byte: u8, class: PairClass) {
        let other = if byte.is_ascii_alphabetic() { byte ^ 0x20 } else { byte };
        self.add(&[byte & 0xF], &[byte >> 4, other >> 4], class);
    }

    /// Puts bytes in a class: all that combine one of the lower halves with one of the upper halves.
    fn add(&mut self, lower: &[u8], upper: &[u8], class: PairClass) {
        for (table, halves) in [(&mut self.lower, lower), (&mut self.upper, upper)] {
            for (entry, half) in table.iter_mut().zip(ANY.into_iter().cycle()) {
                *entry |= if halves.contains(&half) { class } else { 0 };
            }
        }
    }
}

impl PairClasses {
    /// Returns the classes for keys with these names, each in lower case and without `_`.
    pub(super) fn new<'k>(names: impl Iterator<Item = &'k [u8]>) -> Self {
        let mut pairs = Self { first: ByteClasses::none(), second: ByteClasses::none() };
        names.for_each(|name| pairs.add_key_end(name));
        pairs.add_separators();
        pairs
    }

    /// Puts a key's last two bytes in the classes of [`KEY_END`]. A `_` may stand before the last letter or behind it.
    fn add_key_end(&mut self, name: &[u8]) {
        let &[.., last] = name else { return };
        let Self { first, second } = self;
        first.add_either_case(b'_', AFTER_UNDERSCORE);
        second.add_either_case(last, AFTER_UNDERSCORE);
        first.add(&ANY, &ANY, AFTER_ANY);
        second.add_either_case(b'_', AFTER_ANY);
        match name {
            &[.., before, last] => {
                // Every first byte of a class makes a pair with every second byte of it. So the letters go to the class
                // that grows least.
                let grown = |class: &PairClass| {
                    let (mut first, mut second) = (first.clone(), second.clone());
                    let count = first.count(*class) * second.count(*class);
                    first.add_either_case(before, *class);
                    second.add_either_case(last, *class);
                    first.count(*class) * second.count(*class) - count
                };
                let class = AFTER_LETTER.into_iter().min_by_key(grown).unwrap_or_default();
                first.add_either_case(before, class);
                second.add_either_case(last, class);
            }
            // Any byte may stand before a key of one letter.
            _ => second.add_either_case(last, AFTER_ANY),
        }
    }

    fn add_separators(&mut self) {
        let Self { first, second } = self;
        // `=`, `:`, the first byte of a full-width one; also `?` and two other bytes.
        first.add(&[0xA, 0xD, 0xF], &[3, 0xE], 0x10 | 0x20);
        // `1` to `9`, `>`; also `<` and `=`.
        second.add(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 0xC, 0xD, 0xE], &[3], 0x10);
        // `-`, blanks, quotes, `\` and the second byte of a full-width separator; also some others, but not `0`.
        second.add(&[0, 2, 7, 9, 0xC, 0xD], &[0, 2, 5, 0xB], 0x20);
        // `[-`.
        first.add(&[0xB], &[5], 0x40);
        second.add(&[0xD], &[2], 0x40);
        // Blanks, quotes, `]` and `\`.
        first.add(&ANY, &ANY, BETWEEN);
        second.add(&[0, 2, 7, 9, 0xC, 0xD], &[0, 2, 5], BETWEEN);
    }

    /// Returns the classes of one pair.
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
    use super::super::Keys;
    use super::*;

    fn pairs_for(keys: &Keys) -> PairClasses {
        PairClasses::new(keys.names())
    }

    fn pairs_of(pairs: &PairClasses, class: PairClass) -> impl Iterator<Item = (u8, u8)> {
        let all = (0..=u8::MAX).flat_map(|first| (0..=u8::MAX).map(move |second| (first, second)));
        all.filter(move |&(first, second)| pairs.of(first, second) & class != 0)
    }

    #[test]
    fn keys_end_in_what_default_keys_end_in() {
        for (first, second) in pairs_of(&pairs_for(&Keys::default()), KEY_END) {
            let ends = [first, second].to_ascii_lowercase();
            assert!(ends == *b"et" || ends == *b"de" || ends.contains(&b'_'), "{ends:?}");
        }
        for ends in [b"et", b"de", b"ET", b"De", b"e_", b"__", b"_t", b"_E", b"._"] {
            assert_ne!(pairs_for(&Keys::default()).of(ends[0], ends[1]) & KEY_END, 0);
        }
    }

    #[test]
    fn keys_end_in_the_last_letters_of_those_that_were_added() {
        let mut keys = Keys::none();
        for key in ["status", "sdk_code", "v5", "oz", "x"] {
            keys.add(key).unwrap();
        }
        let pairs = pairs_for(&keys);
        for ends in [b"us", b"US", b"_s", b"s_", b"de", b"v5", b"V5", b"oZ", b".x", b"\xFFX"] {
            assert_ne!(pairs.of(ends[0], ends[1]) & KEY_END, 0, "{ends:?}");
        }
        for ends in [b"rs", b"t=", b"at", b" 5", b" z"] {
            assert_eq!(pairs.of(ends[0], ends[1]) & KEY_END, 0, "{ends:?}");
        }
    }

    #[test]
    fn what_separates_is_followed_by_what_may_follow() {
        let pairs = pairs_for(&Keys::default());
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
