//! Finds and reads the configuration file.

use crate::program::input::{CONFIGURATION, read_whole};
use crate::program::system::signals::Signals;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::cause;
use std::env;
use std::fs;
use std::path::PathBuf;

/// The environment variable that names the file.
const VARIABLE: &str = "IMSDK_ANNOTATE_CONFIG";
/// The usual path of the file, below the user's configuration folder.
const PLACE: &str = "imsdk-annotate/config";

/// Returns the path of the configuration file, whether or not the file exists; `None` if no file is used. `left_out`
/// has the values of `--no-config`: names of options, or an empty text, which leaves out the whole file.
pub(in crate::program::cli) fn place(left_out: &[String]) -> Option<PathBuf> {
    let leaves_all_out = left_out.iter().any(String::is_empty);
    if leaves_all_out { None } else { named_or_usual().map(|(path, _)| path) }
}

/// Returns the path of the configuration file, and true if the environment names it. Returns `None` if the
/// environment names an empty path or no home folder.
fn named_or_usual() -> Option<(PathBuf, bool)> {
    let (path, is_named) = match env::var_os(VARIABLE) {
        Some(path) => (PathBuf::from(path), true),
        None => (configurations()?.join(PLACE), false),
    };
    (!path.as_os_str().is_empty()).then_some((path, is_named))
}

/// Returns the folder of the user's configurations by the rules of XDG, on each Unix: `$XDG_CONFIG_HOME` where that is an
/// absolute path, or else `.config` in `$HOME`.
///
/// The environment alone is asked. `std::env::home_dir`, and crates that call it, look the user up where `HOME` is not
/// set, which in a static program may load libraries of another C library than its own.
fn configurations() -> Option<PathBuf> {
    let named = |variable| env::var_os(variable).map(PathBuf::from);
    let by_xdg = named("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    by_xdg.or_else(|| {
        named("HOME").filter(|path| !path.as_os_str().is_empty()).map(|home| home.join(".config"))
    })
}

/// Reads the configuration file, and returns its name and content; `None` if there is no file.
///
/// # Errors
///
/// Returns the message if the file exists but cannot be read, or if the environment names a file that cannot be read.
pub(super) fn read(signals: &Signals) -> Result<Option<(String, Vec<u8>)>, String> {
    let Some((path, is_named)) = named_or_usual() else {
        return Ok(None);
    };
    let name = InputName::File(path.clone());
    match read_whole(&name, CONFIGURATION, signals) {
        Ok(text) => Ok(Some((name.to_string(), text))),
        // A folder without access (HOME of another user, after sudo) counts as an empty one.
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
