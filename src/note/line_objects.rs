//! Tells if two fields of a line are members of one JSON object, so that no object gets the same members twice.

use memchr::memchr3;
use std::collections::BTreeSet;
use std::ops::Range;

/// The JSON objects of a line, from the first field on whose note is members: in `{"ret":-1,"a":{"ret":-1},"ret":-2}`
/// the last `ret` is in the same object as the first. A line with one such field is not searched.
#[derive(Debug, Default)]
pub(super) struct LineObjects<'t> {
    /// The byte offset up to which the line has been searched; `None` before the first field.
    looked_up_to: Option<usize>,
    depth: Depth,
    /// The open objects of the line, and those of a string that holds JSON.
    objects: [Objects<'t>; 2],
}

/// The number of strings around a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Depth {
    #[default]
    Outside,
    InString,
    /// In a string of the JSON that a string holds, between quotes that have a backslash before them.
    InInnerString,
}

/// The objects that are open.
#[derive(Debug, Default)]
struct Objects<'t> {
    /// The number of objects that have begun since the first field, less the number that have ended; negative where
    /// more have ended.
    open: isize,
    /// The keys that have their members, each with the value of `open` at its place.
    keys: BTreeSet<(isize, &'t [u8])>,
}

impl<'t> LineObjects<'t> {
    /// Records a field that lies behind all fields before. Returns true if the field is the first with its key in its
    /// object. `is_escaped` is true if the field is in JSON that a string holds.
    pub(super) fn is_first(
        &mut self,
        text: &'t [u8],
        field: Range<usize>,
        key: &'t [u8],
        is_escaped: bool,
    ) -> bool {
        match self.looked_up_to {
            Some(from) => {
                self.advance(text, from..field.start);
                self.looked_up_to = Some(field.start);
            }
            None => {
                self.looked_up_to = Some(field.end);
                self.depth = if is_escaped { Depth::InString } else { Depth::Outside };
            }
        }
        let objects = &mut self.objects[usize::from(is_escaped)];
        objects.keys.insert((objects.open, key))
    }

    fn advance(&mut self, text: &[u8], range: Range<usize>) {
        let mut from = range.start;
        while let Some(found) = memchr3(b'"', b'{', b'}', &text[from..range.end]) {
            let before = &text[from..from + found];
            from += found + 1;
            match (text[from - 1], self.depth) {
                (b'"', depth) => {
                    let backslashes = before.iter().rev().take_while(|&&byte| byte == b'\\').count();
                    self.depth = depth.behind_quote(backslashes);
                    if backslashes % 2 == 0 {
                        // A string begins or ends.
                        self.objects[1] = Objects::default();
                    }
                }
                (_, Depth::InInnerString) => {}
                (b'{', depth) => self.objects[depth as usize].open += 1,
                (_, depth) => self.objects[depth as usize].end_one(),
            }
        }
    }
}

impl Depth {
    /// Returns the depth behind a quote with this number of backslashes before it.
    fn behind_quote(self, backslashes: usize) -> Self {
        match (self, backslashes % 4) {
            (Self::Outside, 0 | 2) => Self::InString,
            (_, 0 | 2) => Self::Outside,
            (Self::InString, 1) => Self::InInnerString,
            (Self::InInnerString, 1) => Self::InString,
            (depth, _) => depth,
        }
    }
}

impl Objects<'_> {
    fn end_one(&mut self) {
        self.open -= 1;
        while self.keys.last().is_some_and(|&(open, _)| open > self.open) {
            self.keys.pop_last();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns true for each `ret` of a text that is the first of its object.
    fn firsts(text: &str) -> Vec<bool> {
        let mut objects = LineObjects::default();
        let found = text.match_indices("ret");
        let fields = found.map(|(at, key)| {
            let is_escaped = text[..at].ends_with("\\\"");
            let end = at + text[at..].find(':').unwrap();
            objects.is_first(text.as_bytes(), at..end, key.as_bytes(), is_escaped)
        });
        fields.collect()
    }

    #[test]
    fn keys_are_told_apart_by_object() {
        for (text, expected) in [
            (r#"{"ret":1,"ret":2}"#, &[true, false][..]),
            (r#"{"ret":1,"a":"}{","ret":2}"#, &[true, false]),
            (r#"{"ret":1,"a":"\"}","ret":2}"#, &[true, false]),
            (r#"{"ret":1,"a":{"ret":2,"ret":3},"ret":4}"#, &[true, true, false, false]),
            (r#"{"ret":1},{"ret":2}"#, &[true, true]),
            // Behind an unpaired quote, members may be left out, but none is written twice.
            (r#"{"ret":1} 5" {"ret":2} {"ret":3}"#, &[true, true, false]),
            (r#"{"a":{"ret":1},"ret":2}"#, &[true, true]),
            (r#"{"m":"{\"ret\":1,\"ret\":2}"}"#, &[true, false]),
            (r#"{"m":"{\"ret\":1,\"x\":\"}\\\"}\",\"ret\":2}"}"#, &[true, false]),
            (r#"{"ret":1,"m":"{\"ret\":2}","n":"{\"ret\":3}"}"#, &[true, true, true]),
            (r#"{"m":"{\"ret\":1}","ret":2,"ret":3}"#, &[true, true, false]),
        ] {
            assert_eq!(firsts(text), expected, "{text}");
        }
    }
}
