//! Reads fields of the usual form: `ret=-204`, `"code": -204`, `&iRet=5&`. Nearly all fields have it. All bytes of such
//! a field are loaded at once and computed with hardly a branch: the form of the next field cannot be predicted, and
//! each wrong guess costs a processor as much as the rest of the work.

use super::byte_class::{decides, ends_code, is_quote, leaves_open, may_stand_before_key, separates};
use super::code::{Code, CodeForm};
use super::default_keys::{self, ADDED, KEY_TABLE};
use super::key::Key;
use super::key_set::{KeySet, ShortName, byte_before};

/// The bytes that are loaded on each side of the separator's first byte.
const SIDE_BYTES: usize = 16;

/// The most digits of a code of the usual form: with the byte behind them they must fit in a `u64`.
const DIGITS_MAX: u32 = 7;

const fn in_each_byte(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Reads the field whose separator is at `separator`, if it has the usual form: one of the shorter keys without `_`,
/// perhaps with a quote behind it; `=` or `:`, perhaps a space, or `[`; a code of up to 7 digits; and around these,
/// bytes that need no closer look.
///
/// Returns `None` where the form is another; there may still be a field. Returns `Some(None)` where there is surely no
/// field, because its code is not wanted.
#[inline(always)]
pub(super) fn usual_field(
    haystack: &[u8],
    separator: usize,
    keys: &KeySet,
    is_wanted: impl FnOnce(i32) -> bool,
) -> Option<Option<(Key, Code)>> {
    let around = haystack.get(separator.checked_sub(SIDE_BYTES)?..)?.first_chunk::<{ 2 * SIDE_BYTES }>()?;
    if !separates(around[SIDE_BYTES]) {
        return None;
    }
    let quoted_key = is_quote(around[SIDE_BYTES - 1]);
    // JSON within JSON has such quotes behind every name.
    if quoted_key & (around[SIDE_BYTES - 2] == b'\\') {
        return None;
    }
    let code = code_behind(around, separator, quoted_key)?;
    // Asks before it looks at the key, which takes longer.
    if !is_wanted(code.value) {
        return Some(None);
    }
    let key = key_before(around, separator, quoted_key, keys)?;
    (!((code.form == CodeForm::Bracket) & quoted_key)).then_some(Some((key, code)))
}

/// The default keys that are compared as one number, each with its length and its number in the table. A key that ends
/// in a shorter one (`iret`) comes behind it, so that the longer one is found.
const SHORT: [(u64, u32, usize); count_of_short()] = {
    let mut short = [(0, 0, 0); count_of_short()];
    let (mut length, mut count) = (1, 0);
    while length <= ShortName::MAX_BYTES {
        let mut number = 0;
        while number < KEY_TABLE.len() {
            if KEY_TABLE[number].name.len() == length {
                short[count] = (in_highest_bytes(KEY_TABLE[number].name), length as u32, number);
                count += 1;
            }
            number += 1;
        }
        length += 1;
    }
    short
};

/// The lengths and the numbers of [`SHORT`], four bits each. The lowest four bits are 0, for no key.
const LENGTHS_AND_NUMBERS: [u64; 2] = {
    assert!(SHORT.len() < 16 && KEY_TABLE.len() < 16);
    let (mut packed, mut at) = ([0; 2], 0);
    while at < SHORT.len() {
        let (_, length, number) = SHORT[at];
        packed[0] |= (length as u64) << (4 * (at + 1));
        packed[1] |= (number as u64) << (4 * (at + 1));
        at += 1;
    }
    packed
};

const fn count_of_short() -> usize {
    let (mut count, mut number) = (0, 0);
    while number < KEY_TABLE.len() {
        count += (KEY_TABLE[number].name.len() <= ShortName::MAX_BYTES) as usize;
        number += 1;
    }
    count
}

#[inline(always)]
fn key_before(around: &[u8; 2 * SIDE_BYTES], separator: usize, quoted: bool, keys: &KeySet) -> Option<Key> {
    let end = SIDE_BYTES - usize::from(quoted);
    let last = u64::from_le_bytes(*around[..end].last_chunk()?);
    let lower = last | in_each_byte(0x20);
    let mut found = 0;
    for (at, (letters, length, _)) in SHORT.into_iter().enumerate() {
        if (lower ^ letters) >> (64 - 8 * length) == 0 {
            found = at + 1;
        }
    }
    // Shifts, instead of a look-up in a table: the load would delay the byte in front of the key.
    let [lengths, numbers] = LENGTHS_AND_NUMBERS;
    let mut length = (lengths >> (4 * found)) as u32 & 0xF;
    let mut number = (numbers >> (4 * found)) as usize & 0xF;
    if (length == 0) | !may_stand_before_key(byte_before(last, length)) {
        length = keys.short().iter().find(|name| name.is_key(last))?.length;
        number = ADDED;
    }
    let start = separator - usize::from(quoted) - length as usize;
    Some(Key { number, start, spelled_code: number == default_keys::CODE })
}

/// Returns up to seven letters as the highest bytes of a number, the last letter in the highest byte.
const fn in_highest_bytes(letters: &[u8]) -> u64 {
    let mut packed = 0;
    let mut at = 0;
    while at < letters.len() {
        packed |= (letters[at] as u64) << (8 * (8 - letters.len() + at));
        at += 1;
    }
    packed
}

#[inline(always)]
fn code_behind(around: &[u8; 2 * SIDE_BYTES], separator: usize, quoted_key: bool) -> Option<Code> {
    let in_bracket = around[SIDE_BYTES] == b'[';
    let first = SIDE_BYTES + 1;
    let blank = usize::from((around[first] == b' ') & !in_bracket);
    let is_negative = around[first + blank] == b'-';
    let start = first + blank + usize::from(is_negative);
    let digits = u64::from_le_bytes(*around[start..].first_chunk()?) ^ in_each_byte(b'0');
    // The highest bit of each byte that is no digit. Bits above the lowest one that is set may be wrong, because of
    // carries.
    let others = (digits.wrapping_add(in_each_byte(0x80 - 10)) | digits) & in_each_byte(0x80);
    let count = others.trailing_zeros() / 8;
    let is_number = (count != 0) & (count <= DIGITS_MAX) & (digits as u8 != 0);
    let last = start + count as usize;
    let closes = !in_bracket | (around[last] == b']') & is_negative;
    let end = last + usize::from(in_bracket);
    let may_go_on = leaves_open(around[end]) & decides(around[end + 1]);
    let ends = ends_code(around[end]) | (!around[end].is_ascii() & is_negative);
    if !(is_number & closes & ends & !may_go_on) {
        return None;
    }
    let magnitude = of_eight_digits(digits << (64 - 8 * count)) as i32;
    let value = if is_negative { -magnitude } else { magnitude };
    let form = if in_bracket { CodeForm::Bracket } else { CodeForm::Separated };
    let bare_colon = (around[SIDE_BYTES] == b':') & !quoted_key;
    Some(Code { value, end: separator + end - SIDE_BYTES, form, quoted_key, bare_colon, is_undecided: false })
}

/// Returns the number that eight digits spell, one digit in each byte, the highest digit in the lowest byte. Neighbours
/// are joined to pairs, pairs to fours, and these to the number.
#[inline(always)]
fn of_eight_digits(digits: u64) -> u64 {
    let pairs = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    (fours.wrapping_mul(10_000) + (fours >> 32)) & 0xFFFF_FFFF
}

#[cfg(test)]
mod tests {
    use super::super::{Keys, Scanner};
    use super::*;
    use crate::catalog::CodeIndex;
    use std::sync::Arc;

    /// Returns all texts that join one string of each part, in the order of the parts.
    fn combinations(parts: &[&[&str]]) -> Vec<String> {
        parts.iter().fold(vec![String::new()], |texts, part| {
            texts.iter().flat_map(|text| part.iter().map(move |piece| format!("{text}{piece}"))).collect()
        })
    }

    #[test]
    fn the_usual_form_is_a_field_by_the_rules_too() {
        let before = [
            "", " ", "\"", "&", "_", "x", "3", "$", "-", "\\", "\\n", "\x1b[31m", "错", ".", "[", "\x1b[",
            "\x1b[31;",
        ];
        let keys = [
            "ret",
            "iRet",
            "code",
            "CODE",
            "retCode",
            "errcode",
            "errorcode",
            "ret_code",
            "rets",
            "cod",
            "m",
            "mx",
        ];
        let separators =
            ["=", ":", "[", "\":", "'=", "\"[", " = ", ": ", "=  ", "=>", "= \"", "：", "?", "]:", "=\t"];
        let codes =
            ["-1", "5", "0", "-0", "01", "-", "-1234567", "12345678", "-123456789", "-1234567890", "x"];
        let behind = [
            "", " ", "]", "] ", "]5", ",", ",5", ",000", ",0000", ".", ".5", ":", ":5", "x", "-", "%", "错",
            "\"", "}",
        ];
        let codes_of_none = Arc::new(CodeIndex::default());
        let mut with_added = Keys::default();
        for key in ["rets", "cod", "x", "m", "mx"] {
            with_added.add(key).unwrap();
        }
        let scanners = [Keys::default(), with_added]
            .map(|keys| Scanner::new(Arc::clone(&codes_of_none), &keys, false, true));
        let mut usual = 0;
        for text in combinations(&[&before, &keys, &separators, &codes, &behind]) {
            let text = format!("a line before it {text}");
            let separator = text.rfind(['=', ':', '[', '?']).unwrap_or(20);
            for text in [text.clone(), format!("{text}\n and a line behind it")] {
                for scanner in &scanners {
                    let text = text.as_bytes();
                    let found = usual_field(text, separator, &scanner.keys, |_| true).flatten();
                    let by_rules = || scanner.ask_rules(text, separator, &mut 0);
                    let found = found.filter(|(key, code)| {
                        code.value < 0 && scanner.keys.allows(key.number, code.quoted_key, code.value)
                    });
                    let by_rules =
                        || by_rules().map(|(key, code)| (key, Code { is_undecided: false, ..code }));
                    assert!(found.is_none() || found == by_rules(), "{} {found:?}", text.escape_ascii());
                    usual += usize::from(found.is_some());
                }
            }
        }
        assert!(usual > 1000, "{usual}");
    }

    #[test]
    fn eight_digits_are_a_number() {
        for number in [0, 7, 42, 204, 1108, 99_999, 123_456, 9_999_999, 12_345_678_u64] {
            let digits = format!("{number:08}").into_bytes();
            let digits = u64::from_le_bytes(digits.try_into().unwrap()) ^ in_each_byte(b'0');
            assert_eq!(of_eight_digits(digits), number);
        }
    }
}
