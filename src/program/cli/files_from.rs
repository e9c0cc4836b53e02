//! Reads the operands of `--files-from`.

use super::args::Args;
use crate::program::input::{LIST_OF_FILES, read_whole};
use crate::program::system::signals::Signals;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::cause;
use memchr::memchr;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStringExt;

/// Returns the inputs: those of the command line, and behind them those that the list of `--files-from` names.
///
/// # Errors
///
/// Returns the message about a list that cannot be read, or the first line of it that names no input.
pub(super) fn inputs(args: &Args, signals: &Signals) -> Result<Vec<InputName>, String> {
    let mut inputs = args.inputs();
    let Some(path) = &args.input.files_from else {
        return Ok(inputs);
    };
    let list = InputName::from_operand(path.clone().into_os_string());
    if list == InputName::Stdin && inputs.contains(&InputName::Stdin) {
        return Err(
            "--files-from -: standard input cannot be both the list and an input; name a file".to_owned()
        );
    }
    let text = read_whole(&list, LIST_OF_FILES, signals).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("--files-from {list}: no such file; check the name"),
        _ => format!("--files-from {list}: {}", cause(&error)),
    })?;
    let (end, unit) = if args.input.null { (0, "name") } else { (b'\n', "line") };
    // Behind the last end, there is no name.
    let names = text.split(|&byte| byte == end).enumerate().filter(|(_, name)| !name.is_empty());
    for (number, name) in names {
        let place = || format!("--files-from {list}, {unit} {}", number + 1);
        if memchr(0, name).is_some() {
            return Err(format!("{}: has a NUL in it; add -0 if NULs end the names", place()));
        }
        let name = InputName::from_operand(OsString::from_vec(name.to_vec()));
        if name == InputName::Stdin && list == InputName::Stdin {
            return Err(format!(
                "{}: - is standard input, which is the list; for a file, write ./-",
                place()
            ));
        }
        inputs.push(name);
    }
    Ok(inputs)
}
