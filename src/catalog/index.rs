//! The index of a catalog, which gives the position of each code.

use rustc_hash::FxHashMap;

/// The content of a gap in the table.
const NO_ENTRY: u32 = u32::MAX;

/// The greatest distance from zero of a code that is looked up in a table, in which neighbouring codes stand beside
/// each other.
const NEAR: i32 = 1 << 16;

/// The positions of a catalog's codes, found in constant time.
#[derive(Clone, Debug, Default)]
pub(crate) struct CodeIndex {
    /// The lowest code of the table; `near[0]` is its position.
    lowest: i32,
    /// The position of each number from `lowest` to the highest code near zero; [`NO_ENTRY`] for a number that is no
    /// code.
    near: Box<[u32]>,
    /// The positions of the other codes.
    far: FxHashMap<i32, u32>,
}

impl CodeIndex {
    /// Returns the index of codes, each of which must occur once. The position of a code is its place in the sequence.
    ///
    /// # Panics
    ///
    /// May panic where there are more than [`u32::MAX`] codes.
    pub(crate) fn new(codes: impl Iterator<Item = i32> + Clone) -> Self {
        let is_near = |code: &i32| (-NEAR..=NEAR).contains(code);
        let lowest = codes.clone().filter(is_near).min().unwrap_or(0);
        let highest = codes.clone().filter(is_near).max().unwrap_or(-1);
        let place = |code: i32| usize::try_from(code - lowest).expect("no code is below the lowest");
        let mut near = vec![NO_ENTRY; place(highest + 1)].into_boxed_slice();
        let mut far = FxHashMap::default();
        far.reserve(codes.clone().filter(|code| !is_near(code)).count());
        for (position, code) in (0_u32..).zip(codes) {
            if is_near(&code) {
                near[place(code)] = position;
            } else {
                far.insert(code, position);
            }
        }
        Self { lowest, near, far }
    }

    /// Returns the position of a code in the sequence that the index was made of; `None` where the sequence lacks the
    /// code.
    #[inline]
    pub(crate) fn position(&self, code: i32) -> Option<usize> {
        // A code below the lowest wraps around to a place beyond the end of the table.
        let place = code.cast_unsigned().wrapping_sub(self.lowest.cast_unsigned()) as usize;
        match self.near.get(place) {
            Some(&NO_ENTRY) => None,
            Some(&position) => Some(position as usize),
            None if self.far.is_empty() => None,
            None => self.far.get(&code).map(|&position| position as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_near_and_far_and_others_are_not() {
        let catalogs: [&[i32]; 4] = [
            &[],
            &[5],
            &[1, -1, NEAR, NEAR + 1, -NEAR, -NEAR - 1, 999_999_999, -999_999_999],
            &[-999_999_999, 999_999_999],
        ];
        for codes in catalogs {
            let index = CodeIndex::new(codes.iter().copied());
            for (position, &code) in codes.iter().enumerate() {
                assert_eq!(index.position(code), Some(position), "{code}");
                for other in [code - 1, code + 1, -code].into_iter().filter(|other| !codes.contains(other)) {
                    assert_eq!(index.position(other), None, "{other}");
                }
            }
            assert_eq!(index.position(i32::MIN), None);
            assert_eq!(index.position(i32::MAX), None);
        }
    }
}
