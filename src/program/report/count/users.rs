//! Counts the users of each code.

use crate::program::report::tally::{
    CodeUsers, DistinctValues, KNOWN_MAX, UNKNOWN_MAX, UserTally, ValueKeys, farther,
};
use std::collections::BTreeMap;
use std::mem;

/// Counts the users of the codes in one input.
#[derive(Clone, Debug)]
pub(super) struct UserCounter {
    keys: ValueKeys,
    code_lines: u64,
    lines: u64,
    known: Group,
    unknown: Group,
    /// The users of each slot.
    slots: Vec<SlotUsers>,
}

/// The codes of the catalog, or the unknown ones.
#[derive(Clone, Debug)]
struct Group {
    /// The slots of codes whose users are told apart.
    slots: BTreeMap<i32, usize>,
    /// The users of all other codes.
    others: DistinctValues,
    /// The most codes that are told apart.
    max: usize,
}

#[derive(Clone, Debug)]
struct SlotUsers {
    is_known: bool,
    /// `None` if the users are not told apart from those of other codes.
    own: Option<CodeUsers>,
}

impl UserCounter {
    pub(super) fn new(keys: ValueKeys) -> Self {
        let group = |max: usize| Group { slots: BTreeMap::new(), others: DistinctValues::default(), max };
        let (known, unknown) = (group(KNOWN_MAX), group(UNKNOWN_MAX));
        Self { keys, code_lines: 0, lines: 0, known, unknown, slots: Vec::new() }
    }

    /// Begins a slot for a code. A slot that was there had an unknown code, which is not told apart any more.
    pub(super) fn begin_slot(&mut self, slot: usize, code: i32, is_known: bool) {
        let begun = SlotUsers { is_known, own: Some(CodeUsers::default()) };
        if slot < self.slots.len() {
            let before = mem::replace(&mut self.slots[slot], begun);
            before.own.iter().for_each(|own| self.unknown.others.append(&own.users));
            self.unknown.slots.retain(|_, other| *other != slot);
        } else {
            self.slots.push(begun);
        }
        let Self { known, unknown, slots, .. } = self;
        let group = if is_known { known } else { unknown };
        group.slots.insert(code, slot);
        if group.slots.len() > group.max
            && let (Some((&first, _)), Some((&last, _))) =
                (group.slots.first_key_value(), group.slots.last_key_value())
            && let Some(slot) = group.slots.remove(&farther(first, last))
            && let Some(own) = slots[slot].own.take()
        {
            group.others.append(&own.users);
        }
    }

    /// Counts a line with the codes of these slots, and perhaps an unknown code without one. The line has the user with the hash.
    #[inline]
    pub(super) fn count_line(&mut self, slots: &[usize], has_other: bool, user: Option<u64>) {
        self.code_lines += 1;
        let Some(user) = user else { return };
        self.lines += 1;
        for &slot in slots {
            match &mut self.slots[slot] {
                SlotUsers { own: Some(own), .. } => own.add(user),
                SlotUsers { is_known: true, .. } => self.known.others.add(user),
                SlotUsers { is_known: false, .. } => self.unknown.others.add(user),
            }
        }
        if has_other {
            self.unknown.others.add(user);
        }
    }

    /// Returns the users of an input. `codes` has the code of each slot; the next input has other slots.
    pub(super) fn finish(&mut self, codes: impl Iterator<Item = i32>) -> UserTally {
        let mut tally = UserTally::new(self.keys.clone());
        (tally.code_lines, tally.lines) = (mem::take(&mut self.code_lines), mem::take(&mut self.lines));
        for (SlotUsers { is_known, own }, code) in self.slots.drain(..).zip(codes) {
            let group = if is_known { &mut tally.known } else { &mut tally.unknown };
            own.into_iter().filter(|own| own.lines > 0).for_each(|own| group.add(code, own));
        }
        for (group, counted) in [(&mut tally.known, &mut self.known), (&mut tally.unknown, &mut self.unknown)]
        {
            group.others = mem::take(&mut counted.others);
            counted.slots.clear();
        }
        tally
    }
}
