//! The place of the configuration file, and its content.

use crate::program::input::{CONFIGURATION, read_whole};
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::cause;
use etcetera::BaseStrategy;
use etcetera::base_strategy::Xdg;
use std::env;
use std::fs;
use std::path::PathBuf;

const VARIABLE: &str = "IMSDK_ANNOTATE_CONFIG";
/// Below the user's folder of configuration.
const PLACE: &str = "imsdk-annotate/config";

/// Returns the path of the file that is looked for, if any is; `left_out` names the options that are left out, or is empty
/// text for all.
pub(in crate::program::cli) fn place(left_out: &[String]) -> Option<PathBuf> {
    let leaves_all_out = left_out.iter().any(String::is_empty);
    if leaves_all_out { None } else { named_or_usual().map(|(path, _)| path) }
}

/// Returns the path of the file that is looked for, and whether the environment names it.
fn named_or_usual() -> Option<(PathBuf, bool)> {
    let (path, is_named) = match env::var_os(VARIABLE) {
        Some(path) => (PathBuf::from(path), true),
        None => (Xdg::new().ok()?.config_dir().join(PLACE), false),
    };
    (!path.as_os_str().is_empty()).then_some((path, is_named))
}

/// Reads the file, if there is one. Returns its name and content.
///
/// # Errors
///
/// The message, where a file that is there cannot be read.
pub(super) fn read() -> Result<Option<(String, Vec<u8>)>, String> {
    let Some((path, is_named)) = named_or_usual() else {
        return Ok(None);
    };
    let name = InputName::File(path.clone());
    match read_whole(&name, CONFIGURATION) {
        Ok(text) => Ok(Some((name.to_string(), text))),
        // A folder that may not be looked into (HOME of another user, after sudo) is as good as an empty one.
        Err(_) if !is_named && fs::metadata(&path).is_err() => Ok(None),
        Err(error) if is_named => Err(format!(
            "{name}: the configuration that ${VARIABLE} names cannot be read: {}; name another, or add --no-config",
            cause(&error)
        )),
        Err(error) => Err(format!(
            "{name}: the configuration cannot be read: {}; mend it, or add --no-config",
            cause(&error)
        )),
    }
}
