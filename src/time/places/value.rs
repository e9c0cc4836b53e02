//! Times in values that have a name: of JSON members, and behind `ts=`.

use crate::time::forms::{self, Tables};
use crate::time::number;
use crate::time::written::WrittenTime;

/// Reads the time that a value begins with, in any form or as a number.
pub(super) fn read<'a>(value: &'a [u8], tables: &mut Tables) -> Option<WrittenTime<'a>> {
    forms::read(value, false, tables).or_else(|| number::read(value))
}
