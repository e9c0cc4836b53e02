//! Tells if two fields of a line are members of one JSON object, so that no object gets the same members twice.

use super::json_quote::Level;
use crate::field::{JsonQuote, QuoteMark};
use memchr::memchr3;
use std::collections::BTreeSet;
use std::ops::Range;

/// The JSON objects of a line: in `{"ret":-1,"a":{"ret":-1},"ret":-2}` the last `ret` is in the same object as the
/// first. JSON within a string has objects of its own.
#[derive(Debug, Default)]
pub(super) struct LineObjects<'t>(Vec<Objects<'t>>);

/// The open objects of the JSON whose quotes have one form, from the first field on whose note is members. A line with
/// one such field is not searched.
#[derive(Debug)]
struct Objects<'t> {
    quote: JsonQuote,
    /// The byte offset up to which the line has been searched.
    looked_up_to: usize,
    /// True within a string of this JSON.
    in_string: bool,
    /// The number of objects that have begun since the first field, less the number that have ended; negative where
    /// more have ended.
    open: isize,
    /// The first key that has its members, with the value of `open` at its place; `None` before it, and once its object has
    /// ended. It stands alone in nearly all lines.
    first: Option<(isize, &'t [u8])>,
    /// The other keys that have their members, each with the value of `open` at its place.
    others: BTreeSet<(isize, &'t [u8])>,
}

impl<'t> LineObjects<'t> {
    /// Forgets all objects, because the line ends.
    pub(super) fn end_line(&mut self) {
        self.0.clear();
    }

    /// Records a field that lies behind all fields before. Returns true if the field is the first with its key in its
    /// object. `quote` is the quote of the key.
    pub(super) fn is_first(
        &mut self,
        text: &'t [u8],
        field: Range<usize>,
        key: &'t [u8],
        quote: JsonQuote,
    ) -> bool {
        let objects = match self.0.iter().position(|objects| objects.quote == quote) {
            Some(place) => &mut self.0[place],
            None => {
                self.0.push(Objects::beginning_at(field.end, quote));
                self.0.last_mut().expect("objects were pushed")
            }
        };
        objects.advance(text, field.start);
        objects.add(key)
    }
}

impl<'t> Objects<'t> {
    fn beginning_at(place: usize, quote: JsonQuote) -> Self {
        Self { quote, looked_up_to: place, in_string: false, open: 0, first: None, others: BTreeSet::new() }
    }

    /// Adds a key that has its members. Returns false if its object has the key already.
    fn add(&mut self, key: &'t [u8]) -> bool {
        let place = (self.open, key);
        match self.first {
            Some(first) => first != place && self.others.insert(place),
            None if self.others.contains(&place) => false,
            None => {
                self.first = Some(place);
                true
            }
        }
    }

    /// Looks at the line up to `to`, or up to the last call's place where that is later.
    fn advance(&mut self, text: &[u8], to: usize) {
        while self.looked_up_to < to && self.step(text, to) {}
        self.looked_up_to = self.looked_up_to.max(to);
    }

    /// Goes on behind the next quote or brace. Returns false where there is none before `to`.
    fn step(&mut self, text: &[u8], to: usize) -> bool {
        let Some(at) = self.next_end(text, to) else {
            return false;
        };
        self.looked_up_to = at + 1;
        if self.quote.mark == QuoteMark::Doubled && text[at] == b'"' && text.get(at + 1) == Some(&b'"') {
            self.looked_up_to += 1;
        }
        let text = &text[..self.looked_up_to];
        match (self.quote.level_of_last(text), brace_at_end(text)) {
            (Some(Level::Own), _) => self.in_string = !self.in_string,
            (Some(Level::Deeper), _) => {}
            // The string that holds the JSON begins or ends.
            (Some(Level::Shallower), _) => *self = Self::beginning_at(self.looked_up_to, self.quote),
            (None, Some(b'{')) if !self.in_string => self.open += 1,
            (None, Some(b'}')) if !self.in_string => self.end_one(),
            _ => {}
        }
        true
    }

    /// Returns the place of the next byte that a quote or a brace ends in.
    fn next_end(&self, text: &[u8], to: usize) -> Option<usize> {
        let rest = &text[self.looked_up_to..to];
        let found = match self.quote.mark {
            QuoteMark::Plain | QuoteMark::Doubled => memchr3(b'"', b'{', b'}', rest),
            mark => {
                let last = mark.text().last();
                rest.iter()
                    .position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'B' | b'D') || Some(byte) == last)
            }
        };
        found.map(|found| self.looked_up_to + found)
    }

    fn end_one(&mut self) {
        self.open -= 1;
        self.first = self.first.filter(|&(open, _)| open <= self.open);
        while self.others.last().is_some_and(|&(open, _)| open > self.open) {
            self.others.pop_last();
        }
    }
}

/// Returns the brace that a text ends in, as it is or as a URL has it.
fn brace_at_end(text: &[u8]) -> Option<u8> {
    match text {
        [.., b'{'] | [.., b'%', b'7', b'B'] => Some(b'{'),
        [.., b'}'] | [.., b'%', b'7', b'D'] => Some(b'}'),
        _ => None,
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
            let end = at + text[at..].find(':').unwrap();
            let (quote, _) = JsonQuote::at(&text.as_bytes()[at + key.len()..]).unwrap();
            objects.is_first(text.as_bytes(), at..end, key.as_bytes(), quote)
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
            (
                r#"{"m":"{\"n\":\"{\\\"ret\\\":1,\\\"ret\\\":2}\",\"ret\":3,\"ret\":4}"}"#,
                &[true, false, true, false],
            ),
            (
                r#"{"m":"{\u0022ret\u0022:1,\u0022a\u0022:\u0022}\\\u0022}\u0022,\u0022ret\u0022:2}"}"#,
                &[true, false],
            ),
            (r#"{"m":"{\u0022ret\u0022:1}","n":"{\u0022ret\u0022:2}"}"#, &[true, true]),
            ("%7B%22ret%22:1,%22x%22:%22%7D%22,%22ret%22:2%7D%7B%22ret%22:3%7D", &[true, false, true]),
            (r#""{""ret"":1,""x"":""}\""}"",""ret"":2}";"{""ret"":3}""#, &[true, false, true]),
            ("{&quot;ret&quot;:1,&quot;ret&quot;:2},{&quot;ret&quot;:3}", &[true, false, true]),
        ] {
            assert_eq!(firsts(text), expected, "{text}");
        }
    }
}
