//! Digits and words in a text.

/// Returns the number in the two digits at a byte offset; `None` where two digits do not stand there.
#[inline(always)]
pub(super) fn two_digits(text: &[u8], at: usize) -> Option<i64> {
    let &[tens, ones] = text.get(at..at + 2)? else {
        return None;
    };
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}

/// Returns the number in the four digits at a byte offset; `None` where four digits do not stand there.
#[inline]
pub(super) fn four_digits(text: &[u8], at: usize) -> Option<i64> {
    Some(two_digits(text, at)? * 100 + two_digits(text, at + 2)?)
}

/// Returns the number in one or two digits that a text begins with, and the text behind them. Returns `None` where the
/// text begins with no digit.
pub(super) fn one_or_two_digits(text: &[u8]) -> Option<(i64, &[u8])> {
    match two_digits(text, 0) {
        Some(number) => Some((number, &text[2..])),
        None => text
            .first()
            .filter(|byte| byte.is_ascii_digit())
            .map(|digit| (i64::from(digit - b'0'), &text[1..])),
    }
}

/// Returns the number of digits that a text begins with, counted up to `max`.
pub(super) fn count_digits(text: &[u8], max: usize) -> usize {
    text.iter().take(max).take_while(|byte| byte.is_ascii_digit()).count()
}

/// Returns true if a text begins with a letter, a digit or `_`, so that a word before it goes on.
#[inline(always)]
pub(super) fn goes_on(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}
