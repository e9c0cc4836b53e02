//! Counts the values in lines with codes: the users of each code, and the first failures of requests.

use super::users::UserCounter;
use crate::program::report::tally::{TraceTally, UserTally, ValueHasher};
use crate::scanner::VALUE_REACH_BYTES;
use crate::scanner::{KEY_MAX_BYTES, REACH_BYTES};
use crate::{Catalog, Severity};
use memchr::memchr;
use std::mem;

/// Counts the values in the lines of an input, each line once all of it is known.
#[derive(Clone, Debug)]
pub(super) struct ValueCounter {
    users: Option<(UserCounter, OpenValue)>,
    trace: Option<(TraceTally, OpenValue)>,
    /// For each entry of the catalog, true if its code is an error.
    errors: Box<[bool]>,
    /// The slots with which the line has fields, each once.
    slots: Vec<usize>,
    /// The first code of the line that is an error.
    error: Option<i32>,
    /// True if the line has an unknown code that has no slot.
    has_other: bool,
    /// True if the line goes on in the next part, or did so in this one.
    is_open: bool,
}

/// The first value of a line that goes on in several parts.
#[derive(Clone, Debug)]
struct OpenValue {
    hasher: ValueHasher,
    /// The end of the line so far, in which a key may stand that is not decided.
    text: Vec<u8>,
    /// The byte offset in `text` up to which keys are decided.
    decided: usize,
    hash: Option<u64>,
}

impl ValueCounter {
    /// Returns a counter of the users, and of the first failures, that the hashers find; `None` if there is nothing to count.
    pub(super) fn new(
        users: Option<ValueHasher>,
        trace: Option<ValueHasher>,
        catalog: &Catalog,
    ) -> Option<Self> {
        if users.is_none() && trace.is_none() {
            return None;
        }
        let is_error = |entry: &crate::Entry| entry.severity() == Severity::Error;
        Some(Self {
            users: users.map(|hasher| (UserCounter::new(hasher.keys.clone()), OpenValue::new(hasher))),
            trace: trace.map(|hasher| (TraceTally::new(hasher.keys.clone()), OpenValue::new(hasher))),
            errors: catalog.entries().iter().map(is_error).collect(),
            slots: Vec::new(),
            error: None,
            has_other: false,
            is_open: false,
        })
    }

    /// Begins a slot for a code, of which `entry` is the catalog's entry. What the slot had so far belongs to an unknown code
    /// that is not told apart any more.
    pub(super) fn begin_slot(&mut self, slot: usize, code: i32, is_known: bool) {
        if let Some((users, _)) = &mut self.users {
            users.begin_slot(slot, code, is_known);
        }
        let before = self.slots.len();
        self.slots.retain(|&other| other != slot);
        self.has_other |= self.slots.len() < before;
    }

    /// Adds the code of a slot to the line, which must not have it yet.
    #[inline]
    pub(super) fn add(&mut self, slot: usize, code: i32, entry: Option<usize>) {
        self.slots.push(slot);
        if self.error.is_none() && entry.is_some_and(|entry| self.errors[entry]) {
            self.error = Some(code);
        }
    }

    /// Adds an unknown code without a slot to the line.
    pub(super) fn add_other(&mut self) {
        self.has_other = true;
    }

    /// Begins a line that ends in a later part. `text` is the part of it that is known.
    pub(super) fn begin_open(&mut self, text: &[u8]) {
        self.is_open = true;
        for open in self.open_values() {
            open.begin();
            open.go_on(text, false);
        }
    }

    /// Goes on with a line that began in an earlier part. The line may end in `text`.
    pub(super) fn go_on(&mut self, text: &[u8]) {
        let newline = memchr(b'\n', text);
        let rest = &text[..newline.unwrap_or(text.len())];
        self.open_values().for_each(|open| open.go_on(rest, newline.is_some()));
    }

    /// Counts the line that begins at `start` of a text, or the one that was open. The next code belongs to another line.
    #[inline]
    pub(super) fn end_line(&mut self, text: &[u8], start: usize) {
        let is_open = mem::take(&mut self.is_open);
        if self.slots.is_empty() && !self.has_other {
            return;
        }
        let text = &text[start..];
        if let Some((users, open)) = &mut self.users {
            users.count_line(&self.slots, self.has_other, open.value(text, is_open));
        }
        if let (Some((trace, open)), Some(code)) = (&mut self.trace, self.error) {
            trace.error_lines += 1;
            if let Some(request) = open.value(text, is_open) {
                trace.add(request, code);
            }
        }
        self.slots.clear();
        (self.error, self.has_other) = (None, false);
    }

    /// Ends an input, and returns what was counted in it.
    pub(super) fn finish(&mut self) -> (Option<UserTally>, Option<TraceTally>) {
        self.open_values().for_each(|open| open.go_on(b"", true));
        self.end_line(b"", 0);
        let users = self.users.as_mut().map(|(users, _)| users.finish());
        let trace = self.trace.as_mut().map(|(trace, _)| {
            let next = TraceTally::new(trace.keys.clone());
            mem::replace(trace, next)
        });
        (users, trace)
    }

    fn open_values(&mut self) -> impl Iterator<Item = &mut OpenValue> {
        let users = self.users.as_mut().map(|(_, open)| open);
        users.into_iter().chain(self.trace.as_mut().map(|(_, open)| open))
    }
}

impl OpenValue {
    fn new(hasher: ValueHasher) -> Self {
        Self { hasher, text: Vec::new(), decided: 0, hash: None }
    }

    /// Returns the hash of the value in the line that a text begins with, or in the open line.
    #[inline]
    fn value(&self, text: &[u8], is_open: bool) -> Option<u64> {
        if is_open {
            return self.hash;
        }
        self.hasher.finder.first_value(text, 0..text.len()).map(|value| self.hasher.hash(value))
    }

    fn begin(&mut self) {
        self.text.clear();
        (self.decided, self.hash) = (0, None);
    }

    /// Goes on with the line; `is_end` is true if it ends behind `rest`.
    fn go_on(&mut self, rest: &[u8], is_end: bool) {
        if self.hash.is_some() {
            return;
        }
        self.text.extend_from_slice(rest);
        // Looks at bytes that may still belong to a key or a value when more is known.
        let open_bytes = if is_end { 0 } else { KEY_MAX_BYTES + VALUE_REACH_BYTES };
        let end = self.text.len().saturating_sub(open_bytes).max(self.decided);
        let value = self.hasher.finder.first_value(&self.text, self.decided..end);
        self.hash = value.map(|value| self.hasher.hash(value));
        let kept = end.saturating_sub(KEY_MAX_BYTES + REACH_BYTES);
        self.text.drain(..kept);
        self.decided = end - kept;
    }
}
