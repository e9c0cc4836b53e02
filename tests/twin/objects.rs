//! Tells if two fields of a line are members of the same JSON object.

use super::json_quotes::{JsonStep, KeyQuote};
use std::ops::Range;

/// The fields of a line so far whose notes are members of JSON, each with its quote.
#[derive(Default)]
pub(super) struct Objects(Vec<(KeyQuote, Range<usize>)>);

impl Objects {
    /// Takes a field whose note is members of JSON. Returns true if no field before with quotes of the same form has
    /// the same key in the same object.
    pub(super) fn take(&mut self, line: &[u8], field: Range<usize>, quote: KeyQuote) -> bool {
        self.0.push((quote, field.clone()));
        let ranges: Vec<&Range<usize>> =
            self.0.iter().filter(|(other, _)| *other == quote).map(|(_, field)| field).collect();
        let key = |field: &Range<usize>| -> Vec<u8> {
            let key = line[field.start..].iter().copied().take_while(|&byte| super::is_identifier(byte));
            key.collect()
        };
        let object = |field: &Range<usize>| object(line, ranges[0].end, field.start, quote);
        let place = (object(&field), key(&field));
        ranges.iter().filter(|&&other| (object(other), key(other)) == place).count() == 1
    }
}

/// Returns the number of the object around a place, where JSON with this form of quotes is read from `start` on: the
/// place where it begins, or where the objects in it have ended, or where the string around all of it begins or ends.
fn object(line: &[u8], start: usize, place: usize, quote: KeyQuote) -> usize {
    let mut open = vec![start];
    let mut in_string = false;
    let mut at = start;
    while at < place {
        at = quote.behind(line, at);
        match quote.step(&line[..at]) {
            JsonStep::Quote => in_string = !in_string,
            JsonStep::Outside => (in_string, open) = (false, vec![at]),
            JsonStep::Opens if !in_string => open.push(at),
            JsonStep::Closes if !in_string => {
                open.pop();
                if open.is_empty() {
                    open.push(at);
                }
            }
            _ => {}
        }
    }
    *open.last().unwrap()
}
