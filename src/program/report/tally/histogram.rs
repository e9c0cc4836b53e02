//! Histograms of few bins, whose width follows from the values alone, so that parts add up exactly.

use serde::{Deserialize, Serialize};

/// The largest number of bins.
const BINS_MAX: usize = 32;
/// The largest width of a bin, as a power of two: such a bin holds all values of one sign.
const SHIFT_MAX: u32 = 60;
/// The limit for the size of values, which are seconds and byte offsets.
const VALUE_MAX: u64 = 1 << SHIFT_MAX;

/// The number of values in each of a few bins of equal width. The width is the smallest power of two with which the
/// values have at most [`BINS_MAX`] bins, and bins begin at multiples of it. So neither the order in which values are
/// added nor their division into parts makes a difference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenHistogram", into = "WrittenHistogram")]
pub(crate) struct Histogram {
    /// The width of a bin, as a power of two.
    shift: u32,
    /// The beginning of the first bin, in multiples of the width.
    first: i64,
    /// The number of values in each bin, from the first bin that has any to the last.
    counts: Vec<u64>,
}

/// A histogram in the form in which it is written.
#[derive(Serialize, Deserialize)]
struct WrittenHistogram {
    /// The beginning of the first bin.
    start: i64,
    /// The width of each bin.
    width: i64,
    counts: Vec<u64>,
}

impl Histogram {
    /// Returns true if there are no values.
    pub(crate) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Adds a value.
    #[inline]
    pub(crate) fn add(&mut self, value: i64) {
        let bin = (value >> self.shift).wrapping_sub(self.first);
        match usize::try_from(bin).ok().and_then(|bin| self.counts.get_mut(bin)) {
            Some(count) => *count += 1,
            None => self.add_outside(value),
        }
    }

    /// Adds a value that no bin covers yet.
    #[cold]
    fn add_outside(&mut self, value: i64) {
        if self.is_empty() {
            (self.shift, self.first) = (0, value);
        }
        let is_too_far =
            |this: &Self, bin: i64| this.last().max(bin) - this.first.min(bin) >= BINS_MAX as i64;
        while is_too_far(self, value >> self.shift) {
            self.widen();
        }
        let bin = value >> self.shift;
        if bin < self.first {
            let new_bins = usize::try_from(self.first - bin).unwrap_or(0);
            self.counts.splice(0..0, std::iter::repeat_n(0, new_bins));
            self.first = bin;
        }
        let at = usize::try_from(bin - self.first).unwrap_or(0);
        self.counts.resize(self.counts.len().max(at + 1), 0);
        self.counts[at] += 1;
    }

    /// Adds all values of another histogram.
    pub(crate) fn append(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        if self.is_empty() {
            self.clone_from(other);
            return;
        }
        let mut other = other.clone();
        self.widen_to(other.shift);
        other.widen_to(self.shift);
        let mut first = self.first.min(other.first);
        let mut last = self.last().max(other.last());
        while last - first >= BINS_MAX as i64 {
            self.widen();
            other.widen();
            (first, last) = (first >> 1, last >> 1);
        }
        let mut counts = vec![0_u64; usize::try_from(last - first).map_or(1, |bins| bins + 1)];
        for (values, start) in [(&self.counts, self.first), (&other.counts, other.first)] {
            let skipped = usize::try_from(start - first).unwrap_or(0);
            for (sum, &count) in counts[skipped..].iter_mut().zip(values) {
                *sum = sum.saturating_add(count);
            }
        }
        (self.first, self.counts) = (first, counts);
    }

    /// Returns the number of values in each bin of `axis`, a histogram that has at least the values of this one.
    pub(crate) fn counts_along(&self, axis: &Self) -> Vec<u64> {
        let mut counts = vec![0; axis.counts.len()];
        let mut this = self.clone();
        this.widen_to(axis.shift);
        let skipped = usize::try_from(this.first - axis.first).unwrap_or(0);
        for (sum, count) in counts.iter_mut().skip(skipped).zip(this.counts) {
            *sum = count;
        }
        counts
    }

    /// Returns the beginning of the first bin and the width of each.
    pub(crate) fn start_and_width(&self) -> (i64, i64) {
        (self.first << self.shift, 1 << self.shift)
    }

    fn last(&self) -> i64 {
        self.first + self.counts.len() as i64 - 1
    }

