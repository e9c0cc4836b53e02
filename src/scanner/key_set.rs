//! The keys of a scanner, laid out for fast tests of each candidate.

use super::Keys;
use super::byte_class::{is_identifier, may_stand_before_key};
use super::default_keys::{ADDED, KEY_TABLE, KeyRow, PACKED, PACKED_MAX_BYTES, Positive, pack};
use super::keys::normalized;

/// The most letters at the end of a key that tell candidates from other text.
const ENDING_BYTES: usize = 4;

/// The keys of a scanner. The number of a key is its row in [`KEY_TABLE`], or [`ADDED`].
#[derive(Clone, Debug)]
pub(super) struct KeySet {
    /// The highest code that counts under each key, by the key's number; the first array is for keys without a quote
    /// behind them, the second for keys with one. The value is `i32::MAX` where positive codes count, 0 where only
    /// negative codes do, and `i32::MIN` where the key is not recognised.
    highest: [[i32; KEY_TABLE.len() + 1]; 2],
    /// The last letters of all keys, each combination once.
    endings: Vec<Ending>,
    /// Added keys of up to [`ShortName::MAX_BYTES`].
    short: Vec<ShortName>,
    /// Added keys that can be packed.
    packed: Vec<u128>,
    /// The numbers of letters that packed keys have, default and added ones, as a set of bits.
    lengths: u32,
    /// Added keys that are too long to be packed.
    long: Vec<Box<[u8]>>,
}

/// The last letters of a name, with a mask for the bytes that the name has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ending {
    letters: u32,
    mask: u32,
}

/// A name that is compared with text as one number.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShortName {
    /// The letters as they stand at the end of eight bytes, the first byte in the lowest bits.
    letters: u64,
    /// The bits that turn upper-case letters of a text into lower-case ones.
    lower_case: u64,
    mask: u64,
    pub(super) length: u32,
    /// True if the name begins as a colour sequence can end, with an `m` behind any digits: `ESC[mx=-1` has the key
    /// `x`.
    could_end_color: bool,
}

impl KeySet {
    pub(super) fn new(keys: &Keys, strict: bool) -> Self {
        let is_added = |name: &[u8]| keys.added.iter().any(|added| **added == *name);
        let highest = [false, true].map(|quoted| {
            let mut highest = [i32::MAX; KEY_TABLE.len() + 1];
            for (highest, &KeyRow { name, positive, .. }) in highest.iter_mut().zip(&KEY_TABLE) {
                *highest = match positive {
                    // A user who adds a key says that it is one of iMSDK's.
                    _ if is_added(name) => i32::MAX,
                    _ if !keys.defaults => i32::MIN,
                    Positive::Always => i32::MAX,
                    Positive::QuotedIfStrict if !strict || quoted => i32::MAX,
                    Positive::QuotedIfStrict | Positive::Never => 0,
                };
            }
            highest
        });
        let mut endings: Vec<Ending> = Vec::new();
        for ending in keys.names().map(Ending::of) {
            if !endings.contains(&ending) {
                endings.push(ending);
            }
        }
        let is_default = |name: &&[u8]| KEY_TABLE.iter().any(|row| row.name == *name);
        let added = || keys.added.iter().map(|name| &name[..]).filter(|name| !is_default(name));
        Self {
            highest,
            endings,
            short: added().filter_map(ShortName::new).collect(),
            packed: added().filter(|name| name.len() <= PACKED_MAX_BYTES).map(pack).collect(),
            lengths: KEY_TABLE.iter().map(|row| row.name).chain(added()).fold(0, |lengths, name| {
                lengths | if name.len() <= PACKED_MAX_BYTES { 1 << name.len() } else { 0 }
            }),
            long: added().filter(|name| name.len() > PACKED_MAX_BYTES).map(Box::from).collect(),
        }
    }

