//! Reads the file of `--zstd-dictionary`.

use crate::program::compression::ZstdDictionary;
use crate::program::input::{ZSTD_DICTIONARY, read_whole};
use crate::program::system::signals::Signals;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::input_trouble;
use std::path::Path;

/// Returns the dictionary in a file.
///
/// # Errors
///
/// Returns the message if the file cannot be read, or is too large for a dictionary.
pub(crate) fn load_zstd_dictionary(path: &Path, signals: &Signals) -> Result<ZstdDictionary, String> {
    let name = InputName::File(path.to_owned());
    let bytes = read_whole(&name, ZSTD_DICTIONARY, signals).map_err(|error| input_trouble(&name, &error))?;
    Ok(ZstdDictionary::new(&bytes))
}
