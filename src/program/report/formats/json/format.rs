//! The layout of JSON: one member a line, numbers beside each other, and no string with characters that could act.

use crate::program::terminal::visible::acts_on_terminals;
use serde_json::ser::{Formatter, PrettyFormatter};
use std::io::{self, Write};

/// A formatter that also escapes the characters in strings that terminals and CI services could act on. Lists within
/// lists are on one line.
#[derive(Default)]
pub(crate) struct Harmless {
    pretty: PrettyFormatter<'static>,
    /// The number of lists that the value is in.
    lists: usize,
}

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, wtr: &mut W, fragment: &str) -> io::Result<()> {
        let mut written = 0;
        for (at, char) in fragment.char_indices() {
            let is_second = char == '#' && fragment[..at].ends_with('#');
            if acts_on_terminals(char) || is_second {
                wtr.write_all(&fragment.as_bytes()[written..at])?;
                for unit in char.encode_utf16(&mut [0; 2]) {
                    write!(wtr, "\\u{unit:04x}")?;
                }
                written = at + char.len_utf8();
            }
        }
        wtr.write_all(&fragment.as_bytes()[written..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, wtr: &mut W) -> io::Result<()> {
        self.lists += 1;
        if self.lists > 1 { wtr.write_all(b"[") } else { self.pretty.begin_array(wtr) }
    }

    fn end_array<W: ?Sized + Write>(&mut self, wtr: &mut W) -> io::Result<()> {
        self.lists -= 1;
        if self.lists > 0 { wtr.write_all(b"]") } else { self.pretty.end_array(wtr) }
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, wtr: &mut W, first: bool) -> io::Result<()> {
        match (self.lists, first) {
            (0..=1, _) => self.pretty.begin_array_value(wtr, first),
            (_, true) => Ok(()),
            (_, false) => wtr.write_all(b", "),
        }
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, wtr: &mut W) -> io::Result<()> {
        if self.lists > 1 { Ok(()) } else { self.pretty.end_array_value(wtr) }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, wtr: &mut W) -> io::Result<()> {
        self.pretty.begin_object(wtr)
    }

    fn end_object<W: ?Sized + Write>(&mut self, wtr: &mut W) -> io::Result<()> {
        self.pretty.end_object(wtr)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, wtr: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_object_key(wtr, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, wtr: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(wtr)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, wtr: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(wtr)
    }
}
