//! Tells if two fields of a line are members of the same JSON object.

use std::ops::Range;

/// The JSON objects around the fields of a line whose notes are members, from the first such field on.
#[derive(Default)]
pub(super) struct Objects {
    /// The end of the first field, and true if a string holds the field.
    first: Option<(usize, bool)>,
    /// The object and the key of each field.
    taken: Vec<(usize, Vec<u8>)>,
}

impl Objects {
    /// Takes a field whose note is members of JSON. Returns true if no field before has the same key in the same
    /// object.
    pub(super) fn take(&mut self, line: &[u8], field: Range<usize>, is_escaped: bool) -> bool {
        let (start, first_is_escaped) = *self.first.get_or_insert((field.end, is_escaped));
        // `depth` counts the strings around the place. `open` has the objects around it, outside of strings and within
        // one. The number of an object is the place where it begins, or where the objects in it have ended.
        let mut depth = usize::from(first_is_escaped);
        let mut open = [vec![0], vec![line.len() + 1]];
        for at in start..field.start.max(start) {
            let backslashes = line[start..at].iter().rev().take_while(|&&byte| byte == b'\\').count();
            match (line[at], backslashes % 4) {
                (b'"', 0 | 2) => {
                    depth = usize::from(depth == 0);
                    open[1] = vec![line.len() + 1 + at];
                }
                (b'"', 1) if depth > 0 => depth = 3 - depth,
                (b'{', _) if depth < 2 => open[depth].push(at + 1),
                (b'}', _) if depth < 2 => {
                    open[depth].pop();
                    if open[depth].is_empty() {
                        open[depth].push(at + 1);
                    }
                }
                _ => {}
            }
        }
        let key = line[field.start..].iter().copied().take_while(|&byte| super::is_identifier(byte));
        let taken =
            (*open[usize::from(is_escaped)].last().unwrap() * 2 + usize::from(is_escaped), key.collect());
        let is_first = !self.taken.contains(&taken);
        self.taken.push(taken);
        is_first
    }
}
