//! Ranges of unknown codes. A report that knows only the number of codes in a range asks if a selector chooses all of
//! them.

use super::{Selector, Term};
use std::ops::RangeInclusive;

impl Selector {
    /// Returns true if all unknown codes of a range are chosen, and false if none is; `None` where some may be chosen
    /// and others not.
    pub(crate) fn selects_unknown(&self, range: &RangeInclusive<i32>) -> Option<bool> {
        let divides = self.chosen.iter().chain(&self.taken_away).any(|term| term.divides(range));
        (!divides).then(|| self.selects(*range.start(), None))
    }
}

impl Term {
    /// Returns true if the term may choose some unknown codes of a range and not others.
    fn divides(&self, range: &RangeInclusive<i32>) -> bool {
        match self {
            Self::Any | Self::Unknown | Self::Severity(_) | Self::Category(_) => false,
            Self::Codes(codes) => overlaps_in_part(codes, range),
            Self::New(earlier) => {
                let is_cut =
                    earlier.known_from.is_some_and(|from| range.start() < &from && &from <= range.end());
                is_cut
                    || earlier.codes.range(range.clone()).next().is_some()
                    || earlier.ranges.iter().any(|codes| overlaps_in_part(codes, range))
            }
        }
    }
}

/// Returns true if some codes of a range are among others, and some are not.
fn overlaps_in_part(codes: &RangeInclusive<i32>, range: &RangeInclusive<i32>) -> bool {
    let is_apart = codes.end() < range.start() || range.end() < codes.start();
    let has_all = codes.contains(range.start()) && codes.contains(range.end());
    !is_apart && !has_all
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, EarlierCodes, Selector};

    #[test]
    fn a_range_of_unknown_codes_is_chosen_whole_or_not_at_all_or_divided() {
        let earlier = EarlierCodes::new([-5000]).known_from(-7000);
        let whole = |text: &str| {
            let selector = Selector::parse(text, &Catalog::builtin(), Some(&earlier)).unwrap();
            [-6000..=-5001, -5001..=-5000, -7001..=-7000, -9000..=-8000]
                .map(|range| selector.selects_unknown(&range))
        };
        assert_eq!(whole("any"), [Some(true); 4]);
        assert_eq!(whole("error"), [Some(false); 4]);
        assert_eq!(whole("unknown,!-5000..-5000"), [Some(true), None, Some(true), Some(true)]);
        assert_eq!(whole("-7000..-1"), [Some(true), Some(true), None, Some(false)]);
        assert_eq!(whole("new"), [Some(true), None, None, Some(false)]);
        let earlier = EarlierCodes::new([]).with_range(-5500..=-5000).with_range(-9000..=-7001);
        let selector = Selector::parse("new", &Catalog::builtin(), Some(&earlier)).unwrap();
        let whole = [-6000..=-5501, -5501..=-5500, -7001..=-7000, -9000..=-8000]
            .map(|range| selector.selects_unknown(&range));
        assert_eq!(whole, [Some(true), None, None, Some(false)]);
    }
}
