//! The number of different values, exact for few of them and estimated for many.
//!
//! The state is a function of the set of values alone, so that sets of parts add up to that of the whole, byte for byte,
//! in any order. Up to [`EXACT_MAX`] values their hashes are kept. More are kept as a HyperLogLog sketch: each hash falls into
//! one of 2^14 registers by its first 14 bits, and the register keeps the largest number of zeros, and one, that the other
//! bits of its hashes begin with. The estimate is that of Otmar Ertl, "New cardinality estimation algorithms for
//! HyperLogLog sketches" (2017), section 4, whose standard error is 1.04 / sqrt(2^14) = 0.8 %.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

/// The most values that are counted exactly.
pub(crate) const EXACT_MAX: usize = 1024;
/// The number of bits of a hash that say its register.
const INDEX_BITS: u32 = 14;
const REGISTERS: usize = 1 << INDEX_BITS;
/// The largest value of a register: the other bits of its hash are all zero.
const REGISTER_MAX: u8 = (u64::BITS - INDEX_BITS) as u8 + 1;
/// The characters that stand for the values of registers in a document: that of 0 is the first.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A set of values, of which the number is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenValues", into = "WrittenValues")]
pub(crate) struct DistinctValues(KeptValues);

#[derive(Clone, Debug, PartialEq, Eq)]
enum KeptValues {
    /// The hashes, in ascending order.
    Hashes(Vec<u64>),
    Registers(Box<[u8; REGISTERS]>),
}

/// A set in the form in which it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct WrittenValues {
    count: u64,
    /// True if the number is exact; else it is within 3 % for all but one set in ten thousand.
    exact: bool,
    /// The hashes in base64, each of eight bytes, the lowest first, in ascending order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hashes: Option<String>,
    /// A character for each register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    registers: Option<String>,
}

impl DistinctValues {
    /// Adds the value with this hash.
    #[inline]
    pub(crate) fn add(&mut self, hash: u64) {
        match &mut self.0 {
            KeptValues::Registers(registers) => add_to(registers, hash),
            KeptValues::Hashes(hashes) => {
                if let Err(place) = hashes.binary_search(&hash) {
                    hashes.insert(place, hash);
                    self.limit();
                }
            }
        }
    }

    /// Adds all values of another set.
    pub(crate) fn append(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (_, KeptValues::Hashes(hashes)) => hashes.iter().for_each(|&hash| self.add(hash)),
            (KeptValues::Registers(these), KeptValues::Registers(those)) => {
                these.iter_mut().zip(&**those).for_each(|(this, that)| *this = (*this).max(*that));
            }
            (KeptValues::Hashes(hashes), KeptValues::Registers(those)) => {
                let mut registers = those.clone();
                hashes.iter().for_each(|&hash| add_to(&mut registers, hash));
                self.0 = KeptValues::Registers(registers);
            }
        }
    }

    /// Returns true if there is no value.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(&self.0, KeptValues::Hashes(hashes) if hashes.is_empty())
    }

    /// Returns true if the number of values is exact.
    pub(crate) fn is_exact(&self) -> bool {
        matches!(self.0, KeptValues::Hashes(_))
    }

    /// Returns the number of values.
    pub(crate) fn count(&self) -> u64 {
        match &self.0 {
            KeptValues::Hashes(hashes) => hashes.len() as u64,
            KeptValues::Registers(registers) => estimate(registers),
        }
    }

    /// Goes over to registers where there are too many hashes.
    fn limit(&mut self) {
        if let KeptValues::Hashes(hashes) = &self.0
            && hashes.len() > EXACT_MAX
        {
            let mut registers = Box::new([0; REGISTERS]);
            hashes.iter().for_each(|&hash| add_to(&mut registers, hash));
            self.0 = KeptValues::Registers(registers);
        }
    }
}

impl Default for KeptValues {
    fn default() -> Self {
        Self::Hashes(Vec::new())
    }
}

#[inline]
fn add_to(registers: &mut [u8; REGISTERS], hash: u64) {
    let register = &mut registers[(hash >> (u64::BITS - INDEX_BITS)) as usize];
    // The bit behind those of the hash ends the zeros.
    let zeros = (hash << INDEX_BITS | 1 << (INDEX_BITS - 1)).leading_zeros();
    *register = (*register).max(zeros as u8 + 1);
}

/// Returns the estimated number of values.
fn estimate(registers: &[u8; REGISTERS]) -> u64 {
    let mut counts = [0_u32; REGISTER_MAX as usize + 1];
    registers.iter().for_each(|&register| counts[usize::from(register)] += 1);
    let m = REGISTERS as f64;
    let highest = usize::from(REGISTER_MAX);
    let mut z = m * tau(1.0 - f64::from(counts[highest]) / m);
    for count in counts[1..highest].iter().rev() {
        z = 0.5 * (z + f64::from(*count));
    }
    z += m * sigma(f64::from(counts[0]) / m);
    // 1 / (2 ln 2) is what the correction tends to for many registers.
    (m * m / (2.0 * std::f64::consts::LN_2 * z)).round() as u64
}

/// Returns the correction for registers that no value has reached, given their part of all.
fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z == before {
            return z;
        }
    }
}

/// Returns the correction for registers that are full, given the part of those that are not.
fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z == before {
            return z / 3.0;
        }
    }
}

