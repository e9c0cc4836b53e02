//! A generator of lines that lie at the edges of the rules: each part of a field in each form, each count one below, at
//! and one above its limit, and bytes changed at random.

pub(crate) mod pair_line;
mod pieces;

use pieces::{before, behind, code, key, quote, row, separator};

/// A generator of random numbers (SplitMix64), so that the same seed gives the same lines on all machines.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ bits >> 31
    }

    /// Returns a number less than `end`.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    /// Returns true once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// The way in which the parts of a line are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Most parts in their usual form.
    Usual,
    /// Each part in any form.
    Wild,
    /// Long rows of invisible sequences, so that fields reach the 640 bytes beyond which no rule looks.
    Long,
}

/// Returns a random line without its newline.
pub(crate) fn line(random: &mut Random) -> Vec<u8> {
    let manner =
        random.of(&[Manner::Usual, Manner::Usual, Manner::Usual, Manner::Wild, Manner::Wild, Manner::Long]);
    let mut line = Vec::new();
    for _ in 0..random.of(&[1, 1, 1, 1, 2, 3]) {
        field(random, manner, &mut line);
    }
    if random.once_in(4) {
        for _ in 0..random.of(&[1, 1, 1, 2, 3]) {
            change(random, &mut line);
        }
    }
    line.retain(|&byte| byte != b'\n');
    line
}

/// Adds a field, or what is nearly one.
fn field(random: &mut Random, manner: Manner, line: &mut Vec<u8>) {
    let is_element = random.once_in(12);
    before(random, manner, line);
    if is_element {
        line.extend_from_slice(random.of(&[&b"<"[..], b"<", b"&lt;", b"\\u003c", b"%3C", b"< "]));
    }
    row(random, manner, line);
    key(random, line);
    row(random, manner, line);
    if is_element {
        line.extend_from_slice(random.of(&[&b">"[..], b">", b"&gt;", b"\\u003e", b"%3E", b" >"]));
    } else {
        separator(random, manner, line);
    }
    row(random, manner, line);
    code(random, manner, line);
    if random.once_in(12) {
        line.extend_from_slice(b" (auth: user session is failure!)");
    }
    if is_element {
        row(random, manner, line);
        line.extend_from_slice(random.of(&[&b"</ret>"[..], b"<", b"&lt;", b"\\u003c", b" <", b""]));
    }
    behind(random, manner, line);
    if random.once_in(12) {
        quote(random, manner, line);
    }
}

/// Changes one place: a byte goes, comes twice, or becomes another.
fn change(random: &mut Random, line: &mut Vec<u8>) {
    if line.is_empty() {
        return;
    }
    let at = random.below(line.len());
    let interesting = b"\x1B\\\"'=:[]()<>&#%$-_. ,/;^09aAmKnrtux{}\xA3\xBA\xFE\xFF\x80\x81\xC3\r\t";
    let byte = if random.once_in(3) { random.byte() } else { random.of(interesting) };
    match random.below(4) {
        0 => drop(line.remove(at)),
        1 => line.insert(at, line[at]),
        2 => line.insert(at, byte),
        _ => line[at] = byte,
    }
}
