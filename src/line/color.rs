//! The colours and styles that are in force at a place of a line, so that they can be restored behind a note.

use fearless_simd::{prelude::*, u8x64};
use memchr::{memchr, memrchr};

/// The bytes that are looked at together.
const BLOCK_BYTES: usize = 64;

/// The most bytes of a colour sequence; a longer sequence is taken for another kind. A sequence that sets both colours
/// in full and every style is shorter. No more bytes than this are kept of a line whose beginning has left the window.
pub(crate) const SEQUENCE_MAX_BYTES: usize = 96;

/// The most bytes of the sequence that restores colours and styles. There are fewer than 16 slots, and the parameters
/// that set a slot are shorter than a sequence.
pub(crate) const RESTORING_MAX_BYTES: usize = 16 * SEQUENCE_MAX_BYTES;

/// The colours and styles in force at a place of a line (SGR, "select graphic rendition").
#[derive(Clone, Debug, Default)]
pub(crate) struct LineColor {
    /// For each slot in force, the parameters that set it last: `31` or `38;5;208`.
    in_force: Vec<(ColorSlot, Vec<u8>)>,
    /// The byte offset in the window up to which the line has been looked at.
    looked_up_to: usize,
}

/// A property of text that parameters set, such as its foreground: a later parameter for a slot replaces an earlier
/// one. The number of a slot is that of the parameter that sets it, or of the first of several.
type ColorSlot = u16;

const BOLD: ColorSlot = 1;
const FAINT: ColorSlot = 2;
const FOREGROUND: ColorSlot = 30;
const BACKGROUND: ColorSlot = 40;
const UNDERLINE_COLOR: ColorSlot = 58;

/// The effect of a parameter.
enum Effect {
    Set(ColorSlot),
    Clear(&'static [ColorSlot]),
    ClearAll,
    Nothing,
}

impl LineColor {
    /// Looks at the window up to `to`, the caller's place. A newline ends all colours: lines are independent of each
    /// other.
    pub(crate) fn advance(&mut self, window: &[u8], to: usize) {
        if let Some(newline) = memrchr(b'\n', &window[self.looked_up_to..to]) {
            self.in_force.clear();
            self.looked_up_to += newline + 1;
        }
        while let Some(escape) = memchr(b'\x1b', &window[self.looked_up_to..to]) {
            let start = self.looked_up_to + escape;
            match sequence(&window[start..to]) {
                Sequence::Color { parameters, length } => {
                    self.apply(parameters);
                    self.looked_up_to = start + length;
                }
                Sequence::Other => self.looked_up_to = start + 1,
                Sequence::Unfinished => {
                    self.looked_up_to = start;
                    return;
                }
            }
        }
        self.looked_up_to = to;
    }

    /// Returns true if the line surely has no colour at `to`, the caller's place, which must not lie before the place of the
    /// last call; then looks no further back than that in later calls. Returns false where [`LineColor::advance`] must look.
    #[inline(always)]
    pub(crate) fn is_none_at<S: Simd>(&mut self, simd: S, window: &[u8], to: usize) -> bool {
        let mut end = to;
        while let Some(block) = window[..end].last_chunk::<BLOCK_BYTES>() {
            let start = end - BLOCK_BYTES;
            let seen = self.looked_up_to.saturating_sub(start) as u32;
            let unseen = u64::MAX.checked_shl(seen).unwrap_or(0);
            let bytes = u8x64::from_slice(simd, block);
            let newlines = bytes.simd_eq(b'\n').to_bitmask() & unseen;
            let escapes = bytes.simd_eq(b'\x1b').to_bitmask() & unseen;
            let behind_newline = !u64::MAX.checked_shr(newlines.leading_zeros()).unwrap_or(0);
            if escapes & behind_newline != 0 {
                return false;
            }
            let is_all = start <= self.looked_up_to;
            if newlines != 0 || is_all && self.in_force.is_empty() {
                self.begin_at(to);
                return true;
            }
            if is_all {
                return false;
            }
            end = start;
        }
        false
    }

    /// Forgets all colours, and goes on at `place`.
    #[inline(always)]
    fn begin_at(&mut self, place: usize) {
        self.looked_up_to = place;
        if !self.in_force.is_empty() {
            self.in_force.clear();
        }
    }

    /// Returns the state at the beginning of a line, at byte offset `start` of the window.
    pub(crate) fn beginning_at(start: usize) -> Self {
        Self { looked_up_to: start, ..Self::default() }
    }

    /// Returns the byte offset in the window up to which the line has been looked at.
    pub(crate) fn looked_up_to(&self) -> usize {
        self.looked_up_to
    }

    /// Adjusts the state to a window whose bytes have moved from offset `from` to offset `to`.
    pub(crate) fn moved(&mut self, from: usize, to: usize) {
        self.looked_up_to = (self.looked_up_to + to).saturating_sub(from);
    }