    /// Returns true if there is no key.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.endings.is_empty()
    }

    /// Returns true if a code counts under the key with this number.
    #[inline(always)]
    pub(super) fn allows(&self, number: usize, is_quoted: bool, code: i32) -> bool {
        // Takes one comparison: the sign of the next code cannot be predicted.
        code <= self.highest[usize::from(is_quoted)][number]
    }

    /// Returns the added keys that are compared as one number.
    #[inline(always)]
    pub(super) fn short(&self) -> &[ShortName] {
        &self.short
    }

    /// Returns true if a key could end right before `end`. A cheap look at four bytes turns most candidates away.
    #[inline]
    pub(super) fn could_end_before(&self, haystack: &[u8], end: usize) -> bool {
        let Some(last) = haystack[..end].last_chunk::<ENDING_BYTES>() else {
            return true;
        };
        // Compares the bytes as one number: a comparison of bytes in memory would be a call, and would wait for bytes
        // that were just stored.
        let lower = u32::from_le_bytes(*last) | 0x2020_2020;
        self.endings.iter().any(|ending| (lower ^ ending.letters) & ending.mask == 0) || last.contains(&b'_')
    }

    /// Calls `on_key` with the number and the length in bytes of each key that a text ends in, in ascending order of
    /// length: for `x_ret`, with `ret` and `_ret`.
    #[inline]
    pub(super) fn for_each_ending(&self, text: &[u8], mut on_key: impl FnMut(usize, usize)) {
        let (mut letters, mut count) = ([0; PACKED_MAX_BYTES], 0);
        for (at, &byte) in text.iter().enumerate().rev() {
            if !is_identifier(byte) {
                return;
            }
            if byte != b'_' {
                if count == PACKED_MAX_BYTES {
                    break;
                }
                count += 1;
                letters[PACKED_MAX_BYTES - count] = byte | 0x20;
            }
            if self.lengths >> count & 1 != 0
                && let Some(number) = self.number_of_packed(u128::from_be_bytes(letters))
            {
                on_key(number, text.len() - at);
            }
        }
        if !self.long.is_empty() {
            self.for_each_long_ending(text, on_key);
        }
    }

    /// Returns the number of the key with this packed name.
    #[inline]
    fn number_of_packed(&self, letters: u128) -> Option<usize> {
        let number = PACKED.iter().position(|&name| name == letters);
        number.or_else(|| self.packed.contains(&letters).then_some(ADDED))
    }

    #[cold]
    fn for_each_long_ending(&self, text: &[u8], mut on_key: impl FnMut(usize, usize)) {
        let identifier = text.iter().rev().take_while(|&&byte| is_identifier(byte)).count();
        for length in 1..=identifier {
            if self.is_long(&text[text.len() - length..]) {
                on_key(ADDED, length);
            }
        }
    }

    fn is_long(&self, identifier: &[u8]) -> bool {
        self.long.iter().any(|name| name.iter().copied().eq(normalized(identifier)))
    }
}

impl Ending {
    fn of(name: &[u8]) -> Self {
        let last = &name[name.len().saturating_sub(ENDING_BYTES)..];
        let (mut letters, mut mask) = ([0; ENDING_BYTES], [0; ENDING_BYTES]);
        letters[ENDING_BYTES - last.len()..].copy_from_slice(last);
        mask[ENDING_BYTES - last.len()..].fill(0xFF);
        Self { letters: u32::from_le_bytes(letters), mask: u32::from_le_bytes(mask) }
    }
}

impl ShortName {
    /// The most letters of such a name: the byte before the name is one of the eight.
    pub(super) const MAX_BYTES: usize = 7;

    fn new(name: &[u8]) -> Option<Self> {
        let start = 8_usize.checked_sub(name.len()).filter(|&start| start > 8 - Self::MAX_BYTES - 1)?;
        let (mut letters, mut lower_case, mut mask) = ([0; 8], [0; 8], [0; 8]);
        letters[start..].copy_from_slice(name);
        mask[start..].fill(0xFF);
        for (bits, byte) in lower_case[start..].iter_mut().zip(name) {
            *bits = if byte.is_ascii_alphabetic() { 0x20 } else { 0 };
        }
        let [letters, lower_case, mask] = [letters, lower_case, mask].map(u64::from_le_bytes);
        let digits = name.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let could_end_color = name.get(digits) == Some(&b'm');
        Some(Self { letters, lower_case, mask, length: name.len() as u32, could_end_color })
    }

