//! Reads the file of a catalog, and reports its faults.

use crate::catalog::shown;
use crate::program::encoding::to_utf8;
use crate::program::input::{CATALOG, read_whole};
use crate::program::system::signals::Signals;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::Messages;
use crate::program::terminal::visible::visible;
use crate::{BadRow, CatalogFormat, CategoryError, Entry, RowError};
use std::path::Path;

/// The most bad rows of a file that are reported one by one.
const BAD_ROWS_MAX: usize = 100;

/// Returns the entries of a catalog's file; `None` if the file is faulty. Its faults have then been reported.
pub(crate) fn load_catalog(path: &Path, signals: &Signals, messages: &Messages) -> Option<Vec<Entry>> {
    let name = InputName::File(path.to_owned());
    let text = read_whole(&name, CATALOG, signals).map_err(|error| messages.setting(&name, &error)).ok()?;
    let bad_byte = |(line, reason)| messages.say(&format!("{name}:{line}: {reason}"));
    let text = to_utf8(text).map_err(bad_byte).ok()?;
    let format = CatalogFormat::of_name(path).unwrap_or_else(|| CatalogFormat::of_content(&text));
    format.parse(&text).map_err(|error| say_bad_rows(&name, error.bad_rows(), messages)).ok()
}

fn say_bad_rows(name: &InputName, bad: &[BadRow], messages: &Messages) {
    for row in bad.iter().take(BAD_ROWS_MAX) {
        messages.say(&format!("{name}:{}: {}", row.line(), visible(&reason(row))));
    }
    if bad.len() > BAD_ROWS_MAX {
        messages.say(&format!("{name}: and {} more bad rows", bad.len() - BAD_ROWS_MAX));
    }
}

/// Returns the reason of a bad row, with the options that take selectors where it speaks of these.
fn reason(row: &BadRow) -> String {
    match row.reason() {
        RowError::Category { code, error: CategoryError::Punctuation { name } } => format!(
            "{code}: the category {} has one of ! , > .. in it, which mean something in --only and --fail-on",
            shown(name)
        ),
        RowError::Category { code, error: CategoryError::Reserved { name } } => {
            format!("{code}: the category {} means something else in --only and --fail-on", shown(name))
        }
        other => other.to_string(),
    }
}
