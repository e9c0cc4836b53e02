//! Reads the files that options name, for the options whose messages begin with the option.

use crate::program::input::{Bound, read_whole};
use crate::program::system::signals::Signals;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::cause;
use std::io::ErrorKind;
use std::path::Path;

/// Returns the bytes of the file that an option names.
///
/// # Errors
///
/// Returns the message if the file cannot be read, or is larger than the bound: `--baseline b.json: ...`.
pub(super) fn read_named(
    option: &str,
    path: &Path,
    bound: Bound,
    signals: &Signals,
) -> Result<Vec<u8>, String> {
    let name = InputName::File(path.to_owned());
    read_whole(&name, bound, signals).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            format!("{option} {name}: no such file; check the name, or leave out {option}")
        }
        _ => format!("{option} {name}: {}", cause(&error)),
    })
}
