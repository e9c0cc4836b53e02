//! The first failures of requests: for each value of a key, the code of the first line with an error.
//!
//! A request has failed before if it is among the last [`REQUESTS_MAX`] requests that had an error, by the order of their
//! last errors. So it depends on the order of the lines alone, and tallies of parts of one run add up to that of the whole:
//! each keeps the first failures of its own requests, in order, and those that failed last. Reports do not have these;
//! a request whose lines are in several reports is counted in each.

use super::distinct::DistinctValues;
use super::recent::Recent;
use super::sum;
use super::value_keys::ValueKeys;
use std::collections::BTreeMap;

/// The most requests that are remembered.
const REQUESTS_MAX: usize = 1_000_000;

/// The first failures of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceTally {
    /// The keys whose values are requests.
    pub(crate) keys: ValueKeys,
    /// The number of lines with an error, and of those with a request, too.
    pub(crate) error_lines: u64,
    pub(crate) lines: u64,
    /// The number of requests that failed first with each code.
    pub(crate) failures: BTreeMap<i32, u64>,
    /// The requests that failed.
    pub(crate) requests: DistinctValues,
    /// True if requests may be counted more than once: more failed than are remembered, or reports were added up.
    pub(crate) may_repeat: bool,
    /// The requests in the order of their first failures, with the codes; at most [`REQUESTS_MAX`].
    first: Vec<(u64, i32)>,
    /// The requests that failed last.
    recent: Recent,
    /// The most requests that are remembered: [`REQUESTS_MAX`], but in tests.
    max: usize,
}

impl TraceTally {
    /// Returns the tally of no lines.
    pub(crate) fn new(keys: ValueKeys) -> Self {
        Self::remembering(keys, REQUESTS_MAX)
    }

    fn remembering(keys: ValueKeys, max: usize) -> Self {
        Self {
            keys,
            error_lines: 0,
            lines: 0,
            failures: BTreeMap::new(),
            requests: DistinctValues::default(),
            may_repeat: false,
            first: Vec::new(),
            recent: Recent::default(),
            max,
        }
    }

    /// Counts a line of a request whose first error has the code.
    pub(crate) fn add(&mut self, request: u64, code: i32) {
        self.lines += 1;
        if self.recent.meet(request, self.max) {
            return;
        }
        self.remember(request, code);
        self.requests.add(request);
        *self.failures.entry(code).or_default() += 1;
    }

    /// Remembers the first failure of a request that is not among the last ones. Nothing is forgotten before `first` is full; so
    /// until then the request is new.
    fn remember(&mut self, request: u64, code: i32) {
        if self.first.len() < self.max {
            self.first.push((request, code));
        } else {
            self.may_repeat = true;
        }
    }

    /// Returns the sum with the tally of the lines that follow.
    pub(super) fn append(mut self, next: Self) -> Self {
        // A report has counts alone, and may have the requests of another.
        let have_failed = [&self, &next].iter().all(|tally| !tally.failures.is_empty());
        let is_of_report = [&self, &next].iter().any(|tally| tally.first.is_empty());
        self.may_repeat |= next.may_repeat || have_failed && is_of_report;
        self.error_lines = self.error_lines.saturating_add(next.error_lines);
        self.lines = self.lines.saturating_add(next.lines);
        for (code, count) in &next.failures {
            let sum = self.failures.entry(*code).or_default();
            *sum = sum.saturating_add(*count);
        }
        self.requests.append(&next.requests);
        for &(request, code) in &next.first {
            if !self.recent.meet(request, self.max) {
                self.remember(request, code);
            } else if let Some(count) = self.failures.get_mut(&code) {
                *count -= 1;
            }
        }
        next.recent.oldest_first().for_each(|request| {
            self.recent.meet(request, self.max);
        });
        self.failures.retain(|_, count| *count > 0);
        self
    }

    /// Returns the number of requests that failed first with a code.
    pub(crate) fn of_code(&self, code: i32) -> u64 {
        self.failures.get(&code).copied().unwrap_or(0)
    }

    /// Returns the number of first failures.
    pub(crate) fn count(&self) -> u64 {
        sum(self.failures.values().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> ValueKeys {
        ValueKeys { keys: vec!["id".to_owned()], salt: None }
    }

    /// Returns the tally of lines, each with a request and a code.
    fn of(lines: &[(u64, i32)], max: usize) -> TraceTally {
        let mut tally = TraceTally::remembering(keys(), max);
        lines.iter().for_each(|&(request, code)| tally.add(request, code));
        tally
    }

    #[test]
    fn a_request_fails_first_once() {
        let tally = of(&[(1, -5), (2, -6), (1, -6), (2, -5), (3, -5), (1, -5)], 10);
        assert_eq!(tally.failures, BTreeMap::from([(-5, 2), (-6, 1)]));
        assert_eq!((tally.count(), tally.requests.count(), tally.may_repeat), (3, 3, false));
    }

    #[test]
    fn what_is_forgotten_counts_again_and_is_said() {
        assert!(!of(&[(1, -5), (2, -5)], 2).may_repeat);
        let tally = of(&[(1, -5), (2, -5), (1, -5), (3, -5), (1, -5), (2, -6)], 2);
        assert_eq!(tally.failures, BTreeMap::from([(-5, 3), (-6, 1)]));
        assert_eq!((tally.requests.count(), tally.may_repeat), (3, true));
    }

    #[test]
    fn parts_add_up_to_the_whole_wherever_they_are_cut() {
        for max in [1, 2, 5, 9, 1000] {
            let mut number = 1_u64;
            let lines: Vec<_> = (0..120)
                .map(|step| {
                    number = number
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    ((number >> 33) % (1 + step % 17), -1 - (number >> 60) as i32)
                })
                .collect();
            let whole = of(&lines, max);
            for first in 0..=lines.len() {
                for second in [first, (first + 7).min(lines.len()), lines.len()] {
                    let [a, b, c] =
                        [&lines[..first], &lines[first..second], &lines[second..]].map(|part| of(part, max));
                    let left = a.clone().append(b.clone()).append(c.clone());
                    assert_eq!(left, whole, "{max} {first} {second}");
                    assert_eq!(a.append(b.append(c)), whole, "{max} {first} {second}");
                }
            }
        }
    }
}