    /// Returns true if eight bytes, the first in the lowest byte, end in the name and the byte before the name lets it
    /// be a key. A byte that needs a closer look gives false.
    #[inline(always)]
    pub(super) fn is_key(&self, last: u64) -> bool {
        let before = byte_before(last, self.length);
        self.ends(last)
            && may_stand_before_key(before)
            && !(self.could_end_color && matches!(before, b'[' | b';' | b':'))
    }

    /// Returns true if eight bytes, the first in the lowest byte, end in the name.
    #[inline(always)]
    fn ends(&self, last: u64) -> bool {
        ((last | self.lower_case) ^ self.letters) & self.mask == 0
    }
}

/// Returns the byte before a key of at most seven letters, given the eight bytes that end in the key.
#[inline(always)]
pub(super) fn byte_before(last: u64, length: u32) -> u8 {
    (last << (8 * length) >> 56) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(names: &[&str]) -> KeySet {
        let mut keys = Keys::none();
        for name in names {
            keys.add(name).unwrap();
        }
        KeySet::new(&keys, false)
    }

    /// Returns the number of the key that the whole identifier is.
    fn number_of(keys: &KeySet, identifier: &[u8]) -> Option<usize> {
        let mut found = None;
        keys.for_each_ending(identifier, |number, length| {
            found = if length == identifier.len() { Some(number) } else { found };
        });
        found
    }

    #[test]
    fn an_identifier_is_a_key_in_any_case_and_with_underscores() {
        let keys = KeySet::new(&Keys::default(), false);
        for (number, row) in KEY_TABLE.iter().enumerate() {
            let upper = row.name.to_ascii_uppercase();
            let parted: Vec<u8> = row.name.iter().flat_map(|&letter| [letter, b'_']).collect();
            for identifier in [row.name, &upper, &parted] {
                assert_eq!(number_of(&keys, identifier), Some(number));
                assert!(keys.could_end_before(identifier, identifier.len()));
            }
            assert_eq!(number_of(&keys, &row.name[1..]).filter(|&other| other == number), None);
        }
        assert_eq!(number_of(&keys, b"sret"), None);
    }

    #[test]
    fn added_keys_of_any_length_are_known() {
        for length in [1, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32] {
            let name = &"abcdefghijklmnopqrstuvwxyz012345"[..length];
            let keys = added(&[name]);
            let upper = name.to_ascii_uppercase();
            assert_eq!(number_of(&keys, upper.as_bytes()), Some(ADDED), "{name}");
            assert_eq!(number_of(&keys, &name.as_bytes()[1..]), None, "{name}");
            assert!(!number_of(&keys, b"ret").is_some_and(|ret| keys.allows(ret, false, -1)));
            assert_eq!(keys.short().len(), usize::from(length <= ShortName::MAX_BYTES));
        }
    }

    #[test]
    fn a_short_name_is_compared_exactly() {
        let name = ShortName::new(b"x5").unwrap();
        let ends = |text: &[u8; 8]| name.ends(u64::from_le_bytes(*text));
        assert!(ends(b"      x5") && ends(b"......X5"));
        // With the bit of lower case set, these would be `x` and `5`.
        assert!(!ends(b"      x\x15") && !ends(b"      y5") && !ends(b"     x5 "));
    }

    #[test]
    fn who_adds_a_default_key_allows_positive_codes_under_it() {
        let errcode = number_of(&KeySet::new(&Keys::default(), true), b"errcode").unwrap();
        assert!(!KeySet::new(&Keys::default(), false).allows(errcode, true, 1));
        assert!(added(&["err_code"]).allows(errcode, false, 1));
    }
}
