//! The pairs of neighbouring bytes that could belong to a field, as tables for vector instructions.

/// A table of 16 entries for vector instructions: the same entries in each group of 16 bytes.
pub(super) type Table = [u8; 64];

/// A set of bits, each of which says what a pair of neighbouring bytes could be.
pub(super) type PairClass = u8;

/// The second byte could be the last byte of a key. Three bits, for different kinds of keys.
pub(super) const KEY_END: PairClass = 7;
/// The classes in [`KEY_END`] of a key's last two letters. There are two, so that `et` and `de` do not make `ee` a
/// candidate. Where a key has one letter, the second is that of any byte and the letter; `ee` is a candidate then.
const AFTER_LETTER: [PairClass; 2] = [1, 2];
/// The class in [`KEY_END`] of `_` and a key's last letter.
const AFTER_UNDERSCORE: PairClass = 4;
/// The first byte could begin what follows a key, and the second go on with it: a separator, a bracket, a written
/// escape or an invisible sequence. Four bits.
pub(super) const FOLLOWS: PairClass = 0x78;
/// `=` or `:`, and a digit, `-`, a quote or the like.
const BEFORE_DIGIT: PairClass = 0x08;
/// `=` or `:`, and a space or the first letter of a wrapper: `ret=int(-204)`.
const BEFORE_LETTER: PairClass = 0x10;
/// Another separator, a bracket or an invisible sequence, and a byte that may go on with it.
const BEFORE_OTHER: PairClass = 0x20;
/// A written escape: `\u`, `%3`, `&q`, `#0`.
const WRITTEN: PairClass = 0x40;
/// The second byte could stand between a key and its separator: a blank, a quote, `]` or a backslash; or it is a `_` at
/// the end of a key. A few other bytes are in the class, too; the confirmation of a candidate turns them away.
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
    pub(super) fn new<'k>(names: impl Iterator<Item = &'k [u8]> + Clone) -> Self {
        let mut pairs = Self { first: ByteClasses::none(), second: ByteClasses::none() };
        let has_letter = names.clone().any(|name| name.len() == 1);
        let classes = if has_letter { &AFTER_LETTER[..1] } else { &AFTER_LETTER };
        names.for_each(|name| pairs.add_key_end(name, classes));
        pairs.add_followers();
        pairs
    }

    /// Puts a key's last two bytes in the classes of [`KEY_END`], its last two letters in one of `classes`. A `_` may
    /// stand before the last letter; behind it, it is [`BETWEEN`].
    fn add_key_end(&mut self, name: &[u8], classes: &[PairClass]) {
        let &[.., last] = name else { return };
        let Self { first, second } = self;
        first.add_either_case(b'_', AFTER_UNDERSCORE);
        second.add_either_case(last, AFTER_UNDERSCORE);
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
                let class = classes.iter().copied().min_by_key(grown).unwrap_or_default();
                first.add_either_case(before, class);
                second.add_either_case(last, class);
            }
            // Any byte may stand before a key of one letter.
            _ => {
                first.add(&ANY, &ANY, AFTER_LETTER[1]);
                second.add_either_case(last, AFTER_LETTER[1]);
            }
        }
    }

    fn add_followers(&mut self) {
        let Self { first, second } = self;
        // `=` and `:`.
        first.add(&[0xA, 0xD], &[3], BEFORE_DIGIT | BEFORE_LETTER);
        // `1` to `9`, `>`, `-`, tabs, quotes and the bytes with which written escapes and invisible sequences begin; also
        // some others, but neither `0` nor most letters.
        second.add(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 0xB, 0xC, 0xD, 0xE], &[0, 1, 2, 3, 5], BEFORE_DIGIT);
        // The first letters of wrappers, `i`, `l`, `s`, `o` and `n`, and the space; also some others.
        second.add(&[0, 3, 9, 0xC, 0xE, 0xF], &[2, 4, 5, 6, 7], BEFORE_LETTER);
        // The first byte of a full-width separator, `[`, `(`, `>`, `.`, `&`, `^` and ESC; also some others, but neither
        // most letters nor `,`, `-` and `]`, which often stand between blanks and quotes.
        first.add(&[6, 8, 0xB, 0xE, 0xF], &[1, 2, 3, 5, 0xE], BEFORE_OTHER);
        // `-`, blanks, the bytes with which written escapes and invisible sequences begin, `[`, `(`, `)` and the second
        // byte of a full-width separator; also some others, but no digit.
        second.add(&[0, 3, 5, 6, 8, 9, 0xB, 0xC, 0xD, 0xE], &[0, 1, 2, 5, 0xB], BEFORE_OTHER);
        // `%`, `&`, `#`, `\` and the first byte of GBK's full-width separators; also some others.
        first.add(&[3, 5, 6, 0xC], &[2, 5, 0xA], WRITTEN);
        // Letters and digits behind these, and the second bytes of GBK's full-width separators; not a second `\`.
        second.add(&[0, 1, 2, 3, 4, 5, 7, 8, 0xA, 0xD, 0xE], &[3, 4, 5, 6, 7, 0xB], WRITTEN);
        // Blanks, quotes, `]`, `\` and `_`.
        first.add(&ANY, &ANY, BETWEEN);
        second.add(&[0, 2, 7, 9, 0xC, 0xD, 0xF], &[0, 2, 5], BETWEEN);
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
        for ends in [b"et", b"de", b"ET", b"De", b"_t", b"_E"] {
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
        for ends in [b"us", b"US", b"_s", b"de", b"v5", b"V5", b"oZ", b".x", b"\xFFX"] {
            assert_ne!(pairs.of(ends[0], ends[1]) & KEY_END, 0, "{ends:?}");
        }
        let pairs = pairs_for(&"status, v5, oz".parse().unwrap());
        for ends in [b"rs", b"t=", b"at", b" 5", b" z"] {
            assert_eq!(pairs.of(ends[0], ends[1]) & KEY_END, 0, "{ends:?}");
        }
    }

    #[test]
    fn what_follows_a_key_is_known() {
        let pairs = pairs_for(&Keys::default());
        let escapes = b"\x1b\\%&#^";
        let behind_separator = [&b"-123456789 \t\"'iIlLsSoOnN"[..], escapes].concat();
        for (first, followers) in [
            (b'=', &[&b">"[..], &behind_separator].concat()[..]),
            (b':', &behind_separator),
            (0xEF, b"\xBC"),
            (0xA3, b"\xBA\xBD"),
            (b'[', &[&b"-"[..], escapes].concat()),
            (b'(', &[&b"-"[..], escapes].concat()),
            (b'>', &[&b"-"[..], escapes].concat()),
            (b'.', &[&b" \t"[..], escapes].concat()),
            (0x1B, b"[()\\%&#^"),
            (b'^', b"["),
            (b'\\', b"ux01te"),
            (b'%', b"012358EeAa"),
            (b'&', b"#qagn"),
            (b'#', b"0123x"),
        ] {
            for &second in followers {
                assert_ne!(
                    pairs.of(first, second) & FOLLOWS,
                    0,
                    "{} {}",
                    first.escape_ascii(),
                    second.escape_ascii()
                );
            }
        }
        for second in 0..=u8::MAX {
            for first in *b"abcxyz0159{" {
                assert_eq!(pairs.of(first, second) & FOLLOWS, 0, "{first} {second}");
            }
        }
        for pair in [b"=0", b":0", b"\\\\", b".x", b", ", b",\""] {
            assert_eq!(pairs.of(pair[0], pair[1]) & FOLLOWS, 0, "{pair:?}");
        }
        for byte in *b" \t\"'\\]_" {
            assert_ne!(pairs.of(b'.', byte) & BETWEEN, 0, "{byte}");
        }
    }
}