impl From<DistinctValues> for WrittenValues {
    fn from(set: DistinctValues) -> Self {
        let (count, exact) = (set.count(), set.is_exact());
        match set.0 {
            KeptValues::Hashes(hashes) => {
                let bytes: Vec<u8> = hashes.into_iter().flat_map(u64::to_le_bytes).collect();
                Self { count, exact, hashes: Some(STANDARD_NO_PAD.encode(bytes)), registers: None }
            }
            KeptValues::Registers(registers) => {
                let digits = registers.iter().map(|&register| char::from(DIGITS[usize::from(register)]));
                Self { count, exact, hashes: None, registers: Some(digits.collect()) }
            }
        }
    }
}

impl TryFrom<WrittenValues> for DistinctValues {
    type Error = String;

    fn try_from(written: WrittenValues) -> Result<Self, String> {
        let kept = match (written.hashes, written.registers) {
            (Some(hashes), None) => read_hashes(&hashes).map(KeptValues::Hashes),
            (None, Some(registers)) => read_registers(&registers).map(KeptValues::Registers),
            _ => return Err("users need either \"hashes\" or \"registers\"".to_owned()),
        };
        kept.map(Self).ok_or_else(|| "the \"hashes\" or \"registers\" of users are damaged".to_owned())
    }
}

/// Returns the hashes that a text has; `None` where they are not in ascending order, or too many.
fn read_hashes(text: &str) -> Option<Vec<u64>> {
    let bytes = STANDARD_NO_PAD.decode(text).ok()?;
    let (chunks, rest) = bytes.as_chunks();
    let hashes: Vec<u64> = chunks.iter().map(|chunk| u64::from_le_bytes(*chunk)).collect();
    let is_sound = rest.is_empty() && hashes.len() <= EXACT_MAX && hashes.is_sorted_by(|a, b| a < b);
    is_sound.then_some(hashes)
}

fn read_registers(text: &str) -> Option<Box<[u8; REGISTERS]>> {
    let value = |digit: u8| DIGITS.iter().position(|&other| other == digit).map(|value| value as u8);
    let registers = text.bytes().map(|digit| value(digit).filter(|&value| value <= REGISTER_MAX));
    registers.collect::<Option<Box<[u8]>>>()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::report::tally::value_keys::HashKey;

    fn of(numbers: std::ops::Range<u32>) -> DistinctValues {
        let mut set = DistinctValues::default();
        numbers.for_each(|number| set.add(HashKey::of_salt(None).hash(number.to_string().as_bytes())));
        set
    }

    #[test]
    fn few_values_are_counted_exactly_and_many_within_3_percent() {
        for count in [0, 1, 1023, 1024] {
            assert_eq!((of(0..count).count(), of(0..count).is_exact()), (u64::from(count), true));
        }
        for count in [1025, 1500, 5000, 20_000, 60_000, 150_000, 1_000_000] {
            let set = of(0..count);
            let error = set.count() as f64 / f64::from(count) - 1.0;
            assert!(error.abs() < 0.03 && !set.is_exact(), "{count}: {error}");
        }
    }

    #[test]
    fn parts_add_up_to_the_whole_in_any_order() {
        for count in [10, 1024, 1025, 3000, 40_000] {
            let whole = of(0..count);
            for cut in [0, 1, count / 3, count - 1, count] {
                for (first, second) in [(0..cut, cut / 2..count), (cut / 2..count, 0..cut)] {
                    let mut sum = of(first);
                    sum.append(&of(second));
                    assert_eq!(sum, whole, "{count} {cut}");
                }
            }
            let written = serde_json::to_string(&whole).unwrap();
            assert_eq!(serde_json::from_str::<DistinctValues>(&written).unwrap(), whole);
        }
    }

    #[test]
    fn registers_are_full_where_all_other_bits_are_zero() {
        let mut registers = Box::new([0; REGISTERS]);
        add_to(&mut registers, 0);
        add_to(&mut registers, u64::MAX);
        assert_eq!((registers[0], registers[REGISTERS - 1]), (REGISTER_MAX, 1));
        assert!(estimate(&Box::new([REGISTER_MAX; REGISTERS])) > 1 << 40);
    }

    #[test]
    fn what_is_no_set_is_refused() {
        let two = STANDARD_NO_PAD.encode([2_u64.to_le_bytes(), 1_u64.to_le_bytes()].as_flattened());
        let many: Vec<u8> = (0..=EXACT_MAX as u64).flat_map(u64::to_le_bytes).collect();
        let many = STANDARD_NO_PAD.encode(many);
        let registers = [&"A".repeat(REGISTERS - 1), &"A".repeat(REGISTERS + 1), &"z0".repeat(REGISTERS / 2)];
        let hashes = ["A", "AAAA", "=", &two, &many].map(|text| format!("\"hashes\":{text:?}"));
        let registers = registers.map(|text| format!("\"registers\":{text:?}"));
        let neither = ["\"x\":0".to_owned(), "\"hashes\":\"\",\"registers\":\"\"".to_owned()];
        for member in hashes.into_iter().chain(registers).chain(neither) {
            let text = format!("{{\"count\":1,\"exact\":true,{member}}}");
            assert!(serde_json::from_str::<DistinctValues>(&text).is_err(), "{text:.80}");
        }
    }
}