    /// Returns the sequence that sets all that is in force; `None` where nothing is.
    pub(crate) fn restoring_sequence(&self) -> Option<Vec<u8>> {
        if self.in_force.is_empty() {
            return None;
        }
        let parameters: Vec<&[u8]> = self.in_force.iter().map(|(_, value)| &value[..]).collect();
        Some([b"\x1b[", &parameters.join(&b';')[..], b"m"].concat())
    }

    fn apply(&mut self, parameters: &[u8]) {
        let mut parameters = parameters.split(|&byte| byte == b';');
        while let Some(parameter) = parameters.next() {
            let number = leading_number(parameter);
            match effect(number, parameter) {
                Effect::Set(slot) => {
                    let mut value = parameter.to_vec();
                    if matches!(number, 38 | 48 | 58) && !parameter.contains(&b':') {
                        extend_color(&mut value, &mut parameters);
                    }
                    self.in_force.retain(|&(taken, _)| taken != slot);
                    self.in_force.push((slot, value));
                }
                Effect::Clear(slots) => self.in_force.retain(|(slot, _)| !slots.contains(slot)),
                Effect::ClearAll => self.in_force.clear(),
                Effect::Nothing => {}
            }
        }
    }
}

/// The kind of sequence that an escape byte begins.
enum Sequence<'a> {
    Color {
        parameters: &'a [u8],
        length: usize,
    },
    Other,
    /// The window ends in it; with more bytes it could become a colour sequence.
    Unfinished,
}

/// Returns true if a place of a line is among the parameters of a sequence.
pub(crate) fn is_in_sequence(text: &[u8], at: usize) -> bool {
    let parameters =
        text[..at].iter().rev().take(SEQUENCE_MAX_BYTES).take_while(|&byte| is_parameter(byte)).count();
    text[..at - parameters].ends_with(b"\x1b[")
}

/// Returns the length in bytes of the colour sequence that a text begins with; 0 where it begins with none.
pub(crate) fn sequence_length(text: &[u8]) -> usize {
    let Some(rest) = text.strip_prefix(b"\x1b[") else {
        return 0;
    };
    let length = rest.iter().take(SEQUENCE_MAX_BYTES).take_while(|&byte| is_parameter(byte)).count();
    if rest.get(length) == Some(&b'm') && length + 3 <= SEQUENCE_MAX_BYTES { length + 3 } else { 0 }
}

/// Returns true if a text that is not empty is the beginning of a colour sequence, and no whole one.
pub(crate) fn begins_sequence(text: &[u8]) -> bool {
    text.first() == Some(&b'\x1b') && matches!(sequence(text), Sequence::Unfinished)
}

fn is_parameter(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b';' | b':')
}

fn sequence(text: &[u8]) -> Sequence<'_> {
    let Some(rest) = text.strip_prefix(b"\x1b[") else {
        return if text.len() == 1 { Sequence::Unfinished } else { Sequence::Other };
    };
    let length = rest.iter().take_while(|&byte| is_parameter(byte)).count();
    match rest.get(length) {
        Some(b'm') if length + 3 <= SEQUENCE_MAX_BYTES => {
            Sequence::Color { parameters: &rest[..length], length: length + 3 }
        }
        None if length + 3 <= SEQUENCE_MAX_BYTES => Sequence::Unfinished,
        _ => Sequence::Other,
    }
}

/// Returns the number that a parameter begins with; 0 for an empty parameter.
fn leading_number(parameter: &[u8]) -> u16 {
    let digits = parameter.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0_u16, |number, digit| number.saturating_mul(10).saturating_add(u16::from(digit - b'0')))
}

fn effect(number: u16, parameter: &[u8]) -> Effect {
    match number {
        0 => Effect::ClearAll,
        1 | 2 | 7 | 8 | 9 | 53 => Effect::Set(number),
        3 | 20 => Effect::Set(3),
        4 if parameter == b"4:0" => Effect::Clear(&[4]),
        4 | 21 => Effect::Set(4),
        5 | 6 => Effect::Set(5),
        10 => Effect::Clear(&[11]),
        11..=19 => Effect::Set(11),
        22 => Effect::Clear(&[BOLD, FAINT]),
        23 => Effect::Clear(&[3]),
        24 => Effect::Clear(&[4]),
        25 => Effect::Clear(&[5]),
        27 => Effect::Clear(&[7]),
        28 => Effect::Clear(&[8]),
        29 => Effect::Clear(&[9]),
        30..=38 | 90..=97 => Effect::Set(FOREGROUND),
        39 => Effect::Clear(&[FOREGROUND]),
        40..=48 | 100..=107 => Effect::Set(BACKGROUND),
        49 => Effect::Clear(&[BACKGROUND]),
        51 | 52 => Effect::Set(51),
        54 => Effect::Clear(&[51]),
        55 => Effect::Clear(&[53]),
        58 => Effect::Set(UNDERLINE_COLOR),
        59 => Effect::Clear(&[UNDERLINE_COLOR]),
        73 | 74 => Effect::Set(73),
        75 => Effect::Clear(&[73]),
        _ => Effect::Nothing,
    }
}

