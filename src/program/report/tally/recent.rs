//! The values that were met last, by the order in which they were met.

use rustc_hash::FxHashMap;

/// No node.
const NONE: u32 = u32::MAX;

/// Up to a number of different values: those that were met last.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    /// The index in `nodes` of each value.
    places: FxHashMap<u64, u32>,
    /// The values as a list in both directions.
    nodes: Vec<Node>,
    /// The value that was met last, and the one that was met longest ago.
    newest: u32,
    oldest: u32,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    value: u64,
    newer: u32,
    older: u32,
}

impl Recent {
    /// Meets a value. Returns true if it was among the last `max` values, which must not be 0.
    pub(super) fn meet(&mut self, value: u64, max: usize) -> bool {
        if let Some(&place) = self.places.get(&value) {
            self.unlink(place);
            self.link(place);
            return true;
        }
        let place = if self.nodes.len() < max {
            self.nodes.push(Node { value, newer: NONE, older: NONE });
            self.nodes.len() as u32 - 1
        } else {
            let place = self.oldest;
            self.unlink(place);
            self.places.remove(&self.nodes[place as usize].value);
            self.nodes[place as usize].value = value;
            place
        };
        self.places.insert(value, place);
        self.link(place);
        false
    }

    /// Returns the values, the one that was met longest ago first.
    pub(super) fn oldest_first(&self) -> impl Iterator<Item = u64> {
        let mut place = if self.nodes.is_empty() { NONE } else { self.oldest };
        std::iter::from_fn(move || {
            let node = self.nodes.get(place as usize)?;
            place = node.newer;
            Some(node.value)
        })
    }

    /// Makes a value the newest. It must be in no list.
    fn link(&mut self, place: u32) {
        let is_first = self.nodes.len() == 1;
        let older = if is_first { NONE } else { self.newest };
        self.nodes[place as usize].newer = NONE;
        self.nodes[place as usize].older = older;
        match self.nodes.get_mut(older as usize) {
            Some(older) => older.newer = place,
            None => self.oldest = place,
        }
        self.newest = place;
    }

    fn unlink(&mut self, place: u32) {
        let Node { newer, older, .. } = self.nodes[place as usize];
        match self.nodes.get_mut(newer as usize) {
            Some(node) => node.older = older,
            None => self.newest = older,
        }
        match self.nodes.get_mut(older as usize) {
            Some(node) => node.newer = newer,
            None => self.oldest = newer,
        }
    }
}

impl PartialEq for Recent {
    fn eq(&self, other: &Self) -> bool {
        self.oldest_first().eq(other.oldest_first())
    }
}

impl Eq for Recent {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    #[test]
    fn it_is_a_list_of_the_last_values() {
        for max in [1, 2, 3, 7, 100] {
            let (mut recent, mut naive) = (Recent::default(), VecDeque::new());
            let mut number = 1_u64;
            for step in 0..2000_u64 {
                number =
                    number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let value = (number >> 33) % (1 + step % 13);
                let place = naive.iter().position(|&other| other == value);
                place.map(|place| naive.remove(place));
                naive.push_back(value);
                naive.drain(..naive.len().saturating_sub(max));
                assert_eq!(recent.meet(value, max), place.is_some(), "{max} {step}");
                assert!(recent.oldest_first().eq(naive.iter().copied()), "{max} {step}");
            }
        }
    }
}