    fn widen_to(&mut self, shift: u32) {
        while self.shift < shift {
            self.widen();
        }
    }

    /// Doubles the width of the bins.
    fn widen(&mut self) {
        // A first bin that is the second half of a wide bin stays alone; pairs then begin at the second bin.
        let skipped = usize::from(self.first & 1 == 1);
        let bins = (self.counts.len() + skipped).div_ceil(2);
        let count =
            |counts: &[u64], at: Option<usize>| at.and_then(|at| counts.get(at)).copied().unwrap_or(0);
        for bin in 0..bins {
            let left = count(&self.counts, (2 * bin).checked_sub(skipped));
            let right = count(&self.counts, Some(2 * bin + 1 - skipped));
            self.counts[bin] = left.saturating_add(right);
        }
        self.counts.truncate(bins);
        self.first >>= 1;
        self.shift += 1;
    }
}

impl From<Histogram> for WrittenHistogram {
    fn from(histogram: Histogram) -> Self {
        let Histogram { shift, first, counts } = histogram;
        Self { start: first << shift, width: 1 << shift, counts }
    }
}

impl TryFrom<WrittenHistogram> for Histogram {
    type Error = String;

    fn try_from(written: WrittenHistogram) -> Result<Self, String> {
        let WrittenHistogram { start, width, counts } = written;
        let shift = width.unsigned_abs().trailing_zeros();
        let is_sound = width > 0
            && width.count_ones() == 1
            && shift <= SHIFT_MAX
            && start % width == 0
            && start.unsigned_abs() < VALUE_MAX
            && counts.len() <= BINS_MAX
            && counts.first() != Some(&0)
            && counts.last() != Some(&0);
        if !is_sound {
            return Err(format!(
                "a histogram with a start of {start}, a width of {width} and {} counts",
                counts.len()
            ));
        }
        Ok(Self { shift, first: start >> shift, counts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[i64]) -> Histogram {
        let mut histogram = Histogram::default();
        values.iter().for_each(|&value| histogram.add(value));
        histogram
    }

    #[test]
    fn bins_are_as_narrow_as_their_number_allows() {
        let bins = |values: &[i64]| {
            let histogram = of(values);
            (histogram.shift, histogram.first, histogram.counts.len(), histogram.counts.iter().sum::<u64>())
        };
        assert_eq!(bins(&[5]), (0, 5, 1, 1));
        assert_eq!(bins(&[100, 131]), (0, 100, 32, 2));
        assert_eq!(bins(&[100, 132]), (1, 50, 17, 2));
        assert_eq!(bins(&[-1, 0]), (0, -1, 2, 2));
        assert_eq!(bins(&[101, 102, 164]), (2, 25, 17, 3));
        assert_eq!(bins(&[0, i64::from(u32::MAX)]), (27, 0, 32, 2));
    }

    #[test]
    fn parts_add_up_to_the_whole_in_any_order() {
        let mut number = 1_u64;
        let values: Vec<i64> = (0..500)
            .map(|at| {
                number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (number >> (20 + at % 40)) as i64 - 1000
            })
            .collect();
        let whole = of(&values);
        for cut in [0, 1, 7, 250, 499, 500] {
            for (a, b) in [values.split_at(cut), (&values[cut..], &values[..cut])] {
                let mut parts = of(a);
                parts.append(&of(b));
                assert_eq!(parts, whole, "{cut}");
            }
        }
        let written = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<Histogram>(&written).unwrap(), whole);
        assert_eq!(whole.counts_along(&whole), whole.counts);
    }

    #[test]
    fn what_is_no_histogram_is_refused() {
        for text in [
            r#"{"start":0,"width":0,"counts":[1]}"#,
            r#"{"start":0,"width":3,"counts":[1]}"#,
            r#"{"start":1,"width":2,"counts":[1]}"#,
            r#"{"start":0,"width":-9223372036854775808,"counts":[1]}"#,
            r#"{"start":9223372036854775807,"width":1,"counts":[1]}"#,
            r#"{"start":0,"width":1,"counts":[0,1]}"#,
            r#"{"start":0,"width":1,"counts":[1,0]}"#,
        ] {
            assert!(serde_json::from_str::<Histogram>(text).is_err(), "{text}");
        }
    }
}