/// Appends to `value` the parameters that belong to a `38`, `48` or `58` before them, `5;n` or `2;r;g;b`, and consumes
/// them.
fn extend_color<'a>(value: &mut Vec<u8>, parameters: &mut impl Iterator<Item = &'a [u8]>) {
    let Some(kind) = parameters.next() else {
        return;
    };
    let numbers = match kind {
        b"5" => 1,
        b"2" => 3,
        _ => 0,
    };
    for part in std::iter::once(kind).chain(parameters.take(numbers)) {
        value.push(b';');
        value.extend_from_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};

    fn restored(text: &[u8]) -> Option<String> {
        let mut color = LineColor::default();
        color.advance(text, text.len());
        color.restoring_sequence().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn what_is_in_force_is_put_back() {
        let cases: [(&[u8], Option<&str>); 20] = [
            (b"plain", None),
            (b"\x1b[31mred", Some("\x1b[31m")),
            (b"\x1b[31mred\x1b[0m", None),
            (b"\x1b[31mred\x1b[m", None),
            (b"\x1b[31mred\x1b[39m", None),
            (b"\x1b[31m\x1b[32m", Some("\x1b[32m")),
            (b"\x1b[1;31;44m", Some("\x1b[1;31;44m")),
            (b"\x1b[1m\x1b[2m\x1b[31m\x1b[22m", Some("\x1b[31m")),
            (b"\x1b[31m\x1b[0;1m", Some("\x1b[1m")),
            (b"\x1b[31m\x1b[;4m", Some("\x1b[4m")),
            (b"\x1b[38;5;208m", Some("\x1b[38;5;208m")),
            (b"\x1b[48;2;0;0;0;1m", Some("\x1b[48;2;0;0;0;1m")),
            (b"\x1b[38;5;1m\x1b[38:2::1:2:3m", Some("\x1b[38:2::1:2:3m")),
            (b"\x1b[4:3m\x1b[4:0m", None),
            (b"\x1b[91m\x1b[107m\x1b[49m", Some("\x1b[91m")),
            (b"\x1b[31m\x1b[K\x1b[2J\x1b]0;title\x07", Some("\x1b[31m")),
            (b"\x1b[31m one\n two", None),
            (b"\x1b[31m one\n\x1b[32mtwo", Some("\x1b[32m")),
            (b"\x1b[999999999m", None),
            (b"\x1b[38m", Some("\x1b[38m")),
        ];
        for (text, expected) in cases {
            assert_eq!(restored(text).as_deref(), expected, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn a_sequence_counts_up_to_its_limit() {
        let of_length = |length: usize| {
            let parameters = [b"1".to_vec(), b";".repeat(length - 4 - 1), b"1".to_vec()].concat();
            [b"\x1b[", &parameters[..], b"m"].concat()
        };
        assert_eq!(of_length(96).len(), 96);
        assert!(restored(&of_length(95)).is_some());
        assert!(restored(&of_length(96)).is_some());
        assert!(restored(&of_length(97)).is_none());
    }

    #[test]
    fn where_the_text_is_cut_makes_no_difference() {
        let text = b"a\x1b[1;38;5;208mb\x1b[Kc\x1b[44md";
        for cut in 0..=text.len() {
            let mut color = LineColor::default();
            color.advance(text, cut);
            color.moved(7, 7);
            color.advance(text, text.len());
            assert_eq!(color.restoring_sequence().unwrap(), b"\x1b[1;38;5;208;44m", "{cut}");
        }
    }

    #[test]
    fn a_look_back_is_right_where_it_says_that_there_is_no_color() {
        let pieces = [
            &b"\x1b[31m"[..],
            b"\x1b[0m",
            b"\n",
            b"x",
            &[b'y'; 40],
            &[b'z'; 70],
            b"\x1b",
            b"[32m",
            b"ret=-1",
        ];
        let mut said = 0;
        for seed in 0..3000_usize {
            let (mut text, mut places, mut state) = (vec![b'a'; seed % 70], Vec::new(), seed);
            for _ in 0..12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.extend_from_slice(pieces[(state >> 33) % pieces.len()]);
                places.push(text.len());
            }
            let mut color = LineColor::default();
            for &place in &places {
                let mut naive = LineColor::default();
                naive.advance(&text, place);
                let is_none = dispatch!(Level::new(), simd => color.is_none_at(simd, &text, place));
                if !is_none {
                    color.advance(&text, place);
                }
                said += usize::from(is_none);
                assert_eq!(color.restoring_sequence(), naive.restoring_sequence(), "{}", text.escape_ascii());
            }
        }
        assert!(said > 1000, "{said}");
    }
}
