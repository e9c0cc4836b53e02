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
    code: i32,
    is_known: bool,
    users: UserPlace,
}

/// The place in which the users of a code are counted.
#[derive(Clone, Debug)]
enum UserPlace {
    /// The code has no user yet, and takes no place of one that has.
    Nowhere,
    Own(CodeUsers),
    /// Among the users of other codes.
    Others,
}

impl UserCounter {
    pub(super) fn new(keys: ValueKeys) -> Self {
        let group = |max: usize| Group { slots: BTreeMap::new(), others: DistinctValues::default(), max };
        let (known, unknown) = (group(KNOWN_MAX), group(UNKNOWN_MAX));
        Self { keys, code_lines: 0, lines: 0, known, unknown, slots: Vec::new() }
    }

    /// Begins a slot for a code. A slot that was there had an unknown code, which is not told apart any more.
    pub(super) fn begin_slot(&mut self, slot: usize, code: i32, is_known: bool) {
        let begun = SlotUsers { code, is_known, users: UserPlace::Nowhere };
        if slot == self.slots.len() {
            self.slots.push(begun);
            return;
        }
        let before = mem::replace(&mut self.slots[slot], begun);
        if let UserPlace::Own(own) = before.users {
            self.unknown.others.append(&own.users);
            self.unknown.slots.remove(&before.code);
        }
    }

    /// Begins to tell the users of a slot's code apart, and ends it for the code that is farthest from zero, if there are too many.
    #[cold]
    fn tell_apart(&mut self, slot: usize) {
        let Self { known, unknown, slots, .. } = self;
        let SlotUsers { code, is_known, users } = &mut slots[slot];
        *users = UserPlace::Own(CodeUsers::default());
        let group = if *is_known { known } else { unknown };
        group.slots.insert(*code, slot);
        if group.slots.len() > group.max
            && let (Some((&first, _)), Some((&last, _))) =
                (group.slots.first_key_value(), group.slots.last_key_value())
            && let Some(slot) = group.slots.remove(&farther(first, last))
            && let UserPlace::Own(own) = mem::replace(&mut slots[slot].users, UserPlace::Others)
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
            if matches!(self.slots[slot].users, UserPlace::Nowhere) {
                self.tell_apart(slot);
            }
            let SlotUsers { is_known, users, .. } = &mut self.slots[slot];
            match users {
                UserPlace::Own(own) => own.add(user),
                _ if *is_known => self.known.others.add(user),
                _ => self.unknown.others.add(user),
            }
        }
        if has_other {
            self.unknown.others.add(user);
        }
    }

    /// Returns the users of an input. The next input has other slots.
    pub(super) fn finish(&mut self) -> UserTally {
        let mut tally = UserTally::new(self.keys.clone());
        (tally.code_lines, tally.lines) = (mem::take(&mut self.code_lines), mem::take(&mut self.lines));
        for SlotUsers { code, is_known, users } in self.slots.drain(..) {
            let group = if is_known { &mut tally.known } else { &mut tally.unknown };
            if let UserPlace::Own(own) = users {
                group.add(code, own);
            }
        }
        for (group, counted) in [(&mut tally.known, &mut self.known), (&mut tally.unknown, &mut self.unknown)]
        {
            group.others = mem::take(&mut counted.others);
            counted.slots.clear();
        }
        tally
    }
}
